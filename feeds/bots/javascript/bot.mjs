// A bot on a running lab, in JavaScript, by what engine/services/README.md says and nothing else.
//
//   npm ci
//   node bot.mjs --bootstrap 127.0.0.1:19092 --lab quickstart --bot alice --contract BTCUSDT
//
// It buys up to --quantity lots, a tenth at a time, at --leverage; pays in what its first --calls
// margin calls ask for; and prints every event of its account as it heard it, one JSON object a
// line, those behind the event --after. What it holds follows from these events, from the first one
// on, so that it may be killed and started again: it goes on from what it holds then, and buys
// nothing more once it was liquidated.
//
// On brokers that ask who is there it is the user MARGINCALL_SASL_USERNAME, with the password in
// MARGINCALL_SASL_PASSWORD or in the file MARGINCALL_SASL_PASSWORD_FILE.
import { readFileSync } from "node:fs";
import { Kafka } from "kafkajs";
import { parseArgs } from "node:util";

const { values: told } = parseArgs({
  options: {
    bootstrap: { type: "string", default: process.env.MARGINCALL_BOOTSTRAP },
    lab: { type: "string" },
    bot: { type: "string" },
    contract: { type: "string" },
    quantity: { type: "string", default: "2000" },
    leverage: { type: "string", default: "20" },
    calls: { type: "string", default: "2" },
    after: { type: "string", default: "0" },
  },
});
for (const name of ["bootstrap", "lab", "bot", "contract"]) {
  if (!told[name]) fail(`--${name} is missing`);
}
const [quantity, leverage, after] = [told.quantity, told.leverage, told.after].map(Number);
const topic = (what) => `${told.lab}.${what}.v1`;
const topics = {
  commands: topic(`commands.${told.bot}`),
  account: topic(`account.${told.bot}`),
  book: topic("book"),
};

const kafka = new Kafka({
  clientId: told.bot,
  brokers: told.bootstrap.split(","),
  sasl: login(),
  retry: { retries: 20, maxRetryTime: 2_000 },
  logCreator: () => ({ label, log }) => {
    if (label === "ERROR") console.error(JSON.stringify({ label, ...log }));
  },
});
const admin = kafka.admin();
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
// Groups of this process alone: where to go on is the bot's own business, not the brokers'.
// Only names that begin so are allowed where the brokers ask who is there.
const group = `${told.lab}.${told.bot}.${process.pid}-${Date.now()}`;
const account = kafka.consumer({ groupId: `${group}-account` });
const prices = kafka.consumer({ groupId: `${group}-prices` });

const LIFE = 65_536; // numbers of a life for each command that was there when it began
let number = 0; // of the last command that was said
let before = null; // how much earlier lives have said, until this one has spoken
let seq = 0; // of the last event that was heard
let position = 0;
let calls = Number(told.calls);
let live = false; // all that was there at the start was heard; what is heard from now on is answered
let liquidated = false;
let leveraged = null; // whether what it says first was answered; null: it is not said
let waiting = null; // the order of which no end was heard
let fromUs = 0; // what is said before this time of the log comes too soon for the venue

async function say(command) {
  number += 1;
  const value = JSON.stringify({ ...command, client_seq: number });
  await producer.send({ topic: topics.commands, acks: -1, messages: [{ value }] });
  if (before === null) return;
  const others = (await saidByNow()) - before - 1;
  before = null;
  if (others > 0) fail(`${others} commands came from elsewhere meanwhile; start it again`);
}

async function saidByNow() {
  return Number((await admin.fetchTopicOffsets(topics.commands))[0].high);
}

async function heard({ message }) {
  const event = JSON.parse(message.value.toString());
  if (event.seq <= seq) return; // said again after a crash
  seq = event.seq;
  if (seq > after) process.stdout.write(`${message.value}\n`);
  const isAnswer = event.type === "LeverageSet" || event.command === "SetLeverage";
  if (isAnswer && leveraged === false) leveraged = true;
  if (event.type === "OrderFilled") position = event.position;
  if (event.type === "LiquidationStarted") liquidated = true;
  if (event.type === "LiquidationEnded") position = event.quantity;
  const ends = event.type === "OrderCancelled" || event.type === "Rejected";
  if (event.retry_after_us) fromUs = event.at_us + event.retry_after_us;
  if (event.order === waiting && (ends || event.type === "OrderFilled")) waiting = null;
  if (event.type === "MarginCalled" && calls > 0) {
    calls -= 1;
    const amount = Math.max(1, event.restore);
    if (live) await say({ type: "AddMargin", contract: told.contract, amount });
  }
}

async function priced({ message }) {
  const top = JSON.parse(message.value.toString());
  if (top.contract !== told.contract || top.ask === null) return;
  if (!live || liquidated || waiting || top.at_us < fromUs) return;
  if (leveraged === null) {
    leveraged = false;
    await say({ type: "SetLeverage", contract: told.contract, leverage });
  }
  if (!leveraged) return; // once it is answered, so is all that an earlier life has said
  const lots = Math.min(Math.ceil(quantity / 10), quantity - position);
  if (lots <= 0) return;
  waiting = `${told.bot}-${number + 1}`;
  await say({
    type: "PlaceOrder",
    order: waiting,
    contract: told.contract,
    side: "buy",
    quantity: lots,
    time_in_force: "ioc",
  });
}

function login() {
  const username = process.env.MARGINCALL_SASL_USERNAME;
  if (!username) return undefined;
  const file = process.env.MARGINCALL_SASL_PASSWORD_FILE;
  const told = process.env.MARGINCALL_SASL_PASSWORD;
  const password = told || (file && readFileSync(file, "ascii").trim());
  if (!password) fail(`MARGINCALL_SASL_USERNAME is ${username}, and there is no password`);
  return { mechanism: "scram-sha-256", username, password };
}

function fail(reason) {
  console.error(`bot.mjs: ${reason}`);
  process.exit(2);
}

async function leave() {
  await Promise.allSettled([account, prices, producer, admin].map((each) => each.disconnect()));
  process.exit(0);
}

// What the brokers refuse for good ends the bot at once, at its start and later.
process.on("uncaughtException", (error) => fail(error.message));
for (const each of [account, prices]) {
  each.on(each.events.CRASH, ({ payload }) => payload.restart || fail(payload.error.message));
}
await admin.connect();
const known = await admin.listTopics();
const missing = Object.values(topics).filter((name) => !known.includes(name));
if (missing.length) fail(`there are no topics ${missing.join(", ")}; margincall topics create`);
// Each life numbers its commands above what those before it said, or may still have under way.
before = await saidByNow();
number = before * LIFE;
const [{ high }] = await admin.fetchTopicOffsets(topics.account);
await producer.connect();
await account.connect();
await prices.connect();
process.once("SIGTERM", leave);
process.once("SIGINT", leave);

live = Number(high) === 0;
await account.subscribe({ topic: topics.account, fromBeginning: true });
await account.run({
  autoCommit: false,
  eachMessage: async (said) => {
    await heard(said);
    live ||= Number(said.message.offset) >= Number(high) - 1;
  },
});
await prices.subscribe({ topic: topics.book, fromBeginning: false });
await prices.run({ autoCommit: false, eachMessage: priced });
console.error("bot.mjs: trades");

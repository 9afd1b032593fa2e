"use strict";
// Fills the page from its block of data.

function fill(data) {
  const put = (id, ...children) => document.getElementById(id).replaceChildren(...children.flat());
  const hide = (id) => (document.getElementById(id).hidden = true);
  const colors = new Map(data.paid.map(({ name, color }) => [name, color]));
  put("title", data.title);
  put("lead", data.lead);
  document.getElementById("stopped").hidden = data.complete;
  put(
    "tiles",
    data.tiles.map(({ name, value, note }) =>
      element("div", {}, element("dt", {}, name), element("dd", { class: "value" }, minus(value)), element("dd", { class: "note" }, minus(note))),
    ),
  );
  put("priced", data.contracts.length > 1 ? "In per cent of each contract's first price. " : "", bubbles(data));
  put("footer", footer(data));
  if (data.watched.length) put("watched", watched(data.watched));
  else hide("equities");
  if (data.whys.length) {
    put("rest", rest(data, colors));
    put("paid", paid(data, colors));
    put("account", account(data.fund));
    const kept = Object.entries(data.inventory);
    if (kept.length) put("kept", inventory(kept));
    document.getElementById("inventory").hidden = !kept.length;
    document.getElementById("gained").hidden = !data.paid.some(({ paid }) => paid.startsWith("-"));
  } else {
    for (const id of ["payers", "cascades", "why"]) hide(id);
  }
  return colors;
}

function bubbles(data) {
  if (!data.whys.length) return "Nobody was liquidated.";
  const hidden = data.hidden ? ` ${many(data.hidden, "smaller one")} are only in events.jsonl.` : "";
  return `A bubble is a liquidation at its mark, its area the notional; a click tells why.${hidden}`;
}

/** A table for each account: its positions, and what was left of what was paid in. */
function watched(accounts) {
  return accounts.map((account) => {
    const rows = account.positions.map((row) => ({
      cells: [
        `${row.contract} ${row.side} ${grouped(row.quantity)}`,
        coloured(row.result),
        row.adl_lights ? `${row.ended}, ${row.adl_lights} of 5 ADL lights` : row.ended,
        grouped(row.entry),
        row.exit === null ? "–" : grouped(row.exit),
      ],
    }));
    if (!isZero(account.cuts)) {
      rows.push({ cells: ["cuts of socialised losses", coloured(account.cuts), "", "", ""] });
    }
    const gain = (Number(account.equity) - Number(account.paid_in)).toFixed(6);
    const left = `${grouped(account.paid_in, 2)} paid in, ${grouped(account.equity, 2)} left`;
    rows.push({ look: "sum", cells: [left, coloured(gain), "", "", ""] });
    const head = table(["position", ">result", "ended", ">entry", ">exit"], rows);
    return element("div", { class: "scroll" }, element("h3", {}, named(account.account, account.mode)), head);
  });
}

function coloured(text) {
  return element("span", { class: text.startsWith("-") ? "loss" : isZero(text) ? null : "gain" }, signed(text, 2));
}

/** What own margin did not pay, as one bar. */
function rest(data, colors) {
  const others = data.paid.slice(1).filter(({ paid }) => Number(paid) > 0);
  const sum = others.reduce((whole, { paid }) => whole + Number(paid), 0);
  if (!sum) return [];
  const parts = others.map(({ name, words, paid }) =>
    element(
      "i",
      { style: `flex-grow: ${Number(paid) / sum}; background: ${colors.get(name)}`, title: words },
      `${((Number(paid) / sum) * 100).toFixed(0)} %`,
    ),
  );
  return [element("p", {}, "What own margin did not pay:"), element("div", { class: "strip large" }, parts)];
}

function paid(data, colors) {
  const rows = data.paid.map(({ name, words, paid, share }) => ({
    cells: [
      element("span", {}, element("i", { class: "swatch", style: `background: ${colors.get(name)}` }), words),
      element("span", { "data-paid": name }, grouped(paid)),
      minus(share),
    ],
  }));
  const loss = { look: "sum", cells: ["loss", element("span", { "data-paid": "loss" }, grouped(data.loss)), ""] };
  return table(["stage", ">paid", ">of the loss"], [...rows, loss]);
}

/** How the fund's cash became what it is; what was nothing is left out. */
function account(fund) {
  const opposite = (text) => (text.startsWith("-") ? text.slice(1) : `-${text}`);
  const steps = [
    ["its part of the losses", opposite(fund.paid)],
    ["residues", fund.residues],
    ["liquidation fees", fund.liquidation_fees],
    ["what it held", fund.inventory],
  ].filter(([, amount]) => !isZero(amount));
  return table(
    ["cash", ">amount"],
    [
      { cells: ["at the beginning", grouped(fund.start)] },
      ...steps.map(([words, amount]) => ({ cells: [words, signed(amount)] })),
      { look: "sum", cells: ["at the end", element("span", { "data-fund": "end" }, grouped(fund.end))] },
    ],
  );
}

/** What the fund holds itself: a row a contract, and a line on the way there. */
function inventory(kept) {
  const rows = kept.map(([contract, row]) => ({
    cells: [
      contract,
      grouped(row.taken_over),
      grouped(row.held),
      coloured((Number(row.result) + Number(row.funding)).toFixed(6)),
    ],
  }));
  const notes = kept.map(([contract, row]) => {
    const funding = isZero(row.funding) ? "" : `; funding ${signed(row.funding, 2)}`;
    const lacked = isZero(row.uncovered) ? "" : `; its cash lacked ${grouped(row.uncovered)}, which nobody paid`;
    return element("li", {}, `${contract}: ${grouped(row.held_most)} at most at a time${funding}${lacked}`);
  });
  return [table(["contract", ">taken over", ">still held", ">brought"], rows), element("ul", {}, notes)];
}

function footer(data) {
  const files = data.files.map(({ name, format, rows, skipped }) => {
    const left = skipped ? `, ${grouped(skipped)} skipped` : "";
    return element("li", {}, `${name} (${format}, ${many(rows, "row")}${left})`);
  });
  const prices = data.contracts.map((row) => ({
    cells: [row.contract, ...[row.first, row.low, row.high, row.last].map((text) => grouped(text)), minus(row.change)],
  }));
  return [
    element("div", { class: "scroll" }, table(["contract", ">first", ">low", ">high", ">last", ">change"], prices)),
    element("ul", {}, files),
    element(
      "p",
      {},
      `Made by margincall ${data.version} from ${grouped(data.events)} events, the last one's hash `,
      element("code", {}, data.event_hash),
      ". margincall check reruns the log and compares every event.",
    ),
  ];
}

const data = JSON.parse(document.getElementById("data").textContent);
const colors = fill(data);
const why = new Why(data, colors);
const pictures = new Charts(data.charts, {
  told: (seq) => why.told(seq),
  open: (seq) => why.open(seq),
  follow: (root) => why.follow(root),
});

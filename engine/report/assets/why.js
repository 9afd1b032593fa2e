"use strict";
// The list of all liquidations, as trees of what set off what. A row is made when it is scrolled
// to, its account of why when it is opened, so that thousands of them cost nothing.

const CHUNK = 60;
const PAYERS = ["own_margin", "insurance_fund", "assignment", "adl", "socialized", "uncovered", "pending"];

class Why {
  constructor(data, colors) {
    this.causes = data.causes;
    this.fills = data.fills;
    this.brackets = new Map(data.brackets.map(({ contract, rows }) => [contract, rows]));
    this.colors = colors;
    this.words = new Map(data.paid.map(({ name, words }) => [name, words]));
    this.rows = data.whys.map((values) => Object.fromEntries(data.columns.map((name, i) => [name, values[i]])));
    this.bySeq = new Map(this.rows.map((row) => [row.seq, row]));
    this.grow();
    const days = (this.rows.at(-1)?.at - this.rows[0]?.at) / 86_400_000;
    this.clock = days < 1 ? time : (ms) => moment(ms).slice(0, 19);
    this.list = document.getElementById("list");
    this.more = document.getElementById("more");
    this.input = document.getElementById("words");
    this.select = document.getElementById("order");
    this.input.addEventListener("input", () => this.show());
    this.select.addEventListener("change", () => this.show());
    document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("reset").addEventListener("click", () => {
      this.input.value = "";
      this.show();
    });
    new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && this.extend(), {
      rootMargin: "400px",
    }).observe(this.more);
    this.show();
  }

  /** Give every row its children, its depth and the command at the root of its cascade. */
  grow() {
    const roots = new Map();
    for (const row of this.rows) {
      const parent = this.bySeq.get(row.cause);
      row.depth = parent ? parent.depth + 1 : 0;
      row.root = parent ? parent.root : row.cause;
      row.caused = [];
      if (parent) parent.caused.push(row);
      else roots.set(row.cause, [...(roots.get(row.cause) ?? []), row]);
    }
    this.cascades = roots;
    this.sizes = new Map();
    for (const row of this.rows) this.sizes.set(row.root, (this.sizes.get(row.root) ?? 0) + 1);
    this.inTrees = [];
    for (const tops of roots.values()) {
      const pending = [...tops].reverse();
      while (pending.length) {
        const row = pending.pop();
        this.inTrees.push(row);
        pending.push(...[...row.caused].reverse());
      }
    }
  }

  /** List what the controls ask for; `root` restricts it to one cascade. */
  show(root) {
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const order = this.select.value;
    const by = (amount) => [...this.rows].sort((a, b) => amount(b) - amount(a));
    const others = (row) => Number(row.loss) - Number(row.own_margin);
    const rows =
      order === "loss" ? by((row) => Number(row.loss)) : order === "others" ? by(others) : this.inTrees;
    this.shown = rows.filter((row) => {
      const text = `${row.account} ${row.contract} ${row.mode} ${row.side} ${row.seq}`.toLowerCase();
      return (root === undefined || row.root === root) && words.every((word) => text.includes(word));
    });
    this.isTree = order === "time";
    this.next = 0;
    this.list.replaceChildren();
    document.getElementById("found").textContent =
      this.shown.length === this.rows.length
        ? `All ${many(this.rows.length, "liquidation")}; open one to see why.`
        : `${grouped(this.shown.length)} of ${many(this.rows.length, "liquidation")}.`;
    this.extend();
  }

  /** Make the next rows. */
  extend() {
    const rows = this.shown.slice(this.next, this.next + CHUNK);
    for (const row of rows) {
      const before = this.shown[this.next - 1];
      if (this.headed(row) && before?.root !== row.root) this.list.append(this.header(row));
      this.list.append(this.item(row));
      this.next += 1;
    }
    this.more.textContent = this.next < this.shown.length ? `${grouped(this.shown.length - this.next)} more below` : "";
  }

  /** Find a liquidation, open it and bring it into view. */
  open(seq) {
    const row = this.bySeq.get(seq);
    if (row === undefined) return;
    if (!this.shown.includes(row)) {
      this.input.value = "";
      this.show();
    }
    while (this.shown.indexOf(row) >= this.next) this.extend();
    const item = document.getElementById(`liquidation-${seq}`);
    item.open = true;
    item.scrollIntoView({ block: "center" });
    item.firstElementChild.focus({ preventScroll: true });
  }

  /** List one cascade. */
  follow(root) {
    this.input.value = "";
    this.select.value = "time";
    this.show(root);
    document.getElementById("why").scrollIntoView();
  }

  /** Whether a line above a row says what set it off: where it set off more than this one. */
  headed(row) {
    return this.isTree && this.sizes.get(row.root) > 1;
  }

  header(row) {
    const cause = this.causes[row.root];
    const size = this.sizes.get(row.root);
    const told = cause ? cause.told : `liquidation ${row.root}, which is not in this page`;
    const at = element("time", {}, moment(cause ? cause.at : row.at));
    return element("li", { class: "cause cascade" }, at, ` ${told} set off ${many(size, "liquidation")}`);
  }

  /** A row: who, what, how much, and by whom it was paid. */
  item(row) {
    const indent = this.isTree ? Math.min(row.depth, 8) : 0;
    const details = element(
      "details",
      { id: `liquidation-${row.seq}`, style: `--depth: ${indent}` },
      element(
        "summary",
        {},
        element("span", { class: "who" }, this.headed(row) ? (indent ? "↳ " : "") : `${this.clock(row.at)} `, element("b", {}, row.account), ` ${row.mode}`),
        element("span", { class: "what" }, position(row)),
        element("span", { class: "lost" }, row.quantity === "0" ? "" : `lost ${grouped(row.loss, 2)}`),
        this.strip(row),
      ),
    );
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(this.card(row));
    });
    return element("li", { class: this.headed(row) ? "cascade" : null }, details);
  }

  /** Who paid, as a line of colours. */
  strip(row) {
    const paid = PAYERS.map((name) => [name, Math.max(0, Number(row[name]))]);
    const whole = paid.reduce((sum, [, amount]) => sum + amount, 0);
    const parts = whole ? paid.filter(([, amount]) => amount) : [];
    return element(
      "span",
      { class: "strip", title: parts.map(([name]) => this.words.get(name)).join(", ") },
      parts.map(([name, amount]) =>
        element("i", { style: `flex-grow: ${amount / whole}; background: ${this.colors.get(name)}` }),
      ),
    );
  }

  /** What a tooltip says of a liquidation. */
  told(seq) {
    const row = this.bySeq.get(seq);
    return tip(
      moment(row.at),
      `${named(row.account, row.mode)} ${position(row)}`,
      `equity ${grouped(row.equity, 2)}, maintenance ${grouped(row.maintenance, 2)}`,
      "click for why",
    );
  }

  card(row) {
    return element(
      "div",
      { class: "why" },
      element("p", { class: "story" }, story(row)),
      element(
        "div",
        { class: "columns" },
        part("When it was seized", this.seized(row)),
        part("What came before", before(row)),
        part("How it was closed", closed(row), this.fillTable(row)),
        part("Who paid", this.payers(row), winners(row)),
      ),
    );
  }

  seized(row) {
    const bracket = this.brackets.get(row.contract)?.[row.bracket - 1];
    const less = bracket && !isZero(bracket[2]) ? `, less ${grouped(bracket[2])}` : "";
    return [
      ["time", `${moment(row.at)} UTC, event ${row.seq}`],
      ["set off by", this.cause(row)],
      ["mark", grouped(row.mark)],
      ["notional", grouped(row.notional)],
      ["bracket", bracket ? `${row.bracket}: ${bracket[1]} from ${grouped(bracket[0])} on${less}` : null],
      ["equity", grouped(row.equity)],
      ["maintenance", grouped(row.maintenance)],
      ["margin ratio", ratio(row)],
      ["bankruptcy price", row.bankruptcy === null ? "none above 0" : grouped(row.bankruptcy)],
      ["order", row.sized],
      ["spared by the order", isZero(row.spared) ? null : grouped(row.spared)],
    ];
  }

  cause(row) {
    const first = this.causes[row.root]?.told ?? `liquidation ${row.root}, which is not in this page`;
    const parent = this.bySeq.get(row.cause);
    if (!parent) return first;
    const link = { type: "button", class: "link", onclick: () => this.open(parent.seq) };
    const name = `the liquidation of ${named(parent.account, parent.mode)} in ${parent.contract}`;
    return [element("button", link, name), ` (it all began with ${first})`];
  }

  fillTable(row) {
    if (!row.fills.length) return null;
    const rows = row.fills.map(([code, price, quantity]) => ({
      cells: [this.fills[code], grouped(quantity), grouped(price)],
    }));
    const left = row.fill_count - row.fills.length;
    if (left > 0) rows.push({ cells: [`and ${grouped(left)} more`, "", ""] });
    return table(["fills", ">quantity", ">price"], rows);
  }

  payers(row) {
    const paid = PAYERS.filter((name) => name === "own_margin" || !isZero(row[name]));
    return [
      ["loss", grouped(row.loss)],
      ...paid.map((name) => [this.words.get(name), bore(row[name])]),
      ["taker fee", grouped(row.taker_fee)],
      ["liquidation fee", grouped(row.liquidation_fee)],
      ["left over, to the fund", isZero(row.residue) ? null : grouped(row.residue)],
      ["left over, to the client", isZero(row.refunded) ? null : grouped(row.refunded)],
    ];
  }
}

function position(row) {
  if (row.quantity === "0") return `a negative balance of ${grouped(row.equity, 2)}`;
  return `${row.side} ${grouped(row.quantity)} ${row.contract} at ${grouped(row.mark)}`;
}

function ratio({ equity, maintenance }) {
  return Number(equity) > 0 ? `${((Number(maintenance) / Number(equity)) * 100).toFixed(1)} %` : "bankrupt";
}

/** The whole of it in two sentences. */
function story(row) {
  const owed = grouped(row.equity.replace("-", ""), 2);
  if (row.quantity === "0") return `The account held no position and owed ${owed}, which was made good.`;
  const whose = row.mode === "cross" ? "the cross account" : "the position";
  const equity = Number(row.equity) > 0 ? `only ${grouped(row.equity, 2)}` : grouped(row.equity, 2);
  const others = Number(row.loss) - Number(row.own_margin);
  const end =
    others > 0 ? `Its own margin could not bear it all: others bore ${grouped(others.toFixed(2))}.` : "Its own margin bore the whole loss.";
  return (
    `With the mark at ${grouped(row.mark)}, ${whose} was worth ${equity} and had to keep ` +
    `${grouped(row.maintenance, 2)}, so the venue took over ${taken(row)}. ${end}`
  );
}

function taken(row) {
  const part = `${row.side} ${grouped(row.quantity)} ${row.contract}`;
  return isZero(row.spared) ? part : `${part}, not the other ${grouped(row.spared)}`;
}

function before(row) {
  const when = (ago) => (ago ? `${lasted(ago)} before, at ${time(row.at - ago)}` : "in the same moment");
  const called = row.called.map(([level, ago]) => [`margin call at ${level} %`, when(ago)]);
  const drawn = row.drawn.map(([contract, amount, ago]) => [
    `pool draw for ${contract}`,
    `${grouped(amount, 2)}, ${when(ago)}`,
  ]);
  return [
    ...(called.length ? called : [["margin calls", "none"]]),
    ...drawn,
    ["orders cancelled", grouped(row.cancelled)],
  ];
}

function closed(row) {
  const [book, fund, adl, outside, assigned, kept] = row.filled;
  const quantity = (lots, more = "") => (isZero(lots) ? null : `${grouped(lots)}${more}`);
  return [
    ["filled in the book", quantity(book)],
    ["sold for the fund", quantity(fund)],
    ["average fill", row.average === null ? null : grouped(row.average)],
    ["assigned to accounts that stood ready", quantity(assigned)],
    ["taken over and kept by the fund", quantity(kept, row.bankruptcy === null ? "" : `, at about ${grouped(row.bankruptcy)}`)],
    ["deleveraged", quantity(adl, row.bankruptcy === null ? "" : `, at about ${grouped(row.bankruptcy)}`)],
    ["closed off the book", quantity(outside, `, at ${grouped(row.outside ?? "0")}`)],
    ["left of the position", row.left === null ? null : grouped(row.left[0])],
    ["equity after it", row.left === null ? null : grouped(row.left[1])],
  ];
}

/** What somebody bore; a winner who is closed at a better price than the mark gains by it. */
function bore(amount) {
  return amount.startsWith("-") ? `${grouped(amount)}: they gained by it` : grouped(amount);
}

/** Those who bore most of what own margin and fund did not. */
function winners(row) {
  const told = (what, payers, count) => {
    if (!payers.length) return null;
    const rows = payers.map(([account, quantity, amount]) => ({
      cells: [account, isZero(quantity) ? "" : grouped(quantity), grouped(amount)],
    }));
    if (count > payers.length) rows.push({ cells: [`and ${grouped(count - payers.length)} more`, "", ""] });
    return table([what, ">quantity", ">bore"], rows);
  };
  return [
    told("winners closed", row.deleveraged, row.deleveraged_count),
    told("winners cut", row.cut, row.cut_count),
  ];
}

/** A part of a card: what is null in it is left out. */
function part(title, rows, ...more) {
  const told = rows.filter(([, value]) => value !== null);
  return element(
    "section",
    {},
    element("h3", {}, title),
    element("dl", {}, told.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    more,
  );
}

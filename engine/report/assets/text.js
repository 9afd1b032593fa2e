"use strict";
// Small tools: elements from text (never from HTML), numbers and times for people.

/** An element with attributes and children; children that are not elements become text. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

/** A decimal text with its thousands apart, cut to `places` if they are given. */
function grouped(text, places) {
  const [whole, part = ""] = String(text).split(".");
  const sign = whole.startsWith("-") ? "−" : "";
  const number = sign + whole.replace("-", "").replace(/\B(?=(\d{3})+$)/g, ",");
  const shown = places === undefined ? part : part.slice(0, places).padEnd(places, "0");
  return shown ? `${number}.${shown}` : number;
}

function signed(text, places) {
  return /[1-9]/.test(text) && !text.startsWith("-") ? `+${grouped(text, places)}` : grouped(text, places);
}

function isZero(text) {
  return !/[1-9]/.test(text);
}

function time(ms) {
  return new Date(ms).toISOString().slice(11, 23);
}

function moment(ms) {
  return new Date(ms).toISOString().slice(0, 23).replace("T", " ");
}

/** A length of time for people. */
function lasted(ms) {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 120000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7200000) return `${Math.round(ms / 60000)} min`;
  if (ms < 172800000) return `${Math.round(ms / 3600000)} h`;
  return `${Math.round(ms / 86400000)} days`;
}

function many(count, word, plural = `${word}s`) {
  return `${grouped(count)} ${count === 1 ? word : plural}`;
}

function named(account, mode) {
  return account === mode ? account : `${account} (${mode})`;
}

/** A table; numbers stand right, so that their digits stand below each other. */
function table(head, rows) {
  const cell = (tag, content, place) => {
    const number = head[place].startsWith(">");
    const made = element(tag, { class: number ? "number" : null });
    made.append(content ?? "");
    return made;
  };
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, head.map((name, i) => cell("th", name.replace(">", ""), i)))),
    element(
      "tbody",
      {},
      rows.map((row) =>
        element("tr", { class: row.look ?? null }, row.cells.map((content, i) => cell("td", content, i))),
      ),
    ),
  );
}

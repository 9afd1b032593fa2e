"use strict";
// Fills the page of a lab of scenes from its block of data.

const put = (id, ...children) => document.getElementById(id).replaceChildren(...children.flat());
const drawn = ({ head, rows }) => table(head, rows.map((cells) => ({ cells, look: null })));

/** A table of figures, by whose they are: that stands in a row of its own above them, if it has more. */
function figures({ head, groups }) {
  if (groups.every(([, cells]) => cells.length === 1) && groups.length > 1) {
    const [[, [[words]]]] = groups;
    const rows = groups.map(([whose, [[, ...values]]]) => ({ cells: [whose, ...values], look: null }));
    return table([words, ...head.slice(1)], rows);
  }
  const rows = groups.flatMap(([whose, cells]) => [
    { cells: [element("b", {}, whose), ...head.slice(1).map(() => "")], look: null },
    ...cells.map((each) => ({ cells: each, look: "below" })),
  ]);
  return table(head, rows);
}

function verdict(holds) {
  return element("span", { class: holds ? "gain" : "loss" }, holds ? "✓ as expected" : "✗ not as expected");
}

function scene(told) {
  const links = told.links.map(([words, href]) => element("a", { href }, words));
  return element(
    "section",
    { class: "card scene", id: told.name },
    element("h2", {}, told.title),
    element("p", { class: "claim" }, element("b", {}, "Claim. "), told.claim),
    told.finding && element("p", { class: "claim" }, element("b", {}, "What the run shows. "), told.finding),
    element(
      "div",
      { class: "columns" },
      element("div", { class: "scroll" }, figures(told.table)),
      element(
        "div",
        { class: "beside" },
        told.chart && [element("h3", {}, told.pictured), element("div", { class: "chart", id: told.chart })],
        element("h3", {}, told.markets.title),
        element("div", { class: "scroll" }, drawn(told.markets)),
      ),
    ),
    told.days.map((day) =>
      element("details", {}, element("summary", { class: "plain" }, day.title), element("div", { class: "scroll" }, drawn(day))),
    ),
    element(
      "details",
      { open: told.checks.some(({ holds }) => !holds) },
      element("summary", { class: "plain" }, element("span", {}, `${many(told.checks.length, "expectation")}, `, verdict(told.holds))),
      element(
        "ul",
        { class: "checks" },
        told.checks.map(({ says, found, holds }) =>
          element("li", {}, element("span", { class: holds ? "gain" : "loss" }, holds ? "✓ " : "✗ "), `${says} (found: ${found})`),
        ),
      ),
    ),
    element("p", { class: "links" }, links),
  );
}

const data = JSON.parse(document.getElementById("data").textContent);
put("lab", data.lab);
put("title", data.title);
put("about", data.about);
put("verdict", data.verdict);
put("note", data.note);
put("version", data.version);
put(
  "contents",
  table(
    ["", "scene", ""],
    data.scenes.map(({ name, title, holds }, place) => ({
      cells: [`${place + 1}`, element("a", { href: `#${name}` }, title), verdict(holds)],
      look: null,
    })),
  ),
);
put("scenes", data.scenes.map(scene));
const pictures = new Charts(data.charts, { told: () => "", open: () => {}, follow: () => {} });

"use strict";
// Fills the page of a comparison from its block of data.

function fill(data) {
  const put = (id, ...children) => document.getElementById(id).replaceChildren(...children.flat());
  const hide = (id) => (document.getElementById(id).hidden = true);
  const drawn = ({ head, rows }) => table(head, rows.map((cells) => ({ cells, look: null })));
  put("title", data.title);
  put("lead", data.lead);
  put("table", drawn(data.table));
  put("markets", drawn(data.markets));
  put("note", data.note);
  if (data.days.length) {
    put("days", data.days.map((day) => [element("h3", {}, day.title), drawn(day)]).flat());
  } else hide("bled");
  if (!data.charts.equity.series.length) hide("equities");
  if (!data.charts.paid.series.length) hide("payers");
}

const data = JSON.parse(document.getElementById("data").textContent);
fill(data);
const pictures = new Charts(data.charts, { told: () => "", open: () => {}, follow: () => {} });

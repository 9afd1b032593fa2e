"use strict";
// Draws the options of the data block; puts in what no JSON can hold: functions.

const FORMATS = {
  percent: (value) => `${value.toFixed(2)} %`,
  price: (value) => grouped(String(value)),
  money: (value) => grouped(value.toFixed(2)),
};

const LEGEND = { font: "12px sans-serif", symbol: 30, gap: 10, padding: 10, line: 22, most: 4 };

class Charts {
  /** `told(seq)` tells of a liquidation; `open` and `follow` show one, and a whole cascade. */
  constructor(options, { told, open, follow }) {
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.calls = { told, open, follow };
    this.charts = new Map();
    this.options = options;
    this.zooming = false;
    const resized = new ResizeObserver((entries) => {
      for (const { target } of entries) this.resize(target.id);
    });
    for (const [name, option] of Object.entries(options)) {
      const place = document.getElementById(name);
      if (place === null || place.closest("[hidden]")) continue;
      this.charts.set(name, this.draw(place, this.filled(option)));
      resized.observe(place);
    }
    this.dark.addEventListener("change", () => this.theme());
  }

  resize(name) {
    const chart = this.charts.get(name);
    chart?.resize();
    if (chart) fit(chart, this.options[name]);
  }

  theme() {
    for (const chart of this.charts.values()) chart.setTheme(this.dark.matches ? "dark" : "default");
  }

  draw(place, option) {
    const chart = echarts.init(place, this.dark.matches ? "dark" : "default");
    chart.setOption(option);
    fit(chart, option);
    chart.on("click", ({ seriesIndex, value }) => {
      const { seqAt, cascadeAt } = option.series[seriesIndex] ?? {};
      if (seqAt !== undefined) this.calls.open(value[seqAt]);
      if (cascadeAt !== undefined) this.calls.follow(value[cascadeAt]);
    });
    chart.on("datazoom", () => this.zoomed(chart));
    return chart;
  }

  /** All pictures over time show the same stretch of it. */
  zoomed(from) {
    if (this.zooming) return;
    this.zooming = true;
    const { start, end } = from.getOption().dataZoom[0];
    for (const chart of this.charts.values()) {
      if (chart !== from && chart.getOption().dataZoom?.length) {
        chart.dispatchAction({ type: "dataZoom", start, end });
      }
    }
    this.zooming = false;
  }

  filled(option) {
    const format = FORMATS[option.format];
    if (option.tooltip.trigger === "axis") {
      option.tooltip.formatter = (found) => crossed(option, found[0].axisValue, format);
    }
    if (option.format === "percent") option.yAxis.axisLabel = { formatter: "{value} %" };
    for (const series of option.series) this.function(series);
    return option;
  }

  function(series) {
    const { sizeAt, seqAt, cascadeAt, tooltip } = series;
    if (sizeAt !== undefined) series.symbolSize = (value) => value[sizeAt];
    if (seqAt !== undefined) {
      tooltip.formatter = ({ value }) => this.calls.told(value[seqAt]);
    } else if (cascadeAt !== undefined) {
      series.tooltip = { formatter: ({ value }) => cascadeTold(value) };
    } else if (tooltip?.trigger === "item") {
      tooltip.formatter = ({ name, value }) => tip(`${moment(value[0])}`, name);
    }
  }
}

/** A narrow picture has its legend in several lines: all of it can be read, and none lies on the picture. */
function fit(chart, option) {
  if (option.legend.show === false) return;
  const rows = legendRows(new Set(option.series.map(({ name }) => name)), chart.getWidth());
  const isWrapped = rows > 1 && rows <= LEGEND.most;
  const more = isWrapped ? (rows - 1) * LEGEND.line : 0;
  const legend = { ...option.legend, type: isWrapped ? "plain" : "scroll" };
  chart.setOption({ legend, grid: { top: option.grid.top + more } });
}

/** How many lines the names of a legend take. */
function legendRows(names, width) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = LEGEND.font;
  const room = width - LEGEND.padding;
  let [rows, used] = [1, 0];
  for (const name of names) {
    const wide = LEGEND.symbol + pen.measureText(name).width + LEGEND.gap;
    if (used && used + wide - LEGEND.gap > room) [rows, used] = [rows + 1, 0];
    used += wide;
  }
  return rows;
}

/** What every line of a chart was at a time; a line holds its value until its next point. */
function crossed(option, at, format) {
  const lines = option.series.filter(({ type }) => type === "line");
  const { type, name } = option.xAxis;
  return tip(
    type === "time" ? moment(at) : `${name} ${Math.floor(at)}`,
    ...lines.flatMap(({ name, data }) => {
      let [low, high] = [0, data.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (data[middle][0] <= at) low = middle + 1;
        else high = middle;
      }
      return low ? [`${name}: ${format(data[low - 1][1])}`] : [];
    }),
  );
}

function cascadeTold([at, depth, , worth, count]) {
  const after = depth === 0 ? "set off directly" : `${many(depth, "link")} further down`;
  return tip(moment(at), `${many(count, "liquidation")}, ${after}`, `${grouped(worth.toFixed(0))} notional`);
}

/** Lines of a tooltip as an element, so that nothing in them can be HTML. */
function tip(...lines) {
  return element("div", { class: "tip" }, lines.map((line) => element("div", {}, line)));
}

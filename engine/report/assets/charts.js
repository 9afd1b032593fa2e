"use strict";
// Draws the options of the data block; puts in what no JSON can hold: functions.

const FORMATS = {
  percent: (value) => `${value.toFixed(2)} %`,
  price: (value) => grouped(String(value)),
  money: (value) => grouped(value.toFixed(2)),
};

class Charts {
  /** `told(seq)` tells of a liquidation; `open` and `follow` show one, and a whole cascade. */
  constructor(options, { told, open, follow }) {
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.calls = { told, open, follow };
    this.charts = new Map();
    this.zooming = false;
    const resized = new ResizeObserver((entries) => {
      for (const entry of entries) this.charts.get(entry.target.id)?.resize();
    });
    for (const [name, option] of Object.entries(options)) {
      const place = document.getElementById(name);
      if (place === null || place.closest("[hidden]")) continue;
      this.charts.set(name, this.draw(place, this.filled(option)));
      resized.observe(place);
    }
    this.dark.addEventListener("change", () => this.theme());
  }

  theme() {
    for (const chart of this.charts.values()) chart.setTheme(this.dark.matches ? "dark" : "default");
  }

  draw(place, option) {
    const chart = echarts.init(place, this.dark.matches ? "dark" : "default");
    chart.setOption(option);
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

/** What every line of a chart was at a time; a line holds its value until its next point. */
function crossed(option, at, format) {
  const lines = option.series.filter(({ type }) => type === "line");
  return tip(
    moment(at),
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

"use strict";
const options = JSON.parse(document.getElementById("options").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
let charts = [];
function draw() {
  for (const chart of charts) chart.dispose();
  charts = Object.entries(options).map(([name, option]) => {
    const chart = echarts.init(document.getElementById(name), dark.matches ? "dark" : null);
    chart.setOption(option);
    return chart;
  });
}
draw();
dark.addEventListener("change", draw);
addEventListener("resize", () => charts.forEach((chart) => chart.resize()));

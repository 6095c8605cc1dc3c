// The trend: a line with what is usual behind it, alerts marked, the open bucket dashed, gaps left open.

import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, GridComponent, TooltipComponent, MarkAreaComponent, MarkLineComponent, AriaComponent, SVGRenderer]);

const LEVELS = ["low", "moderate", "serious", "critical"];
const PARTLY = 0.8; // less than this share of what is usual was heard: hatched

for (const place of document.querySelectorAll("[data-chart]")) draw(place, JSON.parse(place.dataset.chart));

function draw(place, trend) {
  // The first child makes the place visible (it is hidden while empty), so that it has a size when drawn.
  place.style.display = "block";
  const chart = init(place, null, { renderer: "svg", locale: "EN" });
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const paint = () => chart.setOption(options(trend, colours(), place.clientWidth, isCalm), true);
  paint();
  new ResizeObserver(() => {
    chart.resize();
    paint();
  }).observe(place);
  document.addEventListener("themechange", paint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  chart.on("click", (event) => {
    if (event.componentType === "markLine" && event.data.alert) location.assign(`/alerts/${event.data.alert}`);
  });
}

function colours() {
  const probe = document.createElement("i");
  document.body.append(probe);
  const found = {};
  for (const name of ["ink", "soft", "line", "card", "series", "band", "median", "edge", ...LEVELS]) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  found.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return found;
}

function options(trend, colour, width, isCalm) {
  const closed = trend.points.map(([at, value, isOpen]) => [at, isOpen ? null : value]);
  const { points } = trend;
  const hasBand = points.some((point) => point[3] !== null);
  const isNarrow = width < 480;
  return {
    useUTC: true,
    animation: !isCalm,
    animationDuration: 180,
    textStyle: { fontFamily: colour.font, color: colour.soft },
    aria: { enabled: false }, // the figure has a label, a sentence and a table, all from the server
    grid: { left: 8, right: isNarrow ? 16 : 108, top: 28, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "time",
      min: trend.start,
      max: trend.end,
      axisLine: { lineStyle: { color: colour.edge } },
      axisLabel: { color: colour.soft, hideOverlap: true, formatter: (at) => tick(at, trend) },
      splitNumber: isNarrow ? 3 : 7,
    },
    yAxis: {
      type: "value",
      min: 0,
      minInterval: 1,
      axisLabel: { color: colour.soft },
      splitLine: { lineStyle: { color: colour.line } },
    },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: colour.card,
      borderColor: colour.edge,
      textStyle: { color: colour.ink, fontSize: 12 },
      axisPointer: { lineStyle: { color: colour.edge } },
      formatter: (series) => hint(series, trend),
    },
    series: [
      ...(hasBand ? bandOf(points, colour) : []),
      lineOf(trend, closed, colour, isNarrow),
      openEnd(trend, colour, isNarrow),
    ],
  };
}

function bandOf(points, colour) {
  const base = { type: "line", symbol: "none", silent: true, animation: false, tooltip: { show: false }, z: 1 };
  return [
    { ...base, name: "low", stack: "band", lineStyle: { opacity: 0 }, data: points.map((point) => [point[0], point[3]]) },
    {
      ...base,
      name: "band",
      stack: "band",
      lineStyle: { opacity: 0 },
      areaStyle: { color: colour.band, opacity: 1 },
      data: points.map((point) => [point[0], point[5] === null ? null : point[5] - point[3]]),
    },
    {
      ...base,
      name: "usual",
      lineStyle: { color: colour.median, width: 1.2, type: [2, 3] },
      data: points.map((point) => [point[0], point[4]]),
    },
  ];
}

function lineOf(trend, data, colour, isNarrow) {
  return {
    type: "line",
    name: trend.label,
    data,
    z: 3,
    connectNulls: false,
    showSymbol: data.length < 40,
    symbolSize: 5,
    lineStyle: { color: colour.series, width: 2 },
    itemStyle: { color: colour.series },
    endLabel: endLabel(trend, colour, !isNarrow && !trend.points.some((point) => point[2])),
    markArea: { silent: true, animation: false, itemStyle: { color: hatch(colour) }, data: unheard(trend) },
    markLine: { symbol: ["none", "diamond"], symbolSize: 10, label: { show: false }, silent: false, animation: false, data: markers(trend, colour) },
  };
}

// What was not heard, or only in part, is never drawn as calm: from bucket to bucket, neighbours together.
function unheard(trend) {
  const areas = [];
  trend.points.forEach(([at, , isOpen, , , , heard], place) => {
    if (isOpen || heard >= PARTLY) return;
    const end = trend.points[place + 1]?.[0] ?? trend.end;
    const last = areas.at(-1);
    if (last && last[1].xAxis === at) last[1].xAxis = end;
    else areas.push([{ xAxis: at }, { xAxis: end }]);
  });
  return areas;
}

function hatch(colour) {
  const attrs = { d: "M-2 2l4 -4M0 8l8 -8M6 10l4 -4", stroke: colour.edge, "stroke-width": 1, "stroke-opacity": 0.55 };
  return { svgElement: { tag: "path", attrs, key: "hatch" }, svgWidth: 8, svgHeight: 8 };
}

function endLabel(trend, colour, show) {
  return {
    show,
    formatter: trend.label,
    color: colour.series,
    fontWeight: 600,
    width: 96,
    overflow: "break",
    distance: 8,
  };
}

function openEnd(trend, colour, isNarrow) {
  const { points } = trend;
  const place = points.findIndex((point) => point[2]);
  const data = place < 0 ? [] : points.slice(Math.max(0, place - 1)).map(([at, value]) => [at, value]);
  return {
    type: "line",
    name: "not over yet",
    data,
    z: 2,
    symbol: "emptyCircle",
    showSymbol: data.length > 0,
    endLabel: endLabel(trend, colour, !isNarrow && data.length > 0),
    lineStyle: { color: colour.series, width: 2, type: "dashed" },
    itemStyle: { color: colour.series },
  };
}

function markers(trend, colour) {
  return trend.markers.map((marker) => ({
    xAxis: marker.at,
    alert: marker.id,
    lineStyle: { color: colour[marker.level], width: 1.2, type: "solid", opacity: 0.75 },
    itemStyle: { color: colour[marker.level] },
  }));
}

function when(at, trend, pattern) {
  // Times come as wall-clock times of the organisation, so they are shown as they are.
  return new Intl.DateTimeFormat(trend.language === "en" ? "en-GB" : trend.language, { timeZone: "UTC", ...pattern }).format(at);
}

function tick(at, trend) {
  const clock = when(at, trend, { hour: "2-digit", minute: "2-digit" });
  return trend.bucket === "day" || clock === "00:00" ? when(at, trend, { day: "numeric", month: "short" }) : clock;
}

function hint(series, trend) {
  const at = series[0].axisValue;
  const point = trend.points.find((one) => one[0] === at);
  if (!point) return "";
  const day = when(at, trend, { weekday: "short", day: "numeric", month: "short" });
  const time = trend.bucket === "day" ? "" : ` ${when(at, trend, { hour: "2-digit", minute: "2-digit" })}`;
  const lines = [day + time, point[1] === null ? "nobody listened" : `${point[1]} ${trend.unit}${point[2] ? ", not over yet" : ""}`];
  if (!point[2] && point[1] !== null && point[6] < PARTLY) lines.push(`${Math.round(100 * point[6])} % of what is usual was heard`);
  if (point[4] !== null) lines.push(`usual ${point[4]}, 10 to 90 %: ${point[3]} to ${point[5]}`);
  return lines.join("\n");
}

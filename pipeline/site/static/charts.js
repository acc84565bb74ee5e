// Charts as Vega specs, drawn as SVG so that they print and can be looked at closely. A chart is described to a screen
// reader in a sentence, and a table with the same figures stands beside it.
"use strict";
atlas.charts = (() => {
  const { h, t } = atlas;
  const INK = "#1d2730", SOFT = "#57636e", FAINT = "#8a949d", RULE = "#dcdcd6", ACCENT = "#0f5c78", ALARM = "#a8321f", HATCH = "url(#hatch)";
  const FONT = getComputedStyle(document.documentElement).getPropertyValue("--sans");
  const CONFIG = {
    font: FONT,
    axis: { labelFont: FONT, titleFont: FONT, labelColor: SOFT, titleColor: SOFT, labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal", domainColor: FAINT, tickColor: FAINT, gridColor: "#ecebe6", tickSize: 4 },
    text: { font: FONT, fontSize: 11, fill: SOFT },
  };

  // Patterns can only be used from the page itself.
  function patterns() {
    if (document.getElementById("patterns")) return;
    const made = new DOMParser().parseFromString(
      '<svg xmlns="http://www.w3.org/2000/svg" id="patterns" width="0" height="0" aria-hidden="true" style="position:absolute"><defs><pattern id="hatch" patternUnits="userSpaceOnUse" width="5" height="5" patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/><rect width="1.3" height="5" fill="#8b949b"/></pattern></defs></svg>', "image/svg+xml");
    document.body.prepend(document.importNode(made.documentElement, true));
  }

  let tip = null;
  function point(event, lines) {
    tip ??= document.body.appendChild(h(".tip", { role: "status", hidden: true }));
    tip.hidden = !lines;
    if (!lines) return;
    tip.replaceChildren(...lines.flatMap((line, n) => (n ? [h("span", line), h("br")] : [h("b", line)])));
    const box = tip.getBoundingClientRect(), gap = 14;
    tip.style.left = `${Math.max(4, Math.min(event.clientX + gap, innerWidth - box.width - 6))}px`;
    tip.style.top = `${event.clientY + gap + box.height > innerHeight ? event.clientY - box.height - gap : event.clientY + gap}px`;
  }

  // Draw a spec into a place. Marks with a field `tip` (a list of lines) tell of themselves.
  async function draw(place, spec, given = {}) {
    patterns();
    const holder = h("div");
    place.replaceChildren(holder);
    place.classList.add("chart");
    const whole = { $schema: "https://vega.github.io/schema/vega/v6.json", background: null, padding: 0, autosize: { type: "fit", contains: "padding" }, description: given.label || "", ...spec };
    const tooltip = (_, event, __, value) => point(event, Array.isArray(value) ? value : null);
    const { view } = await vegaEmbed(holder, whole, { mode: "vega", renderer: "svg", actions: false, defaultStyle: false, config: CONFIG, tooltip, hover: true, logLevel: 1 });
    if (given.clicked) view.addEventListener("click", (_, item) => item?.datum && given.clicked(item.datum));
    const svg = holder.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", given.label || "");
    return view;
  }

  const digits = (measure) => (measure.kind === "rate" && !measure.ratio ? "%" : "~s");

  // Lines over the years. rows: [{line, segment, year, value, withheld, tip}]. Points are joined within a segment and between
  // years that follow each other, never across a change of form or a year without a figure.
  function lines(measure, rows, years, size, colors) {
    const runs = [];
    for (const line of [...new Set(rows.map((r) => r.line))]) {
      let run = -1, last = null;
      for (const row of rows.filter((r) => r.line === line).sort((a, b) => a.year - b.year)) {
        if (!last || row.segment !== last.segment || row.year !== last.year + 1 || row.value === null || last.value === null) run++;
        runs.push({ ...row, run: `${line}${run}` });
        last = row;
      }
    }
    const breaks = [];
    for (const line of [...new Set(runs.map((r) => r.line))]) {
      const kept = runs.filter((r) => r.line === line);
      kept.forEach((r, n) => { if (n && r.segment !== kept[n - 1].segment) breaks.push({ year: r.year - 0.5, segment: r.segment }); });
    }
    const drawn = runs.filter((r) => r.value !== null), held = runs.filter((r) => r.value === null && r.withheld);
    const color = { scale: "color", field: "line" };
    return {
      width: size.width, height: size.height,
      data: [{ name: "drawn", values: drawn }, { name: "held", values: held }, { name: "breaks", values: breaks }],
      scales: [
        { name: "x", type: "linear", domain: [years[0] - 0.4, years.at(-1) + 0.4], range: "width", zero: false },
        { name: "y", type: "linear", domain: drawn.length ? { data: "drawn", field: "value" } : [0, 1], range: "height", zero: true, nice: 3 },
        { name: "color", type: "ordinal", domain: Object.keys(colors), range: Object.values(colors) },
      ],
      axes: [
        { orient: "bottom", scale: "x", values: years.length > 5 ? [years[0], years[Math.floor((years.length - 1) / 2)], years.at(-1)] : years, format: "d", grid: false },
        { orient: "left", scale: "y", tickCount: 3, format: digits(measure), grid: true, domain: false, ticks: false },
      ],
      marks: [
        { type: "rule", from: { data: "breaks" }, encode: { enter: { x: { scale: "x", field: "year" }, y: { value: 0 }, y2: { signal: "height" }, stroke: { value: FAINT }, strokeDash: { value: [2, 3] }, tooltip: { signal: JSON.stringify([t("表式变更，两侧不可比", "The form changed: the two sides do not compare")]) } } } },
        { type: "group", from: { facet: { name: "one", data: "drawn", groupby: "run" } }, marks: [{ type: "line", from: { data: "one" }, encode: { enter: { x: { scale: "x", field: "year" }, y: { scale: "y", field: "value" }, stroke: color, strokeWidth: { value: 1.8 } } } }] },
        { type: "symbol", from: { data: "drawn" }, encode: { enter: { x: { scale: "x", field: "year" }, y: { scale: "y", field: "value" }, fill: color, size: { value: 26 }, stroke: { value: "#fff" }, strokeWidth: { value: 0.8 }, tooltip: { field: "tip" } } } },
        { type: "rect", from: { data: "held" }, encode: { enter: { xc: { scale: "x", field: "year" }, width: { value: 9 }, y: { value: 0 }, y2: { signal: "height" }, fill: { value: HATCH }, opacity: { value: 0.75 }, tooltip: { field: "tip" } } } },
      ],
    };
  }

  // Stacked bars. rows: [{key, kind, value, tip}], kinds in order with their colours.
  function bars(rows, kinds, size, given = {}) {
    return {
      width: size.width, height: size.height,
      data: [{ name: "rows", values: rows, transform: [{ type: "stack", groupby: ["key"], sort: { field: "order" }, field: "value", offset: given.share ? "normalize" : "zero" }] }],
      scales: [
        { name: "x", type: "band", domain: { data: "rows", field: "key", sort: true }, range: "width", padding: 0.28 },
        { name: "y", type: "linear", domain: { data: "rows", field: "y1" }, range: "height", nice: 4, zero: true },
        { name: "color", type: "ordinal", domain: kinds.map(([kind]) => kind), range: kinds.map(([, color]) => color) },
      ],
      axes: [{ orient: "bottom", scale: "x", domain: true, ticks: false, labelPadding: 5 }, { orient: "left", scale: "y", tickCount: 4, grid: true, domain: false, ticks: false, format: given.share ? "%" : "~s" }],
      marks: [{ type: "rect", from: { data: "rows" }, encode: { enter: { x: { scale: "x", field: "key" }, width: { scale: "x", band: 1 }, y: { scale: "y", field: "y0" }, y2: { scale: "y", field: "y1" }, fill: { scale: "color", field: "kind" }, tooltip: { field: "tip" } } } }],
    };
  }

  // A funnel: each body by how much it rests on and its rate, around the rate of all, with the limits that chance explains.
  // points: [{n, value, out, tip, name}], limits: [{n, low, high}] by share.
  function funnel(points, center, limits, size, labels) {
    const band = (name, opacity) => ({ type: "area", from: { data: name }, encode: { enter: { x: { scale: "x", field: "n" }, y: { scale: "y", field: "low" }, y2: { scale: "y", field: "high" }, fill: { value: ACCENT }, fillOpacity: { value: opacity }, interpolate: { value: "monotone" } } } });
    return {
      width: size.width, height: size.height,
      data: [{ name: "points", values: points }, { name: "outer", values: limits.outer }, { name: "inner", values: limits.inner }, { name: "named", values: points.filter((p) => p.label) }],
      scales: [
        { name: "x", type: "log", domain: [limits.outer[0].n, limits.outer.at(-1).n], range: "width", nice: false },
        { name: "y", type: "linear", domain: [0, 1], range: "height", zero: true },
      ],
      axes: [{ orient: "bottom", scale: "x", title: labels.x, tickCount: 5, format: "~s" }, { orient: "left", scale: "y", title: labels.y, format: "%", tickCount: 5, grid: true, domain: false, ticks: false }],
      marks: [
        band("outer", 0.07), band("inner", 0.09),
        { type: "rule", encode: { enter: { x: { value: 0 }, x2: { signal: "width" }, y: { scale: "y", value: center }, stroke: { value: ACCENT }, strokeDash: { value: [4, 3] } } } },
        { type: "symbol", from: { data: "points" }, encode: { enter: { x: { scale: "x", field: "n" }, y: { scale: "y", field: "value" }, size: { value: 34 }, fill: { signal: `datum.out ? '${ALARM}' : '${ACCENT}'` }, fillOpacity: { signal: "datum.out ? 0.95 : 0.45" }, cursor: { value: "pointer" }, tooltip: { field: "tip" } } } },
        { type: "text", from: { data: "named" }, encode: { enter: { x: { scale: "x", field: "n" }, y: { scale: "y", field: "value" }, align: { signal: "scale('x', datum.n) > width * 0.6 ? 'right' : 'left'" }, dx: { signal: "scale('x', datum.n) > width * 0.6 ? -7 : 7" }, dy: { value: 4 }, text: { field: "name" }, fill: { value: INK } } } },
      ],
    };
  }

  return { draw, lines, bars, funnel, point, ACCENT, ALARM, SOFT, FAINT, RULE, HATCH };
})();

// Maps: an area a shape, coloured by class. Three things that are no figure look different: no report, a report without
// this figure, and a figure that is withheld.
"use strict";
atlas.map = (() => {
  const { h, t } = atlas;
  const COLORS = ["#dcebf0", "#adcfdb", "#74aabd", "#3a7f99", "#0c4a62"];
  const NO_REPORT = "#ebeae4", NO_FIGURE = "#ffffff", EDGE = "#ffffff", BORDER = "#7b868d";
  // Where the mainland and its large islands reach; what lies further south is in the inset.
  const REACH = { type: "MultiPoint", coordinates: [[73.6, 39.3], [135, 48.3], [123.3, 53.6], [120.5, 53.4], [109.5, 18.0], [87.5, 49], [97.5, 23.9], [78.9, 31.5], [122.2, 25.2], [98, 21.3]] };
  const SOUTH = { type: "MultiPoint", coordinates: [[106.3, 23.6], [122.8, 23.6], [106.3, 2.8], [122.8, 2.8]] };

  // The provinces that reach into the inset.
  const SOUTHERN = ["35", "36", "43", "44", "45", "46", "52", "53", "71", "81", "82"];

  // Five classes of about as many areas each, with round limits; fewer where values repeat.
  function classes(values, measure) {
    const sorted = values.filter((v) => v !== null && v !== undefined).sort((a, b) => a - b);
    if (!sorted.length) return [];
    const round = (x) => { if (!x) return 0; const step = 10 ** (Math.floor(Math.log10(Math.abs(x))) - 1); const r = Math.round(x / step) * step; return measure.kind === "rate" && !measure.ratio ? Math.round(r * 1000) / 1000 : Number(r.toPrecision(2)); };
    const limits = [0.2, 0.4, 0.6, 0.8].map((q) => round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]));
    return [...new Set(limits)].filter((l) => l > sorted[0] && l <= sorted.at(-1));
  }
  const classOf = (value, limits) => limits.filter((l) => value >= l).length;
  const colorOf = (value, limits) => COLORS[limits.length ? Math.round((classOf(value, limits) * (COLORS.length - 1)) / limits.length) : 2];

  // figures: code -> {value, withheld, reports, tip}
  function colored(codes, figures, limits) {
    return codes.map((code) => {
      const f = figures.get(code);
      const fill = !f ? NO_REPORT : f.value !== null && f.value !== undefined ? colorOf(f.value, limits) : f.withheld ? atlas.charts.HATCH : NO_FIGURE;
      return { id: code, fill, tip: f?.tip || [atlas.nameOf(code), t("没有报告", "No report")] };
    });
  }

  function shapes(source, projection, given = {}) {
    return { type: "shape", from: { data: source }, clip: given.clip, encode: { enter: { fill: { field: given.plain ? null : "fill", value: given.plain }, stroke: { value: given.stroke || EDGE }, strokeWidth: { value: given.width || 0.5 }, strokeJoin: { value: "round" }, cursor: { value: given.clickable ? "pointer" : "default" }, tooltip: given.plain === undefined ? { field: "tip" } : undefined }, update: given.plain === undefined ? { strokeOpacity: { value: 1 }, zindex: { value: 0 }, stroke: { value: given.stroke || EDGE }, strokeWidth: { value: given.width || 0.5 } } : {}, hover: given.plain === undefined ? { stroke: { value: "#1d2730" }, strokeWidth: { value: 1.4 }, zindex: { value: 1 } } : {} }, transform: [{ type: "geoshape", projection }] };
  }

  const albers = (name, fit, size, extent = [[0, 0], size]) => ({ name, type: "conicEqualArea", precision: 0, rotate: [-105, 0], parallels: [25, 47], fit, extent });

  // The map of the country by province or prefecture, with the South China Sea in an inset. `features` are its counties,
  // where they are drawn in place of a level of `borders`.
  function country(borders, level, figures, limits, size, features = null) {
    const codes = features ? features.map((f) => f.id) : borders.objects[level].geometries.map((g) => g.id);
    const data = [
      { name: "figures", values: colored(codes, figures, limits) },
      { name: "areas", ...(features ? { values: features } : { values: borders, format: { type: "topojson", feature: level } }), transform: [{ type: "lookup", from: "figures", key: "id", fields: ["id"], values: ["fill", "tip"] }] },
      { name: "inset", source: "areas", transform: [{ type: "filter", expr: features ? "datum.south" : `indexof(${JSON.stringify(SOUTHERN)}, slice(datum.id, 0, 2)) >= 0` }] },
      { name: "borders", values: borders, format: { type: "topojson", mesh: "province" } },
      { name: "lines", values: borders, format: { type: "topojson", feature: "line" } },
    ];
    const inset = { width: Math.round(size.width * 0.115), height: Math.round(size.width * 0.158) };
    const small = size.width < 300;
    const marks = (projection, clip, areas = "areas") => [
      { ...shapes(areas, projection, { clickable: !small, width: small ? 0.2 : 0.5 }), clip },
      { ...shapes("borders", projection, { plain: "transparent", stroke: BORDER, width: small ? 0.3 : 0.7 }), interactive: false, clip },
      { ...shapes("lines", projection, { plain: "transparent", stroke: "#5a666e", width: small ? 0.6 : 1.3 }), interactive: false, clip },
    ];
    const group = { type: "group", interactive: true, encode: { enter: { x: { value: size.width - inset.width - 6 }, y: { value: size.height - inset.height - 6 }, width: { value: inset.width }, height: { value: inset.height }, fill: { value: "#f2f5f5" }, stroke: { value: FRAME }, strokeWidth: { value: 0.8 }, clip: { value: true } } }, marks: [...marks("south", true, "inset"), ...(small ? [] : [{ type: "text", interactive: false, encode: { enter: { x: { value: inset.width / 2 }, y: { value: inset.height - 5 }, align: { value: "center" }, text: { value: t("南海诸岛", "South China Sea") }, fontSize: { value: 9 } } } }])] };
    return { width: size.width, height: size.height, autosize: "none", data, projections: [albers("main", REACH, [size.width, size.height], [[6, 6], [size.width * 0.965, size.height - 6]]), albers("south", SOUTH, [inset.width, inset.height])], marks: [{ type: "group", encode: { enter: { width: { value: size.width }, height: { value: size.height }, clip: { value: true } } }, marks: marks("main", true) }, group] };
  }
  const FRAME = "#9aa4aa";

  // The counties of a province, or of a prefecture.
  function counties(borders, codes, figures, limits, size) {
    const kept = new Set(codes), topology = { ...borders, objects: { county: { type: "GeometryCollection", geometries: borders.objects.county.geometries.filter((g) => kept.has(g.id)) } } };
    return {
      width: size.width, height: size.height, autosize: "none",
      data: [{ name: "figures", values: colored(codes, figures, limits) }, { name: "areas", values: topology, format: { type: "topojson", feature: "county" }, transform: [{ type: "lookup", from: "figures", key: "id", fields: ["id"], values: ["fill", "tip"] }] }],
      projections: [{ name: "main", type: "mercator", fit: { signal: "data('areas')" }, extent: [[14, 14], [size.width - 14, size.height - 14]] }],
      marks: [shapes("areas", "main", { clickable: true, stroke: "#ffffff", width: 0.8 })],
    };
  }

  function legend(limits, measure, figures, total, scope) {
    const counts = new Array(limits.length + 1).fill(0);
    let held = 0, without = 0;
    for (const f of figures.values()) f.value !== null && f.value !== undefined ? counts[classOf(f.value, limits)]++ : f.withheld ? held++ : without++;
    const text = (v) => atlas.shown(measure, v);
    const name = (n) => (!limits.length ? t("全部", "all") : n === 0 ? t(`低于 ${text(limits[0])}`, `below ${text(limits[0])}`) : n === limits.length ? t(`${text(limits.at(-1))} 及以上`, `${text(limits.at(-1))} and more`) : `${text(limits[n - 1])} – ${text(limits[n])}`);
    const line = (style, label, n, classes = "") => h("li", { class: classes }, h("i", { style: style.startsWith("#") ? `background:${style}` : null, class: style.startsWith("#") ? null : style }), label, h("span.n", atlas.count(n)));
    return h("ul.legend", { "aria-label": t("图例，右为地区数", "Legend, with the number of areas") },
      counts.map((n, k) => line(COLORS[limits.length ? Math.round((k * (COLORS.length - 1)) / limits.length) : 2], name(k), n)).reverse(),
      line("hatched", t("数字存疑，不予显示", "Doubtful, withheld"), held, "gap"),
      line(NO_FIGURE, t("有报告，无此数", "Reports without this figure"), without),
      line(NO_REPORT, t("没有报告", "No report"), total - figures.size));
  }

  // The counties of a topology as shapes of their own, so that those of several provinces are drawn on one map. Points
  // nearer to the one before than half a pixel of that map are left out: of an arc, so that neighbours still fit.
  const COARSE = 0.04, LEAST_RING = 4;
  function features(borders) {
    const { scale, translate } = borders.transform;
    const arcs = borders.arcs.map((arc) => { let x = 0, y = 0; return arc.map(([u, v]) => [(x += u) * scale[0] + translate[0], (y += v) * scale[1] + translate[1]]); });
    const coarse = arcs.map((arc) => { let last = arc[0]; return arc.filter((p, n) => { const kept = n === 0 || n === arc.length - 1 || Math.hypot(p[0] - last[0], p[1] - last[1]) >= COARSE; if (kept) last = p; return kept; }); });
    const joined = (from, numbers) => numbers.flatMap((n, k) => { const points = n < 0 ? [...from[~n]].reverse() : from[n]; return k ? points.slice(1) : points; });
    const ring = (numbers) => { const points = joined(coarse, numbers); return points.length < LEAST_RING ? joined(arcs, numbers) : points; };
    const inInset = ([x, y]) => x > 105.5 && x < 123.6 && y < 24.4;
    return borders.objects.county.geometries.map((g) => { const coordinates = g.arcs.map((rings) => rings.map(ring)); return { type: "Feature", id: g.id, south: coordinates.some((rings) => rings[0].some(inInset)), geometry: { type: "MultiPolygon", coordinates } }; });
  }

  return { features, classes, country, counties, legend, colorOf, classOf, COLORS };
})();

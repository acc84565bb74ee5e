// Ranks: who has most and least of a measure in a year, and whether that is more than chance.
"use strict";
(async () => {
  const { t, h, fill, of, count, state, nameOf, areaUrl, organUrl, asks, remember, load, shown, valueOf, word } = atlas;
  const index = await atlas.start();
  if (!index) return;
  const years = index.years;
  const at = { measure: state.measures.has(asks("m")) ? asks("m") : "grant_rate", year: years.includes(Number(asks("y"))) ? Number(asks("y")) : years.at(-1), level: asks("l", "prefecture"), basis: asks("b"), province: asks("p", ""), least: Number(asks("n", 10)) };
  const LEVELS = [...atlas.areas.LEVELS.map(([v, zh, en]) => [v, t(zh, en)]), ["organ", t("机关", "Organs")]];
  const provinces = [...new Set(index.parts.map(([p]) => p))];
  let drawing = 0;

  // Rows {name, url, number, below, value, withheld}: of areas, or of organs.
  async function rows(measure) {
    if (at.level === "organ") {
      const parts = index.parts.filter(([p, y]) => y === at.year && (!at.province || p === at.province.slice(0, 2)));
      const all = (await Promise.all(parts.map(([p, y]) => load(`o/${p}/${y}`)))).flat().filter(Boolean);
      return { basis: null, found: all.filter((o) => o[7][measure.code]).map(([organ, home, name, level, scope, grade, id, f]) => ({ name, note: nameOf(home), code: home, url: organUrl(home, organ, at.year), number: f[measure.code][0], below: f[measure.code][1] ?? null, withheld: Boolean(f[measure.code][2]), value: valueOf(measure, f[measure.code][0], f[measure.code][1]), grade, level })) };
    }
    const found = await atlas.areas.level(measure, at.level, at.province || null);
    const kept = new Map([...found].filter(([code]) => !at.province || code.slice(0, 2) === at.province.slice(0, 2)));
    const basis = at.basis || atlas.areas.best(kept, at.year);
    return { basis, found: [...atlas.areas.ofYear(measure, kept, basis, at.year)].map(([code, f]) => ({ name: nameOf(code), note: atlas.above(code).map(nameOf).join(" "), code, url: areaUrl(code, { m: measure.code, y: at.year }), ...f })) };
  }

  async function show() {
    const mine = ++drawing, measure = state.measures.get(at.measure), rate = measure.kind === "rate", share = rate && !measure.ratio;
    const { basis, found } = await rows(measure);
    if (mine !== drawing) return;
    remember({ m: at.measure, y: at.year, l: at.level, b: at.basis, p: at.province, n: at.least });
    controls(measure, basis, found);
    const known = found.filter((r) => r.value !== null && (!rate || r.below >= at.least));
    // The rate of all of them together, and by how much chance alone leads away from it.
    const whole = { number: sum(known, "number"), below: sum(known, "below") }, center = rate && whole.below ? whole.number / whole.below : null;
    for (const row of known) row.verdict = share && center !== null ? judge(row, center) : null;
    const ranked = [...known].sort((a, b) => b.value - a.value || (b.below ?? 0) - (a.below ?? 0));
    answer(measure, ranked, center, found);
    const most = Math.min(10, ranked.length);
    list("top", measure, ranked.slice(0, most));
    list("low", measure, [...ranked].reverse().slice(0, most));
    funnel(measure, ranked, center);
    fill("all-note", t(`${ranked.length} 个，另有 ${found.length - ranked.length} 个未列（件数不足、没有数字或存疑）`, `${ranked.length}; ${found.length - ranked.length} more are left out (too few cases, no figure, or withheld)`));
    fill("all", atlas.table([
      { name: at.level === "organ" ? t("机关", "Organ") : t("地区", "Area"), get: (r) => r.name, show: (r) => h("a", { href: r.url }, r.name) },
      { name: t("所属", "In"), get: (r) => r.note },
      ...(rate ? [{ name: t("分子", "Numerator"), get: (r) => r.number, show: (r) => count(r.number), number: true }, { name: t("分母", "Denominator"), get: (r) => r.below, show: (r) => count(r.below), number: true }] : []),
      { name: rate ? t("比率", "Rate") : of(measure.unit), get: (r) => r.value, show: (r) => shown(measure, r.value), number: true },
      ...(share ? [{ name: t("偶然能否解释", "Chance?"), get: (r) => r.verdict.text }] : []),
    ], ranked, { by: rate ? 4 : 2, down: true, most: 50, file: `rank-${at.measure}-${at.year}` }));
    for (const place of ["sql", "funnel-sql"]) fill(place, atlas.sql(sql(measure, basis)));
  }
  const sum = (some, key) => some.reduce((s, r) => s + (r[key] ?? 0), 0);

  // How far a rate is from that of all, in standard errors of a binomial share; 1.96 and 3.09 leave 95 % and 99.8 % within.
  function judge(row, center) {
    const spread = Math.sqrt((center * (1 - center)) / row.below), z = spread ? (row.value - center) / spread : 0;
    const level = Math.abs(z) > 3.09 ? 2 : Math.abs(z) > 1.96 ? 1 : 0;
    return { z, level, text: [t("可能只是偶然", "may be chance"), t("偶然较难解释（95% 之外）", "chance explains it badly (outside 95 %)"), t("偶然不能解释（99.8% 之外）", "not chance (outside 99.8 %)")][level] };
  }

  function answer(measure, ranked, center, found) {
    if (!ranked.length) { fill("answer", t(`没有可排序的数字${found.length ? "：请降低最少件数" : ""}。`, `Nothing to rank${found.length ? ": lower the least number of cases" : ""}.`)); return; }
    const top = ranked[0], low = ranked.at(-1), text = (r) => [h("b", h("a", { href: r.url }, r.name)), ` ${shown(measure, r.value)}`, measure.kind === "rate" ? t(`（${count(r.number)} ÷ ${count(r.below)}）`, ` (${count(r.number)} of ${count(r.below)})`) : "", r.verdict ? t(`，${r.verdict.text}`, `, ${r.verdict.text}`) : ""];
    fill("answer", t(`${at.year} 年，${of(measure.name)}最高：`, `${of(measure.name)}, ${at.year}. Highest: `), text(top), t("；最低：", "; lowest: "), text(low), t("。", ". "), center !== null ? t(`全部合计 ${shown(measure, center)}。`, ` All together ${shown(measure, center)}.`) : "");
  }

  function list(place, measure, some) {
    const most = Math.max(...some.map((r) => r.value), 0) || 1;
    fill(place, h("table", h("tbody", some.map((r) => h("tr", h("td", { style: "width:42%" }, h("a", { href: r.url }, r.name), h("span.soft.small", ` ${r.note}`)), h("td", { style: "width:30%" }, h("span.bar", { style: `width:${Math.round((100 * r.value) / most)}%;opacity:${r.verdict && !r.verdict.level ? 0.45 : 1}` })), h("td.n", shown(measure, r.value)), measure.kind === "rate" ? h("td.n.soft", `/${count(r.below)}`) : null)))), some.some((r) => r.verdict) ? h("p.note", t("浅色：可能只是偶然；斜线后为分母", "Pale: may be chance; behind the stroke the denominator")) : null);
  }

  async function funnel(measure, ranked, center) {
    const place = document.getElementById("funnel");
    if (measure.kind !== "rate" || measure.ratio || center === null || ranked.length < 3) {
      fill("funnel-note", "");
      fill(place, h("p.empty", measure.kind !== "rate" ? t("件数没有分母，不画漏斗图。", "Counts have no denominator: no funnel.") : measure.ratio ? t("这个比值不是份额，二项分布的界限不适用，不画漏斗图。", "This ratio is no share; the limits of a binomial do not apply: no funnel.") : t("不足三个，不画漏斗图。", "Fewer than three: no funnel.")));
      return;
    }
    fill("funnel-note", t("虚线为合计比率，深浅两带为 95% 与 99.8% 的界限，红点在 99.8% 之外", "Dashed: the rate of all; bands: 95 % and 99.8 % limits; red: outside 99.8 %"));
    const low = Math.max(1, Math.min(...ranked.map((r) => r.below)) * 0.8), high = Math.max(...ranked.map((r) => r.below)) * 1.3;
    const limit = (z) => Array.from({ length: 80 }, (_, k) => { const n = low * (high / low) ** (k / 79), spread = z * Math.sqrt((center * (1 - center)) / n); return { n, low: Math.max(0, center - spread), high: Math.min(1, center + spread) }; });
    const labelled = new Set([...ranked].filter((r) => r.verdict.level === 2).sort((a, b) => Math.abs(b.verdict.z) - Math.abs(a.verdict.z)).slice(0, place.clientWidth < 600 ? 4 : 12));
    const points = ranked.map((r) => ({ n: r.below, value: r.value, out: r.verdict.level === 2, url: r.url, name: r.name, label: labelled.has(r), tip: [r.name, `${shown(measure, r.value)}（${count(r.number)} ÷ ${count(r.below)}）`, r.verdict.text] }));
    const width = Math.max(320, place.clientWidth);
    await atlas.charts.draw(place, atlas.charts.funnel(points, center, { outer: limit(3.09), inner: limit(1.96) }, { width, height: Math.min(460, Math.round(width * 0.55)) }, { x: t("分母（件，对数刻度）", "Denominator (cases, log scale)"), y: of(measure.name) }), { label: t(`漏斗图：${ranked.filter((r) => r.verdict.level === 2).length} 个在 99.8% 界限之外`, `Funnel: ${ranked.filter((r) => r.verdict.level === 2).length} outside the 99.8 % limits`), clicked: (d) => d.url && (location.href = d.url) });
  }

  function controls(measure, basis, found) {
    const set = (name, after) => (value) => { at[name] = value; after?.(); show(); };
    const largest = Math.max(10, ...found.map((r) => r.below ?? 0));
    const slider = h("input", { type: "range", min: 0, max: 100, value: Math.round((100 * Math.log1p(at.least)) / Math.log1p(largest)), "aria-valuetext": String(at.least), oninput: (e) => { at.least = Math.round(Math.expm1((e.target.value / 100) * Math.log1p(largest))); told.textContent = count(at.least); }, onchange: () => show() }), told = h("b", count(at.least));
    fill("controls",
      atlas.measureSelect(at.measure, set("measure", () => { at.basis = null; })),
      atlas.choice(t("层级", "Level"), LEVELS, at.level, set("level", () => { at.basis = null; })),
      atlas.select(t("省份", "Province"), [["", t("全国", "All of China")], ...provinces.filter((p) => state.areas.has(`${p}0000`)).map((p) => [`${p}0000`, nameOf(`${p}0000`)])], at.province, set("province", () => { at.basis = null; })),
      at.level === "organ" ? null : atlas.choice(t("口径", "Basis"), ["g", "o"].map((b) => [b, atlas.basisName(b)]), basis, set("basis")),
      atlas.select(t("年度", "Year"), [...years].reverse().map((y) => [y, y]), at.year, (y) => set("year")(Number(y))),
      measure.kind === "rate" ? h("label", h("span", t("分母至少 ", "Denominator at least "), told), slider) : null);
  }

  function sql(measure, basis) {
    if (at.level !== "organ") return atlas.areas.sql(measure, at.level, basis, { year: at.year });
    const rate = measure.kind === "rate";
    return `SELECT publisher, district_name, ${rate ? "numerator, denominator, " : ""}value\nFROM ${rate ? "rates" : "series_by_report"}_trusted\nWHERE ${rate ? "rate" : "series"} = ${atlas.quote(measure.code)} AND year = ${at.year}${rate ? ` AND denominator >= ${at.least}` : " AND breakdown = 'total'"}${at.province ? `\n  AND district_code LIKE ${atlas.quote(`${at.province.slice(0, 2)}%`)}` : ""}\nORDER BY value DESC NULLS LAST`;
  }

  await show();
  document.body.dataset.ready = "true";
})();

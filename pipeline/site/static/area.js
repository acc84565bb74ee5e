// An area: its figures over the years, the areas within it, its organs, and which reports are missing.
"use strict";
(async () => {
  const { t, h, fill, of, count, state, nameOf, areaUrl, organUrl, asks, remember, load, word, shown, valueOf } = atlas;
  const index = await atlas.start();
  if (!index) return;
  const code = asks("c", ""), area = state.areas.get(code);
  if (!area) { fill("page", h("p.empty", t(`没有代码为 ${code} 的地区。`, `No area has the code ${code}.`))); document.body.dataset.ready = "true"; return; }
  const here = index.parts.some(([p]) => p === code.slice(0, 2));
  const [own, province] = await Promise.all([area.data ? load(`d/${code}/index`) : null, here ? load(`m/${code.slice(0, 2)}`) : null]);
  const years = index.years, sums = province?.[code] || {};
  const at = { measure: state.measures.has(asks("m")) ? asks("m") : "grant_rate", year: years.includes(Number(asks("y"))) ? Number(asks("y")) : years.at(-1), basis: asks("b"), inner: asks("l") === "prefecture" ? "prefecture" : "county", group: null };
  at.group = state.measures.get(at.measure).group;
  document.title = `${area.name} · ${document.title}`;

  const crumb = (c) => h("a", { href: areaUrl(c) }, nameOf(c));
  fill("crumbs", ["000000", ...atlas.above(code)].flatMap((c, n) => [n ? h("span", "›") : null, crumb(c)]), h("span", "›"), area.name);
  fill("name", area.name, area.printed === area.name ? "" : h("span.soft", { lang: "zh" }, ` ${area.printed}`));
  const children = (state.children.get(code) || []).map((c) => state.areas.get(c));
  const organs = own?.organs || [];
  fill("lead", h("b", word("area", area.level)), t(`，区划代码 ${code}。`, `, code ${code}. `), organs.length ? t(`${organs.length} 个机关有报告。`, `${organs.length} organs have reports. `) : t("本级没有报告。", "No report of its own. "),
    own && own.codes.some((c) => c !== code) ? t(`原代码 ${own.codes.filter((c) => c !== code).join("、")} 的报告也列在这里。`, `Reports under its former codes ${own.codes.filter((c) => c !== code).join(", ")} are shown here too. `) : "");

  // Lines, a small chart a measure.
  const COLORS = { g: atlas.charts.ACCENT, o: "#9a9187" };
  function lines() {
    const groups = index.measures.groups.map(([g, name]) => [g, of(name)]);
    fill("line-controls", atlas.choice(t("指标", "Measures"), groups, at.group, (g) => { at.group = g; lines(); }),
      h("ul.legend", { style: "display:flex;gap:0 1.4rem;margin:0" }, ["g", "o"].map((b) => h("li", h("i", { style: `background:${COLORS[b]};height:.25rem` }), atlas.basisName(b))), h("li", h("i.hatched"), t("存疑，不予显示", "withheld"))));
    const wanted = index.measures.list.filter((m) => m.group === at.group && ["g", "o"].some((b) => sums[b]?.[m.code]));
    fill("lines", wanted.length ? wanted.map((measure) => {
      const place = h("div"), rows = [];
      for (const basis of ["g", "o"]) for (const row of sums[basis]?.[measure.code] || []) {
        const f = atlas.areas.figure(measure, row);
        rows.push({ line: basis, segment: f.segment, year: f.year, value: f.value, withheld: f.withheld, tip: atlas.areas.tip(measure, code, basis, f) });
      }
      const basis = sums.g?.[measure.code] ? "g" : "o";
      const told = rows.filter((r) => r.value !== null).map((r) => `${r.year} ${atlas.basisName(r.line)} ${shown(measure, r.value)}`).join("；");
      queueMicrotask(() => atlas.charts.draw(place, atlas.charts.lines(measure, rows, years, { width: 250, height: 118 }, COLORS), { label: `${area.name} ${of(measure.name)}：${told}` }));
      return h("figure", { "data-measure": measure.code }, h("figcaption", of(measure.name), h("small", measure.of ? of(measure.of) : of(measure.unit))), place, atlas.sql(atlas.areas.sql(measure, area.level, basis, { code })));
    }) : h("p.empty", t("没有这组指标的数字。", "No figures of these measures.")));
  }

  // The areas within: counties of a prefecture; counties or prefectures of a province.
  async function below() {
    if (!children.length) return;
    document.getElementById("below").hidden = false;
    const inners = ["prefecture", "county"].filter((level) => [...state.areas.values()].some((a) => a.level === level && (a.parent === code || atlas.above(a.code).includes(code))));
    if (!inners.includes(at.inner)) at.inner = inners[0];
    const measure = state.measures.get(at.measure), found = await atlas.areas.level(measure, at.inner, code);
    const codes = [...state.areas.values()].filter((a) => a.level === at.inner && (a.parent === code || atlas.above(a.code).includes(code))).map((a) => a.code);
    const kept = new Map([...found].filter(([c]) => codes.includes(c)));
    const basis = at.basis || atlas.areas.best(kept, at.year), now = atlas.areas.ofYear(measure, kept, basis, at.year);
    const limits = atlas.map.classes(atlas.areas.values(kept, basis), measure), borders = at.inner === "county" ? await load(`borders/${code.slice(0, 2)}`) : prefectures(await load("borders/china"), code);
    const again = () => { remember({ m: at.measure, y: at.year, b: at.basis, l: inners.length > 1 ? at.inner : null }); below(); };
    fill("map-controls", atlas.measureSelect(at.measure, (m) => { at.measure = m; at.basis = null; again(); }),
      inners.length > 1 ? atlas.choice(t("层级", "Level"), atlas.areas.LEVELS.filter(([l]) => inners.includes(l)).map(([l, zh, en]) => [l, t(zh, en)]), at.inner, (l) => { at.inner = l; at.basis = null; again(); }) : null,
      atlas.choice(t("口径", "Basis"), ["g", "o"].map((b) => [b, atlas.basisName(b)]), basis, (b) => { at.basis = b; again(); }),
      atlas.select(t("年度", "Year"), [...years].reverse().map((y) => [y, y]), at.year, (y) => { at.year = Number(y); again(); }));
    const drawn = borders ? codes.filter((c) => borders.objects.county.geometries.some((g) => g.id === c)) : [];
    const place = document.getElementById("map"), width = Math.max(300, place.clientWidth);
    const ranked = h("a", { href: atlas.url("rank", { m: at.measure, y: at.year, l: at.inner, p: `${code.slice(0, 2)}0000` }) }, t("排序，看是否只是偶然", "rank them, and see whether it is chance"));
    fill("below-note", `${of(measure.name)} · ${at.year} · `, ranked);
    if (drawn.length) await atlas.charts.draw(place, atlas.map.counties(borders, drawn, now, limits, { width, height: Math.round(Math.min(width * 0.78, 560)) }), { label: t(`地图：${area.name} ${of(measure.name)}`, `Map of ${area.name}: ${of(measure.name)}`), clicked: (d) => d.id && (location.href = areaUrl(d.id, { m: at.measure, y: at.year })) });
    else fill(place, h("p.empty", { style: "padding:1rem" }, t("没有边界可画。", "No borders to draw.")));
    fill("map-sql", atlas.sql(atlas.areas.sql(measure, at.inner, basis, { year: at.year })));
    fill("legend", atlas.map.legend(limits, measure, now, codes.length));
    const rate = measure.kind === "rate", figure = (a) => now.get(a.code), rows = codes.map((c) => state.areas.get(c));
    fill("below-table", atlas.table([
      { name: t("地区", "Area"), get: (a) => a.name, show: (a) => h("a", { href: areaUrl(a.code, { m: at.measure, y: at.year }) }, a.name) },
      ...(area.level === "province" ? [{ name: t("所属", "In"), get: (a) => nameOf(a.parent) }] : []),
      ...(rate ? [{ name: t("分子", "Numerator"), get: (a) => figure(a)?.number ?? null, show: (a) => count(figure(a)?.number), number: true }, { name: t("分母", "Denominator"), get: (a) => figure(a)?.below ?? null, show: (a) => count(figure(a)?.below), number: true }] : []),
      { name: rate ? t("比率", "Rate") : of(measure.unit), get: (a) => figure(a)?.value ?? null, show: (a) => { const f = figure(a); return !f ? h("span.few", t("无报告", "no report")) : f.value === null && f.withheld ? h("span.withheld", t("存疑", "withheld")) : h("span", { class: rate && f.below < 10 ? "few" : null }, shown(measure, f.value)); }, number: true },
      { name: t("报告数", "Reports"), get: (a) => figure(a)?.reports ?? null, number: true },
    ], rows, { by: rate ? (area.level === "province" ? 4 : 3) : area.level === "province" ? 2 : 1, down: true, most: 30, file: `${code}-${at.measure}-${at.year}` }));
  }

  // The prefectures of a province as a topology of their own.
  const prefectures = (borders, province) => ({ ...borders, objects: { county: { type: "GeometryCollection", geometries: borders.objects.prefecture.geometries.filter((g) => g.id.slice(0, 2) === province.slice(0, 2)) } } });

  // The organs that report here, in one year.
  function organTable() {
    const had = [...new Set(organs.flatMap((o) => o.years.map((y) => y[0])))].sort();
    if (!had.length) { fill("organs", h("p.empty", t("本级没有报告。", "There are no reports of this level."))); return; }
    if (!had.includes(at.year)) at.year = had.at(-1);
    fill("organ-controls", atlas.select(t("年度", "Year"), [...had].reverse().map((y) => [y, y]), at.year, (y) => { at.year = Number(y); organTable(); coverage(); }));
    const rows = organs.flatMap((o) => o.years.filter((y) => y[0] === at.year).map(([year, id, grade, reasons, scope, zero, f]) => ({ organ: o.id, name: o.name, level: o.level, year, id, grade, reasons, scope, zero, f })));
    fill("organs-note", t(`${at.year} 年，${rows.length} 份报告`, `${rows.length} reports of ${at.year}`));
    const value = (m) => (r) => { const f = r.f[m]; return f ? valueOf(state.measures.get(m), f[0], f[1]) : null; };
    const column = (m, name) => ({ name, number: true, get: value(m), show: (r) => (r.f[m]?.[2] ? h("span.withheld", t("存疑", "withheld")) : h("span", { class: r.f[m] && r.f[m].length > 1 && r.f[m][1] < 10 ? "few" : null }, shown(state.measures.get(m), value(m)(r)))) });
    fill("organs", atlas.table([
      { name: t("机关", "Organ"), get: (r) => r.name, show: (r) => [h("a", { href: organUrl(code, r.organ, r.year) }, r.name), r.zero ? [" ", h("span.tag", t("全零", "all zero"))] : null] },
      { name: t("层级", "Level"), get: (r) => word("level", r.level) },
      { name: t("等级", "Grade"), get: (r) => r.grade, show: (r) => atlas.grade(r.grade, r.reasons) },
      column("req_new", t("新收申请", "New")), column("res_total", t("办结", "Handled")), column("res_granted", t("予以公开", "Granted")), column("grant_rate", t("予以公开率", "Grant rate")),
      column("rev_total", t("复议", "Reviews")), column("lit_total", t("诉讼", "Lawsuits")), column("normdocs_made", t("规范性文件", "Documents")),
      { name: t("口径", "Scope"), get: (r) => word("scope", r.scope) },
    ], rows, { by: 3, down: true, most: 100, file: `${code}-${at.year}`, note: t("浅色：分母不足 10", "Pale: denominator below 10") }));
  }

  function coverage() {
    const rows = (own?.coverage || []).filter((r) => r[3] === at.year);
    const order = ["missing", "quarantined", "removed", "late", "received"];
    const counts = order.map((s) => [s, rows.filter((r) => r[4] === s).length]).filter(([, n]) => n);
    fill("coverage-note", `${at.year}：`, counts.map(([s, n]) => `${word("status", s)} ${n}`).join("，"));
    if (!rows.length) { fill("coverage", h("p.empty", t("没有应报的机关。", "No organ is expected."))); return; }
    fill("coverage", atlas.table([
      { name: t("机关", "Organ"), get: (r) => r[1], show: (r) => (r[0] && r[10] ? h("a", { href: organUrl(code, r[0], r[3]) }, r[1]) : r[1]) },
      { name: t("层级", "Level"), get: (r) => word("level", r[2]) },
      { name: t("状态", "Status"), get: (r) => word("status", r[4]), show: (r) => h("span.tag", { class: `tag ${r[4]}` }, word("status", r[4])) },
      { name: t("应公布", "Due"), get: (r) => r[5] }, { name: t("公布", "Published"), get: (r) => r[6] ?? "" }, { name: t("逾期天数", "Days late"), get: (r) => r[7] ?? null, number: true },
      { name: t("隔离原因", "Why in quarantine"), get: (r) => (r[8] ? word("quarantine", r[8]) : "") },
    ], [...rows].sort((a, b) => order.indexOf(a[4]) - order.indexOf(b[4])), { file: `${code}-coverage-${at.year}`, most: 60 }), atlas.sql(`SELECT publisher, status, due_on, published_on, days_late, reason FROM coverage\nWHERE district_code IN (${own.codes.map(atlas.quote).join(", ")}) AND year = ${at.year}\nORDER BY status, publisher`));
  }

  lines();
  organTable();
  coverage();
  await below();
  document.body.dataset.ready = "true";
})();

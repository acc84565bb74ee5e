// The overview: one measure on the map, year by year, what is missing, and the last run.
"use strict";
(async () => {
  const { t, h, fill, of, count, state, nameOf, areaUrl, asks, remember, load } = atlas;
  const index = await atlas.start();
  if (!index) return;
  const { totals, years } = index;
  if (!totals.reports) { fill("page", h("p.empty", t("还没有报告。把文件放进 data/raw，再运行 disclosure run。", "There are no reports yet. Put files into data/raw and run disclosure run."))); document.body.dataset.ready = "true"; return; }

  fill("lead", t(`每个行政机关每年公布一份报告：公开了什么，怎样答复申请，复议诉讼结果如何。这里是其中 `, "Every public body in China reports each year what it disclosed, how it answered requests, and how disputes ended. Here are "),
    h("b", count(totals.reports)), t(` 份报告里可信的数字，`, ` of these reports, `), h("b", atlas.span(totals.first, totals.last)), t(" 年。", ", as far as their figures can be trusted."));
  const figures = [[t("报告", "Reports"), totals.reports], [t("机关", "Organs"), totals.organs], [t("地区", "Areas"), totals.districts], [t("年度", "Years"), years.length], [t("隔离文件", "Files in quarantine"), index.quarantined]];
  fill("totals", figures.map(([name, n]) => h("div", h("dt", name), h("dd", count(n)))));

  const at = { measure: asks("m", "grant_rate"), level: asks("l", "prefecture"), year: Number(asks("y", years.at(-1))), basis: asks("b") };
  if (!state.measures.has(at.measure)) at.measure = "grant_rate";
  if (!years.includes(at.year)) at.year = years.at(-1);
  let drawing = 0;

  async function show() {
    const mine = ++drawing, measure = state.measures.get(at.measure);
    const found = await atlas.areas.level(measure, at.level);
    if (mine !== drawing) return;
    const basis = at.basis || atlas.areas.best(found, at.year);
    remember({ m: at.measure, l: at.level, y: at.year, b: at.basis });
    controls(measure, basis);
    const now = atlas.areas.ofYear(measure, found, basis, at.year), limits = atlas.map.classes(atlas.areas.values(found, basis), measure);
    const borders = await load("borders/china");
    const features = at.level === "county" ? await countyFeatures() : null;
    if (mine !== drawing) return;
    const codes = features ? features.map((f) => f.id) : borders.objects[at.level].geometries.map((g) => g.id);
    fill("map-title", `${of(measure.name)} · ${at.year}`);
    fill("map-note", measure.of ? of(measure.of) : t(`单位：${measure.unit.zh}`, `in ${measure.unit.en}`), " · ", basisText(basis));
    const width = Math.max(300, document.getElementById("map").clientWidth);
    const size = { width, height: Math.round(width * 0.79) };
    const label = t(`地图：${of(measure.name)}，${at.year} 年，${now.size} 个地区有报告；同样的数字列在下面的表中`, `Map: ${of(measure.name)}, ${at.year}; ${now.size} areas have reports; the table below has the same figures`);
    await atlas.charts.draw(document.getElementById("map"), atlas.map.country(borders, at.level, now, limits, size, features), { label, clicked: (d) => d.id && open(d.id) });
    document.getElementById("map").append(h("p.name", t("点击地区看它的各县与历年数字", "Click an area for its counties and years")));
    fill("map-sql", atlas.sql(atlas.areas.sql(measure, at.level, basis, { year: at.year })));
    fill("legend", atlas.map.legend(limits, measure, now, codes.length));
    extremes(measure, now);
    thumbs(measure, found, basis, limits, borders);
    table(measure, now);
  }
  const open = (code) => { if (state.areas.has(code)) location.href = areaUrl(code, { m: at.measure, y: at.year, b: at.basis }); };
  const basisText = (basis) => (basis === "g" ? t("各地政府自己的报告", "as each government reports") : t("报告本机关数字的各机关合计", "sum of organs that report for themselves"));

  async function countyFeatures() {
    const parts = [...new Set([...state.areas.values()].filter((a) => a.level === "province").map((a) => a.code.slice(0, 2)))];
    return (await Promise.all(parts.map((p) => load(`borders/${p}`)))).filter(Boolean).flatMap((b) => atlas.map.features(b));
  }

  function controls(measure, basis) {
    const set = (name) => (value) => { at[name] = value; show(); };
    fill("controls",
      atlas.measureSelect(at.measure, (m) => { at.measure = m; at.basis = null; show(); }),
      atlas.choice(t("地区层级", "Level"), atlas.areas.LEVELS.map(([v, zh, en]) => [v, t(zh, en)]), at.level, (l) => { at.level = l; at.basis = null; show(); }),
      atlas.choice(t("口径", "Basis"), [["g", atlas.basisName("g")], ["o", atlas.basisName("o")]], basis, set("basis")),
      atlas.select(t("年度", "Year"), [...years].reverse().map((y) => [y, y]), at.year, (y) => set("year")(Number(y))));
  }

  function extremes(measure, now) {
    const ranked = [...now].filter(([, f]) => f.value !== null).sort(([, a], [, b]) => b.value - a.value);
    const rows = (some) => h("table", h("tbody", some.map(([code, f]) => h("tr", h("td", h("a", { href: areaUrl(code, { m: at.measure, y: at.year }) }, nameOf(code))), h("td.n", atlas.shown(measure, f.value))))));
    const most = Math.min(5, Math.floor(ranked.length / 2));
    fill("extremes", most ? [h("h3", t("最高", "Highest")), rows(ranked.slice(0, most)), h("h3", { style: "margin-top:1rem" }, t("最低", "Lowest")), rows(ranked.slice(-most).reverse()),
      h("p.note", { style: "margin-top:.6rem" }, t("件数少时可能只是偶然：", "With few cases this may be chance: "), h("a", { href: atlas.url("rank", { m: at.measure, y: at.year, l: at.level }) }, t("看排序与漏斗图", "see rank and funnel")))] : []);
  }

  // The small maps cost more than all else of the page: they are drawn when they come into sight, or are printed.
  let waiting = [];
  const drawWaiting = () => { const now = waiting; waiting = []; now.forEach((draw) => draw()); };
  new IntersectionObserver((seen) => { if (seen.some((e) => e.isIntersecting)) drawWaiting(); }, { rootMargin: "300px" }).observe(document.getElementById("thumbs-sql"));
  addEventListener("beforeprint", drawWaiting);

  function thumbs(measure, found, basis, limits, borders) {
    fill("thumbs-sql", atlas.sql(atlas.areas.sql(measure, at.level, basis, {})));
    const level = at.level === "county" ? "prefecture" : at.level, isSeen = document.getElementById("thumbs").getBoundingClientRect().top < innerHeight + 300;
    waiting = [];
    fill("thumbs", years.map((year) => {
      const place = h(at.level === "county" ? "div" : "div.place"), figures = atlas.areas.ofYear(measure, found, basis, year);
      const known = [...figures.values()].filter((f) => f.value !== null).length;
      const figure = h("figure", h("button", { type: "button", "aria-pressed": String(year === at.year), onclick: () => { at.year = year; show(); } }, place, h("b", year), h("span.soft.small", ` ${known} `, t("个地区", "areas"))));
      if (at.level !== "county") waiting.push(() => atlas.charts.draw(place, atlas.map.country(borders, level, figures, limits, { width: 160, height: 126 }), { label: String(year) }));
      return figure;
    }));
    if (isSeen) drawWaiting();
  }

  function table(measure, now) {
    const rows = [...now].map(([code, f]) => ({ code, ...f }));
    const rate = measure.kind === "rate";
    fill("table-note", t(`${rows.length} 个地区，${at.year} 年`, `${rows.length} areas, ${at.year}`));
    fill("table", atlas.table([
      { name: t("地区", "Area"), get: (r) => nameOf(r.code), show: (r) => h("a", { href: areaUrl(r.code, { m: at.measure, y: at.year }) }, nameOf(r.code)) },
      { name: t("所属", "In"), get: (r) => atlas.above(r.code).map(nameOf).join(" ") },
      ...(rate ? [{ name: t("分子", "Numerator"), get: (r) => r.number, show: (r) => count(r.number), number: true }, { name: t("分母", "Denominator"), get: (r) => r.below, show: (r) => count(r.below), number: true }] : []),
      { name: rate ? t("比率", "Rate") : atlas.of(measure.unit), get: (r) => r.value, show: (r) => (r.value === null && r.withheld ? h("span.withheld", t("存疑", "withheld")) : h("span", { class: rate && r.below < 10 ? "few" : null, title: rate && r.below < 10 ? t("分母不足 10", "Denominator below 10") : null }, atlas.shown(measure, r.value))), number: true },
      { name: t("报告数", "Reports"), get: (r) => r.reports, number: true },
    ], rows, { by: rate ? 4 : 2, down: true, most: 20, file: `${at.measure}-${at.year}` }));
  }

  const KINDS = [["received", atlas.charts.ACCENT], ["late", "#c99a3b"], ["quarantined", "#c86b4a"], ["removed", "#b8b3a6"], ["missing", "#e3e0d6"]];
  function coverage() {
    const rows = index.coverage.map(([year, kind, n]) => ({ key: String(year), kind, order: KINDS.findIndex(([k]) => k === kind), value: n, tip: [`${year}`, `${atlas.word("status", kind)} ${count(n)}`] }));
    const place = h("div");
    fill("coverage", place, h("ul.legend", { style: "display:flex;flex-wrap:wrap;gap:0 1.2rem" }, KINDS.filter(([k]) => rows.some((r) => r.kind === k)).map(([k, color]) => h("li", h("i", { style: `background:${color}` }), atlas.word("status", k)))));
    atlas.charts.draw(place, atlas.charts.bars(rows, KINDS, { width: Math.min(560, place.clientWidth || 320), height: 200 }), { label: t("逐年应报、已收、迟报、缺报份数", "Reports expected by year: received, late, missing") });
    const by = (year, kind) => rows.find((r) => r.key === String(year) && r.kind === kind)?.value ?? 0;
    const all = [...new Set(rows.map((r) => r.key))];
    const shownKinds = KINDS.filter(([k]) => rows.some((r) => r.kind === k));
    fill("coverage-table", h("details", h("summary", t("表格", "As a table")), atlas.table([{ name: t("年度", "Year"), get: (y) => Number(y), show: (y) => y }, ...shownKinds.map(([k]) => ({ name: atlas.word("status", k), get: (y) => by(y, k), number: true }))], all, { file: "coverage" })),
      h("p.note", t("没有应报清单（data/raw/expected.csv）时，凡曾有报告的机关，在数据的首末两年之间每年都算应报。", "Without a list of what is expected (data/raw/expected.csv), each organ with any report is expected in every year between the first and the last.")),
      atlas.sql("SELECT year, status, count(*) FROM coverage\nGROUP BY ALL ORDER BY ALL"));
  }

  function night() {
    if (!index.run) return;
    const [run, started, outcome, files, loaded, quarantined, partitions, rows, seconds] = index.run;
    const outcomes = { done: t("完成", "done"), incomplete: t("未完成", "incomplete"), failed: t("失败", "failed") };
    const facts = [[t("开始", "Began"), String(started).replace("T", " ").slice(0, 16) + " UTC"], [t("结果", "Outcome"), outcomes[outcome] || outcome], [t("读取文件", "Files read"), count(files)], [t("载入", "Loaded"), count(loaded)], [t("隔离", "Quarantined"), count(quarantined)], [t("更新的地区与年度", "Districts and years renewed"), count(partitions)], [t("载入行数", "Rows loaded"), count(rows)], [t("用时", "Took"), `${count(Math.round(seconds))} ${t("秒", "s")}`]];
    fill("night", h("table", h("tbody", facts.map(([name, text]) => h("tr", h("th", { scope: "row", style: "font-weight:400;color:var(--soft)" }, name), h("td.n", text))))), h("p.note", { title: run }, index.quarantined ? h("a", { href: "quality.html#quarantine" }, t(`${count(index.quarantined)} 个文件在隔离区，等人处理`, `${count(index.quarantined)} files in quarantine wait for a person`)) : t("没有文件在隔离区。", "No file is in quarantine.")));
  }

  coverage();
  night();
  await show();
  document.body.dataset.ready = "true";
})();

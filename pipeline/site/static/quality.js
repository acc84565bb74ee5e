// How far the data can be trusted: grades, failed identities, issues, quarantine, copies, and what checks would notice.
"use strict";
(async () => {
  const { t, h, fill, count, state, nameOf, areaUrl, organUrl, load, word, percent } = atlas;
  const index = await atlas.start();
  if (!index) return;
  const [quality, quarantine] = await Promise.all([load("quality"), load("quarantine")]);
  const GRADES = [["A", atlas.charts.ACCENT], ["B", "#7fb0c0"], ["C", "#dcae66"], ["D", "#b5492f"], ["none", "#dddad0"]];

  function grades() {
    const byYear = new Map(), byProvince = new Map();
    for (const [home, years] of Object.entries(index.grades)) for (const [year, counts] of Object.entries(years)) counts.forEach((n, g) => {
      const province = home === "000000" ? home : `${home.slice(0, 2)}0000`;
      for (const [map, key] of [[byYear, year], [byProvince, province]]) { if (!map.has(key)) map.set(key, [0, 0, 0, 0, 0]); map.get(key)[g] += n; }
    });
    const rows = [...byYear].flatMap(([year, counts]) => counts.map((n, g) => ({ key: year, kind: GRADES[g][0], order: g, value: n, tip: [year, `${GRADES[g][0]} ${count(n)}`] })));
    const place = document.getElementById("grades"), width = Math.max(320, place.clientWidth);
    atlas.charts.draw(place, atlas.charts.bars(rows, GRADES, { width, height: 260 }, { share: true }), { label: t("逐年各等级所占份额", "Share of grades by year") });
    fill("grade-legend", h("ul.legend", GRADES.map(([g, color]) => h("li", { style: "align-items:baseline" }, h("i", { style: `background:${color}` }), h("span", h("b", g === "none" ? "–" : g), ` ${word("grade", g)}`)))));
    const total = (r) => r[1].reduce((s, n) => s + n, 0);
    fill("grade-table", atlas.table([
      { name: t("省份", "Province"), get: (r) => nameOf(r[0]), show: (r) => h("a", { href: areaUrl(r[0]) }, nameOf(r[0])) },
      { name: t("报告", "Reports"), get: total, show: (r) => count(total(r)), number: true },
      ...GRADES.map(([g], n) => ({ name: g === "none" ? t("无表", "No tables") : g, get: (r) => r[1][n], show: (r) => (r[1][n] ? count(r[1][n]) : h("span.few", "0")), number: true })),
      { name: t("A 级占比", "Share of A"), get: (r) => r[1][0] / total(r), show: (r) => percent(r[1][0] / total(r)), number: true },
    ], [...byProvince], { by: 1, down: true, most: 40, file: "grades" }), atlas.sql("SELECT province_name, year, sum(reports), sum(grade_a), sum(grade_b), sum(grade_c), sum(grade_d), sum(without_tables)\nFROM data_quality GROUP BY ALL ORDER BY ALL"));
  }

  const none = (zh, en) => h("p.empty", t(zh, en));
  fill("rules", quality.rules.length ? [atlas.table([
    { name: t("勾稽关系", "Identity"), get: (r) => word("rule", r[0]), show: (r) => h("span", { title: r[0] }, word("rule", r[0])) }, { name: t("不成立", "Fails"), get: (r) => r[1], show: (r) => count(r[1]), number: true }, { name: t("报告", "Reports"), get: (r) => r[2], show: (r) => count(r[2]), number: true },
    { name: word("blame", "source"), get: (r) => r[3], number: true }, { name: word("blame", "misread"), get: (r) => r[4], number: true }, { name: word("blame", "undecided"), get: (r) => r[5], number: true },
  ], quality.rules, { by: 1, down: true, file: "rules" }), atlas.sql("SELECT rule, count(*), count(DISTINCT report_id), count(*) FILTER (blame = 'source')\nFROM balances WHERE state = 'fail' GROUP BY rule ORDER BY rule")] : none("没有不成立的勾稽关系。", "No identity fails."));
  fill("issues", quality.issues.length ? [atlas.table([
    { name: t("问题", "Issue"), get: (r) => word("issue", r[0]), show: (r) => h("span", { title: r[0] }, word("issue", r[0])) }, { name: t("轻重", "Severity"), get: (r) => ({ error: t("错误", "error"), warning: t("警告", "warning"), info: t("提示", "info") })[r[1]] },
    { name: t("处数", "Places"), get: (r) => r[2], show: (r) => count(r[2]), number: true }, { name: t("报告", "Reports"), get: (r) => r[3], show: (r) => count(r[3]), number: true }, { name: t("年度", "Years"), get: (r) => atlas.span(r[4], r[5]) }, { name: t("一例", "An example"), get: (r) => r[6], show: (r) => h("span.soft.small", { lang: "en" }, r[6]) },
  ], quality.issues, { by: 3, down: true, most: 40, file: "issues" }), atlas.sql("SELECT code, severity, sum(issues), sum(reports) FROM issues_by_code\nGROUP BY ALL ORDER BY ALL")] : none("没有问题。", "No issues."));

  // A line for overrides.csv: file, district_code, year, publisher, level, note.
  const csv = (v) => (/[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v);
  const line = ([path, , , , , publisher, year, candidates]) => [path, (candidates || "").split(" ").length === 1 ? candidates || "" : "", year ?? "", publisher || "", "", ""].map((v) => csv(String(v))).join(",");
  fill("quarantine-note", t(`${count(quarantine.files)} 个文件${quarantine.rows.length < quarantine.files ? `，列出 ${count(quarantine.rows.length)} 个` : ""}`, `${count(quarantine.files)} files${quarantine.rows.length < quarantine.files ? `, of which ${count(quarantine.rows.length)} are listed` : ""}`));
  fill("files", quarantine.rows.length ? [
    h("p.note", t("能由人判定的，把“待填的一行”补全后贴进 data/raw/overrides.csv（列：file,district_code,year,publisher,level,note），再运行一次。", "Where a person can decide: complete the line and paste it into data/raw/overrides.csv (columns: file,district_code,year,publisher,level,note), then run again.")),
    atlas.table([
      { name: t("文件", "File"), get: (r) => r[0], show: (r) => (index.raw ? h("a", { href: `${index.raw}/${r[0].split("/").map(encodeURIComponent).join("/")}`, target: "_blank", rel: "noopener" }, r[0]) : r[0]) },
      { name: t("原因", "Reason"), get: (r) => `${word("quarantine", r[2])}：${r[3]}`, show: (r) => atlas.said("quarantine", r[2], r[3]) },
      { name: t("标题、机关", "Title, organ"), get: (r) => r[4] || r[5] || "" },
      { name: t("候选地区", "Candidates"), get: (r) => (r[7] || "").split(" ").filter(Boolean).map((c) => `${c} ${[...atlas.above(c), c].map(nameOf).join(t("", " "))}`).join("；") },
      { name: t("待填的一行", "Line to complete"), get: line, show: (r) => h("code.small", line(r)) },
    ], quarantine.rows, { most: 50, file: "quarantine" })] : none("没有文件在隔离区。", "No file is in quarantine."));

  fill("copies", quality.copies.length ? [atlas.table([
    { name: t("相同的是", "Shared"), get: (r) => (r[0] === "figures" ? t("全部数字", "all figures") : t("文字", "text")) }, { name: t("报告", "Reports"), get: (r) => r[2], number: true }, { name: t("机关", "Organs"), get: (r) => r[3], number: true },
    { name: t("例如", "As"), get: (r) => r[5].map((o) => `${o[2]} ${o[3]}`).join("；"), show: (r) => r[5].slice(0, 3).map(([home, organ, name, year], n) => [n ? "；" : "", h("a", { href: organUrl(home, organ, year) }, `${name} ${year}`)]) },
  ], quality.copies, { most: 12, file: "copies" }), h("p.note", t("雷同未必有错：上级常发范本。", "Sharing is not an error in itself: higher bodies hand out templates."))] : none("没有雷同的报告。", "No reports share figures or text."));
  fill("zero", atlas.table([{ name: t("年度", "Year"), get: (r) => r[0], show: (r) => r[0], number: false }, { name: t("全零", "All zero"), get: (r) => r[1], show: (r) => count(r[1]), number: true }, { name: t("全部报告", "All reports"), get: (r) => r[2], show: (r) => count(r[2]), number: true }, { name: t("占比", "Share"), get: (r) => r[1] / r[2], show: (r) => percent(r[1] / r[2]), number: true }], quality.all_zero, { file: "all-zero" }));

  const KINDS = { "one more": ["多一", "one more"], "ten times": ["十倍", "ten times"], "last digit lost": ["丢末位", "last digit lost"], blank: ["漏印", "left blank"], swapped: ["相邻互换", "neighbours swapped"], compensating: ["相互抵消", "compensating"] };
  if (quality.mutations) {
    const found = new Map();
    for (const r of Object.values(quality.mutations).flat()) {
      if (!r.tried) continue;
      const key = `${r.form}|${r.table}`;
      if (!found.has(key)) found.set(key, { form: r.form, table: r.table });
      const cell = (found.get(key)[r.kind] ??= { tried: 0, caught: 0, last: 0 });
      cell.tried += r.tried; cell.caught += r.caught; cell.last += r.caught_with_last_year;
    }
    fill("mutations", atlas.table([{ name: t("表式", "Form"), get: (r) => r.form }, { name: t("表", "Table"), get: (r) => atlas.word("table", String(r.table)) },
      ...Object.entries(KINDS).map(([kind, text]) => ({ name: t(...text), number: true, get: (r) => (r[kind] ? r[kind].caught / r[kind].tried : null), show: (r) => (r[kind] ? h("span", { title: t(`有上年报告时 ${percent(r[kind].last / r[kind].tried)}`, `${percent(r[kind].last / r[kind].tried)} with last year's report`) }, percent(r[kind].caught / r[kind].tried)) : "") }))], [...found.values()], { file: "mutation-score" }));
  } else fill("mutations", none("没有测量结果。", "Not measured here."));

  grades();
  document.body.dataset.ready = "true";
})();

// Data to take along: views as files, the SQL of each measure, and a dictionary with a search field.
"use strict";
(async () => {
  const { t, h, fill, of, count, load, asks, remember } = atlas;
  const index = await atlas.start();
  if (!index) return;
  const { tables, exports: views, layouts } = await load("dictionary");
  // A comment is English, then Chinese behind a dot.
  const said = (comment) => { const at = comment.lastIndexOf(" · "); return at < 0 ? [comment, comment] : [comment.slice(0, at), comment.slice(at + 3)]; };
  const byName = new Map(tables.map((row) => [row[0], row]));
  const file = (view, year, layout) => h("a", { href: `exports/${view}/${year}.${layout}`, download: `${view}-${year}.${layout}` }, layout === "parquet" ? "Parquet" : layout.toUpperCase());
  fill("files", h(".scroll", h("table", h("thead", h("tr", h("th", t("视图", "View")), index.years.map((y) => h("th.n", y)))),
    h("tbody", views.map((view) => { const [en, zh] = said(byName.get(view)?.[2] || ""); return h("tr", h("td", h("a", { href: `#v-${view}` }, t(zh.replace(/（可信）$/, ""), view)), h(".soft.small", t(view, en))), index.years.map((y) => h("td.n.small", layouts.map((l, n) => [n ? h("br") : null, file(view, y, l)])))); })))));

  const long = tables.filter(([name, view]) => view && /_trusted$/.test(name) && !views.includes(name)).map(([name]) => name);
  fill("long", h("p.note", t("行数多的视图（", "Views with many rows ("), long.flatMap((name, n) => [n ? t("、", ", ") : "", h("a", { href: `#v-${name}` }, h("code", name))]), t("）不随页面写出。要 CSV、XLSX 或 Parquet，运行：", ") are not written with these pages. For CSV, XLSX or Parquet of them, run:")), h("pre", `disclosure export rates_trusted --year ${index.years.at(-1)} --format xlsx`));
  fill("measures", h("details", h("summary", t("每个指标怎样查询", "How each measure is asked for")), index.measures.list.map((m) => h("div", { style: "margin:.6rem 0" }, h("b", of(m.name)), h("span.soft", ` ${m.of ? of(m.of) : of(m.unit)}`), h("pre", m.kind === "rate" ? `SELECT publisher, year, numerator, denominator, value FROM rates_trusted WHERE rate = '${m.code}'` : `SELECT publisher, year, segment, value FROM series_by_report_trusted WHERE series = '${m.code}' AND breakdown = 'total'`)))));

  const field = document.getElementById("term");
  function show() {
    const term = field.value.trim().toLowerCase();
    remember({ q: field.value.trim() || null });
    const hits = tables.map(([name, view, comment, columns]) => ({ name, view, comment, columns, whole: !term || name.includes(term) || comment.toLowerCase().includes(term), some: columns.filter(([c, , m]) => term && (c.toLowerCase().includes(term) || m.toLowerCase().includes(term))) })).filter((x) => x.whole || x.some.length);
    fill("dictionary-note", t(`${hits.length} 张表和视图`, `${hits.length} tables and views`));
    fill("dictionary", hits.length ? hits.map(({ name, view, comment, columns, whole, some }) => {
      const [en, zh] = said(comment), listed = some.length && !whole ? some : columns;
      return h("details", { id: `v-${name}`, open: Boolean(term) && hits.length <= 8, style: "border-bottom:1px solid var(--rule);padding:.45rem 0" }, h("summary", h("code", name), " ", h("span.soft", t(zh, view ? "view" : "table")), h("span.soft.small", `  ${count(columns.length)} ${t("列", "columns")}`)), h("p.note", en),
        h(".scroll", h("table", h("thead", h("tr", h("th", t("列", "Column")), h("th", t("类型", "Type")), h("th", t("含义", "Meaning")))), h("tbody", listed.map(([column, type, meaning]) => { const [e, z] = said(meaning); return h("tr", h("td", h("code", column)), h("td.soft.small", type), h("td", t(z, e), document.documentElement.lang === "zh" && z !== e ? h(".soft.small", e) : null)); })))));
    }) : h("p.empty", t("没有找到。", "Nothing found.")));
  }
  field.value = asks("q", "");
  field.addEventListener("input", show);
  show();
  if (location.hash.startsWith("#v-")) { const found = document.getElementById(location.hash.slice(1)); if (found) { found.open = true; found.scrollIntoView(); } }
  addEventListener("hashchange", () => { const found = document.getElementById(location.hash.slice(1)); if (found?.tagName === "DETAILS") found.open = true; });
  document.body.dataset.ready = "true";
})();

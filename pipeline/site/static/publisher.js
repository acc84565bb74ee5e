// A publisher: its reports as printed, what changed from year to year, what is wrong, and its text.
"use strict";
(async () => {
  const { t, h, fill, state, nameOf, areaUrl, asks, remember, load, word, count } = atlas;
  const index = await atlas.start();
  if (!index) return;
  const home = asks("d", ""), organ = asks("p", "");
  const [data, forms, pictures] = await Promise.all([home === "000000" || state.areas.get(home)?.data ? load(`d/${home}/p/${organ}`) : null, load("forms"), index.crops.includes(home) ? load(`c/${home}`) : null]);
  if (!data) { fill("page", h("p.empty", t("没有这个机关的报告。", "There are no reports of this organ."))); document.body.dataset.ready = "true"; return; }
  const reports = data.reports, at = { id: null, before: true };
  const wanted = asks("r") || reports.filter((r) => String(r.year) === asks("y")).at(-1)?.id;
  at.id = reports.some((r) => r.id === wanted) ? wanted : reports.at(-1).id;
  document.title = `${data.name} · ${document.title}`;
  const crumbs = home === "000000" ? ["000000"] : ["000000", ...atlas.above(home), home];
  fill("crumbs", crumbs.flatMap((c, n) => [n ? h("span", "›") : null, h("a", { href: areaUrl(c) }, nameOf(c))]));
  fill("name", data.name);

  // Templates are shared by hundreds of reports: how many exactly is counted up to a hundred only (areas.py).
  const manyOf = (n, unit) => n < 100 ? [`${n} ${unit}`, n] : [`100 ${unit}以上的`, "100 or more"];
  const current = () => reports.find((r) => r.id === at.id);
  const earlier = (report) => reports.filter((r) => r.year < report.year).at(-1) || null;

  async function show() {
    const report = current(), before = earlier(report), cells = atlas.forms.cellsOf(report, forms), old = at.before && before ? atlas.forms.cellsOf(before, forms) : new Map();
    remember({ y: report.year, r: reports.filter((r) => r.year === report.year).length > 1 ? report.id : null });
    fill("years", reports.map((r) => h("button", { type: "button", "aria-pressed": String(r.id === at.id), style: r.id === at.id ? "background:var(--accent);color:#fff;border-color:var(--accent)" : null, onclick: () => { at.id = r.id; show(); } }, r.year, reports.filter((o) => o.year === r.year).length > 1 ? ` ${word("scope", r.scope)}` : "")));
    about(report);
    const wrong = findings(report, cells);
    tables(report, before, cells, old, wrong);
    checks(report, cells, wrong);
    issues(report);
    await text(report);
  }

  function about(report) {
    fill("title", report.title);
    const reasons = report.reasons ? report.reasons.split(" ") : [];
    fill("grade", h("p", atlas.grade(report.grade, report.reasons), " ", word("grade", report.grade)), reasons.length ? h("ul", { style: "margin:.2rem 0 0;padding-left:1.2rem" }, reasons.map((r) => h("li", word("reason", r)))) : null);
    const late = report.published && report.deadline && report.published > report.deadline;
    const rows = [
      [t("年度", "Year"), report.year], [t("层级", "Level"), word("level", report.level)], [t("口径", "Scope"), word("scope", report.scope)], [t("表式", "Form"), report.form || "–"],
      [t("公布日期", "Published"), report.published ? [report.published, late ? [" ", h("span.tag.late", t("迟报", "late"))] : null, h("span.soft", t(`（应于 ${report.deadline} 前）`, ` (due ${report.deadline})`))] : h("span.soft", t("页面未言明", "not stated on the page"))],
      [t("原文", "Source"), [atlas.forms.source(report, null, report.file.split("/").at(-1)), h("span.soft", ` ${report.format}`)]],
      [t("两次读取", "Two readings"), t(`${count(report.compared)} 个数字中 ${count(report.agreeing)} 个一致`, `${count(report.agreeing)} of ${count(report.compared)} figures agree`)],
      ...(report.version > 1 ? [[t("版本", "Version"), report.version]] : []),
      ...(report.all_zero ? [[t("全零", "All zero"), t("所有数字都是 0", "every figure is 0")]] : []),
      ...(report.copies || []).map(([what, n, publishers]) => {
        const [zh, en] = manyOf(n - 1, "份"), [organs, organsInEnglish] = manyOf(publishers, "个");
        return [t("雷同", "Shared"), what === "figures" ? t(`与另外 ${zh}报告数字完全相同（${organs}机关）`, `all figures shared with ${en} other reports (${organsInEnglish} organs)`) : t(`除名称与数字外，文字与另外 ${zh}报告相同（${organs}机关）`, `text shared with ${en} other reports but for names and numbers (${organsInEnglish} organs)`)];
      }),
    ];
    fill("facts", h("table", h("tbody", rows.map(([name, value]) => h("tr", h("th", { scope: "row", style: "font-weight:400;color:var(--soft);width:7rem" }, name), h("td", value))))), h("p.tools", h("a", { href: atlas.url("compare", { a: `${home}/${organ}/${report.id}` }) }, t("与其他报告比较", "Compare with another report"))));
  }

  // What identities say is wrong; gives the cells that proposals name.
  function findings(report, cells) {
    const failed = (report.checks?.failed || []).filter((f) => f[5] === "f"), proposals = report.proposals || [];
    const wrong = new Set(proposals.map(([table, , row, col]) => `${table}:${row}:${col}`));
    const section = document.getElementById("findings");
    section.hidden = !failed.length && !(report.years_apart || []).length;
    fill("wrong", failed.map(([form, table, rule, row, col, , left, right, blame, formula]) => {
      const named = proposals.filter(([t_, , r, c]) => t_ === table && `${formula} `.includes(`${r}:${c} `));
      const sets = [...new Set(named.map((p) => p[1]))].map((set) => named.filter((p) => p[1] === set));
      const { page } = atlas.forms.place(report, table);
      const own = pictures?.[report.id] || [], keys = [...sets.flat().map(([tb, , r, c]) => `${tb}:${r}:${c}`), `${table}:${row}:${col}`];
      const crops = [...new Set(keys)].map((key) => own.find(([k]) => k === key)).filter(Boolean).slice(0, 2);
      return h("article.finding", { "data-cell": `${table}:${row}:${col}` }, h("h3", atlas.forms.labelOf(forms[form], `${table}:${row}:${col}`)),
        h("p", atlas.forms.formula(formula, table, forms[form], cells, wrong)),
        h("p", t(`左边 ${left ?? "—"}，右边 ${right ?? "—"}。`, `Left ${left ?? "—"}, right ${right ?? "—"}. `), h("span.soft", t(`${rule}：${word("rule", rule)}。`, `${rule}: ${word("rule", rule)}. `), blame ? word("blame", blame) : "")),
        sets.map((set) => h("p", t("建议：", "Proposal: "), set.map(([tb, , r, c, printed, proposed], n) => [n ? t("，并", ", and ") : "", h("b", atlas.forms.labelOf(forms[form], `${tb}:${r}:${c}`)), t(` 印为 ${printed || "空白"}，应为 ${count(proposed)}`, ` is printed ${printed || "blank"}; ${count(proposed)} would fit`)]), t("。", ". "), h("span.soft", word("explanation", set[0][8]), set[0][7] ? t(`；另有 ${set[0][7]} 种同样小的改法`, `; ${set[0][7]} other changes are as small`) : ""))),
        h("p", atlas.forms.source(report, page, t(`打开原文${atlas.forms.whereText(report, table) ? `（${atlas.forms.whereText(report, table)}）` : ""}`, `Open the source${atlas.forms.whereText(report, table) ? ` (${atlas.forms.whereText(report, table)})` : ""}`))),
        crops.map(([key, p, file]) => crop(report, key, p, file, forms[form])));
    }), (report.years_apart || []).length ? h("details", h("summary", t(`与上年报告不衔接：${report.years_apart.length} 处`, `${report.years_apart.length} figures do not follow from the year before`)), h("table", h("tbody", report.years_apart.map(([rule, table, left, right, used]) => h("tr", h("td", word("rule", rule)), h("td.n", `${count(left)} ≠ ${count(right)}`), h("td.soft.small", used)))))) : null);
    return wrong;
  }

  // A cell cut out of its page, which leads to the page itself.
  function crop(report, key, page, file, form) {
    const what = t(`原文第 ${page} 页：${atlas.forms.labelOf(form, key)}`, `Page ${page} of the source: ${atlas.forms.labelOf(form, key)}`);
    const picture = h("img", { src: `crops/${encodeURIComponent(file)}`, alt: what, loading: "lazy" });
    return h("figure.crop", atlas.forms.source(report, page, picture), h("figcaption", what, " ", h("a", { href: `crops/${encodeURIComponent(file)}`, target: "_blank", rel: "noopener" }, t("看大图", "enlarge"))));
  }

  function tables(report, before, cells, old, wrong) {
    const numbers = [...new Set([...(report.tables || []).map((r) => r[0])])];
    const control = before ? h("label", { style: "flex-direction:row;gap:.5rem;align-items:center" }, h("input", { type: "checkbox", checked: at.before, onchange: (e) => { at.before = e.target.checked; show(); } }), t(`每格下面印出 ${before.year} 年的数字，变化的着色`, `Below each figure that of ${before.year}, tinted where it changed`)) : null;
    fill("table-controls", control);
    fill("tables-note", Object.keys(report.cells).length ? "" : t("没有读出表格", "No tables were read"));
    const told = new Map((report.places || []).map((p) => [`${p[0]}:${p[1]}:${p[2]}`, p]));
    fill("tables", numbers.map((table) => {
      const form = (report.tables || []).find((r) => r[0] === table)[1];
      const decorate = (key, cell) => {
        const classes = [], notes = [], past = old.get(key), now = atlas.forms.numeric(cell?.text), then = atlas.forms.numeric(past?.text), place = told.get(key);
        if (wrong.has(key)) { classes.push("wrong"); notes.push(t("更正建议指向这一格", "a proposal names this cell")); }
        if (place) { notes.push([place[3] && t(`第 ${place[3]} 页`, `page ${place[3]}`), place[7] && t(`第 ${place[7]} 行`, `line ${place[7]}`)].filter(Boolean).join(" ")); if (place[8] !== null && cell?.mark === "M") notes.push(t(`${place[9]} 裁定为 ${place[8]}`, `${place[9]} decided: ${place[8]}`)); }
        const changed = past && (now !== then || (now === null && cell?.text !== past.text));
        if (changed) classes.push("changed");
        const change = changed && now !== null && then !== null && then !== now ? ` ${now > then ? "↑" : "↓"}` : "";
        return { class: classes.join(" "), under: past && changed ? `${past.text.trim() || "·"}${change}` : null, title: notes.filter(Boolean).join("；") };
      };
      const where = atlas.forms.whereText(report, table), { page } = atlas.forms.place(report, table), told_ = h("p.where", { "aria-live": "polite" }, t("点一个数字，看它印在原文何处", "Choose a figure to see where it is printed"));
      decorate.chosen = (key) => fill(told_, ...found(report, key, cells, forms[form]));
      return h("div", { style: "margin-bottom:1.6rem", "data-table": table }, h("h3", atlas.forms.caption(table), h("span.soft.small", { style: "font-weight:400" }, ` ${form} `, atlas.forms.source(report, page, where || t("原文", "source")))), atlas.forms.draw(forms[form], table, cells, decorate), told_);
    }), (report.others || []).length ? h("details", h("summary", t(`表式之外的 ${report.others.length} 个数字`, `${report.others.length} figures outside the form`)), h("table", h("tbody", report.others.map(([table, , , label, raw]) => h("tr", h("td", atlas.forms.caption(table)), h("td", label), h("td.n", raw)))))) : null);
  }

  // A figure in words: what is printed, and where.
  function found(report, key, cells, form) {
    const [table, row] = key.split(":"), cell = cells.get(key), { page } = atlas.forms.place(report, Number(table), row), where = atlas.forms.whereText(report, Number(table), row);
    const picture = (pictures?.[report.id] || []).find(([k]) => k === key);
    return [h("b", atlas.forms.labelOf(form, key)), t("：印为 ", ": printed as "), h("b", cell.text.trim() || t("空白", "blank")), t("，", ", "), atlas.forms.source(report, page, where || t("原文", "source")), t("，文件 ", ", file "), h("code", report.file), picture ? [t("，", ", "), h("a", { href: `crops/${encodeURIComponent(picture[2])}`, target: "_blank", rel: "noopener" }, t("截图", "picture"))] : null].flat().filter(Boolean);
  }

  const STATE = { p: ["成立", "holds"], f: ["不成立", "fails"], i: ["不能核对", "cannot be worked out"] };
  function checks(report, cells, wrong) {
    const all = Object.entries(report.checks?.states || {}).flatMap(([form, letters]) => [...letters].map((s, n) => ({ s, form, identity: forms[form].identities[n] })).filter((c) => c.s !== "."));
    const order = { f: 0, i: 1, p: 2 };
    all.sort((a, b) => order[a.s] - order[b.s]);
    const tally = Object.entries(STATE).map(([s, text]) => [t(...text), all.filter((c) => c.s === s).length]).filter(([, n]) => n);
    fill("checks-note", tally.map(([text, n]) => `${text} ${n}`).join("，"));
    const row = ({ s, form, identity: [table, rule, , , formula] }) => h("tr", h("td", h("span.tag", { class: s === "f" ? "tag missing" : "tag" }, t(...STATE[s]))), h("td", { title: rule }, word("rule", rule)), h("td", atlas.forms.formula(formula, table, forms[form], cells, wrong)));
    fill("checks", all.length ? h("details", h("summary", t("逐条列出公式与数字", "Each formula with its figures")), h(".scroll", h("table", h("tbody", all.map(row))))) : h("p.empty", t("没有可核对的勾稽关系。", "No identity to check.")));
  }

  function issues(report) {
    const rows = report.issues || [];
    fill("issues-note", rows.length ? t(`${rows.length} 处`, `${rows.length}`) : t("没有", "none"));
    fill("issues", rows.length ? atlas.table([
      { name: t("轻重", "Severity"), get: (r) => ({ error: t("错误", "error"), warning: t("警告", "warning"), info: t("提示", "info") })[r[1]] },
      { name: t("问题", "Issue"), get: (r) => `${word("issue", r[0])}：${r[6]}`, show: (r) => atlas.said("issue", r[0], r[6]) }, { name: t("位置", "Place"), get: (r) => [r[2] && atlas.forms.caption(r[2]), r[3], r[4]].filter(Boolean).join(" ") },
      { name: t("页、行", "Page, line"), get: (r) => [r[7] && t(`第 ${r[7]} 页`, `p. ${r[7]}`), r[8] && t(`第 ${r[8]} 行`, `l. ${r[8]}`)].filter(Boolean).join(" "), show: (r) => (r[7] ? atlas.forms.source(report, r[7], t(`第 ${r[7]} 页`, `p. ${r[7]}`)) : r[8] ? t(`第 ${r[8]} 行`, `l. ${r[8]}`) : "") },
    ], rows, { most: 30, file: `issues-${report.id}` }) : "");
  }

  async function text(report) {
    const all = report.text ? await load(`d/${home}/t/${report.year}`) : null, found = all?.[report.id];
    if (!found || report.id !== at.id) { fill("text", h("p.empty", t("没有文字。", "No text."))); return; }
    const verdict = new Map((report.comparisons || []).filter((c) => c[0] !== null).map((c) => [c[0], c]));
    fill("text", found.sections.map(([number, , heading, body]) => [heading ? h("h3", heading) : null, marked(body, found.statements.filter((s) => s[0] === number), verdict)]));
  }
  // The paragraphs of a section with its counted statements marked.
  function marked(body, statements, verdict) {
    let at_ = 0;
    const pieces = [];
    const spans = statements.map((s) => { const start = body.lastIndexOf(s[6], s[1]) >= 0 && body.lastIndexOf(s[6], s[1]) + s[6].length > s[1] ? body.lastIndexOf(s[6], s[1]) : s[1]; return { start, end: start === s[1] ? s[1] + 1 : start + s[6].length, s }; }).sort((a, b) => a.start - b.start);
    for (const { start, end, s } of spans) {
      if (start < at_) continue;
      const c = verdict.get(s[2]);
      pieces.push(body.slice(at_, start), h("mark", { class: c?.[4] || null, title: [`${s[3] || ""} ${count(s[4])} ${s[5] || ""}`, c && (c[4] === "agree" ? t(`与表格一致（${count(c[3])}）`, `agrees with the table (${count(c[3])})`) : t(`表格为 ${count(c[3])}`, `the table has ${count(c[3])}`))].filter(Boolean).join("；") }, body.slice(start, end)));
      at_ = end;
    }
    pieces.push(body.slice(at_));
    const paragraphs = [h("p")];
    for (const piece of pieces) {
      if (piece instanceof Node) { paragraphs.at(-1).append(piece); continue; }
      piece.split("\n").forEach((line, n) => { if (n) paragraphs.push(h("p")); paragraphs.at(-1).append(line); });
    }
    return paragraphs.filter((p) => p.textContent.trim());
  }

  await show();
  document.body.dataset.ready = "true";
})();

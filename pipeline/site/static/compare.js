// Two reports side by side: figures cell by cell, and text sentence by sentence with how alike it is.
"use strict";
(async () => {
  const { t, h, fill, nameOf, asks, remember, load, word, count, percent } = atlas;
  const index = await atlas.start();
  if (!index) return;
  const forms = await load("forms");
  // A side is named home/organ/report in the address.
  const sides = { a: null, b: null };

  async function read(address) {
    const [home, organ, id] = (address || "").split("/");
    if (!home || !organ) return null;
    const data = await load(`d/${home}/p/${organ}`);
    if (!data) return null;
    return { home, organ, data, report: data.reports.find((r) => r.id === id) || data.reports.at(-1) };
  }

  function picker(side) {
    const place = document.getElementById(side), chosen = sides[side], title = side === "a" ? t("甲", "First") : t("乙", "Second");
    const box = h("div", { style: "margin:.4rem 0" });
    fill(place, h("h3", title), box, chosen ? h("p", h("a", { href: atlas.organUrl(chosen.home, chosen.organ, chosen.report.year) }, h("b", chosen.data.name)), h("span.soft", ` ${nameOf(chosen.home)}`), h(".controls", { style: "margin:.4rem 0 0" },
      atlas.select(t("年度", "Year"), chosen.data.reports.map((r) => [r.id, `${r.year}${chosen.data.reports.filter((o) => o.year === r.year).length > 1 ? ` ${word("scope", r.scope)}` : ""}`]), chosen.report.id, (id) => { chosen.report = chosen.data.reports.find((r) => r.id === id); show(); }))) : h("p.soft", t("用上面的框查找一个机关", "Find an organ in the field above")));
    atlas.finder(box, async (found) => { sides[side] = await read(`${found.home}/${found.organ}`); show(); }, "organs");
  }

  async function show() {
    const address = (s) => (s ? `${s.home}/${s.organ}/${s.report.id}` : null);
    // One organ alone is held against its own year before.
    if (sides.a && !sides.b && sides.a.data.reports.length > 1) { const all = sides.a.data.reports, n = all.indexOf(sides.a.report); sides.b = { ...sides.a, report: all[n ? n - 1 : 1] }; }
    remember({ a: address(sides.a), b: address(sides.b) });
    picker("a"); picker("b");
    const { a, b } = sides, both = Boolean(a && b);
    for (const id of ["result", "tables-section", "texts-section"]) document.getElementById(id).hidden = !both;
    if (!both) return;
    const one = atlas.forms.cellsOf(a.report, forms), two = atlas.forms.cellsOf(b.report, forms);
    let same = 0, shared = 0;
    const differs = (x, y) => { const n = atlas.forms.numeric(x.text), m = atlas.forms.numeric(y.text); return n !== m || (n === null && x.text.trim() !== y.text.trim()); };
    for (const [key, cell] of one) if (two.has(key)) { shared++; if (!differs(cell, two.get(key))) same++; }
    const numbers = [...new Set([...a.report.tables || [], ...b.report.tables || []].map((r) => r[0]))].sort();
    const formOf = (report, table) => (report.tables || []).find((r) => r[0] === table)?.[1];
    fill("tables", numbers.map((table) => {
      const form = formOf(a.report, table) || formOf(b.report, table), other = formOf(b.report, table);
      return h("div", { style: "margin-bottom:1.5rem" }, h("h3", atlas.forms.caption(table), other && other !== form ? h("span.tag", { style: "margin-left:.6rem" }, t(`两份表式不同：${form} 与 ${other}，只对照相同的格`, `other forms: ${form} and ${other}; cells that both have are compared`)) : null),
        atlas.forms.draw(forms[form], table, one, (key, cell) => { const against = two.get(key); if (!cell && !against) return {}; const d = !cell || !against || differs(cell, against); return { class: d ? "differs" : "", under: d ? (against ? against.text.trim() || "·" : t("无", "none")) : null }; }));
    }));
    const [textA, textB] = await Promise.all([a, b].map((side) => (side.report.text ? load(`d/${side.home}/t/${side.report.year}`) : null)));
    const partsA = sentences(textA?.[a.report.id]), partsB = sentences(textB?.[b.report.id]), like = likeness(partsA, partsB);
    fill("likeness", t(`数字 ${count(same)} / ${count(shared)} 格相同，文字相似度 ${percent(like)}`, `${count(same)} of ${count(shared)} cells alike; text ${percent(like)} alike`));
    fill("likeness-note", t("文字相似度：两篇共有的相邻字对占全部字对的比例，数字不计", "Likeness: share of neighbouring pairs of characters that both have, figures left out"));
    prose("text-a", partsA, partsB);
    prose("text-b", partsB, partsA);
  }

  const bare = (text) => text.replace(/[\d\s，。；：、,.;:（）()“”"%％]/g, "");
  const sentences = (text) => (text?.sections || []).flatMap(([, , heading, body]) => [{ heading }, ...body.split("\n").map((line) => ({ line: line.split(/(?<=[。；！？])/) }))]);
  const all = (parts) => parts.flatMap((p) => p.line || []);
  function likeness(one, two) {
    const pairs = (parts) => { const found = new Map(), text = bare(all(parts).join("")); for (let k = 0; k + 1 < text.length; k++) { const p = text.slice(k, k + 2); found.set(p, (found.get(p) || 0) + 1); } return found; };
    const x = pairs(one), y = pairs(two), total = (m) => [...m.values()].reduce((s, n) => s + n, 0);
    let shared = 0;
    for (const [p, n] of x) shared += Math.min(n, y.get(p) || 0);
    return total(x) + total(y) ? (2 * shared) / (total(x) + total(y)) : 0;
  }
  function prose(place, parts, others) {
    const known = new Set(all(others).map(bare));
    fill(place, parts.length ? parts.map((p) => (p.heading !== undefined ? (p.heading ? h("h3", p.heading) : null) : h("p", p.line.map((s) => (bare(s) && !known.has(bare(s)) ? h("span.only", s) : s))))) : h("p.empty", t("没有文字。", "No text.")));
  }

  for (const side of ["a", "b"]) sides[side] = await read(asks(side));
  await show();
  document.body.dataset.ready = "true";
})();

// A report's tables drawn again from the form: rows and columns by their labels, figures as printed.
"use strict";
atlas.forms = (() => {
  const { h, t, word } = atlas;

  // The cells of a report by table:row:column: {text, mark, form}.
  function cellsOf(report, forms) {
    const found = new Map();
    for (const [form, { v, m, n }] of Object.entries(report?.cells || {})) {
      const cells = forms[form].cells, first = cells[0][0];
      v.forEach((text, k) => {
        const [, table, row, col] = cells[(n ? n[k] : first + k) - first];
        found.set(`${table}:${row}:${col}`, { text, mark: m[k], form });
      });
    }
    return found;
  }

  // The blocks of a table: rows that have the same columns stand together, as they are printed.
  function blocks(form, table) {
    const rows = new Map();
    for (const [, number, row, col, rowLabel, colLabel, unit, additive] of form.cells) {
      if (number !== table) continue;
      if (!rows.has(row)) rows.set(row, { row, label: rowLabel, cols: [] });
      rows.get(row).cols.push({ col, label: colLabel, unit, additive });
    }
    const found = [];
    for (const row of rows.values()) {
      const key = row.cols.map((c) => c.label).join("|");
      if (found.at(-1)?.key === key) found.at(-1).rows.push(row);
      else found.push({ key, cols: row.cols, rows: [row] });
    }
    return found;
  }

  // Headers of several lines: labels above columns that share them span these.
  function header(cols) {
    const paths = cols.map((c) => c.label.split(" / ")), depth = Math.max(...paths.map((p) => p.length)), lines = [];
    for (let line = 0; line < depth; line++) {
      const cells = [];
      for (let k = 0; k < cols.length; ) {
        const path = paths[k];
        let end = k + 1;
        if (line < path.length - 1) while (end < cols.length && paths[end].length > line + 1 && paths[end].slice(0, line + 1).join() === path.slice(0, line + 1).join()) end++;
        if (line < path.length - 1) cells.push(h("th", { colspan: end - k, scope: "colgroup" }, path[line]));
        else if (line === path.length - 1) cells.push(h("th", { rowspan: depth - line, scope: "col" }, path[line]));
        k = end;
      }
      lines.push(cells);
    }
    lines[0].unshift(h("th", { rowspan: depth }, t("项目", "Item")));
    return lines.map((cells) => h("tr", cells));
  }

  const MARKS = { w: ["存疑，可信数据中不予采用", "doubtful, withheld from trusted figures"], b: ["空白", "blank"], s: ["斜线", "slash"], d: ["横线", "dash"], t: ["文字", "word"], x: ["未读出：图片或由脚本填写", "unread: a picture, or filled in by a script"], C: ["经人确认", "confirmed by a person"], M: ["经人更正", "misread, corrected by a person"], I: ["经人剔除", "ignored by a person"] };
  const numeric = (text) => { const n = Number(String(text ?? "").replace(/[,，\s]/g, "").replace(/(件|项|万元|元)$/, "")); return text && !Number.isNaN(n) ? n : null; };

  // A table of one report; `decorate(key, cell)` gives {class, under, title} for a cell.
  function draw(form, table, cells, decorate) {
    const parts = blocks(form, table).map((block) => {
      const body = block.rows.map((row, n) => {
        // What stands above several rows is printed at the first of them.
        const label = row.label.split(" / "), above = label.slice(0, -1).join(" · "), last = block.rows[n - 1]?.label.split(" / ").slice(0, -1).join(" · ");
        return h("tr", h("th", { scope: "row", style: above ? "padding-left:1.4rem" : null }, above && above !== last ? h("span.small.soft", { style: "display:block;margin-left:-.8rem" }, above) : null, label.at(-1) || t("合计", "all")),
          row.cols.map((c) => {
            const key = `${table}:${row.row}:${c.col}`, cell = cells.get(key), given = decorate(key, cell) || {};
            const mark = cell && MARKS[cell.mark] ? t(...MARKS[cell.mark]) : "", missing = cell ? "" : t("没有这一格", "no such cell");
            const classes = [given.class, !cell || cell.mark === "b" ? "blank" : "", cell?.mark === "w" ? "wrong" : ""].filter(Boolean).join(" ");
            return h("td", { class: classes || null, "data-cell": key, tabindex: decorate.chosen && cell ? -1 : null, title: [given.title, mark || missing].filter(Boolean).join("；") || null }, cell ? cell.text.trim() : "", given.under ? h("small", given.under) : null);
          }));
      });
      return h(".scroll", { style: "margin-bottom:.8rem" }, h("table.form", h("thead", header(block.cols)), h("tbody", body)));
    });
    if (decorate.chosen) parts.forEach((part) => walk(part, decorate.chosen));
    return parts;
  }

  // The cells of a table are walked with the arrow keys and chosen by a click, Enter or space; one of them is a tab stop.
  function walk(part, chosen) {
    const cells = () => [...part.querySelectorAll("td[tabindex]")];
    cells()[0]?.setAttribute("tabindex", "0");
    const go = (cell) => { if (!cell?.hasAttribute("tabindex")) return; cells().forEach((c) => c.setAttribute("tabindex", c === cell ? "0" : "-1")); cell.focus(); };
    part.addEventListener("click", (e) => { const cell = e.target.closest("td[tabindex]"); if (cell) { go(cell); chosen(cell.dataset.cell); } });
    part.addEventListener("keydown", (e) => {
      const cell = e.target.closest("td[tabindex]"), row = cell?.parentElement;
      if (!cell) return;
      const to = { ArrowLeft: () => cell.previousElementSibling, ArrowRight: () => cell.nextElementSibling, ArrowUp: () => row.previousElementSibling?.cells[cell.cellIndex], ArrowDown: () => row.nextElementSibling?.cells[cell.cellIndex] }[e.key];
      if (to) { e.preventDefault(); go(to()); }
      if (e.key === "Enter" || e.key === " ") { e.preventDefault(); chosen(cell.dataset.cell); }
    });
  }

  // A formula of codes as labels with the figures that the report prints: `3.7:total = 3.1:total + …`.
  function formula(text, table, form, cells, wrong = new Set()) {
    const names = new Map(form.cells.filter((c) => c[1] === table).map(([, , row, col, rowLabel, colLabel]) => [`${row}:${col}`, [rowLabel.split(" / ").at(-1), colLabel.split(" / ").at(-1)]]));
    const term = (code) => {
      const cell = cells.get(`${table}:${code}`), [row, col] = names.get(code) || [code, ""];
      const printed = cell ? (cell.mark === "b" ? t("空白", "blank") : cell.text.trim()) : t("缺", "absent");
      return h("span", { title: `${row} / ${col}` }, h(wrong.has(`${table}:${code}`) ? "b" : "span", printed), h("span.soft.small", `（${table === 4 ? col : `${row}${col && col !== "总计" ? `·${col}` : ""}`}）`));
    };
    return h("span.formula", text.split(/( = | <= | \+ )/).map((part) => (/^ (=|<=|\+) $/.test(part) ? ` ${part.trim().replace("<=", "≤")} ` : term(part))));
  }

  // Where a table is printed, or one row of it: page or lines, and which table of the file it is.
  const place = (report, table, row = null) => {
    const found = (report.tables || []).find((r) => r[0] === table), lines = (report.lines || []).find((r) => r[0] === table);
    const own = row && lines ? Number(lines[3].split(",").map((spot) => spot.split(" ")).find(([code]) => code === row)?.[1]) || null : null;
    const page = found?.[5] && own ? own : found?.[5];
    return { page, lines: page || !lines ? null : own ? [own, own] : [lines[1], lines[2]], grid: found?.[6] };
  };
  // A link to the source file, for a PDF at the page; file#2 is the second report of a file.
  function source(report, page, text) {
    const base = atlas.state.index.raw;
    if (!base) return h("span", { title: report.file }, text);
    return h("a", { href: `${base}/${report.file.replace(/#(?:[2-9]|[1-9][0-9]+)$/, "").split("/").map(encodeURIComponent).join("/")}${page && report.format === "pdf" ? `#page=${page}` : ""}`, target: "_blank", rel: "noopener" }, text);
  }
  function whereText(report, table, row = null) {
    const { page, lines, grid } = place(report, table, row);
    if (page) return t(`第 ${page} 页`, `page ${page}`);
    if (lines) return lines[0] === lines[1] ? t(`第 ${lines[0]} 行`, `line ${lines[0]}`) : t(`第 ${lines[0]}–${lines[1]} 行`, `lines ${lines[0]}–${lines[1]}`);
    return grid ? t(`文件中第 ${grid} 张表格`, `table ${grid} of the file`) : "";
  }
  const labelOf = (form, key) => {
    const [table, row, col] = key.split(":"), cell = form.cells.find((c) => String(c[1]) === table && c[2] === row && c[3] === col);
    return cell ? [...cell[4].split(" / "), ...cell[5].split(" / ")].filter(Boolean).join(" › ") : key;
  };
  const caption = (table) => word("table", String(table));

  return { cellsOf, draw, formula, source, whereText, place, labelOf, caption, numeric };
})();

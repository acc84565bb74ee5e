// Tables that sort by their heads and can be taken along as CSV or XLSX; both are made here, in the browser.
"use strict";
atlas.table = (() => {
  const { h, t } = atlas;

  // columns: {name, get, show?, number?, width?}; `get` gives the value that is sorted and taken along, null last.
  function table(columns, rows, given = {}) {
    let by = given.by ?? -1, down = given.down ?? false, open = given.most ?? 200;
    const body = h("tbody"), heads = columns.map((c, n) => h("th", { class: c.number ? "n" : null, scope: "col" }, h("button", { type: "button", onclick: () => { down = by === n ? !down : Boolean(c.number); by = n; draw(); } }, c.name)));
    const more = h("button", { type: "button", onclick: () => { open = rows.length; draw(); } });
    function sorted() {
      if (by < 0) return rows;
      const get = columns[by].get, turn = down ? -1 : 1;
      const missing = (v) => v === null || v === undefined || v === "";
      return [...rows].sort((a, b) => {
        const x = get(a), y = get(b);
        if (missing(x) || missing(y)) return missing(x) - missing(y);
        return turn * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "zh"));
      });
    }
    function draw() {
      heads.forEach((th, n) => (n === by ? th.setAttribute("aria-sort", down ? "descending" : "ascending") : th.removeAttribute("aria-sort")));
      const shown = sorted();
      body.replaceChildren(...shown.slice(0, open).map((row) => h("tr", given.mark?.(row) || {}, columns.map((c) => h("td", { class: c.number ? "n" : null }, c.show ? c.show(row) : c.get(row) ?? "")))));
      more.hidden = shown.length <= open;
      more.textContent = t(`显示全部 ${rows.length} 行`, `Show all ${rows.length} rows`);
    }
    draw();
    const cells = () => [columns.map((c) => c.name), ...sorted().map((row) => columns.map((c) => c.get(row) ?? null))];
    const name = given.file || "table";
    const tools = h(".tools", more,
      h("button", { type: "button", onclick: () => save(`${name}.csv`, csv(cells())) }, "CSV"),
      h("button", { type: "button", onclick: () => save(`${name}.xlsx`, xlsx(cells())) }, "XLSX"), given.note || null);
    return h("div", h(".scroll", h("table", given.caption ? h("caption.skip", given.caption) : null, h("thead", h("tr", heads)), body)), tools);
  }

  function save(name, blob) {
    const link = h("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // A text that a spreadsheet would take for a formula stays a text.
  const safe = (v) => (typeof v === "string" && /^[=+\-@\t\r]/.test(v) ? `'${v}` : v);
  function csv(rows) {
    const cell = (v) => (v === null ? "" : /[",\r\n]/.test(String(safe(v))) ? `"${String(safe(v)).replaceAll('"', '""')}"` : String(safe(v)));
    return new Blob(["\uFEFF", rows.map((r) => r.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv" });
  }

  // The smallest workbook that spreadsheets open: one sheet, texts inline, kept without compression in a ZIP file.
  function xlsx(rows) {
    const xml = (text) => String(text).replace(/[<>&"]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" })[c]).replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, "");
    const cell = (v) => (v === null ? "<c/>" : typeof v === "number" ? `<c><v>${v}</v></c>` : `<c t="inlineStr"><is><t xml:space="preserve">${xml(v)}</t></is></c>`);
    const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
    const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", pack = "http://schemas.openxmlformats.org/package/2006", office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const files = {
      "[Content_Types].xml": `${head}<Types xmlns="${pack}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
      "_rels/.rels": `${head}<Relationships xmlns="${pack}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      "xl/workbook.xml": `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="atlas" sheetId="1" r:id="r1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": `${head}<Relationships xmlns="${pack}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      "xl/worksheets/sheet1.xml": `${head}<worksheet xmlns="${main}"><sheetData>${rows.map((r) => `<row>${r.map(cell).join("")}</row>`).join("")}</sheetData></worksheet>`,
    };
    return new Blob(zip(files), { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
  }

  const CRC = Uint32Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n; });
  function crc32(bytes) {
    let c = 0xffffffff;
    for (const byte of bytes) c = CRC[(c ^ byte) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  }
  function zip(files) {
    const parts = [], directory = [];
    let at = 0;
    for (const [name, text] of Object.entries(files)) {
      const data = new TextEncoder().encode(text), title = new TextEncoder().encode(name), sum = crc32(data);
      const fields = [20, 0, 0, 0, 33, sum, data.length, data.length, title.length, 0], sizes = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2];
      const packed = (signature, before, after) => {
        const all = [[signature, 4], ...before, ...fields.map((f, n) => [f, sizes[n]]), ...after], bytes = new Uint8Array(all.reduce((s, [, size]) => s + size, 0));
        let place = 0;
        for (const [value, size] of all) for (let k = 0; k < size; k++) bytes[place++] = Math.floor(value / 256 ** k) & 255;
        return bytes;
      };
      const local = packed(0x04034b50, [], []);
      directory.push(packed(0x02014b50, [[20, 2]], [[0, 2], [0, 2], [0, 2], [0, 4], [at, 4]]), title);
      parts.push(local, title, data);
      at += local.length + title.length + data.length;
    }
    const size = directory.reduce((s, p) => s + p.length, 0), end = new DataView(new ArrayBuffer(22)), files_ = Object.keys(files).length;
    end.setUint32(0, 0x06054b50, true); end.setUint16(8, files_, true); end.setUint16(10, files_, true); end.setUint32(12, size, true); end.setUint32(16, at, true);
    return [...parts, ...directory, end.buffer];
  }

  table.csv = csv;
  table.xlsx = xlsx;
  return table;
})();

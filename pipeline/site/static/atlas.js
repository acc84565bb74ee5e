// What every page uses: data by name, languages, elements, figures as text, the search. No value of a report ever becomes
// markup: elements are made by `h`, which takes texts.
"use strict";
const atlas = (() => {
  const values = new Map(), waiting = new Map();
  const stored = (() => { try { return localStorage.getItem("atlas-language"); } catch { return null; } })();
  const asked = new URLSearchParams(location.search);
  const language = asked.get("lang") || stored || "zh";
  document.documentElement.lang = language === "en" ? "en" : "zh";

  // Data are scripts beside the page, since a page of the disk may not fetch. A file that is not there gives null.
  const put = (name, value) => { values.set(name, value); waiting.get(name)?.(value); waiting.delete(name); };
  const promises = new Map();
  function load(name) {
    if (!promises.has(name)) {
      promises.set(name, new Promise((resolve) => {
        if (values.has(name)) return resolve(values.get(name));
        waiting.set(name, resolve);
        const script = document.createElement("script");
        script.src = `data/${name.split("/").map(encodeURIComponent).join("/")}.js`;
        script.onerror = () => resolve(null);
        document.head.append(script);
      }));
    }
    return promises.get(name);
  }

  const t = (zh, en) => (language === "en" ? en : zh);
  const of = (text) => (text ? text[language === "en" ? "en" : "zh"] : "");

  // h("p.small", {title: "…"}, "text", child, …): an element; texts stay texts.
  function h(kind, ...rest) {
    const [name, ...classes] = kind.split(".");
    const element = document.createElement(name || "div");
    if (classes.length) element.className = classes.join(" ");
    const given = rest[0] && rest[0].constructor === Object ? rest.shift() : {};
    for (const [key, value] of Object.entries(given)) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (key === "style") element.style.cssText = value;
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...rest.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false).map((c) => (c instanceof Node ? c : String(c))));
    return element;
  }
  const fill = (place, ...children) => {
    const target = typeof place === "string" ? document.getElementById(place) : place;
    target.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
    return target;
  };

  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const fine = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
  const span = (first, last) => (first === last ? String(first) : `${first}–${last}`);
  const count = (n) => (n === null || n === undefined ? "" : Number.isInteger(n) ? whole.format(n) : fine.format(n));
  const percent = (x) => (x === null || x === undefined ? "" : `${(100 * x).toFixed(1)}%`);
  // A value of a measure as text.
  const shown = (measure, value) => (value === null || value === undefined ? "" : measure.kind === "rate" ? (measure.ratio ? value.toFixed(3) : percent(value)) : count(value));
  // What a row of figures [number, denominator] comes to.
  const valueOf = (measure, number, below) =>
    number === null || number === undefined ? null : measure.kind === "series" ? number : below ? number / below : null;

  const sql = (text) => h("details.sql", h("summary", t("图表背后的 SQL", "The SQL behind it")), h("pre", text));
  const quote = (text) => `'${String(text).replaceAll("'", "''")}'`;
  const url = (page, given) => {
    const query = new URLSearchParams(Object.entries(given).filter(([, v]) => v !== null && v !== undefined && v !== ""));
    return `${page}.html?${query}`;
  };
  const asks = (name, fallback = null) => asked.get(name) ?? fallback;
  // What a person chose stands in the address, so that it can be kept and sent.
  function remember(given) {
    for (const [key, value] of Object.entries(given)) value === null || value === "" ? asked.delete(key) : asked.set(key, value);
    try { history.replaceState(null, "", `${location.pathname}?${asked}`); } catch { /* some browsers refuse that on the disk */ }
  }

  const state = { words: {}, index: null, areas: new Map(), children: new Map(), measures: new Map() };
  const word = (kind, code) => of(state.words[kind]?.[code]) || code || "";
  // What is said of a code: its title, and below it the sentence with the particulars, which is English.
  const said = (kind, code, sentence) => h("div", { title: code }, word(kind, code), sentence ? h(".soft.small", { lang: "en" }, sentence) : null);
  const area = (code) => state.areas.get(code) || { code, name: code, level: "", parent: null, data: 0 };
  const nameOf = (code) => (code === "000000" ? t("全国", "China") : area(code).name);
  function above(code) {
    const found = [];
    for (let at = area(code).parent; at && at !== "000000"; at = area(at).parent) found.unshift(at);
    return found;
  }
  const areaUrl = (code, given = {}) => (code === "000000" ? "index.html" : url("area", { c: code, ...given }));
  const organUrl = (home, organ, year) => url("publisher", { d: home, p: organ, y: year });

  async function start() {
    const [index, words, english] = await Promise.all([load("index"), load("words"), language === "en" ? load("english") : null]);
    if (!index) { fill("page", h("p.empty", t("数据文件不在页面旁边。", "The data are not beside the page."))); return null; }
    Object.assign(state, { index, words });
    for (const [code, printed, level, parent, data] of index.areas) {
      state.areas.set(code, { code, name: english?.[printed] || printed, printed, level, parent, data });
      if (!state.children.has(parent)) state.children.set(parent, []);
      state.children.get(parent).push(code);
    }
    for (const measure of index.measures.list) state.measures.set(measure.code, measure);
    document.getElementById("language").addEventListener("click", () => {
      try { localStorage.setItem("atlas-language", language === "en" ? "zh" : "en"); } catch { /* then by the address */ }
      remember({ lang: language === "en" ? "zh" : "en" });
      location.reload();
    });
    finder(document.getElementById("find"), (found) => { location.href = found.url; });
    fill("stamp", t("数据版本 ", "Data as published: "), index.snapshot.replace(/^disclosure-|\.duckdb$/g, ""));
    return index;
  }

  // A field that finds areas and organs by any part of their names. Organs are looked up province by province.
  function finder(place, chosen, only = "all") {
    const label = t("查找地区或机关", "Find an area or organ");
    const input = h("input", { type: "search", placeholder: label, "aria-label": label, autocomplete: "off" });
    const list = h("ul", { hidden: true });
    let turn = 0;
    async function look() {
      const text = input.value.trim(), mine = ++turn;
      if (!text) { list.hidden = true; return; }
      const found = only === "organs" ? [] : [...state.areas.values()].filter((a) => a.data !== undefined && (a.printed.includes(text) || a.name.toLowerCase().includes(text.toLowerCase()) || a.code.startsWith(text)))
        .sort((a, b) => b.data - a.data || a.code.localeCompare(b.code)).slice(0, 8)
        .map((a) => ({ name: a.name === a.printed ? a.name : `${a.name} ${a.printed}`, note: above(a.code).map(nameOf).join(" ") || word("area", a.level), url: areaUrl(a.code) }));
      if (text.length > 1) {
        const provinces = [...new Set(state.index.parts.map(([p]) => p))];
        const names = await Promise.all(provinces.map((p) => load(`names/${p}`)));
        if (mine !== turn) return;
        found.push(...names.flat().filter((o) => o && o[0].includes(text)).sort((a, b) => a[0].length - b[0].length || a[0].localeCompare(b[0])).slice(0, 20)
          .map(([name, home, organ, level, years]) => ({ name, note: `${nameOf(home)} ${span(years[0], years.at(-1))}`, url: organUrl(home, organ), organ, home, level, years })));
      }
      fill(list, found.length ? found.map((f) => h("li", h("a", { href: f.url, onclick: (e) => { e.preventDefault(); list.hidden = true; chosen(f); } }, h("span", f.name), h("small", f.note))))
        : h("li.none", t("没有找到", "Nothing found")));
      list.hidden = false;
    }
    input.addEventListener("input", look);
    place.addEventListener("keydown", (e) => {
      const links = [...list.querySelectorAll("a")], at = links.indexOf(document.activeElement);
      if (e.key === "Escape") { list.hidden = true; input.focus(); }
      if (e.key === "ArrowDown" && links.length) { e.preventDefault(); links[Math.min(at + 1, links.length - 1)].focus(); }
      if (e.key === "ArrowUp" && links.length) { e.preventDefault(); at > 0 ? links[at - 1].focus() : input.focus(); }
    });
    place.addEventListener("focusout", () => setTimeout(() => { if (!place.contains(document.activeElement)) list.hidden = true; }, 100));
    place.classList.add("find");
    place.append(input, list);
    return input;
  }

  // Controls: a select of choices [value, text] or groups {label, choices}; and a row of buttons.
  function select(label, groups, value, changed) {
    const option = ([v, text]) => h("option", { value: v, selected: String(v) === String(value) }, text);
    const field = h("select", { onchange: (e) => changed(e.target.value) }, groups.map((g) => (g.choices ? h("optgroup", { label: g.label }, g.choices.map(option)) : option(g))));
    return h("label", label, field);
  }
  function choice(label, choices, value, changed) {
    const buttons = choices.map(([v, text, off]) => h("button", { type: "button", "aria-pressed": String(v === value), disabled: off, onclick: () => {
      buttons.forEach((b) => b.setAttribute("aria-pressed", String(b === buttons[choices.findIndex(([w]) => w === v)])));
      changed(v);
    } }, text));
    return h("fieldset", h("legend", label), h("span.choice", buttons));
  }
  function measureSelect(value, changed, fits = () => true) {
    const groups = state.index.measures.groups.map(([code, name]) => ({ label: of(name), choices: state.index.measures.list.filter((m) => m.group === code && fits(m)).map((m) => [m.code, of(m.name)]) }));
    return select(t("指标", "Measure"), groups.filter((g) => g.choices.length), value, changed);
  }
  const basisName = (basis) => (basis === "g" ? t("政府报告", "Government's report") : t("各机关合计", "Sum of organs"));
  const grade = (g, reasons = "") => h("span.grade", { class: `grade ${g}`, title: [word("grade", g), ...(reasons ? reasons.split(" ").map((r) => word("reason", r)) : [])].join("；") }, g === "none" ? "–" : g);

  return { put, load, t, of, h, fill, span, count, percent, shown, valueOf, sql, quote, url, asks, remember, state, word, said, area, nameOf, above, areaUrl, organUrl, start, finder, select, choice, measureSelect, basisName, grade, language };
})();

// What areas add up to, as maps, ranks and lines need it: rows of the files n/ and m/, and the SQL that gives the same.
"use strict";
atlas.areas = (() => {
  const { t, load, quote, nameOf, shown, valueOf, count, basisName, word } = atlas;
  const LEVELS = [["province", "省级", "Provinces"], ["prefecture", "地级", "Prefectures"], ["county", "县级", "Counties"]];

  // A row [year, number, denominator, reports, withheld, segment, scope] as a figure.
  function figure(measure, row) {
    const [year, number, below, reports, withheld, segment, scope] = row;
    return { year, number, below, reports, withheld, segment, scope, value: valueOf(measure, number, below) };
  }

  // The lines of a figure that a tip tells.
  function tip(measure, code, basis, f) {
    const title = `${nameOf(code)} ${f.year}`;
    if (f.value === null) return [title, f.withheld ? t("数字存疑，不予显示", "Doubtful, withheld") : f.below === 0 ? t("没有可计算的件数", "Nothing to work a rate out of") : t("有报告，无此数", "Reports without this figure")];
    const value = measure.kind === "rate" ? `${shown(measure, f.value)}（${count(f.number)} ÷ ${count(f.below)}）` : `${count(f.value)} ${atlas.of(measure.unit)}`;
    const held = f.withheld ? [t(`另有 ${f.withheld} 份存疑，未计入`, `${f.withheld} more are withheld`)] : [];
    return [title, `${atlas.of(measure.name)} ${value}`, basis === "o" ? t(`${f.reports} 个机关合计`, `Sum of ${f.reports} organs`) : `${basisName(basis)}，${word("scope", f.scope)}`, ...held];
  }

  // The figures of the areas of a level: code -> basis -> [figure].
  async function level(measure, kind, province = null) {
    const found = new Map();
    const take = (code, bases) => found.set(code, Object.fromEntries(Object.entries(bases).map(([b, rows]) => [b, rows.map((r) => figure(measure, r))])));
    if (kind === "county") {
      const parts = [...new Set(atlas.state.index.parts.map(([p]) => p))].filter((p) => !province || p === province.slice(0, 2));
      for (const part of await Promise.all(parts.map((p) => load(`m/${p}`)))) {
        for (const [code, bases] of Object.entries(part || {})) {
          if (atlas.area(code).level !== "county") continue;
          const kept = Object.entries(bases).filter(([, all]) => all[measure.code]).map(([b, all]) => [b, all[measure.code]]);
          if (kept.length) take(code, Object.fromEntries(kept));
        }
      }
      return found;
    }
    for (const [code, bases] of Object.entries((await load(`n/${measure.code}`)) || {})) {
      if (code !== "000000" && drawnAs(code, kind)) take(code, bases);
    }
    return found;
  }
  // Municipalities and counties without a prefecture are drawn among prefectures.
  function drawnAs(code, kind) {
    const { level: own } = atlas.area(code);
    if (kind === "province") return own === "province";
    return own === "prefecture" || own === "county" || ["11", "12", "31", "50", "71", "81", "82"].includes(code.slice(0, 2));
  }

  // The figures of one year and basis: code -> figure with its tip.
  function ofYear(measure, found, basis, year) {
    const kept = new Map();
    for (const [code, bases] of found) {
      const f = bases[basis]?.find((r) => r.year === year);
      if (f) kept.set(code, { ...f, tip: tip(measure, code, basis, f) });
    }
    return kept;
  }
  const values = (found, basis) => [...found.values()].flatMap((bases) => (bases[basis] || []).map((f) => f.value)).filter((v) => v !== null);
  // The basis by which more areas have a figure in a year.
  function best(found, year) {
    const has = (b) => [...found.values()].filter((bases) => bases[b]?.some((f) => f.year === year && f.value !== null)).length;
    return has("g") >= has("o") && has("g") ? "g" : has("o") ? "o" : "g";
  }

  // The SQL by which the same figures are asked of the warehouse.
  function sql(measure, kind, basis, given) {
    const rate = measure.kind === "rate", level_ = { county: "district" }[kind] || kind;
    const where = [`area_level = ${quote(level_)}`, given.code && `area_code = ${quote(given.code)}`, given.year && `year = ${given.year}`, `${rate ? "rate" : "series"} = ${quote(measure.code)}`,
      basis === "o" ? "scope = 'own_organ'" : `scope <> 'own_organ' AND of_level = ${quote(kind === "country" ? "ministry" : kind)}`, !rate && measure.unit.zh === "万元" && "unit = '万元'"];
    return `SELECT area_code, area_name, year, scope, ${rate ? "numerator, denominator, " : ""}value, reports, segment\nFROM ${rate ? "rates" : "series"}_by_area_trusted\nWHERE ${where.filter(Boolean).join("\n  AND ")}\nORDER BY ${given.year ? "value DESC NULLS LAST" : "year"}`;
  }

  return { LEVELS, figure, tip, level, ofYear, values, best, sql };
})();

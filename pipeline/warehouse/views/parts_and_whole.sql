-- A government's own report, where it adds up those below or may do so, beside the sum of the organs' reports.
CREATE VIEW parts_and_whole AS
SELECT
    w.publisher,
    w.level,
    w.district_name,
    w.prefecture_name,
    w.province_name,
    w.year,
    w.scope,
    w.title,
    w.district_code,
    w.report_id,
    w.publisher_id,
    w.series,
    w.series_label,
    w.segment,
    w.unit,
    w.value,
    a.reports AS parts,
    a.value AS value_of_parts,
    w.value - a.value AS difference,
    a.value > w.value AS parts_exceed_whole,
    w.verdicts + a.verdicts AS verdicts
FROM series_by_report AS w
JOIN series_by_area AS a
    ON a.area_level = CASE w.level WHEN 'county' THEN 'district' WHEN 'prefecture' THEN 'prefecture' WHEN 'province' THEN 'province' END
    AND a.area_code = w.district_code
    AND a.year = w.year
    AND a.segment = w.segment
    AND a.derived = w.derived
WHERE w.scope <> 'own_organ' AND w.breakdown = 'total' AND a.scope = 'own_organ' AND w.value IS NOT NULL AND a.reports > 0;

COMMENT ON VIEW parts_and_whole IS 'One row per report of a county, prefecture or province and series, beside the sum over the reports of the organs below: parts that exceed the whole, or equal it, are findings, not errors; some organs'' reports may be missing · 总分对照';
COMMENT ON COLUMN parts_and_whole.value IS 'The figure of the government''s own report · 汇总报告数值';
COMMENT ON COLUMN parts_and_whole.parts IS 'How many reports of organs are added up · 分报告数';
COMMENT ON COLUMN parts_and_whole.value_of_parts IS 'What their figures add up to · 分报告合计';
COMMENT ON COLUMN parts_and_whole.difference IS 'The whole less its parts · 差额';
COMMENT ON COLUMN parts_and_whole.parts_exceed_whole IS 'True where the parts exceed the whole · 分报告合计是否超过汇总';
COMMENT ON COLUMN parts_and_whole.verdicts IS 'Verdicts by people on the whole and its parts · 裁定数';

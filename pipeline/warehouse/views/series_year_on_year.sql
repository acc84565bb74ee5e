-- This year's figure beside the one of the same publisher's report of the year before, never across a break.
CREATE VIEW series_year_on_year AS
WITH figures AS (
    SELECT
        n.publisher_id,
        n.report_id,
        n.district_code,
        n.year,
        n.series,
        n.segment,
        n.breakdown,
        n.form,
        n.unit,
        n.derived,
        n.value,
        n.value_blank_as_zero,
        b.value AS value_before,
        b.value_blank_as_zero AS value_before_blank_as_zero,
        b.form AS form_before,
        b.derived AS derived_before,
        b.source_id AS report_id_before,
        b.source_scope AS scope_before
    FROM series_figures AS n
    JOIN series_figures AS b USING (publisher_id, report_id, district_code, year, series, segment, breakdown, unit)
    WHERE n."of" = 'now' AND b."of" = 'before'
)
SELECT
    r.publisher,
    r.level,
    r.district_name,
    r.prefecture_name,
    r.province_name,
    r.year,
    r.scope,
    r.title,
    r.district_code,
    r.report_id,
    r.publisher_id,
    f.series,
    s.label AS series_label,
    f.segment,
    f.breakdown,
    f.form,
    f.unit,
    f.derived,
    f.value,
    f.value_before,
    f.value - f.value_before AS change,
    (f.value - f.value_before) / nullif(f.value_before, 0) AS growth,
    f.value_blank_as_zero,
    f.value_before_blank_as_zero,
    f.form_before,
    f.derived_before,
    f.scope_before,
    f.report_id_before,
    CASE WHEN f.form = f.form_before THEN 'same' ELSE v.verdict END AS verdict,
    nullif(v.note, '') AS note,
    coalesce(vc.verdicts, 0) AS verdicts
FROM yearly_reports AS r
JOIN figures AS f USING (publisher_id, report_id, district_code, year)
JOIN series AS s USING (series)
LEFT JOIN series_verdicts AS v
    ON v.series = f.series AND v.form_before = f.form_before AND v.form_after = f.form
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW series_year_on_year IS 'One row per report, series, breakdown and form for which the same publisher''s report of the year before has a figure in the same segment, so that no break is crossed; if the publisher has several reports for that year, one row for each · 指标序列同比';
COMMENT ON COLUMN series_year_on_year.series IS 'Code of the series · 序列代码';
COMMENT ON COLUMN series_year_on_year.segment IS 'Consecutive forms without a break, across which the series may be joined: series@first form · 可比区段';
COMMENT ON COLUMN series_year_on_year.breakdown IS 'Kind of applicant (column of table 3): natural, business, research, welfare, legal, other, and total as printed; total for what is not split · 分组';
COMMENT ON COLUMN series_year_on_year.form IS 'Form that gives the cells their meaning · 表式';
COMMENT ON COLUMN series_year_on_year.unit IS 'Unit of the figure; money is in 万元 whatever unit is printed · 单位';
COMMENT ON COLUMN series_year_on_year.derived IS 'True where several cells are added up, which no report prints · 是否推算';
COMMENT ON COLUMN series_year_on_year.series_label IS 'Name of the series in Chinese · 序列名称';
COMMENT ON COLUMN series_year_on_year.value IS 'The figure; NULL unless every one of its cells prints a number, and for money without a printed unit · 数值';
COMMENT ON COLUMN series_year_on_year.value_blank_as_zero IS 'The figure with blank cells counted as 0; NULL unless at least one cell prints a number and every other is blank: a slash, a dash, a word or a missing cell is never taken for 0 · 数值（空白按零计）';
COMMENT ON COLUMN series_year_on_year.value_before IS 'The figure of the year before, under the same conditions · 上年数值';
COMMENT ON COLUMN series_year_on_year.change IS 'This year less the year before; NULL where either is · 增减';
COMMENT ON COLUMN series_year_on_year.growth IS 'Change over the year before: 0.25 is 25 % more; NULL where the year before is 0 or unknown · 增长率';
COMMENT ON COLUMN series_year_on_year.value_before_blank_as_zero IS 'The figure of the year before with blank cells counted as 0, under the same conditions · 上年数值（空白按零计）';
COMMENT ON COLUMN series_year_on_year.form_before IS 'Form of the table in the year before · 上年表式';
COMMENT ON COLUMN series_year_on_year.derived_before IS 'True where the figure of the year before adds up several cells · 上年是否推算';
COMMENT ON COLUMN series_year_on_year.scope_before IS 'Scope of the report of the year before: figures of two scopes do not compare · 上年统计范围';
COMMENT ON COLUMN series_year_on_year.report_id_before IS 'The report of the year before · 上年报告编号';
COMMENT ON COLUMN series_year_on_year.verdict IS 'How well the two forms compare for this series: same, comparable, approximate; same within one form · 可比结论';
COMMENT ON COLUMN series_year_on_year.note IS 'What to know about the comparison · 说明';

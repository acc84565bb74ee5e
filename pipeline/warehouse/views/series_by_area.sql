-- Series added up over the reports of an area, and how they spread. Each scope stands apart: an aggregate holds its parts.
CREATE VIEW series_by_area AS
SELECT
    p.area_level,
    p.area_code,
    max(p.area_name) AS area_name,
    x.year,
    x.scope,
    CASE WHEN x.scope = 'own_organ' THEN 'organ' ELSE x.level END AS of_level,
    x.series,
    x.series_label,
    x.segment,
    x.breakdown,
    x.unit,
    x.derived,
    count(x.value) AS reports,
    count(*) FILTER (x.value <> 0) AS reporters_non_zero,
    count(*) FILTER (x.value <> 0) / nullif(count(x.value), 0) AS share_non_zero,
    sum(x.value) AS value,
    median(x.value) AS median,
    avg(x.value) AS mean,
    median(x.value) FILTER (x.value <> 0) AS median_non_zero,
    count(x.value_blank_as_zero) AS reports_blank_as_zero,
    sum(x.value_blank_as_zero) AS value_blank_as_zero,
    sum(x.verdicts)::BIGINT AS verdicts
FROM report_areas AS p
JOIN series_by_report AS x USING (report_id, district_code, year)
WHERE x.breakdown = 'total'
GROUP BY
    p.area_level,
    p.area_code,
    x.year,
    x.scope,
    of_level,
    x.series,
    x.series_label,
    x.segment,
    x.breakdown,
    x.unit,
    x.derived;

COMMENT ON VIEW series_by_area IS 'One row per area, year, scope, series and segment, with separate rows for printed figures and sums: the total over the reports, and their median and mean; only totals over applicants. Rows with scope own_organ add up organs; aggregate and unknown have rows of their own, so that a report that adds up others is never added to them · 指标序列（分区域）';
COMMENT ON COLUMN series_by_area.of_level IS 'organ where organs are added up; else the level of the publishers whose reports are: the report of a province holds those of its prefectures, and theirs those of their counties, so levels must not be added up · 汇总层级';
COMMENT ON COLUMN series_by_area.scope IS 'Whether the reports are of the organs alone (own_organ) or add up those below (aggregate): each scope stands apart, since an aggregate holds the figures of its parts · 统计范围';
COMMENT ON COLUMN series_by_area.series IS 'Code of the series · 序列代码';
COMMENT ON COLUMN series_by_area.segment IS 'Consecutive forms without a break, across which the series may be joined: series@first form · 可比区段';
COMMENT ON COLUMN series_by_area.breakdown IS 'Kind of applicant (column of table 3): natural, business, research, welfare, legal, other, and total as printed; total for what is not split · 分组';
COMMENT ON COLUMN series_by_area.unit IS 'Unit of the figure; money is in 万元 whatever unit is printed · 单位';
COMMENT ON COLUMN series_by_area.derived IS 'True where several cells are added up, which no report prints · 是否推算';
COMMENT ON COLUMN series_by_area.series_label IS 'Name of the series in Chinese · 序列名称';
COMMENT ON COLUMN series_by_area.reports IS 'Reports with a figure · 报告数';
COMMENT ON COLUMN series_by_area.reporters_non_zero IS 'Reports whose figure is not 0 · 非零报告数';
COMMENT ON COLUMN series_by_area.share_non_zero IS 'Share of the reports whose figure is not 0 · 非零报告占比';
COMMENT ON COLUMN series_by_area.value IS 'Sum of the figures · 合计';
COMMENT ON COLUMN series_by_area.median IS 'Median of the figures, zeros among them · 中位数';
COMMENT ON COLUMN series_by_area.mean IS 'Mean of the figures, zeros among them · 平均数';
COMMENT ON COLUMN series_by_area.median_non_zero IS 'Median of the figures that are not 0 · 非零中位数';
COMMENT ON COLUMN series_by_area.reports_blank_as_zero IS 'Reports with a figure where blank cells are counted as 0 · 报告数（空白按零计）';
COMMENT ON COLUMN series_by_area.value_blank_as_zero IS 'Sum of the figures with blank cells counted as 0 · 合计（空白按零计）';
COMMENT ON COLUMN series_by_area.verdicts IS 'Verdicts by people on these reports · 裁定数';

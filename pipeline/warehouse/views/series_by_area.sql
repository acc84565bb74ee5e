-- Series added up over the reports of an area, and how they spread. Each scope stands apart: an aggregate holds its parts.
CREATE VIEW series_by_area AS
WITH areas AS (
    SELECT *, 'district' AS area_level, district_code AS area_code, district_name AS area_name
    FROM series_counts
    UNION ALL
    SELECT *, 'prefecture', prefecture_code, prefecture_name
    FROM series_counts
    WHERE prefecture_code IS NOT NULL
    UNION ALL
    SELECT *, 'province', province_code, province_name
    FROM series_counts
    WHERE province_code IS NOT NULL
    UNION ALL
    SELECT *, 'country', '000000', '全国'
    FROM series_counts
),
counts AS (
    SELECT
        area_level,
        area_code,
        max(area_name) AS area_name,
        year,
        scope,
        CASE WHEN scope = 'own_organ' THEN 'organ' ELSE level END AS of_level,
        series,
        segment,
        unit,
        derived,
        figure,
        sum(reports) AS reports,
        sum(reports) FILTER (figure_blank_as_zero IS NOT NULL) AS reports_blank_as_zero,
        sum(figure_blank_as_zero * reports) AS value_blank_as_zero,
        sum(verdicts) AS verdicts
    FROM areas
    GROUP BY area_level, area_code, year, scope, of_level, series, segment, unit, derived, figure
),
-- How many reports have this figure or a lesser one: the median is where half of them do.
ranked AS (
    SELECT
        *,
        sum(reports) FILTER (figure IS NOT NULL) OVER (in_order) AS up_to,
        sum(reports) FILTER (figure <> 0) OVER (in_order) AS up_to_non_zero,
        sum(reports) FILTER (figure IS NOT NULL) OVER (all_of_it) AS n,
        sum(reports) FILTER (figure <> 0) OVER (all_of_it) AS n_non_zero
    FROM counts
    WINDOW
        all_of_it AS (PARTITION BY area_level, area_code, year, scope, of_level, series, segment, unit, derived),
        in_order AS (all_of_it ORDER BY figure NULLS LAST)
),
added AS (
    SELECT
        area_level,
        area_code,
        max(area_name) AS area_name,
        year,
        scope,
        of_level,
        series,
        segment,
        unit,
        derived,
        coalesce(any_value(n), 0) AS n,
        coalesce(any_value(n_non_zero), 0) AS n_non_zero,
        sum(figure * reports) AS value,
        min(figure) FILTER (2 * up_to >= n) AS lower,
        min(figure) FILTER (2 * up_to > n) AS upper,
        min(figure) FILTER (figure <> 0 AND 2 * up_to_non_zero >= n_non_zero) AS lower_non_zero,
        min(figure) FILTER (figure <> 0 AND 2 * up_to_non_zero > n_non_zero) AS upper_non_zero,
        sum(reports_blank_as_zero) AS reports_blank_as_zero,
        sum(value_blank_as_zero) AS value_blank_as_zero,
        sum(verdicts) AS verdicts
    FROM ranked
    GROUP BY area_level, area_code, year, scope, of_level, series, segment, unit, derived
)

SELECT
    a.area_level,
    a.area_code,
    a.area_name,
    a.year,
    a.scope,
    a.of_level,
    a.series,
    s.label AS series_label,
    a.segment,
    'total' AS breakdown,
    a.unit,
    a.derived,
    a.n::BIGINT AS reports,
    a.n_non_zero::BIGINT AS reporters_non_zero,
    reporters_non_zero / nullif(a.n::BIGINT, 0) AS share_non_zero,
    a.value,
    list_median([a.lower, a.upper]) AS median,
    a.value / nullif(a.n::BIGINT, 0) AS mean,
    list_median([a.lower_non_zero, a.upper_non_zero]) AS median_non_zero,
    coalesce(a.reports_blank_as_zero, 0)::BIGINT AS reports_blank_as_zero,
    a.value_blank_as_zero,
    a.verdicts::BIGINT AS verdicts
FROM added AS a
JOIN series AS s USING (series);

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

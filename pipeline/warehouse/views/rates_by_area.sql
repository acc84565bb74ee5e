-- Rates pooled over the reports of an area, and how they spread. Each scope stands apart: an aggregate holds its parts.
CREATE VIEW rates_by_area AS
WITH placed AS (
    SELECT
        r.district_code,
        r.district_name,
        r.prefecture_code,
        r.prefecture_name,
        r.province_code,
        r.province_name,
        r.year,
        r.scope,
        CASE WHEN r.scope = 'own_organ' THEN 'organ' ELSE r.level END AS of_level,
        s.rate,
        s.rate_label,
        s.segment,
        s.numerator,
        s.denominator,
        s.numerator / nullif(s.denominator, 0) AS value,
        s.numerator_blank_as_zero,
        s.denominator_blank_as_zero,
        coalesce(vc.verdicts, 0) AS verdicts
    FROM yearly_reports AS r
    JOIN rate_figures AS s USING (report_id, district_code, year)
    LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year)
),
-- Each kind of area by itself, so that a question about one reads the reports once; `report_areas` joined to `rates`
-- would hold them in memory twice.
areas AS (
    SELECT *, 'district' AS area_level, district_code AS area_code, district_name AS area_name
    FROM placed
    UNION ALL
    SELECT *, 'prefecture', prefecture_code, prefecture_name
    FROM placed
    WHERE prefecture_code IS NOT NULL
    UNION ALL
    SELECT *, 'province', province_code, province_name
    FROM placed
    WHERE province_code IS NOT NULL
    UNION ALL
    SELECT *, 'country', '000000', '全国'
    FROM placed
)

SELECT
    x.area_level,
    x.area_code,
    max(x.area_name) AS area_name,
    x.year,
    x.scope,
    x.of_level,
    x.rate,
    x.rate_label,
    x.segment,
    count(*) FILTER (x.numerator IS NOT NULL AND x.denominator IS NOT NULL) AS reports,
    count(x.value) AS reporters_non_zero,
    count(x.value) / nullif(count(*) FILTER (x.numerator IS NOT NULL AND x.denominator IS NOT NULL), 0) AS share_non_zero,
    sum(x.numerator) FILTER (x.denominator IS NOT NULL) AS numerator,
    sum(x.denominator) FILTER (x.numerator IS NOT NULL) AS denominator,
    sum(x.numerator) FILTER (x.denominator IS NOT NULL)
        / nullif(sum(x.denominator) FILTER (x.numerator IS NOT NULL), 0) AS value,
    median(x.value) AS median,
    -- Of decimals, whose sum is the same in whatever order the rows come.
    avg(x.value::DECIMAL(38, 15)) AS mean,
    count(*) FILTER (x.numerator_blank_as_zero IS NOT NULL AND x.denominator_blank_as_zero IS NOT NULL)
        AS reports_blank_as_zero,
    sum(x.numerator_blank_as_zero) FILTER (x.denominator_blank_as_zero IS NOT NULL)
        / nullif(sum(x.denominator_blank_as_zero) FILTER (x.numerator_blank_as_zero IS NOT NULL), 0)
        AS value_blank_as_zero,
    sum(x.verdicts)::BIGINT AS verdicts
FROM areas AS x
GROUP BY x.area_level, x.area_code, x.year, x.scope, x.of_level, x.rate, x.rate_label, x.segment;

COMMENT ON VIEW rates_by_area IS 'One row per area, year, scope, rate and segment: the rate pooled over the reports, and its median and mean. Rows with scope own_organ add up organs; aggregate and unknown have rows of their own, so that a report that adds up others is never added to them · 比率（分区域）';
COMMENT ON COLUMN rates_by_area.of_level IS 'organ where organs are added up; else the level of the publishers whose reports are: the report of a province holds those of its prefectures, and theirs those of their counties, so levels must not be added up · 汇总层级';
COMMENT ON COLUMN rates_by_area.scope IS 'Whether the reports are of the organs alone (own_organ) or add up those below (aggregate): each scope stands apart, since an aggregate holds the figures of its parts · 统计范围';
COMMENT ON COLUMN rates_by_area.rate IS 'The rate, numerator over denominator; granted, partial, denied, unable, not processed, other and total are outcomes of table 3, column 总计. grant_rate: granted / total. disclosure_rate: (granted + partial) / total. denial_rate: denied / total. unable_rate: unable to provide / total. not_processed_rate: not processed / total. other_rate: handled otherwise / total. not_held_rate: not held by the organ / total. factual_refusal_share: unable / (denied + unable). natural_person_share: new requests of natural persons / new requests. carry_out_rate: carried out / (new + carried in). closure_rate: total / (new + carried in). review_correction_rate: reviews corrected / reviews concluded (total less pending); review_correction_rate_of_all: / all reviews. litigation_loss_rate: lawsuits corrected / lawsuits concluded, direct and after a review together; litigation_loss_rate_of_all: / all lawsuits. dispute_rate: (reviews + lawsuits without a review) / new requests; may exceed 1, and disputes may be over requests of earlier years. review_rate: reviews / new requests, and suit_rate: lawsuits, direct and after a review, / new requests: apart from each other, while dispute_rate counts both. penalty_per_permit: penalties decided / permits decided, a ratio · 比率代码';
COMMENT ON COLUMN rates_by_area.rate_label IS 'Name of the rate in Chinese · 比率名称';
COMMENT ON COLUMN rates_by_area.segment IS 'Forms across which the rate may be joined: rate@first form after the last break in any of its series · 可比区段';
COMMENT ON COLUMN rates_by_area.reports IS 'Reports with numerator and denominator · 报告数';
COMMENT ON COLUMN rates_by_area.reporters_non_zero IS 'Reports whose denominator is not 0; only these have a rate · 分母非零报告数';
COMMENT ON COLUMN rates_by_area.share_non_zero IS 'Share of the reports whose denominator is not 0 · 非零报告占比';
COMMENT ON COLUMN rates_by_area.numerator IS 'Sum of the numerators of these reports · 分子合计';
COMMENT ON COLUMN rates_by_area.denominator IS 'Sum of the denominators of these reports · 分母合计';
COMMENT ON COLUMN rates_by_area.value IS 'The pooled rate: sum of numerators over sum of denominators; large organs weigh more · 汇总比率';
COMMENT ON COLUMN rates_by_area.median IS 'Median of the rates of the reports that have one · 中位数';
COMMENT ON COLUMN rates_by_area.mean IS 'Mean of the rates of the reports that have one, each weighing the same · 平均数';
COMMENT ON COLUMN rates_by_area.reports_blank_as_zero IS 'Reports with numerator and denominator where blank cells are counted as 0 · 报告数（空白按零计）';
COMMENT ON COLUMN rates_by_area.value_blank_as_zero IS 'The pooled rate with blank cells counted as 0 · 汇总比率（空白按零计）';
COMMENT ON COLUMN rates_by_area.verdicts IS 'Verdicts by people on these reports · 裁定数';

SELECT
    p.area_level,
    p.area_code,
    max(p.area_name) AS area_name,
    x.year,
    x.scope,
    CASE WHEN x.scope = 'own_organ' THEN 'organ' ELSE x.level END AS of_level,
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
FROM report_areas AS p
JOIN rates AS x USING (report_id, district_code, year)
GROUP BY p.area_level, p.area_code, x.year, x.scope, of_level, x.rate, x.rate_label, x.segment


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
    x.derived


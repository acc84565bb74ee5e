-- How many yearly reports of a district and year, alike in place, scope and level, have which figure of a series.
WITH counted AS (
    SELECT
        r.district_code,
        r.year,
        r.scope,
        r.level,
        r.district_name,
        r.prefecture_code,
        r.prefecture_name,
        r.province_code,
        r.province_name,
        f.series,
        f.segment,
        f.unit,
        f.derived,
        f.value AS figure,
        f.value_blank_as_zero AS figure_blank_as_zero,
        count(*)::INTEGER AS reports,
        sum(coalesce(vc.verdicts, 0))::INTEGER AS verdicts
    FROM yearly_reports AS r
    JOIN series_figures AS f USING (report_id, district_code, year)
    JOIN series USING (series)
    LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year)
    WHERE f."of" = 'now' AND f.breakdown = 'total'
    GROUP BY ALL
)

SELECT
    district_code,
    year,
    row_number() OVER (
        PARTITION BY district_code, year
        ORDER BY
            series,
            segment,
            unit,
            derived,
            scope,
            level,
            district_name,
            prefecture_code,
            prefecture_name,
            province_code,
            province_name,
            figure,
            figure_blank_as_zero
    ) AS count_no,
    * EXCLUDE (district_code, year)
FROM counted

-- Against the register of divisions, not against publishers that are known: who has never sent one is here too.
CREATE VIEW governments_missing AS
WITH years AS (
    SELECT unnest(range(min(year), max(year) + 1))::INTEGER AS year FROM yearly_reports
),
expected_here AS (
    SELECT d.district_code, d.name, d.level, d.prefecture_name, d.province_name, y.year
    FROM districts AS d
    JOIN years AS y ON y.year >= d.start_year AND y.year <= coalesce(d.end_year, y.year)
    WHERE d.level IN ('province', 'prefecture', 'county')
),
own AS (
    SELECT DISTINCT district_code, year, level FROM yearly_reports
),
organs AS (
    SELECT district_code, year, count(*) AS organs_with_report FROM yearly_reports GROUP BY district_code, year
),
aside AS (
    SELECT code AS district_code, year, count(*) AS files_in_quarantine
    FROM (SELECT path, year, unnest(string_split(candidates, ' ')) AS code FROM quarantine WHERE candidates IS NOT NULL)
    WHERE year IS NOT NULL
    GROUP BY code, year
)
SELECT
    e.name AS district_name,
    e.prefecture_name,
    e.province_name,
    e.level,
    e.year,
    e.district_code,
    coalesce(o.organs_with_report, 0) AS organs_with_report,
    coalesce(a.files_in_quarantine, 0) AS files_in_quarantine
FROM expected_here AS e
ANTI JOIN own ON own.district_code = e.district_code AND own.year = e.year AND own.level = e.level
LEFT JOIN organs AS o ON o.district_code = e.district_code AND o.year = e.year
LEFT JOIN aside AS a ON a.district_code = e.district_code AND a.year = e.year;

COMMENT ON VIEW governments_missing IS 'One row per division of the register (province, prefecture, county) and year, from the first to the last year of the warehouse, for which no report of its government is loaded · 缺报政府';
COMMENT ON COLUMN governments_missing.district_name IS 'Name of the division in that year · 行政区划名称';
COMMENT ON COLUMN governments_missing.level IS 'Level of the division: province, prefecture or county · 层级';
COMMENT ON COLUMN governments_missing.organs_with_report IS 'Reports of other organs of the division that are loaded for that year · 其他机关报告数';
COMMENT ON COLUMN governments_missing.files_in_quarantine IS 'Files in quarantine that may be the report of this division and year · 隔离区文件数';

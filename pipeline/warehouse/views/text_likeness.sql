-- How alike two texts are: the share of their passages of eight characters that both have, digits and spaces left out.
-- Every fourth passage or so is looked at, chosen by its own first character, so that both texts choose the same.
CREATE VIEW text_likeness AS
WITH texts AS (
    SELECT
        report_id,
        district_code,
        year,
        regexp_replace(string_agg("text", '' ORDER BY section_no), '[\s0-9０-９]', '', 'g') AS body
    FROM sections
    GROUP BY report_id, district_code, year
),
places AS (
    SELECT report_id, district_code, year, body, unnest(range(1, length(body) - 6)) AS place FROM texts
),
passages AS (
    SELECT DISTINCT report_id, district_code, year, substr(body, place, 8) AS passage
    FROM places
    WHERE unicode(substr(body, place, 1)) % 4 = 0
),
sizes AS (
    SELECT report_id, district_code, year, count(*) AS passages FROM passages GROUP BY report_id, district_code, year
),
pairs AS (
    SELECT 'year before' AS compared, n.report_id, n.district_code, n.year, b.report_id AS other_id, b.district_code AS other_district, b.year AS other_year
    FROM yearly_reports AS n
    JOIN yearly_reports AS b ON b.publisher_id = n.publisher_id AND b.year = n.year - 1
    UNION ALL
    SELECT 'neighbour' AS compared, n.report_id, n.district_code, n.year, b.report_id AS other_id, b.district_code AS other_district, b.year AS other_year
    FROM yearly_reports AS n
    JOIN yearly_reports AS b
        ON b.district_code = n.district_code AND b.year = n.year AND b.level = n.level AND b.publisher_id <> n.publisher_id
),
shared AS (
    SELECT p.compared, p.report_id, p.district_code, p.year, p.other_id, p.other_district, p.other_year, count(*) AS both
    FROM pairs AS p
    JOIN passages AS x ON x.report_id = p.report_id AND x.district_code = p.district_code AND x.year = p.year
    JOIN passages AS y
        ON y.report_id = p.other_id AND y.district_code = p.other_district AND y.year = p.other_year AND y.passage = x.passage
    GROUP BY p.compared, p.report_id, p.district_code, p.year, p.other_id, p.other_district, p.other_year
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
    p.compared,
    o.publisher AS publisher_other,
    p.other_year AS year_other,
    p.other_id AS report_id_other,
    coalesce(s.both, 0) / (a.passages + b.passages - coalesce(s.both, 0)) AS likeness,
    a.passages,
    b.passages AS passages_other
FROM pairs AS p
JOIN yearly_reports AS r ON r.report_id = p.report_id AND r.district_code = p.district_code AND r.year = p.year
JOIN yearly_reports AS o ON o.report_id = p.other_id AND o.district_code = p.other_district AND o.year = p.other_year
JOIN sizes AS a ON a.report_id = p.report_id AND a.district_code = p.district_code AND a.year = p.year
JOIN sizes AS b ON b.report_id = p.other_id AND b.district_code = p.other_district AND b.year = p.other_year
LEFT JOIN shared AS s
    ON s.compared = p.compared AND s.report_id = p.report_id AND s.district_code = p.district_code AND s.year = p.year AND s.other_id = p.other_id;

COMMENT ON VIEW text_likeness IS 'One row per report and another report that its text is compared with: its publisher''s of the year before, or one of another organ of the same district, level and year. Worked out when queried, so ask for a district or a year · 文本相似度';
COMMENT ON COLUMN text_likeness.compared IS 'What it is compared with: year before, or neighbour · 比较对象';
COMMENT ON COLUMN text_likeness.publisher_other IS 'Publisher of the other report · 对方发布机关';
COMMENT ON COLUMN text_likeness.year_other IS 'Year of the other report · 对方报告年度';
COMMENT ON COLUMN text_likeness.report_id_other IS 'The other report · 对方报告编号';
COMMENT ON COLUMN text_likeness.likeness IS 'Share of the passages of both texts that both have, from 0 to 1, figures left out; estimated from about a quarter of them · 相似度';
COMMENT ON COLUMN text_likeness.passages IS 'Passages of this text that were compared; where they are few, the likeness says little · 片段数';
COMMENT ON COLUMN text_likeness.passages_other IS 'Passages of the other text that were compared · 对方片段数';

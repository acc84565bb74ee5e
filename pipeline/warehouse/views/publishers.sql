-- One row per publisher ever loaded. Who was renamed in print is another publisher: it is linked to the one before where
-- place, level and function agree, its years follow, and no other one could be meant. All others that could be are
-- candidates, for a person to join by overrides.csv.
CREATE VIEW publishers AS
WITH seen AS (
    SELECT publisher_id, publisher_name, level, year, district_code, district_name, prefecture_name, province_name
    FROM yearly_reports
    UNION ALL BY NAME
    SELECT
        v.publisher_id, v.publisher AS publisher_name, v.level, v.year, v.district_code,
        d.name AS district_name, d.prefecture_name, d.province_name
    FROM report_versions AS v
    LEFT JOIN districts AS d
        ON d.district_code = v.district_code AND v.year BETWEEN d.start_year AND coalesce(d.end_year, v.year)
    WHERE v.publisher_id NOT IN (SELECT publisher_id FROM reports)
),
bodies AS (
    SELECT
        publisher_id,
        arg_max(publisher_name, year) AS publisher,
        arg_max(level, year) AS level,
        arg_max(district_code, year) AS district_code,
        arg_max(district_name, year) AS district_name,
        arg_max(prefecture_name, year) AS prefecture_name,
        arg_max(province_name, year) AS province_name,
        min(year) AS first_year,
        max(year) AS last_year
    FROM seen
    WHERE publisher_id IS NOT NULL
    GROUP BY publisher_id
),
organs AS (
    SELECT
        b.publisher_id,
        b.publisher,
        coalesce(d.code_today, b.district_code) AS place,
        b.first_year,
        b.last_year,
        replace(replace(b.publisher, coalesce(b.prefecture_name, ''), ''), coalesce(b.district_name, ''), '') AS tail
    FROM bodies AS b
    LEFT JOIN (
        -- Of a division that was split there is no such code.
        SELECT district_code, any_value(current_codes) AS code_today
        FROM districts WHERE regexp_full_match(current_codes, '[0-9]{6}') GROUP BY district_code
    ) AS d ON d.district_code = b.district_code
    WHERE b.level = 'department'
),
pairs AS (
    SELECT a.publisher_id AS before_id, b.publisher_id AS after_id
    FROM organs AS a
    JOIN organs AS b ON b.place = a.place AND b.first_year > a.last_year
),
-- Matching words is dear, and hardly any body has another before or after it.
followed AS MATERIALIZED (
    SELECT publisher_id, tail
    FROM organs
    WHERE publisher_id IN (SELECT unnest([before_id, after_id]) FROM pairs)
),
functions AS (
    SELECT o.publisher_id, f.function
    FROM followed AS o
    JOIN body_functions() AS f ON regexp_matches(o.tail, f.words)
    WHERE regexp_matches(o.tail, '^[^局厅]+(局|厅|委员会|办公室)$')
),
alike AS (
    SELECT DISTINCT p.before_id, p.after_id
    FROM pairs AS p
    JOIN functions AS a ON a.publisher_id = p.before_id
    JOIN functions AS b ON b.publisher_id = p.after_id AND b.function = a.function
),
spelt AS (
    SELECT *, list_distinct(string_split(tail, '')) AS signs FROM organs
),
possible AS (
    SELECT
        a.publisher_id AS before_id,
        b.publisher_id AS after_id,
        a.publisher AS before_name,
        a.first_year AS before_first_year,
        a.last_year,
        b.first_year,
        s.before_id IS NOT NULL AS has_function
    FROM spelt AS a
    JOIN spelt AS b ON b.place = a.place AND b.first_year > a.last_year
    LEFT JOIN alike AS s ON s.before_id = a.publisher_id AND s.after_id = b.publisher_id
    WHERE s.before_id IS NOT NULL
    -- A name within the other is that of a body and one of its own branches.
    OR (len(list_intersect(a.signs, b.signs)) >= 0.6 * len(list_distinct(a.signs || b.signs))
        AND NOT contains(a.tail, b.tail) AND NOT contains(b.tail, a.tail))
),
nearest AS (
    SELECT p.*
    FROM possible AS p
    WHERE NOT EXISTS (
        SELECT 1
        FROM possible AS m
        JOIN possible AS n ON n.before_id = m.after_id
        WHERE m.before_id = p.before_id AND n.after_id = p.after_id
    )
),
judged AS (
    SELECT
        *,
        has_function AND first_year = last_year + 1
        AND count(*) OVER (PARTITION BY before_id) = 1 AND count(*) OVER (PARTITION BY after_id) = 1 AS is_linked
    FROM nearest
)
SELECT
    b.publisher,
    b.level,
    b.district_name,
    b.prefecture_name,
    b.province_name,
    b.first_year,
    b.last_year,
    p.before_name AS predecessor,
    s.first_year AS succeeded_in,
    c.candidates AS predecessor_candidates,
    b.district_code,
    b.publisher_id,
    p.before_id AS predecessor_id,
    s.after_id AS successor_id
FROM bodies AS b
LEFT JOIN judged AS p ON p.after_id = b.publisher_id AND p.is_linked
LEFT JOIN judged AS s ON s.before_id = b.publisher_id AND s.is_linked
LEFT JOIN (
    SELECT after_id, string_agg(before_name, ' ' ORDER BY before_name) AS candidates
    FROM judged WHERE NOT is_linked GROUP BY after_id
) AS c ON c.after_id = b.publisher_id;

COMMENT ON VIEW publishers IS 'One row per publisher that ever had a report loaded, with the publisher that it was before it was renamed · 发布机关';
COMMENT ON COLUMN publishers.publisher IS 'Publisher, in one spelling · 发布机关';
COMMENT ON COLUMN publishers.first_year IS 'Year of its first report · 最早年度';
COMMENT ON COLUMN publishers.last_year IS 'Year of its last report · 最近年度';
COMMENT ON COLUMN publishers.predecessor IS 'The publisher that it was before: place, level and function agree, its years follow, and no other one could be meant · 前身';
COMMENT ON COLUMN publishers.succeeded_in IS 'First year of the publisher that it has become · 更名年度';
COMMENT ON COLUMN publishers.predecessor_candidates IS 'Publishers of the place and level that it may have been before, separated by spaces; a line of overrides.csv with the former name joins a file to one · 可能的前身';
COMMENT ON COLUMN publishers.predecessor_id IS 'publisher_id of the predecessor · 前身编号';
COMMENT ON COLUMN publishers.successor_id IS 'publisher_id of the publisher that it has become · 后继机关编号';

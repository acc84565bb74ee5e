-- What was expected against what is there. Without a list of what is expected, every publisher of which any report
-- was ever loaded is expected in every year between the first and the last of the warehouse; one that was renamed under
-- its former name before, and under its new one since.
CREATE VIEW coverage AS
WITH known AS MATERIALIZED (
    FROM publishers
),
seen AS (
    SELECT unnest([first_year, last_year]) AS year FROM known
),
years AS (
    SELECT unnest(range(min(year), max(year) + 1))::INTEGER AS year FROM seen
),
spellings AS (
    SELECT DISTINCT unnest([district_code, district_code_current]) AS code, name, publisher_id
    FROM (SELECT unnest([publisher, publisher_name]) AS name, district_code, district_code_current, publisher_id FROM yearly_reports)
    UNION
    SELECT district_code, publisher, publisher_id FROM report_versions WHERE publisher_id NOTNULL
),
listed AS (
    SELECT
        any_value(s.publisher_id) AS publisher_id,
        e.year,
        any_value(e.publisher) AS publisher,
        any_value(e.district_code) AS district_code
    FROM expected AS e
    LEFT JOIN spellings AS s ON s.code = e.district_code AND s.name = e.publisher
    GROUP BY e.year, coalesce(s.publisher_id, e.district_code || e.publisher)
),
slots AS (
    SELECT publisher_id, year, publisher, district_code, 'list' AS expected_by FROM listed
    UNION ALL
    SELECT p.publisher_id, y.year, p.publisher, p.district_code, 'other years' AS expected_by
    FROM known AS p
    CROSS JOIN years AS y
    WHERE NOT EXISTS (SELECT 1 FROM expected)
    AND (p.predecessor_id IS NULL OR y.year >= p.first_year)
    AND (p.succeeded_in IS NULL OR y.year < p.succeeded_in)
),
versions AS (
    SELECT
        s.publisher_id,
        v.year,
        count(*) FILTER (v.valid_to IS NOT NULL AND v.cause NOT IN ('removed', 'cleared')) AS superseded_versions,
        bool_or(v.cause IN ('removed', 'cleared')) AS was_removed
    FROM report_versions AS v
    JOIN spellings AS s ON s.code = v.district_code AND s.name = v.publisher
    GROUP BY s.publisher_id, v.year
),
absent AS (
    SELECT publisher_id, publisher, district_code, year FROM slots ANTI JOIN yearly_reports USING (publisher_id, year)
),
named AS (
    SELECT *, publisher AS name, district_code AS code FROM absent
    UNION
    SELECT a.*, n.name, n.code FROM absent AS a JOIN spellings AS n USING (publisher_id)
),
aside AS (
    SELECT DISTINCT ON (n.publisher, n.district_code, n.year)
        n.publisher,
        n.district_code,
        n.year,
        q.path,
        q.reason
    FROM named AS n
    JOIN quarantine AS q
        ON q.year = n.year AND q.publisher = n.name AND (q.candidates IS NULL OR contains(q.candidates, n.code))
    WHERE q.reason <> 'duplicate-report'
    ORDER BY q.path
),
judged AS (
    SELECT
        s.*,
        r.report_id,
        r.file_path,
        r.published_on AS published_on,
        due_on(s.year, coalesce(r.level, p.level)) AS due_on,
        coalesce(r.level, p.level) AS level,
        coalesce(r.district_name, p.district_name) AS district_name,
        coalesce(r.prefecture_name, p.prefecture_name) AS prefecture_name,
        coalesce(r.province_name, p.province_name) AS province_name
    FROM slots AS s
    LEFT JOIN known AS p USING (publisher_id)
    LEFT JOIN yearly_reports AS r ON r.publisher_id = s.publisher_id AND r.year = s.year
)
SELECT
    j.publisher,
    j.level,
    j.district_name,
    j.prefecture_name,
    j.province_name,
    j.year,
    CASE
        WHEN j.report_id IS NOT NULL AND j.published_on > j.due_on THEN 'late'
        WHEN j.report_id IS NOT NULL THEN 'received'
        WHEN a.path IS NOT NULL THEN 'quarantined'
        WHEN v.was_removed THEN 'removed'
        ELSE 'missing'
    END AS status,
    j.due_on,
    j.published_on,
    CASE WHEN j.published_on IS NOT NULL THEN greatest(0, date_diff('day', j.due_on, j.published_on)) END AS days_late,
    coalesce(v.superseded_versions, 0) AS superseded_versions,
    coalesce(j.file_path, a.path) AS file_path,
    a.reason,
    j.expected_by,
    j.district_code,
    j.report_id,
    j.publisher_id
FROM judged AS j
LEFT JOIN aside AS a
    ON a.publisher = j.publisher AND a.district_code = j.district_code AND a.year = j.year AND j.report_id IS NULL
LEFT JOIN versions AS v ON v.publisher_id = j.publisher_id AND v.year = j.year;

COMMENT ON VIEW coverage IS 'One row per expected report and its status: received, late, in quarantine, removed, or missing · 报送情况';
COMMENT ON COLUMN coverage.publisher IS 'Publisher, in one spelling or as listed in expected.csv · 发布机关';
COMMENT ON COLUMN coverage.status IS 'received; late: published after the day on which it was due; quarantined; removed: was loaded once; missing · 报送状态';
COMMENT ON COLUMN coverage.due_on IS 'The last day for its publication: 31 March for governments and for years before 2019, else 31 January · 应公布日期';
COMMENT ON COLUMN coverage.published_on IS 'Day of publication that the page states; without one nothing is known to be late · 公布日期';
COMMENT ON COLUMN coverage.days_late IS 'Days after that day; empty where no day of publication is stated · 逾期天数';
COMMENT ON COLUMN coverage.superseded_versions IS 'Older versions of the report that newer ones took the place of · 被替代版本数';
COMMENT ON COLUMN coverage.file_path IS 'The file loaded, or in quarantine · 文件路径';
COMMENT ON COLUMN coverage.reason IS 'Why the file is in quarantine · 隔离原因';
COMMENT ON COLUMN coverage.expected_by IS 'Why it is expected: it is in the list, or the publisher has a report of another year · 应报依据';

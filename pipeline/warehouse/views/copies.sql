-- Reports that share their figures or their narrative with another one, which analysts should know and nobody need mend.
CREATE VIEW copies AS
WITH marked AS (
    SELECT report_id, 'figures' AS shared, figures_digest AS digest, publisher_id, year FROM yearly_reports WHERE figures_digest IS NOT NULL
    UNION ALL
    SELECT report_id, 'narrative' AS shared, narrative_digest AS digest, publisher_id, year FROM yearly_reports WHERE narrative_digest IS NOT NULL
),
sharing AS (
    SELECT
        shared,
        digest,
        count(*) AS reports_sharing,
        count(DISTINCT publisher_id) AS publishers_sharing,
        count(DISTINCT year) AS years_sharing
    FROM marked
    GROUP BY shared, digest
    HAVING count(*) > 1
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
    m.shared,
    m.digest,
    s.reports_sharing,
    s.publishers_sharing,
    s.years_sharing
FROM yearly_reports AS r
JOIN marked AS m USING (report_id)
JOIN sharing AS s USING (shared, digest);

COMMENT ON VIEW copies IS 'One row per report that shares all its figures, or its narrative except for names and numbers, with another report: of another publisher, of another year, or both · 雷同报告';
COMMENT ON COLUMN copies.shared IS 'What is shared: figures or narrative · 雷同内容';
COMMENT ON COLUMN copies.digest IS 'The same for the reports that share it · 指纹';
COMMENT ON COLUMN copies.reports_sharing IS 'How many reports share it · 雷同报告数';
COMMENT ON COLUMN copies.publishers_sharing IS 'How many publishers these are of; 1 where one repeats itself from year to year · 雷同机关数';
COMMENT ON COLUMN copies.years_sharing IS 'How many years these are of · 雷同年度数';

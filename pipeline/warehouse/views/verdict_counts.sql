-- How many verdicts of persons are about a report; reports that none is about have no row. Reads no facts, so that
-- views of figures stay quick: which verdicts are applied is told by `verdicts_applied`.
CREATE VIEW verdict_counts AS
SELECT r.report_id, r.district_code, r.year, count(*) AS verdicts
FROM verdicts AS v
JOIN reports AS r
    ON r.year = v.year
    AND v.district_code IN (r.district_code, r.district_code_current)
    AND v.publisher IN (r.publisher, r.publisher_name)
GROUP BY r.report_id, r.district_code, r.year;

COMMENT ON VIEW verdict_counts IS 'One row a report that verdicts of persons are about · 裁定数';
COMMENT ON COLUMN verdict_counts.verdicts IS 'Verdicts of persons about the report: verdicts_applied says what became of each, the views *_trusted have them applied · 裁定数';

-- How many verdicts a report has; reports without any have no row. Reads no facts, so that
-- views of figures stay quick: `verdicts_applied` says which verdicts are applied.
CREATE VIEW verdict_counts AS
SELECT r.report_id, r.district_code, r.year, count(*) AS verdicts
FROM verdicts AS v
JOIN yearly_reports AS r
    ON r.year = v.year
    AND v.district_code IN (r.district_code, r.district_code_current)
    AND v.publisher IN (r.publisher, r.publisher_name)
GROUP BY r.report_id, r.district_code, r.year;

COMMENT ON VIEW verdict_counts IS 'One row per report on which people gave verdicts · 裁定数';
COMMENT ON COLUMN verdict_counts.verdicts IS 'Number of verdicts that people gave on the report: verdicts_applied shows the effect of each, the views *_trusted apply them · 裁定数';

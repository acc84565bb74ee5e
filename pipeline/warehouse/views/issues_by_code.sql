-- What is amiss, by kind: how often, in how many reports, and one example of each.
CREATE VIEW issues_by_code AS
SELECT
    i.code,
    i.severity,
    i.year,
    count(*) AS issues,
    count(DISTINCT i.report_id) AS reports,
    arg_min(i.sentence, (i.report_id, i.issue_no)) AS example,
    arg_min(i.district_code, (i.report_id, i.issue_no)) AS example_district_code,
    arg_min(i.report_id, (i.report_id, i.issue_no)) AS example_report_id
FROM issues AS i
GROUP BY i.code, i.severity, i.year;

COMMENT ON VIEW issues_by_code IS 'One row per kind of issue and year of report: how many, in how many reports, with an example · 问题汇总';
COMMENT ON COLUMN issues_by_code.issues IS 'Issues of that kind · 问题数';
COMMENT ON COLUMN issues_by_code.reports IS 'Reports that have any · 涉及报告数';
COMMENT ON COLUMN issues_by_code.example IS 'The first of them, in a sentence · 示例';
COMMENT ON COLUMN issues_by_code.example_district_code IS 'District of the report of the example · 示例区划代码';
COMMENT ON COLUMN issues_by_code.example_report_id IS 'The report of the example · 示例报告编号';
COMMENT ON COLUMN issues_by_code.code IS 'Code of the flaw, from the catalogue · 问题代码';
COMMENT ON COLUMN issues_by_code.severity IS 'How serious it is (error, warning, info) · 严重程度';

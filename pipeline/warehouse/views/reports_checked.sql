-- Every report with what it has, what it lacks, when it was published and how far it can be trusted.
CREATE VIEW reports_checked AS
WITH of_sections AS (
    SELECT report_id, district_code, year, count(DISTINCT topic) FILTER (topic BETWEEN 1 AND 6) AS sections_found
    FROM sections
    GROUP BY report_id, district_code, year
),
of_tables AS (
    SELECT
        report_id,
        district_code,
        year,
        count(*) AS tables_found,
        sum(expected) AS lines_expected,
        sum(matched) AS lines_matched,
        sum(left_over)::BIGINT AS lines_left_over,
        bool_or(mixed) AS mixed
    FROM report_tables
    GROUP BY report_id, district_code, year
),
of_issues AS (
    SELECT
        report_id,
        district_code,
        year,
        count(*) FILTER (severity = 'error') AS error_count,
        count(*) FILTER (severity = 'warning') AS warning_count
    FROM issues
    GROUP BY report_id, district_code, year
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
    r.form,
    r.grade,
    r.grade_reasons,
    r.published_on,
    r.published_via,
    due_on(r.year, r.level) AS deadline,
    CASE WHEN r.published_via <> 'time' THEN r.published_on <= due_on(r.year, r.level) END AS on_time,
    coalesce(s.sections_found, 0) AS sections_found,
    coalesce(t.tables_found, 0) AS tables_found,
    t.lines_matched / nullif(t.lines_expected, 0) AS completeness,
    coalesce(t.lines_left_over, 0) AS lines_left_over,
    coalesce(t.mixed, false) AS mixed,
    coalesce(i.error_count, 0) AS error_count,
    coalesce(i.warning_count, 0) AS warning_count,
    r.all_zero,
    coalesce(vc.verdicts, 0) AS verdicts
FROM yearly_reports AS r
LEFT JOIN of_sections AS s USING (report_id, district_code, year)
LEFT JOIN of_tables AS t USING (report_id, district_code, year)
LEFT JOIN of_issues AS i USING (report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW reports_checked IS 'One row per report: sections and tables found, how complete they are, issues, day of publication against the deadline, grade · 报告检查';
COMMENT ON COLUMN reports_checked.deadline IS 'Last day for publication: 31 January of the next year for organs, 31 March for governments, and for all until the reports of 2018 · 公开期限';
COMMENT ON COLUMN reports_checked.on_time IS 'Whether it was published by then; empty where no day is stated, or only a bare time on the page · 是否按时公开';
COMMENT ON COLUMN reports_checked.sections_found IS 'How many of the six prescribed sections were found · 章节数';
COMMENT ON COLUMN reports_checked.tables_found IS 'How many tables were found · 表格数';
COMMENT ON COLUMN reports_checked.completeness IS 'Share of the rows and columns of its forms that were found; empty without tables · 完整度';
COMMENT ON COLUMN reports_checked.lines_left_over IS 'Printed rows and columns that its forms do not have · 多余行列数';
COMMENT ON COLUMN reports_checked.mixed IS 'True where a table prints rows or columns of another form · 是否混用表式';
COMMENT ON COLUMN reports_checked.error_count IS 'Issues that are errors · 错误数';
COMMENT ON COLUMN reports_checked.warning_count IS 'Issues that are warnings · 警告数';

-- What a version changed, cell by cell, beside the one before. A report that was away has nothing before it, and
-- one that goes away has nothing after it.
CREATE VIEW restatements AS
WITH steps AS (
    SELECT
        report_id,
        district_code,
        year,
        publisher,
        version AS version_before,
        CASE WHEN cause NOT IN ('removed', 'cleared') THEN version + 1 END AS version_after,
        valid_to AS changed_on,
        cause
    FROM report_versions
    WHERE cause IS NOT NULL
    UNION ALL
    SELECT n.report_id, n.district_code, n.year, n.publisher, NULL, n.version, n.valid_from,
        CASE gone.cause WHEN 'cleared' THEN 'cleared' ELSE 'returned' END
    FROM report_versions AS n
    JOIN report_versions AS gone ON gone.report_id = n.report_id AND gone.version = n.version - 1
    WHERE gone.cause IN ('removed', 'cleared')
),
before AS (
    SELECT s.*, d.table_no, d.row_code, d.col_code, d.form, d.value, d.value_kind, d.value_raw, d.unit
    FROM steps AS s
    JOIN facts_dated AS d ON d.report_id = s.report_id AND d.version = s.version_before
),
after AS (
    SELECT s.*, d.table_no, d.row_code, d.col_code, d.form, d.value, d.value_kind, d.value_raw, d.unit
    FROM steps AS s
    JOIN facts_dated AS d ON d.report_id = s.report_id AND d.version = s.version_after
)
SELECT
    coalesce(a.publisher, b.publisher) AS publisher,
    coalesce(a.district_code, b.district_code) AS district_code,
    coalesce(a.year, b.year) AS year,
    coalesce(a.report_id, b.report_id) AS report_id,
    coalesce(a.table_no, b.table_no) AS table_no,
    coalesce(a.row_code, b.row_code) AS row_code,
    coalesce(a.col_code, b.col_code) AS col_code,
    CASE WHEN b.report_id IS NULL THEN 'added' WHEN a.report_id IS NULL THEN 'removed' ELSE 'changed' END AS change,
    b.value AS value_before,
    a.value AS value_after,
    b.value_raw AS text_before,
    a.value_raw AS text_after,
    b.form AS form_before,
    a.form AS form_after,
    b.unit AS unit_before,
    a.unit AS unit_after,
    coalesce(a.version_before, b.version_before) AS version_before,
    coalesce(a.version_after, b.version_after) AS version_after,
    coalesce(a.changed_on, b.changed_on) AS changed_on,
    coalesce(a.cause, b.cause) AS cause
FROM before AS b
FULL JOIN after AS a
    ON a.report_id = b.report_id AND a.version_before = b.version_before
    AND a.table_no = b.table_no AND a.row_code = b.row_code AND a.col_code = b.col_code
WHERE (b.value, b.value_kind, b.value_raw, b.form, b.unit)
    IS DISTINCT FROM (a.value, a.value_kind, a.value_raw, a.form, a.unit);

COMMENT ON VIEW restatements IS 'One row per cell that a new version of a report changed, added or removed · 更正对照';
COMMENT ON COLUMN restatements.change IS 'Whether the cell was added, removed or changed · 变化';
COMMENT ON COLUMN restatements.value_before IS 'The figure before; NULL where it was no number or the cell was not there · 原数值';
COMMENT ON COLUMN restatements.value_after IS 'The figure after; NULL where it is no number or the cell is not there · 现数值';
COMMENT ON COLUMN restatements.text_before IS 'The cell as printed before; NULL where it was not there · 原文（前）';
COMMENT ON COLUMN restatements.text_after IS 'The cell as printed after; NULL where it is not there · 原文（后）';
COMMENT ON COLUMN restatements.form_before IS 'Form that gave the codes their meaning before · 原表式';
COMMENT ON COLUMN restatements.form_after IS 'Form that gives the codes their meaning after · 现表式';
COMMENT ON COLUMN restatements.unit_before IS 'Unit of the value before · 原单位';
COMMENT ON COLUMN restatements.unit_after IS 'Unit of the value after · 现单位';
COMMENT ON COLUMN restatements.version_before IS 'Version before; NULL for a report that came back · 原版本';
COMMENT ON COLUMN restatements.version_after IS 'Version after; NULL for a report that went away · 现版本';
COMMENT ON COLUMN restatements.changed_on IS 'The day (UTC) on which the change was loaded · 变更日期';
COMMENT ON COLUMN restatements.cause IS 'Why: another file (republished), the same file read differently (reparse), no file that gives the report (removed), the same for many reports at once without an act of the publisher, also when they return (cleared), or a file that gives it again (returned) · 变更原因';

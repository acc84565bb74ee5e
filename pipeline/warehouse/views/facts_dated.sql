-- All facts that were ever loaded, with the days from and to which they were the ones in `facts`.
CREATE VIEW facts_dated AS
SELECT
    h.*,
    v.publisher,
    v.valid_from,
    v.valid_to,
    v.cause
FROM facts_history AS h
JOIN report_versions AS v USING (report_id, version)
UNION ALL BY NAME
SELECT
    f.report_id,
    f.district_code,
    f.year,
    v.version,
    f.table_no,
    f.row_code,
    f.col_code,
    f.form,
    f.series,
    f.value,
    f.value_kind,
    f.value_raw,
    f.unit,
    f.additive,
    v.publisher,
    v.valid_from,
    v.valid_to,
    v.cause
FROM facts AS f
JOIN report_versions AS v USING (report_id)
WHERE v.valid_to IS NULL;

COMMENT ON VIEW facts_dated IS 'One row per reported value of a version of a report, current or ended, with the days of the version · 事实（含历史版本）';

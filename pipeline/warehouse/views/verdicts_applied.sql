-- Each line of data/raw/verdicts.csv with the report and cell that it meets, and whether it is applied.
CREATE VIEW verdicts_applied AS
WITH met AS (
    SELECT
        r.report_id,
        r.district_code,
        r.year,
        v.line_no,
        v.publisher,
        v.table_no,
        v.row_code,
        v.col_code,
        v.verdict,
        v.value,
        v.printed AS printed_then,
        f.value_raw AS printed_now,
        v.who,
        v.decided_on,
        v.why,
        f.report_id IS NOT NULL AS has_cell,
        regexp_replace(coalesce(v.printed, ''), '\s', '', 'g') = regexp_replace(coalesce(f.value_raw, ''), '\s', '', 'g') AS same_print,
        row_number() OVER (PARTITION BY r.report_id, v.table_no, v.row_code, v.col_code ORDER BY v.line_no DESC) AS turn
    FROM verdicts AS v
    LEFT JOIN yearly_reports AS r
        ON r.year = v.year
        AND v.district_code IN (r.district_code, r.district_code_current)
        AND v.publisher IN (r.publisher, r.publisher_name)
    LEFT JOIN facts AS f
        ON f.report_id = r.report_id
        AND f.district_code = r.district_code
        AND f.year = r.year
        AND f.table_no = v.table_no
        AND f.row_code = v.row_code
        AND f.col_code = v.col_code
)
SELECT
    report_id,
    district_code,
    year,
    publisher,
    table_no,
    row_code,
    col_code,
    verdict,
    value,
    printed_then,
    printed_now,
    CASE
        WHEN report_id IS NULL THEN 'no such report'
        WHEN turn > 1 THEN 'overruled'
        WHEN table_no IS NOT NULL AND NOT has_cell THEN 'no such cell'
        WHEN table_no IS NOT NULL AND NOT same_print THEN 'out of date'
        ELSE 'applied'
    END AS status,
    who,
    decided_on,
    why,
    line_no
FROM met;

COMMENT ON VIEW verdicts_applied IS 'One row per verdict and report that it is about, with its status: applied, out of date because the report now prints something else, overruled by a later line, or about a report or cell that does not exist · 人工裁定（适用情况）';
COMMENT ON COLUMN verdicts_applied.publisher IS 'Publisher as the verdict names it · 裁定所称发布机关';
COMMENT ON COLUMN verdicts_applied.printed_then IS 'The cell as it was printed when it was judged · 裁定时原文';
COMMENT ON COLUMN verdicts_applied.printed_now IS 'The cell as the report prints it now · 现原文';
COMMENT ON COLUMN verdicts_applied.value IS 'The correct value, where the verdict is misread · 裁定值';
COMMENT ON COLUMN verdicts_applied.verdict IS 'confirmed as printed, misread, or ignore · 裁定';
COMMENT ON COLUMN verdicts_applied.status IS 'applied, out of date, overruled, no such report, no such cell · 适用情况';
COMMENT ON COLUMN verdicts_applied.who IS 'Who decided · 裁定人';
COMMENT ON COLUMN verdicts_applied.decided_on IS 'When, as YYYY-MM-DD · 裁定日期';
COMMENT ON COLUMN verdicts_applied.why IS 'Why · 理由';
COMMENT ON COLUMN verdicts_applied.line_no IS 'Line of the file · 行号';

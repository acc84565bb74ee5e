-- Every fact with the words of its row and column, and the way back to the ink: file, page or line, cell, text as printed.
CREATE VIEW facts_labelled AS
WITH row_labels AS (
    SELECT form, table_no, row_code, min(row_label) AS row_label
    FROM cells
    GROUP BY form, table_no, row_code
),
col_labels AS (
    SELECT form, table_no, col_code, min(col_label) AS col_label
    FROM cells
    GROUP BY form, table_no, col_code
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
    f.table_no,
    f.row_code,
    f.col_code,
    -- A row or column that the form does not have is known by its label as printed.
    CASE WHEN starts_with(f.row_code, '?') THEN f.label_raw ELSE rl.row_label END AS row_label,
    CASE WHEN starts_with(f.col_code, '?') THEN f.label_raw ELSE coalesce(c.col_label, cl.col_label) END AS col_label,
    f.value,
    f.value_kind,
    f.value_raw,
    f.unit,
    f.additive,
    f.series,
    f.form,
    c.cell_no,
    r.file_path,
    f.page,
    f.line,
    f.grid,
    f."row",
    f."col",
    f.trust,
    v.verdict,
    v.value AS verdict_value,
    v.who AS verdict_by
FROM reports AS r
JOIN facts AS f USING (report_id, district_code, year)
LEFT JOIN cells AS c
    ON c.form = f.form AND c.table_no = f.table_no AND c.row_code = f.row_code AND c.col_code = f.col_code
LEFT JOIN row_labels AS rl ON rl.form = f.form AND rl.table_no = f.table_no AND rl.row_code = f.row_code
LEFT JOIN col_labels AS cl ON cl.form = f.form AND cl.table_no = f.table_no AND cl.col_code = f.col_code
LEFT JOIN verdicts_applied AS v
    ON v.report_id = f.report_id
    AND v.district_code = f.district_code
    AND v.year = f.year
    AND v.table_no = f.table_no
    AND v.row_code = f.row_code
    AND v.col_code = f.col_code
    AND v.status = 'applied';

COMMENT ON VIEW facts_labelled IS 'One row per reported value with the labels of its row and column, its publisher, and the file, place and text that it was read from; rows that are not additive are printed totals · 事实（含标签与出处）';
COMMENT ON COLUMN facts_labelled.row_label IS 'Label path of the row, parents first; as printed for a row that the form does not have (code ?…) · 行标签';
COMMENT ON COLUMN facts_labelled.col_label IS 'Label path of the column, parents first; as printed for a column that the form does not have (code ?…) · 列标签';
COMMENT ON COLUMN facts_labelled.form IS 'Form that gives the codes their meaning · 表式';
COMMENT ON COLUMN facts_labelled.verdict IS 'What a person decided on this cell: confirmed, misread, ignore; empty without a verdict · 裁定';
COMMENT ON COLUMN facts_labelled.verdict_value IS 'The correct value, where the verdict is misread · 裁定值';
COMMENT ON COLUMN facts_labelled.verdict_by IS 'Who decided · 裁定人';

-- Every fact with the words of its row and column, and the way back to the ink: file, page or line, cell, text as printed.
CREATE VIEW facts_labelled AS
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
    c.row_label,
    c.col_label,
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
    f."col"
FROM reports AS r
JOIN facts AS f USING (report_id, district_code, year)
LEFT JOIN cells AS c
    ON c.form = f.form AND c.table_no = f.table_no AND c.row_code = f.row_code AND c.col_code = f.col_code;

COMMENT ON VIEW facts_labelled IS 'One row a reported value with the labels of its row and column, its publisher, and the file, place and text that it was read from; rows that are not additive are printed totals · 事实（含标签与出处）';
COMMENT ON COLUMN facts_labelled.form IS 'Form that gives the codes their meaning · 表式';

-- Every series that a report's cells make up, long: printed cells one by one, and sums of several cells, marked as derived.
CREATE VIEW series_by_report AS
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
    f.series,
    s.label AS series_label,
    f.segment,
    f.breakdown,
    f.form,
    f.unit,
    f.derived,
    f.cells,
    f.cells_with_number,
    f.cells_blank,
    f.value,
    f.value_blank_as_zero,
    coalesce(vc.verdicts, 0) AS verdicts
FROM yearly_reports AS r
JOIN series_figures AS f USING (publisher_id, report_id, district_code, year)
JOIN series AS s USING (series)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year)
WHERE f."of" = 'now';

COMMENT ON VIEW series_by_report IS 'One row per report, series, breakdown and form: a figure with a meaning that forms share. Printed figures and sums of several cells (derived) are never in one row; figures of two segments are not comparable; rows of a breakdown other than total are parts of the total and must not be added to it · 指标序列（逐份报告）';
COMMENT ON COLUMN series_by_report.series IS 'Code of the series · 序列代码';
COMMENT ON COLUMN series_by_report.segment IS 'Consecutive forms without a break, across which the series may be joined: series@first form · 可比区段';
COMMENT ON COLUMN series_by_report.breakdown IS 'Kind of applicant (column of table 3): natural, business, research, welfare, legal, other, and total as printed; total for what is not split · 分组';
COMMENT ON COLUMN series_by_report.form IS 'Form that gives the cells their meaning · 表式';
COMMENT ON COLUMN series_by_report.unit IS 'Unit of the figure; money is in 万元 whatever unit is printed · 单位';
COMMENT ON COLUMN series_by_report.derived IS 'True where several cells are added up, which no report prints · 是否推算';
COMMENT ON COLUMN series_by_report.series_label IS 'Name of the series in Chinese · 序列名称';
COMMENT ON COLUMN series_by_report.cells IS 'How many cells of the form make up the figure · 单元格数';
COMMENT ON COLUMN series_by_report.cells_with_number IS 'Cells of the figure that print a number · 印有数字的单元格数';
COMMENT ON COLUMN series_by_report.cells_blank IS 'Cells of the figure that are blank; the rest print a mark or a word, or are not there · 空白单元格数';
COMMENT ON COLUMN series_by_report.value IS 'The figure; NULL unless every one of its cells prints a number, and for money without a printed unit · 数值';
COMMENT ON COLUMN series_by_report.value_blank_as_zero IS 'The figure with blank cells counted as 0; NULL unless at least one cell prints a number and every other is blank: a slash, a dash, a word or a missing cell is never taken for 0 · 数值（空白按零计）';

-- What the text states beside what the tables print, with the clause that states it.
CREATE VIEW comparisons_labelled AS
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
    c.comparison_no,
    c.rule,
    c.metric,
    m.label AS metric_label,
    c.stated_value,
    c.table_value,
    c.state,
    c.cause,
    c.severity,
    c.cells_used,
    c.statement_no,
    s.phrase,
    s.section_no,
    s.char_offset,
    r.file_path,
    coalesce(vc.verdicts, 0) AS verdicts
FROM reports AS r
JOIN comparisons AS c USING (report_id, district_code, year)
LEFT JOIN metrics AS m USING (metric)
LEFT JOIN statements AS s
    ON s.report_id = c.report_id
    AND s.district_code = c.district_code
    AND s.year = c.year
    AND s.statement_no = c.statement_no
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW comparisons_labelled IS 'One row per claim of the text compared with a table or other text, with the clause as printed; a difference may have a legitimate cause and is no proof of an error · 文表对照（含原文）';
COMMENT ON COLUMN comparisons_labelled.comparison_no IS 'Number of the comparison within the report, from 1 · 对照序号';
COMMENT ON COLUMN comparisons_labelled.rule IS 'The rule, R20 to R24 and R33 · 规则';
COMMENT ON COLUMN comparisons_labelled.metric IS 'Code of the metric · 指标代码';
COMMENT ON COLUMN comparisons_labelled.metric_label IS 'Name of the metric in Chinese · 指标名称';
COMMENT ON COLUMN comparisons_labelled.stated_value IS 'What the text states; a zero in words is 0, 万 is multiplied out · 文字数值';
COMMENT ON COLUMN comparisons_labelled.table_value IS 'What the table prints, or its cells add up to · 表格数值';
COMMENT ON COLUMN comparisons_labelled.state IS 'Whether they agree; uncertain where a figure is missing (agree, differ, uncertain) · 结果';
COMMENT ON COLUMN comparisons_labelled.cause IS 'The legitimate cause under which they agree or may differ · 缘由';
COMMENT ON COLUMN comparisons_labelled.severity IS 'How serious a difference is (error, warning, info) · 严重程度';
COMMENT ON COLUMN comparisons_labelled.cells_used IS 'The cells, each table:row:column · 所用单元格';
COMMENT ON COLUMN comparisons_labelled.statement_no IS 'Number of the statement within the report, from 1 · 陈述序号';
COMMENT ON COLUMN comparisons_labelled.phrase IS 'The clause as printed · 原文';
COMMENT ON COLUMN comparisons_labelled.section_no IS 'Section in which it stands · 章节序号';
COMMENT ON COLUMN comparisons_labelled.char_offset IS 'Where the figure begins in the text of the section, in characters from 0 · 位置';

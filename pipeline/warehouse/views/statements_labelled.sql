-- What the text states in figures, with the name of the metric, the section and the publisher.
CREATE VIEW statements_labelled AS
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
    s.statement_no,
    s.metric,
    m.label AS metric_label,
    m.meaning AS metric_meaning,
    s.value AS stated_value,
    s.unit AS stated_unit,
    s.approximate,
    s.in_words,
    s.cumulative,
    s.stated_year,
    s.scope AS stated_scope,
    s.basis,
    s.phrase,
    s.section_no,
    x.heading,
    s.char_offset,
    r.file_path
FROM reports AS r
JOIN statements AS s USING (report_id, district_code, year)
LEFT JOIN metrics AS m USING (metric)
LEFT JOIN sections AS x
    ON x.report_id = s.report_id
    AND x.district_code = s.district_code
    AND x.year = s.year
    AND x.section_no = s.section_no;

COMMENT ON VIEW statements_labelled IS 'One row per counted claim of the text, as stated, with the meaning of its metric, its publisher, and the clause and place that it was read from; approximate and cumulative claims are marked and must not be added to others · 文字陈述（含指标名称）';
COMMENT ON COLUMN statements_labelled.statement_no IS 'Number of the statement within the report, from 1 · 陈述序号';
COMMENT ON COLUMN statements_labelled.metric IS 'Code of the metric · 指标代码';
COMMENT ON COLUMN statements_labelled.metric_label IS 'Name of the metric in Chinese · 指标名称';
COMMENT ON COLUMN statements_labelled.metric_meaning IS 'What the metric counts · 指标含义';
COMMENT ON COLUMN statements_labelled.stated_value IS 'What the text states; a zero in words is 0, 万 is multiplied out · 文字数值';
COMMENT ON COLUMN statements_labelled.stated_unit IS 'Unit as stated · 陈述单位';
COMMENT ON COLUMN statements_labelled.approximate IS 'True for 余, 多, 约, 近 and the like · 是否约数';
COMMENT ON COLUMN statements_labelled.in_words IS 'True where the figure is words (未收到, 三十) and not digits · 是否文字';
COMMENT ON COLUMN statements_labelled.cumulative IS 'True where it counts since an earlier year · 是否累计';
COMMENT ON COLUMN statements_labelled.stated_year IS 'Year that the sentence is about; empty where it names none · 陈述年度';
COMMENT ON COLUMN statements_labelled.stated_scope IS 'Whose figures, where the sentence says so (own_organ, aggregate) · 陈述范围';
COMMENT ON COLUMN statements_labelled.basis IS 'For requests: new, or handled with those carried in · 口径';
COMMENT ON COLUMN statements_labelled.phrase IS 'The clause as printed · 原文';
COMMENT ON COLUMN statements_labelled.section_no IS 'Section in which it stands · 章节序号';
COMMENT ON COLUMN statements_labelled.heading IS 'Heading of the section as printed · 章节标题';
COMMENT ON COLUMN statements_labelled.char_offset IS 'Where the figure begins in the text of the section, in characters from 0 · 位置';

-- Table 2: one row a report. A further form adds its cells at the end of each list.
CREATE VIEW proactive AS
WITH printed AS (
    SELECT
        report_id,
        district_code,
        year,
        row_code,
        col_code,
        CASE WHEN value_kind = 'number' THEN value::DOUBLE END AS figure,
        -- The form asks for 万元; a cell that prints another unit is turned into it, one without any is not guessed at.
        CASE unit WHEN '万元' THEN figure WHEN '元' THEN figure / 10000 WHEN '亿元' THEN figure * 10000 END AS amount
    FROM facts
    WHERE table_no = 2
),
figures AS (
    SELECT
        report_id,
        district_code,
        year,
        max(figure) FILTER (row_code = '1.rule' AND col_code = 'made') AS rules_made,
        max(figure) FILTER (row_code = '1.rule' AND col_code = 'repealed') AS rules_repealed,
        max(figure) FILTER (row_code = '1.rule' AND col_code = 'valid') AS rules_in_force,
        max(figure) FILTER (row_code = '1.doc' AND col_code = 'made') AS normative_documents_made,
        max(figure) FILTER (row_code = '1.doc' AND col_code = 'repealed') AS normative_documents_repealed,
        max(figure) FILTER (row_code = '1.doc' AND col_code = 'valid') AS normative_documents_in_force,
        max(figure) FILTER (row_code = '5.permit' AND col_code = 'count') AS permits_decided,
        max(figure) FILTER (row_code = '6.penalty' AND col_code = 'count') AS penalties_decided,
        max(figure) FILTER (row_code = '6.coercion' AND col_code = 'count') AS coercive_measures_decided,
        max(amount) FILTER (row_code = '8.fee' AND col_code = 'amount') AS fees_collected_10k_yuan
    FROM printed
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
    f.rules_made,
    f.rules_repealed,
    f.rules_in_force,
    f.normative_documents_made,
    f.normative_documents_repealed,
    f.normative_documents_in_force,
    f.permits_decided,
    f.penalties_decided,
    f.coercive_measures_decided,
    f.fees_collected_10k_yuan
FROM reports AS r
JOIN figures AS f USING (report_id, district_code, year);

COMMENT ON VIEW proactive IS 'What was disclosed unasked, one row a report that has table 2, as printed; NULL where no number is printed · 主动公开政府信息情况';
COMMENT ON COLUMN proactive.rules_made IS 'Rules made and issued in the year (件) · 规章本年制发件数';
COMMENT ON COLUMN proactive.rules_repealed IS 'Rules repealed in the year (件) · 规章本年废止件数';
COMMENT ON COLUMN proactive.rules_in_force IS 'Rules in force (件) · 规章现行有效件数';
COMMENT ON COLUMN proactive.normative_documents_made IS 'Administrative normative documents made and issued in the year (件) · 行政规范性文件本年制发件数';
COMMENT ON COLUMN proactive.normative_documents_repealed IS 'Administrative normative documents repealed in the year (件) · 行政规范性文件本年废止件数';
COMMENT ON COLUMN proactive.normative_documents_in_force IS 'Administrative normative documents in force (件) · 行政规范性文件现行有效件数';
COMMENT ON COLUMN proactive.permits_decided IS 'Administrative permits, decisions in the year (件) · 行政许可本年处理决定数量';
COMMENT ON COLUMN proactive.penalties_decided IS 'Administrative penalties, decisions in the year (件) · 行政处罚本年处理决定数量';
COMMENT ON COLUMN proactive.coercive_measures_decided IS 'Administrative coercive measures, decisions in the year (件) · 行政强制本年处理决定数量';
COMMENT ON COLUMN proactive.fees_collected_10k_yuan IS 'Administrative fees collected in the year, in 10,000 yuan; a cell that prints 元 or 亿元 is turned into 万元 · 行政事业性收费本年收费金额';

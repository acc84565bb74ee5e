-- Table 2: one row per report. A further form adds its cells at the end of each list. The forms of 2019 and 2021 share
-- four columns (made, decided); what only one of them prints is NULL in reports on the other.
CREATE VIEW proactive AS
WITH printed AS (
    SELECT
        report_id,
        district_code,
        year,
        form,
        row_code,
        col_code,
        CASE WHEN value_kind = 'number' THEN whole(in_ones(value::DECIMAL(28, 6), unit)) END AS figure,
        -- The form asks for 万元; a cell that prints another unit is turned into it, one without any is not guessed at.
        CASE WHEN value_kind = 'number' THEN TRY_CAST(in_10k_yuan(value::DOUBLE, unit) AS DECIMAL(18, 6)) END AS amount
    FROM facts
    SEMI JOIN cells USING (form, table_no, row_code, col_code)
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
        max(amount) FILTER (row_code = '8.fee' AND col_code = 'amount') AS fees_collected_10k_yuan,
        max(figure) FILTER (row_code = '1.rule' AND col_code = 'public') AS rules_disclosed,
        max(figure) FILTER (row_code = '1.rule' AND col_code = 'total_public') AS rules_disclosed_to_date,
        max(figure) FILTER (row_code = '1.doc' AND col_code = 'public') AS normative_documents_disclosed,
        max(figure) FILTER (row_code = '1.doc' AND col_code = 'total_public') AS normative_documents_disclosed_to_date,
        max(figure) FILTER (row_code = '5.permit' AND col_code = 'prev') AS permit_items_before,
        max(figure) FILTER (row_code = '5.permit' AND col_code = 'delta') AS permit_items_change,
        max(figure) FILTER (row_code = '5.other' AND col_code = 'prev') AS other_services_items_before,
        max(figure) FILTER (row_code = '5.other' AND col_code = 'delta') AS other_services_items_change,
        max(figure) FILTER (row_code = '5.other' AND col_code = 'count') AS other_services_decided,
        max(figure) FILTER (row_code = '6.penalty' AND col_code = 'prev') AS penalty_items_before,
        max(figure) FILTER (row_code = '6.penalty' AND col_code = 'delta') AS penalty_items_change,
        max(figure) FILTER (row_code = '6.coercion' AND col_code = 'prev') AS coercive_measure_items_before,
        max(figure) FILTER (row_code = '6.coercion' AND col_code = 'delta') AS coercive_measure_items_change,
        max(figure) FILTER (row_code = '8.fee' AND col_code = 'prev') AS fee_items_before,
        max(figure) FILTER (row_code = '8.fee' AND col_code = 'delta') AS fee_items_change,
        max(figure) FILTER (row_code = '9.procurement' AND col_code = 'projects') AS procurement_projects,
        max(amount) FILTER (row_code = '9.procurement' AND col_code = 'amount') AS procurement_10k_yuan,
        CASE WHEN min(form) = max(form) THEN min(form) ELSE min(form) || '+' || max(form) END AS form
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
    f.fees_collected_10k_yuan,
    f.rules_disclosed,
    f.rules_disclosed_to_date,
    f.normative_documents_disclosed,
    f.normative_documents_disclosed_to_date,
    f.permit_items_before,
    f.permit_items_change,
    f.other_services_items_before,
    f.other_services_items_change,
    f.other_services_decided,
    f.penalty_items_before,
    f.penalty_items_change,
    f.coercive_measure_items_before,
    f.coercive_measure_items_change,
    f.fee_items_before,
    f.fee_items_change,
    f.procurement_projects,
    f.procurement_10k_yuan,
    f.form,
    coalesce(vc.verdicts, 0) AS verdicts
FROM reports AS r
JOIN figures AS f USING (report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW proactive IS 'Proactive disclosure, one row per report that has table 2, as printed; NULL where no number is printed and for what the form does not have · 主动公开政府信息情况';
COMMENT ON COLUMN proactive.rules_made IS 'Rules made and issued in the year (件); in the form of 2019: 本年新制作数量, which is comparable · 规章本年制发件数';
COMMENT ON COLUMN proactive.rules_repealed IS 'Rules repealed in the year (件) · 规章本年废止件数';
COMMENT ON COLUMN proactive.rules_in_force IS 'Rules in force (件) · 规章现行有效件数';
COMMENT ON COLUMN proactive.normative_documents_made IS 'Administrative normative documents made and issued in the year (件); in the form of 2019: 本年新制作数量, which is comparable · 行政规范性文件本年制发件数';
COMMENT ON COLUMN proactive.normative_documents_repealed IS 'Administrative normative documents repealed in the year (件) · 行政规范性文件本年废止件数';
COMMENT ON COLUMN proactive.normative_documents_in_force IS 'Administrative normative documents in force (件) · 行政规范性文件现行有效件数';
COMMENT ON COLUMN proactive.permits_decided IS 'Administrative permits, decisions in the year (件) · 行政许可本年处理决定数量';
COMMENT ON COLUMN proactive.penalties_decided IS 'Administrative penalties, decisions in the year (件) · 行政处罚本年处理决定数量';
COMMENT ON COLUMN proactive.coercive_measures_decided IS 'Administrative coercive measures, decisions in the year (件) · 行政强制本年处理决定数量';
COMMENT ON COLUMN proactive.fees_collected_10k_yuan IS 'Administrative fees collected in the year, in 10,000 yuan; a figure in another unit of money is turned into 万元 · 行政事业性收费本年收费金额';
COMMENT ON COLUMN proactive.rules_disclosed IS 'Rules newly disclosed in the year, form of 2019 (件) · 规章本年新公开数量';
COMMENT ON COLUMN proactive.rules_disclosed_to_date IS 'Rules disclosed to date, form of 2019 (件); another thing than in force · 规章对外公开总数量';
COMMENT ON COLUMN proactive.normative_documents_disclosed IS 'Normative documents newly disclosed in the year, form of 2019 (件) · 规范性文件本年新公开数量';
COMMENT ON COLUMN proactive.normative_documents_disclosed_to_date IS 'Normative documents disclosed to date, form of 2019 (件); another thing than in force · 规范性文件对外公开总数量';
COMMENT ON COLUMN proactive.permit_items_before IS 'Administrative permits, items of the year before, form of 2019 (项) · 行政许可上一年项目数量';
COMMENT ON COLUMN proactive.permit_items_change IS 'Administrative permits, change of items in the year, form of 2019 (项); may be below zero · 行政许可本年增/减';
COMMENT ON COLUMN proactive.other_services_items_before IS 'Other services, items of the year before, form of 2019 (项) · 其他对外管理服务事项上一年项目数量';
COMMENT ON COLUMN proactive.other_services_items_change IS 'Other services, change of items in the year, form of 2019 (项); may be below zero · 其他对外管理服务事项本年增/减';
COMMENT ON COLUMN proactive.other_services_decided IS 'Other services, decisions in the year, form of 2019 (件) · 其他对外管理服务事项处理决定数量';
COMMENT ON COLUMN proactive.penalty_items_before IS 'Administrative penalties, items of the year before, form of 2019 (项) · 行政处罚上一年项目数量';
COMMENT ON COLUMN proactive.penalty_items_change IS 'Administrative penalties, change of items in the year, form of 2019 (项); may be below zero · 行政处罚本年增/减';
COMMENT ON COLUMN proactive.coercive_measure_items_before IS 'Administrative coercive measures, items of the year before, form of 2019 (项) · 行政强制上一年项目数量';
COMMENT ON COLUMN proactive.coercive_measure_items_change IS 'Administrative coercive measures, change of items in the year, form of 2019 (项); may be below zero · 行政强制本年增/减';
COMMENT ON COLUMN proactive.fee_items_before IS 'Administrative fees, number of fee items of the year before, form of 2019 (项); no amount of money · 行政事业性收费上一年项目数量';
COMMENT ON COLUMN proactive.fee_items_change IS 'Administrative fees, change of fee items in the year, form of 2019 (项); may be below zero · 行政事业性收费本年增/减';
COMMENT ON COLUMN proactive.procurement_projects IS 'Government procurement, projects, form of 2019 (项) · 政府集中采购项目数量';
COMMENT ON COLUMN proactive.procurement_10k_yuan IS 'Government procurement, amount in 10,000 yuan, form of 2019; NULL where the cell prints no unit, since the form gives none · 政府集中采购总金额';
COMMENT ON COLUMN proactive.form IS 'Form that the table follows; two joined by + where it mixes them · 表式';

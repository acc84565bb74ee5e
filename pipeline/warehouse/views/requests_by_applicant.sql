-- Table 3, every column as printed: one row per report and kind of applicant. A further form adds its rows at the end of each list.
-- Rows and columns that a report adds to its form are not here; `facts_labelled` has them.
CREATE VIEW requests_by_applicant AS
WITH printed AS (
    SELECT
        report_id,
        district_code,
        year,
        row_code,
        col_code,
        CASE WHEN value_kind = 'number' THEN whole(in_ones(value::DECIMAL(28, 6), unit)) END AS figure
    FROM facts
    SEMI JOIN cells USING (form, table_no, row_code, col_code)
    WHERE table_no = 3
),
figures AS (
    SELECT
        report_id,
        district_code,
        year,
        col_code,
        max(figure) FILTER (row_code = '1') AS new_requests,
        max(figure) FILTER (row_code = '2') AS carried_in,
        max(figure) FILTER (row_code = '3.1') AS granted,
        max(figure) FILTER (row_code = '3.2') AS partly_granted,
        max(figure) FILTER (row_code = '3.3.1') AS denied_state_secret,
        max(figure) FILTER (row_code = '3.3.2') AS denied_law_prohibited,
        max(figure) FILTER (row_code = '3.3.3') AS denied_security_stability,
        max(figure) FILTER (row_code = '3.3.4') AS denied_third_party,
        max(figure) FILTER (row_code = '3.3.5') AS denied_internal_affairs,
        max(figure) FILTER (row_code = '3.3.6') AS denied_process_info,
        max(figure) FILTER (row_code = '3.3.7') AS denied_enforcement_file,
        max(figure) FILTER (row_code = '3.3.8') AS denied_admin_query,
        max(figure) FILTER (row_code = '3.4.1') AS unable_not_held,
        max(figure) FILTER (row_code = '3.4.2') AS unable_needs_creation,
        max(figure) FILTER (row_code = '3.4.3') AS unable_unclear,
        max(figure) FILTER (row_code = '3.5.1') AS not_processed_petition,
        max(figure) FILTER (row_code = '3.5.2') AS not_processed_duplicate,
        max(figure) FILTER (row_code = '3.5.3') AS not_processed_publication,
        max(figure) FILTER (row_code = '3.5.4') AS not_processed_excessive,
        max(figure) FILTER (row_code = '3.5.5') AS not_processed_reconfirm,
        max(figure) FILTER (row_code = '3.6.1') AS other_no_correction,
        max(figure) FILTER (row_code = '3.6.2') AS other_fee_unpaid,
        max(figure) FILTER (row_code = '3.6.3') AS other_misc,
        max(figure) FILTER (row_code = '3.6') AS other_undivided,
        max(figure) FILTER (row_code = '3.7') AS total_handled,
        max(figure) FILTER (row_code = '4') AS carried_out
    FROM printed
    GROUP BY report_id, district_code, year, col_code
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
    CASE f.col_code
        WHEN 'natural' THEN 'natural_person'
        WHEN 'business' THEN 'business'
        WHEN 'research' THEN 'research_institute'
        WHEN 'welfare' THEN 'public_welfare_organisation'
        WHEN 'legal' THEN 'legal_service'
        ELSE f.col_code
    END AS applicant,
    f.new_requests,
    f.carried_in,
    f.granted,
    f.partly_granted,
    f.denied_state_secret,
    f.denied_law_prohibited,
    f.denied_security_stability,
    f.denied_third_party,
    f.denied_internal_affairs,
    f.denied_process_info,
    f.denied_enforcement_file,
    f.denied_admin_query,
    f.unable_not_held,
    f.unable_needs_creation,
    f.unable_unclear,
    f.not_processed_petition,
    f.not_processed_duplicate,
    f.not_processed_publication,
    f.not_processed_excessive,
    f.not_processed_reconfirm,
    f.other_no_correction,
    f.other_fee_unpaid,
    f.other_misc,
    f.other_undivided,
    f.total_handled,
    f.carried_out,
    coalesce(vc.verdicts, 0) AS verdicts
FROM reports AS r
JOIN figures AS f USING (report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW requests_by_applicant IS 'Requests for information, one row per report and kind of applicant, as printed; rows with applicant = total are printed totals and must not be added to the others; NULL where no number is printed · 收到和处理政府信息公开申请情况（按申请人）';
COMMENT ON COLUMN requests_by_applicant.applicant IS 'Kind of applicant: natural_person 自然人, business 商业企业, research_institute 科研机构, public_welfare_organisation 社会公益组织, legal_service 法律服务机构, other 其他, total 总计 · 申请人情况';
COMMENT ON COLUMN requests_by_applicant.new_requests IS 'Requests newly received in the year (件) · 一、本年新收政府信息公开申请数量';
COMMENT ON COLUMN requests_by_applicant.carried_in IS 'Requests carried over from the year before (件) · 二、上年结转政府信息公开申请数量';
COMMENT ON COLUMN requests_by_applicant.granted IS 'Granted (件) · （一）予以公开';
COMMENT ON COLUMN requests_by_applicant.partly_granted IS 'Granted in part, which counts under this outcome only (件) · （二）部分公开（区分处理的，只计这一情形，不计其他情形）';
COMMENT ON COLUMN requests_by_applicant.denied_state_secret IS 'Denied: state secret (件) · （三）不予公开1.属于国家秘密';
COMMENT ON COLUMN requests_by_applicant.denied_law_prohibited IS 'Denied: another law or regulation forbids disclosure (件) · （三）不予公开2.其他法律行政法规禁止公开';
COMMENT ON COLUMN requests_by_applicant.denied_security_stability IS 'Denied: endangers national, public or economic security or social stability (件) · （三）不予公开3.危及“三安全一稳定”';
COMMENT ON COLUMN requests_by_applicant.denied_third_party IS 'Denied: protects the lawful rights of a third party (件) · （三）不予公开4.保护第三方合法权益';
COMMENT ON COLUMN requests_by_applicant.denied_internal_affairs IS 'Denied: internal affairs (three kinds) (件) · （三）不予公开5.属于三类内部事务信息';
COMMENT ON COLUMN requests_by_applicant.denied_process_info IS 'Denied: information of a process under way (four kinds) (件) · （三）不予公开6.属于四类过程性信息';
COMMENT ON COLUMN requests_by_applicant.denied_enforcement_file IS 'Denied: file of an enforcement case (件) · （三）不予公开7.属于行政执法案卷';
COMMENT ON COLUMN requests_by_applicant.denied_admin_query IS 'Denied: administrative inquiry (件) · （三）不予公开8.属于行政查询事项';
COMMENT ON COLUMN requests_by_applicant.unable_not_held IS 'Unable to provide: the organ does not hold it (件) · （四）无法提供1.本机关不掌握相关政府信息';
COMMENT ON COLUMN requests_by_applicant.unable_needs_creation IS 'Unable to provide: would first have to be made (件) · （四）无法提供2.没有现成信息需要另行制作';
COMMENT ON COLUMN requests_by_applicant.unable_unclear IS 'Unable to provide: still unclear after correction (件) · （四）无法提供3.补正后申请内容仍不明确';
COMMENT ON COLUMN requests_by_applicant.not_processed_petition IS 'Not processed: petition, report of wrongdoing or complaint (件) · （五）不予处理1.信访举报投诉类申请';
COMMENT ON COLUMN requests_by_applicant.not_processed_duplicate IS 'Not processed: repeated request (件) · （五）不予处理2.重复申请';
COMMENT ON COLUMN requests_by_applicant.not_processed_publication IS 'Not processed: asks for an open publication (件) · （五）不予处理3.要求提供公开出版物';
COMMENT ON COLUMN requests_by_applicant.not_processed_excessive IS 'Not processed: many repeated requests without good reason (件) · （五）不予处理4.无正当理由大量反复申请';
COMMENT ON COLUMN requests_by_applicant.not_processed_reconfirm IS 'Not processed: asks to confirm or reissue what was obtained already (件) · （五）不予处理5.要求行政机关确认或重新出具已获取信息';
COMMENT ON COLUMN requests_by_applicant.other_no_correction IS 'Otherwise: applicant did not correct the request in time (件) · （六）其他处理1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请';
COMMENT ON COLUMN requests_by_applicant.other_fee_unpaid IS 'Otherwise: applicant did not pay the fee in time (件) · （六）其他处理2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请';
COMMENT ON COLUMN requests_by_applicant.other_misc IS 'Otherwise: anything else (件) · （六）其他处理3.其他';
COMMENT ON COLUMN requests_by_applicant.other_undivided IS 'Otherwise, undivided: the form of 2019 prints one row for it, the form of 2021 the three rows before (件) · （六）其他处理';
COMMENT ON COLUMN requests_by_applicant.total_handled IS 'Handled in the year: the total of all outcomes as printed (件) · （七）总计';
COMMENT ON COLUMN requests_by_applicant.carried_out IS 'Carried over to the next year (件) · 四、结转下年度继续办理';

-- Table 3, every column as printed: one row a report and kind of applicant. The comments of the figures are those of `requests`.
CREATE VIEW requests_by_applicant AS
WITH printed AS (
    SELECT
        report_id,
        district_code,
        year,
        row_code,
        col_code,
        CASE WHEN value_kind = 'number' THEN value::DOUBLE END AS figure
    FROM facts
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
    f.carried_out
FROM reports AS r
JOIN figures AS f USING (report_id, district_code, year);

COMMENT ON VIEW requests_by_applicant IS 'Requests for information, one row a report and kind of applicant, as printed; rows with applicant = total are printed totals and must not be added to the others; NULL where no number is printed · 收到和处理政府信息公开申请情况（按申请人）';
COMMENT ON COLUMN requests_by_applicant.applicant IS 'Kind of applicant: natural_person 自然人, business 商业企业, research_institute 科研机构, public_welfare_organisation 社会公益组织, legal_service 法律服务机构, other 其他, total 总计 · 申请人情况';

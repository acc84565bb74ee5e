-- Table 3, the column 总计 as printed: one row per report. The comments of the figures are those of `requests_by_applicant`.
CREATE VIEW requests AS
SELECT
    publisher,
    level,
    district_name,
    prefecture_name,
    province_name,
    year,
    scope,
    title,
    district_code,
    report_id,
    new_requests,
    carried_in,
    granted,
    partly_granted,
    denied_state_secret,
    denied_law_prohibited,
    denied_security_stability,
    denied_third_party,
    denied_internal_affairs,
    denied_process_info,
    denied_enforcement_file,
    denied_admin_query,
    unable_not_held,
    unable_needs_creation,
    unable_unclear,
    not_processed_petition,
    not_processed_duplicate,
    not_processed_publication,
    not_processed_excessive,
    not_processed_reconfirm,
    other_no_correction,
    other_fee_unpaid,
    other_misc,
    other_undivided,
    total_handled,
    carried_out,
    verdicts
FROM requests_by_applicant
WHERE applicant = 'total';

COMMENT ON VIEW requests IS 'Requests for information, one row per report that has table 3: the totals over all applicants as printed, never added up here; NULL where no number is printed · 收到和处理政府信息公开申请情况（总计列）';

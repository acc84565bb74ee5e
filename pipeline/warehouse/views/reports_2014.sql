-- The indicator table of 2014 (reports of 2014 to 2018): one row per report, the rows that are used most.
CREATE VIEW reports_2014 AS
WITH printed AS (
    SELECT
        report_id,
        district_code,
        year,
        form,
        row_code,
        CASE WHEN value_kind = 'number' THEN whole(in_ones(value::DECIMAL(28, 6), unit)) END AS figure,
        -- The sheet asks for 万元; a cell that prints another unit is turned into it, one without any is not guessed at.
        CASE WHEN value_kind = 'number' THEN TRY_CAST(in_10k_yuan(value::DOUBLE, unit) AS DECIMAL(18, 6)) END AS amount
    FROM facts
    -- The indicator tables of 2008 are table 1 too; only the forms of 2014 have the row that is asked for here.
    SEMI JOIN (FROM cells WHERE form IN (SELECT form FROM cells WHERE row_code = 'req_received')) AS c
        USING (form, table_no, row_code, col_code)
    WHERE table_no = 1 AND col_code = 'count'
),
figures AS (
    SELECT
        report_id,
        district_code,
        year,
        max(figure) FILTER (row_code = 'd_total') AS disclosed,
        max(figure) FILTER (row_code = 'd_normdocs') AS normative_documents_disclosed_items,
        max(figure) FILTER (row_code = 'normdocs_issued') AS normative_documents_issued,
        max(figure) FILTER (row_code = 'd_ch_gazette') AS disclosed_by_gazette,
        max(figure) FILTER (row_code = 'd_ch_website') AS disclosed_by_website,
        max(figure) FILTER (row_code = 'd_ch_weibo') AS disclosed_by_weibo,
        max(figure) FILTER (row_code = 'd_ch_wechat') AS disclosed_by_wechat,
        max(figure) FILTER (row_code = 'd_ch_other') AS disclosed_otherwise,
        max(figure) FILTER (row_code = 'resp_events') AS events_answered,
        max(figure) FILTER (row_code = 'resp_press_conf') AS press_conferences,
        max(figure) FILTER (row_code = 'resp_interview') AS online_interviews,
        max(figure) FILTER (row_code = 'resp_policy_interp') AS policy_interpretations,
        max(figure) FILTER (row_code = 'req_received') AS requests_received,
        max(figure) FILTER (row_code = 'req_closed') AS requests_closed,
        max(figure) FILTER (row_code = 'req_closed_on_time') AS requests_closed_on_time,
        max(figure) FILTER (row_code = 'req_closed_extended') AS requests_closed_extended,
        max(figure) FILTER (row_code = 'ans_total') AS answers_total,
        max(figure) FILTER (row_code = 'ans_already_public') AS answers_already_public,
        max(figure) FILTER (row_code = 'ans_granted') AS answers_granted,
        max(figure) FILTER (row_code = 'ans_partial') AS answers_partly_granted,
        max(figure) FILTER (row_code = 'ans_denied') AS answers_denied,
        max(figure) FILTER (row_code = 'ans_not_this_organ') AS answers_not_this_organ,
        max(figure) FILTER (row_code = 'ans_not_exist') AS answers_not_existing,
        max(figure) FILTER (row_code = 'ans_told_to_correct') AS answers_to_be_corrected,
        max(figure) FILTER (row_code = 'ans_other_route') AS answers_other_route,
        max(figure) FILTER (row_code = 'rev_total') AS reviews,
        max(figure) FILTER (row_code = 'rev_corrected') AS reviews_decided_against,
        max(figure) FILTER (row_code = 'lit_total') AS suits,
        max(figure) FILTER (row_code = 'lit_corrected') AS suits_lost,
        max(figure) FILTER (row_code = 'complaints') AS complaints,
        max(amount) FILTER (row_code = 'req_fee_amount') AS request_fees_10k_yuan,
        max(figure) FILTER (row_code = 'org_units') AS offices,
        max(figure) FILTER (row_code = 'staff_total') AS staff,
        max(figure) FILTER (row_code = 'staff_full_time') AS staff_full_time,
        max(figure) FILTER (row_code = 'staff_part_time') AS staff_part_time,
        max(amount) FILTER (row_code = 'budget_amount') AS budget_10k_yuan,
        max(figure) FILTER (row_code = 'meetings') AS meetings,
        max(figure) FILTER (row_code = 'trainings') AS trainings,
        max(figure) FILTER (row_code = 'trainees') AS trainees,
        max(form) AS form
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
    r.publisher_id,
    f.disclosed,
    f.normative_documents_disclosed_items,
    f.normative_documents_issued,
    f.disclosed_by_gazette,
    f.disclosed_by_website,
    f.disclosed_by_weibo,
    f.disclosed_by_wechat,
    f.disclosed_otherwise,
    f.events_answered,
    f.press_conferences,
    f.online_interviews,
    f.policy_interpretations,
    f.requests_received,
    f.requests_closed,
    f.requests_closed_on_time,
    f.requests_closed_extended,
    f.answers_total,
    f.answers_already_public,
    f.answers_granted,
    f.answers_partly_granted,
    f.answers_denied,
    f.answers_not_this_organ,
    f.answers_not_existing,
    f.answers_to_be_corrected,
    f.answers_other_route,
    f.reviews,
    f.reviews_decided_against,
    f.suits,
    f.suits_lost,
    f.complaints,
    f.request_fees_10k_yuan,
    f.offices,
    f.staff,
    f.staff_full_time,
    f.staff_part_time,
    f.budget_10k_yuan,
    f.meetings,
    f.trainings,
    f.trainees,
    f.form,
    coalesce(vc.verdicts, 0) AS verdicts
FROM reports AS r
JOIN figures AS f USING (report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW reports_2014 IS 'The indicator table of 2014 to 2018, one row per report that has it, as printed; totals are printed totals, never added up here; NULL where no number is printed. Where it has several columns of figures, the column for the organ itself. Rows that are not here are in facts_labelled · 政府信息公开情况统计表（2014年）';
COMMENT ON COLUMN reports_2014.disclosed IS 'Pieces of information disclosed unasked (条) · 主动公开政府信息数';
COMMENT ON COLUMN reports_2014.normative_documents_disclosed_items IS 'Of these, normative documents (条) · 主动公开规范性文件数';
COMMENT ON COLUMN reports_2014.normative_documents_issued IS 'Normative documents issued (件) · 制发规范性文件总数';
COMMENT ON COLUMN reports_2014.disclosed_by_gazette IS 'Disclosed in gazettes (条) · 政府公报公开政府信息数';
COMMENT ON COLUMN reports_2014.disclosed_by_website IS 'Disclosed on government websites (条) · 政府网站公开政府信息数';
COMMENT ON COLUMN reports_2014.disclosed_by_weibo IS 'Disclosed on Weibo (条) · 政务微博公开政府信息数';
COMMENT ON COLUMN reports_2014.disclosed_by_wechat IS 'Disclosed on WeChat (条) · 政务微信公开政府信息数';
COMMENT ON COLUMN reports_2014.disclosed_otherwise IS 'Disclosed in other ways (条) · 其他方式公开政府信息数';
COMMENT ON COLUMN reports_2014.events_answered IS 'Matters of public concern answered (次) · 回应公众关注热点或重大舆情数';
COMMENT ON COLUMN reports_2014.press_conferences IS 'Press conferences (次) · 参加或举办新闻发布会总次数';
COMMENT ON COLUMN reports_2014.online_interviews IS 'Interviews on government websites (次) · 政府网站在线访谈次数';
COMMENT ON COLUMN reports_2014.policy_interpretations IS 'Interpretations of policies published (篇) · 政策解读稿件发布数';
COMMENT ON COLUMN reports_2014.requests_received IS 'Requests received (件) · 收到申请数';
COMMENT ON COLUMN reports_2014.requests_closed IS 'Requests closed (件) · 申请办结数';
COMMENT ON COLUMN reports_2014.requests_closed_on_time IS 'Requests closed on time (件) · 按时办结数';
COMMENT ON COLUMN reports_2014.requests_closed_extended IS 'Requests closed within an extended time (件) · 延期办结数';
COMMENT ON COLUMN reports_2014.answers_total IS 'Answers given, total as printed (件) · 申请答复数';
COMMENT ON COLUMN reports_2014.answers_already_public IS 'Answered: public already (件) · 属于已主动公开范围数';
COMMENT ON COLUMN reports_2014.answers_granted IS 'Answered: granted (件) · 同意公开答复数';
COMMENT ON COLUMN reports_2014.answers_partly_granted IS 'Answered: granted in part (件) · 同意部分公开答复数';
COMMENT ON COLUMN reports_2014.answers_denied IS 'Answered: denied, total of its reasons as printed (件) · 不同意公开答复数';
COMMENT ON COLUMN reports_2014.answers_not_this_organ IS 'Answered: not for this organ to disclose (件) · 不属于本行政机关公开数';
COMMENT ON COLUMN reports_2014.answers_not_existing IS 'Answered: information does not exist (件) · 申请信息不存在数';
COMMENT ON COLUMN reports_2014.answers_to_be_corrected IS 'Answered: asked to correct or complete the request (件) · 告知作出更改补充数';
COMMENT ON COLUMN reports_2014.answers_other_route IS 'Answered: referred to another way (件) · 告知通过其他途径办理数';
COMMENT ON COLUMN reports_2014.reviews IS 'Administrative reviews, total as printed (件) · 行政复议数量';
COMMENT ON COLUMN reports_2014.reviews_decided_against IS 'Administrative reviews that corrected the organ (件) · 行政复议被依法纠错数';
COMMENT ON COLUMN reports_2014.suits IS 'Lawsuits, total as printed (件) · 行政诉讼数量';
COMMENT ON COLUMN reports_2014.suits_lost IS 'Lawsuits that corrected the organ (件) · 行政诉讼被依法纠错数';
COMMENT ON COLUMN reports_2014.complaints IS 'Complaints and reports (件) · 举报投诉数量';
COMMENT ON COLUMN reports_2014.request_fees_10k_yuan IS 'Fees taken for requests, in 10,000 yuan; a figure in another unit of money is turned into 万元 · 依申请公开信息收取的费用';
COMMENT ON COLUMN reports_2014.offices IS 'Offices for this work (个) · 政府信息公开工作专门机构数';
COMMENT ON COLUMN reports_2014.staff IS 'Staff for this work, total as printed (人) · 从事政府信息公开工作人员数';
COMMENT ON COLUMN reports_2014.staff_full_time IS 'Of these, full time (人) · 专职人员数';
COMMENT ON COLUMN reports_2014.staff_part_time IS 'Of these, part time (人) · 兼职人员数';
COMMENT ON COLUMN reports_2014.budget_10k_yuan IS 'Budget for this work, in 10,000 yuan; a figure in another unit of money is turned into 万元 · 政府信息公开专项经费';
COMMENT ON COLUMN reports_2014.meetings IS 'Meetings held on this work (次) · 召开政府信息公开工作会议或专题会议数';
COMMENT ON COLUMN reports_2014.trainings IS 'Trainings held (次) · 举办各类培训班数';
COMMENT ON COLUMN reports_2014.trainees IS 'People trained (人次) · 接受培训人员数';
COMMENT ON COLUMN reports_2014.form IS 'Form that the table follows; two joined by + where it mixes them · 表式';

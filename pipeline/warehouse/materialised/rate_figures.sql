-- The rates of each report. What a rate is made of is the list below.
WITH terms (rate, rate_label, is_numerator, series, breakdown, "sign") AS (
    VALUES
        ('grant_rate', '予以公开率', true, 'res_granted', 'total', 1),
        ('grant_rate', '予以公开率', false, 'res_total', 'total', 1),
        ('disclosure_rate', '公开率', true, 'res_granted', 'total', 1),
        ('disclosure_rate', '公开率', true, 'res_partial', 'total', 1),
        ('disclosure_rate', '公开率', false, 'res_total', 'total', 1),
        ('denial_rate', '不予公开率', true, 'res_denied', 'total', 1),
        ('denial_rate', '不予公开率', false, 'res_total', 'total', 1),
        ('unable_rate', '无法提供率', true, 'res_unable', 'total', 1),
        ('unable_rate', '无法提供率', false, 'res_total', 'total', 1),
        ('not_processed_rate', '不予处理率', true, 'res_notproc', 'total', 1),
        ('not_processed_rate', '不予处理率', false, 'res_total', 'total', 1),
        ('other_rate', '其他处理率', true, 'res_other', 'total', 1),
        ('other_rate', '其他处理率', false, 'res_total', 'total', 1),
        ('not_held_rate', '不掌握信息率', true, 'res_unable_not_held', 'total', 1),
        ('not_held_rate', '不掌握信息率', false, 'res_total', 'total', 1),
        ('factual_refusal_share', '事实性拒绝占比', true, 'res_unable', 'total', 1),
        ('factual_refusal_share', '事实性拒绝占比', false, 'res_unable', 'total', 1),
        ('factual_refusal_share', '事实性拒绝占比', false, 'res_denied', 'total', 1),
        ('natural_person_share', '自然人申请占比', true, 'req_new', 'natural', 1),
        ('natural_person_share', '自然人申请占比', false, 'req_new', 'total', 1),
        ('carry_out_rate', '结转率', true, 'req_carried_out', 'total', 1),
        ('carry_out_rate', '结转率', false, 'req_new', 'total', 1),
        ('carry_out_rate', '结转率', false, 'req_carried_in', 'total', 1),
        ('closure_rate', '办结率', true, 'res_total', 'total', 1),
        ('closure_rate', '办结率', false, 'req_new', 'total', 1),
        ('closure_rate', '办结率', false, 'req_carried_in', 'total', 1),
        ('review_correction_rate', '复议纠错率（占已审结）', true, 'rev_corrected', 'total', 1),
        ('review_correction_rate', '复议纠错率（占已审结）', false, 'rev_total', 'total', 1),
        ('review_correction_rate', '复议纠错率（占已审结）', false, 'rev_pending', 'total', -1),
        ('review_correction_rate_of_all', '复议纠错率（占全部）', true, 'rev_corrected', 'total', 1),
        ('review_correction_rate_of_all', '复议纠错率（占全部）', false, 'rev_total', 'total', 1),
        ('litigation_loss_rate', '败诉率（占已审结）', true, 'lit_corrected', 'total', 1),
        ('litigation_loss_rate', '败诉率（占已审结）', false, 'lit_total', 'total', 1),
        ('litigation_loss_rate', '败诉率（占已审结）', false, 'lit_pending', 'total', -1),
        ('litigation_loss_rate_of_all', '败诉率（占全部）', true, 'lit_corrected', 'total', 1),
        ('litigation_loss_rate_of_all', '败诉率（占全部）', false, 'lit_total', 'total', 1),
        ('dispute_rate', '争议转化率', true, 'rev_total', 'total', 1),
        ('dispute_rate', '争议转化率', true, 'lit_direct_total', 'total', 1),
        ('dispute_rate', '争议转化率', false, 'req_new', 'total', 1),
        ('review_rate', '申请复议率', true, 'rev_total', 'total', 1),
        ('review_rate', '申请复议率', false, 'req_new', 'total', 1),
        ('suit_rate', '提起诉讼率', true, 'lit_total', 'total', 1),
        ('suit_rate', '提起诉讼率', false, 'req_new', 'total', 1),
        ('penalty_per_permit', '处罚许可比', true, 'penalties_decided', 'total', 1),
        ('penalty_per_permit', '处罚许可比', false, 'permits_decided', 'total', 1)
),
needed AS (
    SELECT
        rate,
        count(*) FILTER (is_numerator) AS above,
        count(*) FILTER (NOT is_numerator) AS below
    FROM terms
    GROUP BY rate
),
-- A report that mixes forms may print one series in two of them: where both give a figure, neither is chosen.
sums AS (
    SELECT
        s.report_id,
        s.district_code,
        s.year,
        t.rate,
        any_value(t.rate_label) AS rate_label,
        max(split_part(s.segment, '@', 2)) AS since,
        count(s.value) FILTER (t.is_numerator) AS found_above,
        count(s.value) FILTER (NOT t.is_numerator) AS found_below,
        sum(t."sign" * s.value) FILTER (t.is_numerator) AS above,
        sum(t."sign" * s.value) FILTER (NOT t.is_numerator) AS below,
        count(s.value_blank_as_zero) FILTER (t.is_numerator) AS found_above_0,
        count(s.value_blank_as_zero) FILTER (NOT t.is_numerator) AS found_below_0,
        sum(t."sign" * s.value_blank_as_zero) FILTER (t.is_numerator) AS above_0,
        sum(t."sign" * s.value_blank_as_zero) FILTER (NOT t.is_numerator) AS below_0
    FROM series_figures AS s
    JOIN series USING (series)
    JOIN terms AS t USING (series, breakdown)
    WHERE s."of" = 'now'
    GROUP BY s.report_id, s.district_code, s.year, t.rate
)

SELECT
    s.report_id,
    s.district_code,
    s.year,
    s.rate,
    s.rate_label,
    s.rate || '@' || s.since AS segment,
    CASE WHEN s.found_above = n.above THEN s.above END AS numerator,
    CASE WHEN s.found_below = n.below THEN s.below END AS denominator,
    CASE WHEN s.found_above_0 = n.above THEN s.above_0 END AS numerator_blank_as_zero,
    CASE WHEN s.found_below_0 = n.below THEN s.below_0 END AS denominator_blank_as_zero
FROM sums AS s
JOIN needed AS n USING (rate)

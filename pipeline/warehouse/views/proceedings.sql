-- Table 4: one row per report. A further form adds its cells at the end of each list.
CREATE VIEW proceedings AS
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
    WHERE table_no = 4
),
figures AS (
    SELECT
        report_id,
        district_code,
        year,
        max(figure) FILTER (row_code = '1' AND col_code = 'review.upheld') AS reviews_upheld,
        max(figure) FILTER (row_code = '1' AND col_code = 'review.corrected') AS reviews_corrected,
        max(figure) FILTER (row_code = '1' AND col_code = 'review.other') AS reviews_other,
        max(figure) FILTER (row_code = '1' AND col_code = 'review.pending') AS reviews_pending,
        max(figure) FILTER (row_code = '1' AND col_code = 'review.total') AS reviews_total,
        max(figure) FILTER (row_code = '1' AND col_code = 'direct.upheld') AS suits_direct_upheld,
        max(figure) FILTER (row_code = '1' AND col_code = 'direct.corrected') AS suits_direct_corrected,
        max(figure) FILTER (row_code = '1' AND col_code = 'direct.other') AS suits_direct_other,
        max(figure) FILTER (row_code = '1' AND col_code = 'direct.pending') AS suits_direct_pending,
        max(figure) FILTER (row_code = '1' AND col_code = 'direct.total') AS suits_direct_total,
        max(figure) FILTER (row_code = '1' AND col_code = 'after.upheld') AS suits_after_review_upheld,
        max(figure) FILTER (row_code = '1' AND col_code = 'after.corrected') AS suits_after_review_corrected,
        max(figure) FILTER (row_code = '1' AND col_code = 'after.other') AS suits_after_review_other,
        max(figure) FILTER (row_code = '1' AND col_code = 'after.pending') AS suits_after_review_pending,
        max(figure) FILTER (row_code = '1' AND col_code = 'after.total') AS suits_after_review_total
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
    f.reviews_upheld,
    f.reviews_corrected,
    f.reviews_other,
    f.reviews_pending,
    f.reviews_total,
    f.suits_direct_upheld,
    f.suits_direct_corrected,
    f.suits_direct_other,
    f.suits_direct_pending,
    f.suits_direct_total,
    f.suits_after_review_upheld,
    f.suits_after_review_corrected,
    f.suits_after_review_other,
    f.suits_after_review_pending,
    f.suits_after_review_total,
    coalesce(vc.verdicts, 0) AS verdicts
FROM reports AS r
JOIN figures AS f USING (report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW proceedings IS 'Reviews and lawsuits over disclosure, one row per report that has table 4, as printed; the columns ending in total are printed totals, never added up here; NULL where no number is printed · 因政府信息公开工作被申请行政复议、提起行政诉讼情况';
COMMENT ON COLUMN proceedings.reviews_upheld IS 'Administrative reviews, decision upheld (件) · 行政复议结果维持';
COMMENT ON COLUMN proceedings.reviews_corrected IS 'Administrative reviews, decision corrected (件) · 行政复议结果纠正';
COMMENT ON COLUMN proceedings.reviews_other IS 'Administrative reviews, another outcome (件) · 行政复议其他结果';
COMMENT ON COLUMN proceedings.reviews_pending IS 'Administrative reviews, not concluded yet (件) · 行政复议尚未审结';
COMMENT ON COLUMN proceedings.reviews_total IS 'Administrative reviews, total as printed (件) · 行政复议总计';
COMMENT ON COLUMN proceedings.suits_direct_upheld IS 'Lawsuits brought without a review, decision upheld (件) · 未经复议直接起诉结果维持';
COMMENT ON COLUMN proceedings.suits_direct_corrected IS 'Lawsuits brought without a review, decision corrected (件) · 未经复议直接起诉结果纠正';
COMMENT ON COLUMN proceedings.suits_direct_other IS 'Lawsuits brought without a review, another outcome (件) · 未经复议直接起诉其他结果';
COMMENT ON COLUMN proceedings.suits_direct_pending IS 'Lawsuits brought without a review, not concluded yet (件) · 未经复议直接起诉尚未审结';
COMMENT ON COLUMN proceedings.suits_direct_total IS 'Lawsuits brought without a review, total as printed (件) · 未经复议直接起诉总计';
COMMENT ON COLUMN proceedings.suits_after_review_upheld IS 'Lawsuits brought after a review, decision upheld (件) · 复议后起诉结果维持';
COMMENT ON COLUMN proceedings.suits_after_review_corrected IS 'Lawsuits brought after a review, decision corrected (件) · 复议后起诉结果纠正';
COMMENT ON COLUMN proceedings.suits_after_review_other IS 'Lawsuits brought after a review, another outcome (件) · 复议后起诉其他结果';
COMMENT ON COLUMN proceedings.suits_after_review_pending IS 'Lawsuits brought after a review, not concluded yet (件) · 复议后起诉尚未审结';
COMMENT ON COLUMN proceedings.suits_after_review_total IS 'Lawsuits brought after a review, total as printed (件) · 复议后起诉总计';

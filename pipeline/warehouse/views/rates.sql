-- Rates, long: one row per report and rate, numerator and denominator beside it; `materialised/rate_figures.sql` says of what.
CREATE VIEW rates AS
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
    s.rate,
    s.rate_label,
    s.segment,
    s.numerator,
    s.denominator,
    s.numerator / nullif(s.denominator, 0) AS value,
    s.numerator_blank_as_zero,
    s.denominator_blank_as_zero,
    s.numerator_blank_as_zero / nullif(s.denominator_blank_as_zero, 0) AS value_blank_as_zero,
    coalesce(vc.verdicts, 0) AS verdicts
FROM yearly_reports AS r
JOIN rate_figures AS s USING (report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW rates IS 'One row per report and rate for which it has any figure: numerator, denominator and their quotient. The figures come from series_by_report · 比率（逐份报告）';
COMMENT ON COLUMN rates.rate IS 'The rate, numerator over denominator; granted, partial, denied, unable, not processed, other and total are outcomes of table 3, column 总计. grant_rate: granted / total. disclosure_rate: (granted + partial) / total. denial_rate: denied / total. unable_rate: unable to provide / total. not_processed_rate: not processed / total. other_rate: handled otherwise / total. not_held_rate: not held by the organ / total. factual_refusal_share: unable / (denied + unable). natural_person_share: new requests of natural persons / new requests. carry_out_rate: carried out / (new + carried in). closure_rate: total / (new + carried in). review_correction_rate: reviews corrected / reviews concluded (total less pending); review_correction_rate_of_all: / all reviews. litigation_loss_rate: lawsuits corrected / lawsuits concluded, direct and after a review together; litigation_loss_rate_of_all: / all lawsuits. dispute_rate: (reviews + lawsuits without a review) / new requests; may exceed 1, and disputes may be over requests of earlier years. review_rate: reviews / new requests, and suit_rate: lawsuits, direct and after a review, / new requests: apart from each other, while dispute_rate counts both. penalty_per_permit: penalties decided / permits decided, a ratio · 比率代码';
COMMENT ON COLUMN rates.rate_label IS 'Name of the rate in Chinese · 比率名称';
COMMENT ON COLUMN rates.segment IS 'Forms across which the rate may be joined: rate@first form after the last break in any of its series · 可比区段';
COMMENT ON COLUMN rates.numerator IS 'Numerator; NULL unless every cell of it prints a number · 分子';
COMMENT ON COLUMN rates.denominator IS 'Denominator; NULL unless every cell of it prints a number · 分母';
COMMENT ON COLUMN rates.value IS 'Numerator over denominator; NULL where the denominator is 0 or either is missing · 比率值';
COMMENT ON COLUMN rates.numerator_blank_as_zero IS 'Numerator with blank cells counted as 0; NULL where none of its cells prints a number, or any prints a mark or a word or is missing · 分子（空白按零计）';
COMMENT ON COLUMN rates.denominator_blank_as_zero IS 'Denominator with blank cells counted as 0, under the same conditions · 分母（空白按零计）';
COMMENT ON COLUMN rates.value_blank_as_zero IS 'Numerator over denominator with blank cells counted as 0; NULL where the denominator is 0 or either is missing · 比率值（空白按零计）';

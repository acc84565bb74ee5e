-- The facts with what a person decided applied, and without figures that nothing vouches for. Views named *_trusted
-- read from here what their twins read from `facts`.
CREATE VIEW facts_trusted AS
WITH of_cells AS (
    FROM verdicts_applied WHERE status = 'applied' AND table_no IS NOT NULL
),
of_reports AS (
    FROM verdicts_applied WHERE status = 'applied' AND table_no IS NULL
),
judged AS (
    SELECT
        f.*,
        coalesce(c.verdict, r.verdict) AS verdict,
        c.value AS meant,
        coalesce(c.who, r.who) AS verdict_by
    FROM facts AS f
    LEFT JOIN of_cells AS c
        ON c.report_id = f.report_id
        AND c.district_code = f.district_code
        AND c.year = f.year
        AND c.table_no = f.table_no
        AND c.row_code = f.row_code
        AND c.col_code = f.col_code
    LEFT JOIN of_reports AS r
        ON r.report_id = f.report_id
        AND r.district_code = f.district_code
        AND r.year = f.year
)
SELECT
    * EXCLUDE (meant, verdict, verdict_by) REPLACE (
        CASE
            WHEN verdict = 'misread' THEN meant
            WHEN verdict = 'ignore' THEN NULL
            WHEN verdict = 'confirmed' OR trust <> 'doubtful' THEN value
        END AS value,
        CASE
            WHEN verdict = 'misread' THEN 'number'
            WHEN verdict = 'ignore' THEN 'withheld'
            WHEN verdict = 'confirmed' OR trust <> 'doubtful' THEN value_kind
            ELSE 'withheld'
        END AS value_kind
    ),
    value AS value_printed,
    verdict,
    verdict_by
FROM judged;

COMMENT ON VIEW facts_trusted IS 'The facts as far as they can be trusted: a doubtful figure is withheld unless a person confirmed it, a misread one has the value that a person gave, an ignored one is withheld; rows that are not additive are printed totals · 可信事实';
COMMENT ON COLUMN facts_trusted.value IS 'The figure that can be trusted; NULL where no number is printed or it is withheld · 可信数值';
COMMENT ON COLUMN facts_trusted.value_kind IS 'As in facts, or withheld where the figure is doubtful or ignored · 值的种类';
COMMENT ON COLUMN facts_trusted.value_printed IS 'The figure as printed · 原数值';
COMMENT ON COLUMN facts_trusted.verdict IS 'What a person decided: confirmed, misread, ignore; empty without a verdict · 裁定';
COMMENT ON COLUMN facts_trusted.verdict_by IS 'Who decided · 裁定人';

-- The cells that failing identities and failing rules between years point at, with what speaks for each set of cells.
CREATE VIEW proposals_ranked AS
-- Every cell of a rule that adds up between years: the left side less the right side is the difference.
WITH rule_cells AS (
    SELECT
        b.publisher_id,
        concat_ws(' ', b.report_id, b.report_id_before, b.rule, b.equation) AS equation_id,
        b.rule || '@' || max(q.row_code || ':' || q.col_code) FILTER (q.side = 'left') OVER equation || '@' || b.year AS named,
        b.state_blank_as_zero AS state,
        b.cells_missing > 0 AS blank_as_zero,
        b.difference,
        s.report_id,
        s.district_code,
        s.year,
        q.table_no,
        q.row_code,
        q.col_code,
        CASE q.side WHEN 'left' THEN q."sign" ELSE -q."sign" END AS coefficient
    FROM year_balances AS b
    JOIN year_rules AS q
        ON q.rule = b.rule AND q.equation = b.equation AND q.form_now = b.form AND q.form_before = b.form_before
    JOIN yearly_reports AS s
        ON s.publisher_id = b.publisher_id
        AND s.report_id = CASE q."of" WHEN 'now' THEN b.report_id ELSE b.report_id_before END
    WHERE b.rule <> 'R31' AND b.state_blank_as_zero <> 'uncertain'
    WINDOW equation AS (PARTITION BY b.publisher_id, b.report_id, b.report_id_before, b.rule, b.equation)
),
-- Cells that an identity of their own table speaks for: only together with others could they be wrong.
summed AS (
    SELECT DISTINCT report_id, table_no, unnest(string_split_regex(cells_used, ' \+ | = ')) AS cell
    FROM balances
    WHERE state_blank_as_zero <> 'incomplete' AND contains(cells_used, ' = ')
),
failing AS (
    SELECT
        c.*,
        f.form,
        f.unit,
        f.route,
        f.value_raw,
        coalesce(f.value, 0)::DOUBLE AS printed_value,
        in_ones(1.0, f.unit) AS ones,
        -c.coefficient * c.difference AS gain,
        CASE
            WHEN bool_or(f.route = 'differ') OVER equation THEN 'misread'
            WHEN bool_or(f.route = 'one') OVER equation THEN 'undecided'
            ELSE 'source'
        END AS blame
    FROM rule_cells AS c
    JOIN facts AS f USING (report_id, district_code, year, table_no, row_code, col_code)
    WHERE c.state = 'fail'
    WINDOW equation AS (PARTITION BY c.publisher_id, c.equation_id)
),
-- A single cell that mends a rule and breaks no other; of these, those that mend most.
mending AS (
    SELECT
        c.publisher_id,
        c.equation_id,
        c.report_id,
        c.district_code,
        c.year,
        c.table_no,
        c.row_code,
        c.col_code,
        any_value(c.form) AS form,
        any_value(c.unit) AS unit,
        any_value(c.route) AS route,
        any_value(c.value_raw) AS printed,
        any_value(c.printed_value * c.ones) AS was,
        any_value(c.printed_value + c.gain / c.ones) AS proposed,
        any_value(c.printed_value * c.ones + c.gain) AS becomes,
        any_value(c.blank_as_zero) AS blank_as_zero,
        any_value(c.blame) AS blame,
        count(*) AS mended,
        string_agg(o.named, ' ' ORDER BY o.named) AS mends
    FROM failing AS c
    JOIN rule_cells AS o USING (publisher_id, report_id, district_code, year, table_no, row_code, col_code)
    ANTI JOIN summed AS s
        ON s.report_id = c.report_id AND s.table_no = c.table_no AND s.cell = c.row_code || ':' || c.col_code
    WHERE o.state = 'pass' OR o.difference + o.coefficient * c.gain = 0
    GROUP BY ALL
    HAVING bool_and(o.state = 'fail')
),
-- 增减 alone may fall below 0, and only money has fractions.
possible AS (
    SELECT m.*
    FROM mending AS m
    WHERE (m.proposed >= 0 OR m.col_code = 'delta') AND (m.proposed = trunc(m.proposed) OR ends_with(m.unit, '元'))
    QUALIFY m.mended = max(m.mended) OVER (PARTITION BY m.publisher_id, m.equation_id)
),
said AS (
    SELECT report_id, district_code, year, cells_used, any_value(stated_value) AS stated_value
    FROM comparisons
    WHERE state <> 'uncertain' AND stated_value IS NOT NULL AND cells_used <> ''
    GROUP BY ALL
    HAVING count(DISTINCT stated_value) = 1
),
between_years AS (
    SELECT
        p.*,
        slip_of(trim(p.printed), coalesce(whole(p.proposed)::VARCHAR, p.proposed::VARCHAR)) AS explanation,
        (coalesce(t.stated_value = p.becomes, false)::INTEGER - coalesce(t.stated_value = p.was, false)::INTEGER)
        + (p.route = 'differ')::INTEGER AS borne_out
    FROM possible AS p
    LEFT JOIN said AS t
        ON t.report_id = p.report_id
        AND t.district_code = p.district_code
        AND t.year = p.year
        AND t.cells_used = p.table_no || ':' || p.row_code || ':' || p.col_code
),
between_years_ranked AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY publisher_id, equation_id) - 1 AS alternatives,
        row_number() OVER (
            PARTITION BY publisher_id, equation_id
            ORDER BY borne_out DESC, slip_rank(explanation), year DESC, row_code, col_code
        ) AS "rank"
    FROM between_years
),
of_years AS (
    SELECT
        report_id,
        district_code,
        year,
        'years' AS found_by,
        table_no,
        min("rank") AS "rank",
        NULL::INTEGER AS set_no,
        1 AS size,
        row_code,
        col_code,
        form,
        printed,
        proposed,
        max(alternatives) AS alternatives,
        explanation,
        borne_out,
        NULL::INTEGER AS years_borne_out,
        NULL::DOUBLE AS drift,
        mends,
        bool_or(blank_as_zero) AS blank_as_zero,
        any_value(blame) AS blame
    FROM between_years_ranked
    GROUP BY ALL
),
-- What the identities of a table point at, as printed and as in the year before.
in_table AS (
    SELECT
        r.publisher_id,
        p.*,
        in_ones(coalesce(f.value, 0)::DOUBLE, f.unit) AS was,
        in_ones(p.proposed::DOUBLE, f.unit) AS becomes,
        in_ones(b.value::DOUBLE, b.unit) AS before
    FROM proposals AS p
    JOIN yearly_reports AS r USING (report_id, district_code, year)
    JOIN facts AS f USING (report_id, district_code, year, table_no, row_code, col_code)
    LEFT JOIN (
        SELECT publisher_id, year, scope, min(report_id) AS report_id, min_by(district_code, report_id) AS district_code
        FROM yearly_reports
        GROUP BY ALL
    ) AS o
        ON o.publisher_id = r.publisher_id AND o.year = r.year - 1 AND o.scope = r.scope
    LEFT JOIN facts AS b
        ON b.report_id = o.report_id
        AND b.district_code = o.district_code
        AND b.year = o.year
        AND b.table_no = p.table_no
        AND b.row_code = p.row_code
        AND b.col_code = p.col_code
),
set_equations AS (
    SELECT
        p.report_id,
        p.table_no,
        p.set_no,
        (any_value(c.difference) + sum(c.coefficient * (p.becomes - p.was)) = 0)::INTEGER
        - (any_value(c.state) = 'pass')::INTEGER AS borne_out
    FROM in_table AS p
    JOIN rule_cells AS c USING (publisher_id, report_id, district_code, year, table_no, row_code, col_code)
    GROUP BY p.report_id, p.table_no, p.set_no, c.equation_id
),
sets AS (
    SELECT
        report_id,
        table_no,
        set_no,
        list_sort(list_distinct(flatten(list(string_split(mends, ' '))))) AS finding,
        any_value(borne_out) AS borne_out,
        sum(abs(ln((1 + abs(becomes)) / (1 + abs(before)))) - abs(ln((1 + abs(was)) / (1 + abs(before))))) AS drift
    FROM in_table
    GROUP BY ALL
),
sets_ranked AS (
    SELECT
        s.report_id,
        s.table_no,
        s.set_no,
        s.drift,
        coalesce(e.borne_out, 0) AS years_borne_out,
        row_number() OVER (
            PARTITION BY s.report_id, s.table_no, s.finding
            ORDER BY s.borne_out + coalesce(e.borne_out, 0) DESC, round(coalesce(s.drift, 0), 6), s.set_no
        ) AS "rank"
    FROM sets AS s
    LEFT JOIN (
        SELECT report_id, table_no, set_no, sum(borne_out) AS borne_out FROM set_equations GROUP BY ALL
    ) AS e USING (report_id, table_no, set_no)
),
of_identities AS (
    SELECT
        p.report_id,
        p.district_code,
        p.year,
        'identities' AS found_by,
        p.table_no,
        s."rank",
        p.set_no,
        p.size,
        p.row_code,
        p.col_code,
        p.form,
        p.printed,
        p.proposed,
        p.alternatives,
        p.explanation,
        p.borne_out,
        s.years_borne_out,
        s.drift,
        p.mends,
        p.blank_as_zero,
        p.blame
    FROM proposals AS p
    JOIN sets_ranked AS s USING (report_id, table_no, set_no)
),
found AS (
    FROM of_identities UNION ALL BY NAME FROM of_years
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
    p.found_by,
    p.table_no,
    p."rank"::INTEGER AS "rank",
    p.set_no,
    p.size,
    p.row_code,
    p.col_code,
    p.form,
    p.printed,
    p.proposed,
    p.alternatives::INTEGER AS alternatives,
    p.explanation,
    p.borne_out::INTEGER AS borne_out,
    p.years_borne_out::INTEGER AS years_borne_out,
    p.drift,
    p.mends,
    p.blank_as_zero,
    p.blame,
    coalesce(vc.verdicts, 0) AS verdicts
FROM yearly_reports AS r
JOIN found AS p USING (report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW proposals_ranked IS 'One row per cell whose change would make failing identities of its table, or failing rules between years, hold; the likeliest of several sets has rank 1. Nothing is applied; see proposals · 更正建议（排序）';
COMMENT ON COLUMN proposals_ranked.found_by IS 'identities of the table, or rules between years (R10 to R12), in the report that prints the cell · 依据';
COMMENT ON COLUMN proposals_ranked.table_no IS 'Number of the table as the reports count them · 表号';
COMMENT ON COLUMN proposals_ranked.rank IS 'Place among the sets that explain the same failures: first those that most claims bear out, then those nearest to the figures of the year before, then the likelier slip · 次序';
COMMENT ON COLUMN proposals_ranked.set_no IS 'Which set of cells, as in proposals; NULL where years found it, since each cell is a set then · 方案序号';
COMMENT ON COLUMN proposals_ranked.size IS 'How many cells the set changes · 单元格数';
COMMENT ON COLUMN proposals_ranked.form IS 'Form of the table · 表式';
COMMENT ON COLUMN proposals_ranked.printed IS 'The cell as printed · 原文';
COMMENT ON COLUMN proposals_ranked.proposed IS 'The value that makes the identities or rules hold · 建议值';
COMMENT ON COLUMN proposals_ranked.alternatives IS 'Number of other sets that explain the same with as few cells · 其他方案数';
COMMENT ON COLUMN proposals_ranked.explanation IS 'What may have happened, as one word · 解释';
COMMENT ON COLUMN proposals_ranked.borne_out IS 'Claims of the text and the second reading that hold by the set, less those that no longer do · 印证数';
COMMENT ON COLUMN proposals_ranked.years_borne_out IS 'Rules between years that hold by the set, less those that no longer do; NULL where years found it · 跨年印证数';
COMMENT ON COLUMN proposals_ranked.drift IS 'How much farther from the figures of the year before the set moves its cells, as a sum of logarithms; below 0 it brings them nearer, NULL without such figures · 与上年偏离';
COMMENT ON COLUMN proposals_ranked.mends IS 'What it would make hold: rule@row:column of an identity, rule@row:column@year of a rule between that year and the one before · 所平衡的勾稽关系';
COMMENT ON COLUMN proposals_ranked.blank_as_zero IS 'True where blanks were counted as 0 to find it · 空白按零计';
COMMENT ON COLUMN proposals_ranked.blame IS 'Whose error it is: the source''s, our misreading, or undecided · 责任';

-- Rules between a report and the same publisher's of the year before, worked out from the table year_rules.
CREATE VIEW year_balances AS
WITH pairs AS NOT MATERIALIZED (
    SELECT
        n.publisher_id,
        n.report_id,
        n.district_code,
        n.year,
        coalesce(b.report_id, '') AS report_id_before,
        b.district_code AS district_code_before,
        b.year AS year_before
    FROM yearly_reports AS n
    SEMI JOIN yearly_reports AS o ON o.publisher_id = n.publisher_id AND o.report_id <> n.report_id
    LEFT JOIN yearly_reports AS b ON b.publisher_id = n.publisher_id AND b.year = n.year - 1
),
sources AS NOT MATERIALIZED (
    SELECT
        publisher_id,
        report_id,
        district_code,
        year,
        report_id_before,
        'now' AS "of",
        report_id AS source_id,
        district_code AS source_district,
        year AS source_year
    FROM pairs
    UNION ALL
    SELECT
        publisher_id,
        report_id,
        district_code,
        year,
        report_id_before,
        'before' AS "of",
        report_id_before AS source_id,
        district_code_before AS source_district,
        year_before AS source_year
    FROM pairs
    WHERE report_id_before <> ''
),
-- The form is decided table by table; a table that one year lacks counts as on the form of the other.
forms_shown AS NOT MATERIALIZED (
    SELECT
        p.publisher_id,
        p.report_id,
        p.district_code,
        p.year,
        p.report_id_before,
        t.table_no,
        max(t.form) FILTER (p."of" = 'now') AS shown_now,
        max(t.form) FILTER (p."of" = 'before') AS shown_before,
        coalesce(shown_now, shown_before) AS form_now,
        coalesce(shown_before, shown_now) AS form_before
    FROM sources AS p
    JOIN report_tables AS t
        ON t.report_id = p.source_id AND t.district_code = p.source_district AND t.year = p.source_year
    GROUP BY p.publisher_id, p.report_id, p.district_code, p.year, p.report_id_before, t.table_no
),
terms AS (
    SELECT
        *,
        dense_rank() OVER (ORDER BY rule, form_now, form_before, equation) AS equation_id,
        CASE WHEN "sign" < 0 THEN '-' ELSE '' END || "of" || ' ' || table_no || ':' || row_code || ':' || col_code AS term
    FROM year_rules
),
equations AS (
    SELECT
        equation_id,
        any_value(rule) AS rule,
        any_value(form_now) AS form_now,
        any_value(form_before) AS form_before,
        any_value(equation) AS equation,
        any_value(severity) AS severity,
        min(table_no) AS table_no,
        count(*) AS cells,
        string_agg(term, ' + ' ORDER BY term) FILTER (side = 'left') AS left_cells,
        string_agg(term, ' + ' ORDER BY term) FILTER (side = 'right') AS right_cells
    FROM terms
    GROUP BY equation_id
),
sums AS (
    SELECT
        p.publisher_id,
        p.report_id,
        p.district_code,
        p.year,
        p.report_id_before,
        q.equation_id,
        count(*) FILTER (f.value_kind = 'number') AS numbers,
        count(*) FILTER (f.value_kind = 'blank') AS blanks,
        sum(q."sign" * in_ones(f.value::DOUBLE, f.unit)) FILTER (q.side = 'left' AND f.value_kind = 'number') AS left_sum,
        sum(q."sign" * in_ones(f.value::DOUBLE, f.unit)) FILTER (q.side = 'right' AND f.value_kind = 'number') AS right_sum
    FROM sources AS p
    JOIN facts AS f ON f.report_id = p.source_id AND f.district_code = p.source_district AND f.year = p.source_year
    JOIN forms_shown AS s
        ON s.publisher_id = p.publisher_id
        AND s.report_id = p.report_id
        AND s.district_code = p.district_code
        AND s.year = p.year
        AND s.report_id_before = p.report_id_before
        AND s.table_no = f.table_no
    JOIN terms AS q
        ON q.form_now = s.form_now
        AND q.form_before = s.form_before
        AND q."of" = p."of"
        AND q.table_no = f.table_no
        AND q.row_code = f.row_code
        AND q.col_code = f.col_code
    GROUP BY p.publisher_id, p.report_id, p.district_code, p.year, p.report_id_before, q.equation_id
),
worked_out AS (
    SELECT
        s.publisher_id,
        s.report_id,
        s.district_code,
        s.year,
        s.report_id_before,
        s.shown_now,
        s.shown_before,
        e.rule,
        e.severity,
        e.table_no,
        e.equation,
        e.left_cells || ' = ' || e.right_cells AS cells_used,
        e.cells,
        e.cells - coalesce(x.numbers, 0) AS cells_missing,
        coalesce(x.numbers + x.blanks, 0) = e.cells AS is_told,
        CASE WHEN is_told THEN coalesce(x.left_sum, 0) END AS left_value,
        CASE WHEN is_told THEN coalesce(x.right_sum, 0) END AS right_value,
        CASE
            WHEN NOT is_told THEN 'uncertain'
            WHEN e.rule <> 'R31' THEN CASE WHEN left_value = right_value THEN 'pass' ELSE 'fail' END
            WHEN is_jump(left_value, right_value) THEN 'fail'
            ELSE 'pass'
        END AS state_blank_as_zero
    FROM forms_shown AS s
    JOIN equations AS e USING (form_now, form_before, table_no)
    LEFT JOIN sums AS x
        ON x.publisher_id = s.publisher_id
        AND x.report_id = s.report_id
        AND x.district_code = s.district_code
        AND x.year = s.year
        AND x.report_id_before = s.report_id_before
        AND x.equation_id = e.equation_id
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
    w.rule,
    w.severity,
    w.equation,
    w.table_no,
    w.shown_now AS form,
    w.shown_before AS form_before,
    nullif(w.report_id_before, '') AS report_id_before,
    w.cells_used,
    w.cells,
    w.cells_missing,
    w.left_value,
    w.right_value,
    w.left_value - w.right_value AS difference,
    CASE WHEN w.cells_missing = 0 THEN w.state_blank_as_zero ELSE 'uncertain' END AS state,
    w.state_blank_as_zero,
    coalesce(vc.verdicts, 0) AS verdicts
FROM yearly_reports AS r
JOIN worked_out AS w USING (publisher_id, report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW year_balances IS 'One row per report, rule and equation that joins it to the report of the same publisher of the year before; if the publisher has several reports for that year, one row for each. Publishers with only one report are left out. A failure is a finding about either year, because figures are restated and organs merge · 跨年勾稽关系';
COMMENT ON COLUMN year_balances.rule IS 'R10: carried in = carried out the year before. R11: documents in force = those of the year before + made - repealed. R12: items of the year before = those of the year before that + change. R31: left is the cell this year, right the cell of the year before; a jump fails · 规则';
COMMENT ON COLUMN year_balances.severity IS 'How serious a failure is (error, warning, info) · 严重程度';
COMMENT ON COLUMN year_balances.equation IS 'Number of the equation, as in year_rules · 等式序号';
COMMENT ON COLUMN year_balances.table_no IS 'Number of the table as the reports count them · 表号';
COMMENT ON COLUMN year_balances.form IS 'Form of the table; NULL where the report does not have it · 表式';
COMMENT ON COLUMN year_balances.form_before IS 'Form of the table in the year before; NULL where that report or its table is missing · 上年表式';
COMMENT ON COLUMN year_balances.report_id_before IS 'The report of the year before · 上年报告编号';
COMMENT ON COLUMN year_balances.cells_used IS 'The cells: left = right, each with its year (now, before) and table:row:column; - marks a cell that is subtracted · 所用单元格';
COMMENT ON COLUMN year_balances.cells IS 'How many cells the equation has · 单元格数';
COMMENT ON COLUMN year_balances.cells_missing IS 'Cells of the equation that print no number or are not there · 缺少数字的单元格数';
COMMENT ON COLUMN year_balances.left_value IS 'Sum of the left side, blanks counted as 0; NULL where a cell is missing or prints a mark or a word · 左边';
COMMENT ON COLUMN year_balances.right_value IS 'Sum of the right side, under the same conditions · 右边';
COMMENT ON COLUMN year_balances.difference IS 'Left less right · 差额';
COMMENT ON COLUMN year_balances.state IS 'pass, fail, or uncertain where the year before, its table or a number is missing. R31 fails where the larger figure is above 100 and more than 10 times the smaller · 结果';
COMMENT ON COLUMN year_balances.state_blank_as_zero IS 'The same with blanks counted as 0 · 空白按零计的结果';

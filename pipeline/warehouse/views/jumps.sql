-- Figures far from those of the year before, beside the publisher's other years and the others of its level.
CREATE VIEW jumps AS
WITH jumped AS (
    SELECT
        b.publisher_id,
        b.report_id,
        b.district_code,
        b.year,
        b.report_id_before,
        b.level,
        b.scope,
        b.form,
        b.form_before,
        q.table_no,
        q.row_code,
        q.col_code,
        b.left_value AS value,
        b.right_value AS value_before
    FROM year_balances AS b
    JOIN year_rules AS q
        ON q.rule = b.rule AND q.equation = b.equation AND q.form_now = b.form AND q.form_before = b.form_before
    WHERE b.rule = 'R31' AND b.state = 'fail' AND q."of" = 'now'
),
-- The figures of the publisher in all other years than these two.
history AS (
    SELECT
        j.report_id,
        j.report_id_before,
        j.table_no,
        j.row_code,
        j.col_code,
        count(*) AS years,
        median(in_ones(f.value::DOUBLE, f.unit)) AS figure
    FROM jumped AS j
    JOIN yearly_reports AS r ON r.publisher_id = j.publisher_id AND r.year NOT IN (j.year, j.year - 1) AND r.scope = j.scope
    JOIN facts AS f
        ON f.report_id = r.report_id
        AND f.district_code = r.district_code
        AND f.year = r.year
        AND f.table_no = j.table_no
        AND f.row_code = j.row_code
        AND f.col_code = j.col_code
    WHERE f.value_kind = 'number'
    GROUP BY j.report_id, j.report_id_before, j.table_no, j.row_code, j.col_code
),
asked AS (
    SELECT level, scope, year, table_no, row_code, col_code, form FROM jumped
    UNION
    SELECT level, scope, year - 1, table_no, row_code, col_code, form_before FROM jumped
),
-- From 20 figures on, at least one lies above their 95th percentile, so that no figure is its own measure.
peers AS (
    SELECT
        a.level,
        a.scope,
        a.year,
        a.table_no,
        a.row_code,
        a.col_code,
        a.form,
        count(*) - 1 AS others,
        median(in_ones(f.value::DOUBLE, f.unit)) AS middle,
        CASE WHEN count(*) >= 20 THEN quantile_disc(in_ones(f.value::DOUBLE, f.unit), 0.95) END AS high
    FROM asked AS a
    JOIN yearly_reports AS r USING (level, scope, year)
    JOIN facts AS f
        ON f.report_id = r.report_id
        AND f.district_code = r.district_code
        AND f.year = r.year
        AND f.table_no = a.table_no
        AND f.row_code = a.row_code
        AND f.col_code = a.col_code
        AND f.form = a.form
    WHERE f.value_kind = 'number'
    GROUP BY a.level, a.scope, a.year, a.table_no, a.row_code, a.col_code, a.form
),
jumping AS (
    SELECT level, scope, year, table_no, row_code, col_code, count(DISTINCT publisher_id) - 1 AS others
    FROM jumped
    GROUP BY level, scope, year, table_no, row_code, col_code
),
compared AS (
    SELECT
        j.*,
        coalesce(h.years, 0) AS years_compared,
        h.figure AS history_median,
        coalesce(n.others, 0) AS peers,
        n.middle AS peers_median,
        n.high AS peers_high,
        b.middle AS peers_median_before,
        b.high AS peers_high_before,
        coalesce(g.others, 0) AS peers_jumping,
        is_jump(j.value, h.figure) AS far_now,
        is_jump(j.value_before, h.figure) AS far_before,
        j.value > n.high AS above_now,
        j.value_before > b.high AS above_before
    FROM jumped AS j
    LEFT JOIN history AS h USING (report_id, report_id_before, table_no, row_code, col_code)
    LEFT JOIN peers AS n USING (level, scope, year, table_no, row_code, col_code, form)
    LEFT JOIN peers AS b
        ON b.level = j.level
        AND b.scope = j.scope
        AND b.year = j.year - 1
        AND b.table_no = j.table_no
        AND b.row_code = j.row_code
        AND b.col_code = j.col_code
        AND b.form = j.form_before
    LEFT JOIN jumping AS g USING (level, scope, year, table_no, row_code, col_code)
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
    c.table_no,
    c.row_code,
    c.col_code,
    c.form,
    c.form_before,
    c.report_id_before,
    c.value,
    c.value_before,
    c.years_compared,
    c.history_median,
    CASE WHEN c.history_median IS NOT NULL THEN CASE
        WHEN c.far_now AND c.far_before THEN 'both'
        WHEN c.far_now THEN 'now'
        WHEN c.far_before THEN 'before'
        ELSE 'neither'
    END END AS unlike_history,
    c.peers,
    c.peers_median,
    c.peers_high,
    c.peers_median_before,
    c.peers_high_before,
    c.peers_jumping,
    CASE WHEN c.peers_high IS NOT NULL AND c.peers_high_before IS NOT NULL THEN CASE
        WHEN c.above_now AND c.above_before THEN 'both'
        WHEN c.above_now THEN 'now'
        WHEN c.above_before THEN 'before'
        ELSE 'neither'
    END END AS unlike_peers,
    coalesce(vc.verdicts, 0) AS verdicts
FROM yearly_reports AS r
JOIN compared AS c USING (publisher_id, report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW jumps IS 'One row per figure far from the one of the year before (rule R31 of year_balances fails), beside the publisher''s other years and the publishers of the same level and scope; if the publisher has several reports for the year before, one row for each. A jump that peers make too is rather news than an error · 数值突变';
COMMENT ON COLUMN jumps.table_no IS 'Number of the table as the reports count them · 表号';
COMMENT ON COLUMN jumps.form IS 'Form of the table · 表式';
COMMENT ON COLUMN jumps.form_before IS 'Form of the table in the year before · 上年表式';
COMMENT ON COLUMN jumps.value IS 'The figure, multiples such as 万件 multiplied out · 数值';
COMMENT ON COLUMN jumps.value_before IS 'The figure of the year before, under the same conditions · 上年数值';
COMMENT ON COLUMN jumps.years_compared IS 'How many other years of the publisher print a number in the cell · 比较年数';
COMMENT ON COLUMN jumps.history_median IS 'Median of the publisher''s figures of other years than these two; NULL where there is none · 本机关历年中位数';
COMMENT ON COLUMN jumps.unlike_history IS 'Which of the two figures is as far from the median of the other years as a jump: now, before, both, neither; NULL without other years · 与本机关历年不符';
COMMENT ON COLUMN jumps.peers IS 'How many other reports of the same level, scope, year and form print a number in the cell · 同级机关数';
COMMENT ON COLUMN jumps.peers_median IS 'Median of all figures of the level and scope in the year · 同级中位数';
COMMENT ON COLUMN jumps.peers_high IS 'Their 95th percentile; NULL for fewer than 20 figures · 同级较高值';
COMMENT ON COLUMN jumps.peers_median_before IS 'Median of all figures of the level and scope in the year before · 上年同级中位数';
COMMENT ON COLUMN jumps.peers_high_before IS 'Their 95th percentile; NULL for fewer than 20 figures · 上年同级较高值';
COMMENT ON COLUMN jumps.peers_jumping IS 'How many of the peers jump in the same cell in this year too · 同样突变的同级机关数';
COMMENT ON COLUMN jumps.unlike_peers IS 'Which of the two figures is above the 95th percentile of its peers: now, before, both, neither; NULL where they are too few · 与同级不符';

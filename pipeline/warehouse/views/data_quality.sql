-- The quality of the data, one row per district and year; a district has one, too, where a file in quarantine may be its
-- report and none is loaded.
CREATE VIEW data_quality AS
WITH of_reports AS (
    SELECT
        district_code,
        year,
        any_value(district_name) AS district_name,
        any_value(prefecture_name) AS prefecture_name,
        any_value(province_name) AS province_name,
        count(*) AS reports,
        count(*) FILTER (grade = 'A') AS grade_a,
        count(*) FILTER (grade = 'B') AS grade_b,
        count(*) FILTER (grade = 'C') AS grade_c,
        count(*) FILTER (grade = 'D') AS grade_d,
        count(*) FILTER (grade = 'none') AS without_tables,
        count(*) FILTER (all_zero) AS all_zero_reports,
        sum(routes_compared)::BIGINT AS routes_compared,
        sum(routes_agreeing)::BIGINT AS routes_agreeing
    FROM reports
    GROUP BY district_code, year
),
of_balances AS (
    SELECT
        district_code,
        year,
        count(*) FILTER (state = 'pass') AS identities_pass,
        count(*) FILTER (state = 'fail') AS identities_fail,
        count(*) FILTER (state = 'incomplete') AS identities_incomplete,
        count(*) FILTER (blame = 'source') AS blamed_on_source,
        count(*) FILTER (blame = 'misread') AS blamed_on_reading,
        count(*) FILTER (blame = 'undecided') AS blame_undecided
    FROM balances
    GROUP BY district_code, year
),
of_facts AS (
    SELECT
        district_code,
        year,
        count(*) AS facts,
        count(*) FILTER (value_kind = 'number') AS numbers,
        count(*) FILTER (trust = 'proven') AS facts_proven,
        count(*) FILTER (trust = 'doubtful') AS facts_doubtful
    FROM facts
    GROUP BY district_code, year
),
of_issues AS (
    SELECT
        district_code,
        year,
        count(*) FILTER (severity = 'error') AS issue_errors,
        count(*) FILTER (severity = 'warning') AS issue_warnings
    FROM issues
    GROUP BY district_code, year
),
of_quarantine AS (
    SELECT code AS district_code, year, count(*) AS files_in_quarantine
    FROM (SELECT year, unnest(string_split(candidates, ' ')) AS code FROM quarantine WHERE candidates IS NOT NULL)
    GROUP BY code, year
),
-- By the names of the year, or of the last years of a code that was not in force then.
only_in_quarantine AS (
    SELECT DISTINCT ON (q.district_code, q.year)
        q.district_code,
        q.year,
        d.name AS district_name,
        d.prefecture_name,
        d.province_name
    FROM of_quarantine AS q
    ANTI JOIN of_reports AS r USING (district_code, year)
    LEFT JOIN districts AS d USING (district_code)
    ORDER BY q.year BETWEEN d.start_year AND coalesce(d.end_year, q.year) DESC NULLS LAST, d.start_year DESC
),
present AS (
    SELECT * FROM of_reports UNION ALL BY NAME SELECT * FROM only_in_quarantine
),
of_verdicts AS (
    SELECT district_code, year, count(*) AS verdicts FROM verdicts_applied WHERE status = 'applied' GROUP BY district_code, year
)
SELECT
    p.district_name,
    p.prefecture_name,
    p.province_name,
    p.year,
    p.district_code,
    coalesce(p.reports, 0) AS reports,
    coalesce(p.grade_a, 0) AS grade_a,
    coalesce(p.grade_b, 0) AS grade_b,
    coalesce(p.grade_c, 0) AS grade_c,
    coalesce(p.grade_d, 0) AS grade_d,
    coalesce(p.without_tables, 0) AS without_tables,
    coalesce(p.all_zero_reports, 0) AS all_zero_reports,
    coalesce(f.facts, 0) AS facts,
    coalesce(f.numbers, 0) AS numbers,
    coalesce(f.facts_proven, 0) AS facts_proven,
    coalesce(f.facts_doubtful, 0) AS facts_doubtful,
    coalesce(b.identities_pass, 0) AS identities_pass,
    coalesce(b.identities_fail, 0) AS identities_fail,
    coalesce(b.identities_incomplete, 0) AS identities_incomplete,
    coalesce(b.blamed_on_source, 0) AS blamed_on_source,
    coalesce(b.blamed_on_reading, 0) AS blamed_on_reading,
    coalesce(b.blame_undecided, 0) AS blame_undecided,
    p.routes_compared,
    p.routes_agreeing,
    CASE WHEN p.routes_compared > 0 THEN p.routes_agreeing / p.routes_compared END AS agreement_share,
    coalesce(i.issue_errors, 0) AS issue_errors,
    coalesce(i.issue_warnings, 0) AS issue_warnings,
    coalesce(v.verdicts, 0) AS verdicts,
    coalesce(q.files_in_quarantine, 0) AS files_in_quarantine
FROM present AS p
LEFT JOIN of_quarantine AS q ON q.district_code = p.district_code AND q.year IS NOT DISTINCT FROM p.year
LEFT JOIN of_facts AS f ON f.district_code = p.district_code AND f.year = p.year
LEFT JOIN of_balances AS b ON b.district_code = p.district_code AND b.year = p.year
LEFT JOIN of_issues AS i ON i.district_code = p.district_code AND i.year = p.year
LEFT JOIN of_verdicts AS v ON v.district_code = p.district_code AND v.year = p.year;

COMMENT ON VIEW data_quality IS 'One row per district and year of which a report is loaded, or may be in quarantine: reports by grade, facts by trust, identities by state, failures by whose error they are, how far the two ways of reading agree, issues and verdicts · 数据质量';
COMMENT ON COLUMN data_quality.year IS 'Year of the reports; empty where a file in quarantine does not give one · 报告年度';
COMMENT ON COLUMN data_quality.reports IS 'Reports loaded; 0 where there is only a file in quarantine · 报告数';
COMMENT ON COLUMN data_quality.grade_a IS 'Reports of grade A: all identities hold, both ways of reading agree, nothing is odd · A级报告数';
COMMENT ON COLUMN data_quality.grade_b IS 'Reports of grade B: with reservations · B级报告数';
COMMENT ON COLUMN data_quality.grade_c IS 'Reports of grade C: an identity fails in print, or something is missing · C级报告数';
COMMENT ON COLUMN data_quality.grade_d IS 'Reports of grade D: figures were read two ways or could not be placed · D级报告数';
COMMENT ON COLUMN data_quality.without_tables IS 'Reports without tables · 无表格报告数';
COMMENT ON COLUMN data_quality.all_zero_reports IS 'Reports whose numbers are all 0 · 全零报告数';
COMMENT ON COLUMN data_quality.facts IS 'Facts, numbers or not · 事实数';
COMMENT ON COLUMN data_quality.numbers IS 'Facts that are numbers · 数字事实数';
COMMENT ON COLUMN data_quality.facts_proven IS 'Facts that an identity proves · 经勾稽验证的事实数';
COMMENT ON COLUMN data_quality.facts_doubtful IS 'Facts that are doubtful · 存疑事实数';
COMMENT ON COLUMN data_quality.identities_pass IS 'Identities that hold · 平衡的勾稽关系数';
COMMENT ON COLUMN data_quality.identities_fail IS 'Identities that fail · 不平衡的勾稽关系数';
COMMENT ON COLUMN data_quality.identities_incomplete IS 'Identities with a cell that is not a number · 不完整的勾稽关系数';
COMMENT ON COLUMN data_quality.blamed_on_source IS 'Failed identities that the reports print so · 归因于原文数';
COMMENT ON COLUMN data_quality.blamed_on_reading IS 'Failed identities that we misread · 归因于误读数';
COMMENT ON COLUMN data_quality.blame_undecided IS 'Failed identities for which that is not known · 归因未定数';
COMMENT ON COLUMN data_quality.agreement_share IS 'Share of the figures read two ways that agree · 复核一致率';
COMMENT ON COLUMN data_quality.issue_errors IS 'Issues that are errors · 错误数';
COMMENT ON COLUMN data_quality.issue_warnings IS 'Issues that are warnings · 警告数';
COMMENT ON COLUMN data_quality.verdicts IS 'Verdicts by people that are applied · 已适用裁定数';
COMMENT ON COLUMN data_quality.files_in_quarantine IS 'Files in quarantine that may be reports of this district and year · 隔离区文件数';

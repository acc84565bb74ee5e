-- What a year added to the documents in force: made less repealed, where the form asks for both (that of 2021 does).
CREATE VIEW normdocs_net_change AS
WITH figures AS (
    SELECT
        publisher_id,
        report_id,
        district_code,
        year,
        form,
        CASE WHEN starts_with(series, 'rules') THEN 'rules' ELSE 'normative_documents' END AS kind,
        (max(value) FILTER (value = trunc(value) AND series IN ('normdocs_made', 'rules_made')))::BIGINT AS made,
        (max(value) FILTER (value = trunc(value) AND series IN ('normdocs_repealed', 'rules_repealed')))::BIGINT AS repealed
    FROM series_by_report
    WHERE series IN ('normdocs_made', 'normdocs_repealed', 'rules_made', 'rules_repealed')
    GROUP BY publisher_id, report_id, district_code, year, form, kind
    HAVING bool_or(series IN ('normdocs_repealed', 'rules_repealed'))
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
    f.kind,
    f.made,
    f.repealed,
    f.made - f.repealed AS net_change,
    f.form,
    coalesce(vc.verdicts, 0) AS verdicts
FROM yearly_reports AS r
JOIN figures AS f USING (publisher_id, report_id, district_code, year)
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);

COMMENT ON VIEW normdocs_net_change IS 'One row per report and kind of document whose form asks how many were repealed: documents made minus documents repealed in the year. The stock may change in other ways too, for instance by lapse · 规范性文件净增减';
COMMENT ON COLUMN normdocs_net_change.kind IS 'Kind of document: normative_documents 规范性文件, rules 规章 · 文件种类';
COMMENT ON COLUMN normdocs_net_change.made IS 'Made and issued in the year (件); NULL where no number is printed · 本年制发件数';
COMMENT ON COLUMN normdocs_net_change.repealed IS 'Repealed in the year (件); NULL where no number is printed · 本年废止件数';
COMMENT ON COLUMN normdocs_net_change.net_change IS 'Made less repealed (件); NULL where either is · 净增减件数';
COMMENT ON COLUMN normdocs_net_change.form IS 'Form that gives the cells their meaning · 表式';

-- The one place that keeps half-years, quarters, school years and whole systems out of the views of yearly figures.
CREATE VIEW yearly_reports AS
FROM reports WHERE period = 'year' AND scope <> 'system';

COMMENT ON VIEW yearly_reports IS 'The reports of calendar years and not of whole systems: what all views of yearly figures read · 年度报告';

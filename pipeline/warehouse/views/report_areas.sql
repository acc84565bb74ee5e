-- The areas that each report belongs to: its district, prefecture and province, as far as it has them, and the country.
CREATE VIEW report_areas AS
SELECT report_id, district_code, year, 'district' AS area_level, district_code AS area_code, district_name AS area_name
FROM yearly_reports
UNION ALL
SELECT report_id, district_code, year, 'prefecture', prefecture_code, prefecture_name
FROM yearly_reports
WHERE prefecture_code IS NOT NULL
UNION ALL
SELECT report_id, district_code, year, 'province', province_code, province_name
FROM yearly_reports
WHERE province_code IS NOT NULL
UNION ALL
SELECT report_id, district_code, year, 'country', '000000', '全国'
FROM yearly_reports;

COMMENT ON VIEW report_areas IS 'One row per report and area that it belongs to: once at each level that it has, so levels must not be added up · 报告所属区域';
COMMENT ON COLUMN report_areas.area_level IS 'District, prefecture, province or country: every report is counted once at each level that it has, so levels must not be added up (district, prefecture, province, country) · 区域层级';
COMMENT ON COLUMN report_areas.area_code IS 'GB/T 2260 code of the area; 000000 for the country · 区域代码';
COMMENT ON COLUMN report_areas.area_name IS 'Name of the area · 区域名称';

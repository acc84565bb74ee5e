-- What `series_by_report` and `series_year_on_year` are made of: the figures of each report, read from its own cells
-- (now) and from those of the same publisher's report of the year before (before).
CREATE VIEW series_figures AS
WITH sources AS (
    SELECT
        publisher_id,
        report_id,
        district_code,
        year,
        'now' AS "of",
        report_id AS source_id,
        district_code AS source_district,
        year AS source_year,
        scope AS source_scope
    FROM yearly_reports
    UNION ALL
    SELECT
        n.publisher_id,
        n.report_id,
        n.district_code,
        n.year,
        'before' AS "of",
        b.report_id AS source_id,
        b.district_code AS source_district,
        b.year AS source_year,
        b.scope AS source_scope
    FROM yearly_reports AS n
    JOIN yearly_reports AS b ON b.publisher_id = n.publisher_id AND b.year = n.year - 1
),
printed AS NOT MATERIALIZED (
    -- The keys of the report stand below the sums, so that whoever asks for one publisher or district reads its facts only.
    SELECT
        p.publisher_id,
        p.report_id,
        p.district_code,
        p.year,
        p."of",
        p.source_id,
        p.source_scope,
        s.series,
        s.segment,
        s.breakdown,
        s.form,
        s.unit,
        s.derived,
        s.cells,
        f.value_kind = 'number' AS is_number,
        f.value_kind = 'blank' AS is_blank,
        CASE WHEN is_number THEN in_ones(f.value::DOUBLE, f.unit) END AS figure,
        -- Money is turned into the unit of the series; without a printed unit nobody knows how much it is.
        CASE WHEN s.unit <> '万元' THEN figure ELSE in_10k_yuan(figure, f.unit) END AS amount
    FROM sources AS p
    JOIN facts AS f ON f.report_id = p.source_id AND f.district_code = p.source_district AND f.year = p.source_year
    JOIN series_cells AS s
        ON s.form = f.form AND s.table_no = f.table_no AND s.row_code = f.row_code AND s.col_code = f.col_code
),
added AS (
    SELECT
        publisher_id,
        report_id,
        district_code,
        year,
        "of",
        source_id,
        any_value(source_scope) AS source_scope,
        series,
        any_value(segment) AS segment,
        breakdown,
        form,
        any_value(unit) AS unit,
        any_value(derived) AS derived,
        any_value(cells) AS cells,
        count(*) FILTER (is_number) AS cells_with_number,
        count(*) FILTER (is_blank) AS cells_blank,
        count(amount) AS amounts,
        sum(amount) AS total
    FROM printed
    WHERE cells > 1
    GROUP BY publisher_id, report_id, district_code, year, "of", source_id, series, breakdown, form
)
SELECT
    publisher_id,
    report_id,
    district_code,
    year,
    "of",
    source_id,
    source_scope,
    series,
    segment,
    breakdown,
    form,
    unit,
    derived,
    cells,
    is_number::INTEGER AS cells_with_number,
    is_blank::INTEGER AS cells_blank,
    amount AS value,
    amount AS value_blank_as_zero
FROM printed
WHERE cells = 1
UNION ALL
SELECT
    publisher_id,
    report_id,
    district_code,
    year,
    "of",
    source_id,
    source_scope,
    series,
    segment,
    breakdown,
    form,
    unit,
    derived,
    cells,
    cells_with_number,
    cells_blank,
    CASE WHEN amounts = cells THEN total END AS value,
    CASE WHEN amounts > 0 AND amounts + cells_blank = cells THEN total END AS value_blank_as_zero
FROM added;

COMMENT ON VIEW series_figures IS 'One row per report, report from which the figure is taken, series, breakdown and form; series_by_report and series_year_on_year are built on it and are easier to read · 指标序列（底表）';
COMMENT ON COLUMN series_figures.of IS 'now: read from the report itself; before: from a report of the same publisher of the year before · 取数年份';
COMMENT ON COLUMN series_figures.source_id IS 'The report that the figure is read from · 取数报告编号';
COMMENT ON COLUMN series_figures.source_scope IS 'Scope of the report that the figure is read from · 取数报告统计范围';
COMMENT ON COLUMN series_figures.series IS 'Code of the series · 序列代码';
COMMENT ON COLUMN series_figures.segment IS 'Consecutive forms without a break, across which the series may be joined: series@first form · 可比区段';
COMMENT ON COLUMN series_figures.breakdown IS 'Kind of applicant (column of table 3): natural, business, research, welfare, legal, other, and total as printed; total for what is not split · 分组';
COMMENT ON COLUMN series_figures.form IS 'Form that gives the cells their meaning · 表式';
COMMENT ON COLUMN series_figures.unit IS 'Unit of the figure; money is in 万元 whatever unit is printed · 单位';
COMMENT ON COLUMN series_figures.derived IS 'True where several cells are added up, which no report prints · 是否推算';
COMMENT ON COLUMN series_figures.cells IS 'How many cells of the form make up the figure · 单元格数';
COMMENT ON COLUMN series_figures.cells_with_number IS 'Cells of the figure that print a number · 印有数字的单元格数';
COMMENT ON COLUMN series_figures.cells_blank IS 'Cells of the figure that are blank; the rest print a mark or a word, or are not there · 空白单元格数';
COMMENT ON COLUMN series_figures.value IS 'The figure; NULL unless every one of its cells prints a number, and for money without a printed unit · 数值';
COMMENT ON COLUMN series_figures.value_blank_as_zero IS 'The figure with blank cells counted as 0; NULL unless at least one cell prints a number and every other is blank: a slash, a dash, a word or a missing cell is never taken for 0 · 数值（空白按零计）';

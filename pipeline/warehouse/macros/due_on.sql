-- Regulation of 2019, art. 49: departments by 31 January, governments by 31 March; before it all by 31 March.
CREATE MACRO due_on(year, level) AS
CASE
    WHEN year < 2019 OR level IN ('province', 'prefecture', 'county') THEN make_date(year + 1, 3, 31)
    ELSE make_date(year + 1, 1, 31)
END;

COMMENT ON MACRO due_on IS 'The last day for the publication of a report of that year by a publisher of that level; after ATTACH … AS w, USE w first · 应公布日期';

-- Nothing is rounded: a count with a fraction is a flaw of the report (the issue figure-fraction), and no count.
CREATE MACRO whole(figure) AS CASE WHEN figure = trunc(figure) THEN TRY_CAST(figure AS BIGINT) END;

COMMENT ON MACRO whole IS 'A count as a whole number; NULL for a fraction; after ATTACH … AS w, USE w first · 整数';

-- A figure without a printed unit, or with one of another kind, is not guessed at.
CREATE MACRO in_10k_yuan(figure, unit) AS
CASE unit
    WHEN '万元' THEN figure
    WHEN '元' THEN figure / 10000
    WHEN '百元' THEN figure / 100
    WHEN '千元' THEN figure / 10
    WHEN '百万元' THEN figure * 100
    WHEN '千万元' THEN figure * 1000
    WHEN '亿元' THEN figure * 10000
END;

COMMENT ON MACRO in_10k_yuan IS 'An amount of money in 10,000 yuan by the unit in which it is printed; NULL for any other unit; after ATTACH … AS w, USE w first · 折合万元';

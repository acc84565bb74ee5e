-- 件, 项 and 条 stay what they are; only multiples of them are multiplied out.
CREATE MACRO in_ones(figure, unit) AS
CASE
    WHEN unit IS NULL OR ends_with(unit, '元') THEN figure
    WHEN starts_with(unit, '亿') THEN figure * 100000000
    WHEN starts_with(unit, '万') THEN figure * 10000
    WHEN starts_with(unit, '千') THEN figure * 1000
    WHEN starts_with(unit, '百') THEN figure * 100
    ELSE figure
END;

COMMENT ON MACRO in_ones IS 'A count by the unit in which it is printed, 1.2 of 万件 as 12,000; money stays as printed; after ATTACH … AS w, USE w first · 折合单件';

-- 件, 项 and 条 stay what they are; only multiples of them are multiplied out. The figure stands once: each place of an
-- argument is planned anew wherever the macro is used.
CREATE MACRO in_ones(figure, unit) AS
figure * CASE
    WHEN unit IS NULL OR ends_with(unit, '元') THEN 1
    WHEN starts_with(unit, '亿') THEN 100000000
    WHEN starts_with(unit, '万') THEN 10000
    WHEN starts_with(unit, '千') THEN 1000
    WHEN starts_with(unit, '百') THEN 100
    ELSE 1
END;

COMMENT ON MACRO in_ones IS 'A count by the unit in which it is printed, 1.2 of 万件 as 12,000; money stays as printed; after ATTACH … AS w, USE w first · 折合单件';

-- Of a version that began and ended on one day nothing is seen: at the end of the day it was gone.
CREATE MACRO facts_as_of(day) AS TABLE
SELECT * EXCLUDE (publisher, valid_from, valid_to, cause)
FROM facts_dated
WHERE valid_from <= day::DATE AND (valid_to IS NULL OR valid_to > day::DATE);

COMMENT ON MACRO TABLE facts_as_of IS 'The facts as they were loaded at the end of that day (UTC); after ATTACH … AS w, USE w first · 某日的事实';

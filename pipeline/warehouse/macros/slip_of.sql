-- As proposals within a table explain themselves (pipeline/trust/proposals), for what rules between years point at.
CREATE MACRO slip_of(printed, meant) AS
CASE
    WHEN printed = '' THEN 'blank-for-number'
    WHEN length(meant) = length(printed) + 1 AND levenshtein(meant, printed) = 1 THEN 'digit-lost'
    WHEN length(meant) = length(printed) - 1 AND levenshtein(meant, printed) = 1 THEN 'digit-added'
    WHEN length(meant) <> length(printed) OR length(printed) = 1 THEN 'other'
    WHEN hamming(meant, printed) = 1 THEN 'digit-changed'
    WHEN hamming(meant, printed) = 2 AND damerau_levenshtein(meant, printed) = 1 THEN 'digits-turned'
    ELSE 'other'
END;

COMMENT ON MACRO slip_of IS 'The slip by which a figure may have become the printed one, both as text: a digit lost, added, changed, two turned, nothing printed, or other; after ATTACH … AS w, USE w first · 笔误类型';

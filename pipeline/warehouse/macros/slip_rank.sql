-- The likelier slips first, as in pipeline/trust/proposals.
CREATE MACRO slip_rank(slip) AS
CASE slip
    WHEN 'total-not-summed' THEN 0
    WHEN 'digit-lost' THEN 1
    WHEN 'digit-added' THEN 1
    WHEN 'digits-turned' THEN 1
    WHEN 'blank-for-number' THEN 1
    WHEN 'shifted' THEN 2
    WHEN 'glued' THEN 2
    WHEN 'split' THEN 2
    WHEN 'swapped' THEN 2
    WHEN 'digit-changed' THEN 3
    ELSE 4
END;

COMMENT ON MACRO slip_rank IS 'How unlikely a slip is, from 0; after ATTACH … AS w, USE w first · 笔误可能性次序';

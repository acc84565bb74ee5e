-- What the rules say, in plain words: balances, year_balances and comparisons name them by their code.
CREATE VIEW rules AS
SELECT *
FROM (
    VALUES
        ('R01', 'balances', 'New requests and those carried in are as many as those handled and carried out', '新收加上年结转等于办理总计加结转下年'),
        ('R02', 'balances', 'The results of handling add up to the printed total handled', '各项办理结果之和等于总计'),
        ('R03', 'balances', 'The kinds of applicants add up to the printed total', '各类申请人之和等于总计列'),
        ('R04', 'balances', 'Upheld, corrected, other and pending add up to the printed total of reviews or suits', '维持、纠正、其他、未审结之和等于总计'),
        ('R05', 'issues', 'Counts are whole numbers and not below zero, but for changes of items', '件数为非负整数（增减项除外）'),
        ('R06', 'balances', 'What was disclosed in the year is not more than what was disclosed to date', '本年新公开数不超过对外公开总数'),
        ('R07', 'balances', 'The parts of the sheet of 2014 add up to their printed totals and are not more than they', '统计表各分项之和等于总项，分项不超过总项'),
        ('R10', 'year_balances', 'What was carried in is what the year before carried out', '上年结转等于上一年报告的结转下年'),
        ('R11', 'year_balances', 'Documents in force are those of the year before, more those made, less those repealed', '现行有效件数等于上年有效加本年制发减本年废止'),
        ('R12', 'year_balances', 'Items of the year before are those of the report before and its change', '上一年项目数量等于前一年数量加其增减'),
        ('R20', 'comparisons', 'The text counts as many requests as the table', '正文申请件数与表格一致'),
        ('R21', 'comparisons', 'The text counts the results of handling as the table does', '正文办理结果与表格一致'),
        ('R22', 'comparisons', 'The text counts reviews and suits as the table does', '正文复议诉讼件数与表格一致'),
        ('R23', 'comparisons', 'The text counts normative documents, permits and penalties as the table does', '正文规范性文件等件数与表格一致'),
        ('R24', 'comparisons', 'Fees are said to be taken where some are, and not to be where none are', '收费表述前后一致'),
        ('R30', 'validations', 'Rules are made only by bodies that may make them', '规章只由有权机关制定'),
        ('R31', 'year_balances', 'A figure is not tenfold or a tenth of that of the year before', '与上年相比无十倍以上变化'),
        ('R33', 'comparisons', 'The period that the text names is the year of the report', '正文统计期间与报告年度一致'),
        ('R34', 'validations', 'The six prescribed sections are there, and tables where they belong', '六个规定部分及表格齐全')
) AS told (rule, found_in, meaning, meaning_zh);

COMMENT ON VIEW rules IS 'One row per rule that figures are checked against: what it says in plain words, and where its results are; join it by rule · 校验规则';
COMMENT ON COLUMN rules.rule IS 'Code of the rule, as in balances, year_balances and comparisons · 规则';
COMMENT ON COLUMN rules.found_in IS 'Table or view that has its results · 结果所在';
COMMENT ON COLUMN rules.meaning IS 'What the rule demands, in English · 含义（英文）';
COMMENT ON COLUMN rules.meaning_zh IS 'What the rule demands, in Chinese · 含义';

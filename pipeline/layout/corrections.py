"""Lines above two versions of a table: the one that was corrected, and the one that holds now."""

from __future__ import annotations

import re

from pipeline.labels import compact

_NUMBER = r"(?:[(（]?[一二三四五1-5][)）]?[、.]?)?"
_WORDS = r"[^，。；：:;,0-9]"
_ENDS = r"(?:数据|内容|情况|附?表格?|如下|为|是)*(?:[(（][^()（）]{1,10}[)）])?[:：]?$"
_CHANGE = "(?:更正|更改|修改|修订|修正|订正|改正|调整|勘误)"
_ANY_CHANGE = f"(?:{_CHANGE}|变更|更新)"
_OLD = re.compile(
    rf"^{_NUMBER}(?:原{_WORDS}{{1,12}}(?:数据|数字|表格?|内容)|(?:错误|有误|误)的?(?:数据|数字|表格?|内容)|误|(?:原|旧|原有|原来的?)(?:表格?|文|稿|件|版本?|数据|数字|内容|公布{_WORDS}{{0,8}}|公开{_WORDS}{{0,8}}|发布{_WORDS}{{0,8}})?"
    rf"|{_WORDS}{{0,12}}{_ANY_CHANGE}(?:之|以)?前(?:的)?|(?:以下|下表)?(?:已|现已)?作废{_WORDS}{{0,8}}|{_WORDS}{{1,16}}[(（](?:已|现)?作废[)）])"
    rf"{_ENDS}"
)
_NEW = re.compile(
    rf"^{_NUMBER}(?:(?:现|现将|兹将|特)?{_WORDS}{{0,20}}?(?:予以)?{_CHANGE}(?:后|之后|以后)?(?:的)?(?:数据|内容)?(?:为|如下|[:：])"
    rf"|(?:现|新)?{_ANY_CHANGE}后(?:的)?|应为|现为|应更正为|正确(?:的)?(?:数据|内容|表格?)?(?:应)?(?:为|如下)?|(?:现|新)(?:公布|公开|发布)(?:的)?(?:数据|内容)?|[现新](?:表格?|版本?|稿|数据|数字|内容)|(?:现|现予|兹)?改为|正)"
    rf"{_ENDS}"
)


def is_corrected(caption: str) -> bool:
    """True for what stands above figures that were corrected since: 更正前, 原公布内容（已作废）."""
    return bool(_OLD.match(_bare(caption)))


def is_correction(caption: str) -> bool:
    """True for what stands above the corrected figures: 更正为, 现将有关表格更正如下."""
    text = _bare(caption)
    return bool(_NEW.match(text)) and not _OLD.match(text)


def _bare(caption: str) -> str:
    """The caption without brackets around all of it."""
    text = compact(caption)
    return text[1:-1] if text[:1] in "(【[" and text[-1:] in ")】]" else text

"""Wordings: whether a printed label that is like one of the form is its misprint, or says something else.

A misprint loses characters, doubles one, or has a wrong one here and there. A word that is put before a label, or in
the place of one of its words, may change what is counted: where it plainly does, as for another year or with a `not`,
the label is another one.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from pipeline.layout.periods import names_another_period

_NEGATIONS = frozenset("不非未无没免减拟失")  # one of these makes another thing of a word
# Characters of a label for each wrong one: of four or six characters one makes another word, 行政处分 of 行政处罚.
_LEAST_FOR_EACH_WRONG = 7


@lru_cache(maxsize=4_096)
def says_otherwise(printed: str, meant: str) -> bool:
    """True for a label that counts other periods than the form's, or the opposite: 上年处理决定数量, 不予行政许可."""
    if names_another_period(printed) and not names_another_period(meant):
        return True
    return not _NEGATIONS.isdisjoint(_added(printed, meant))


@lru_cache(maxsize=4_096)
def is_misprint(printed: str, meant: str) -> bool:
    """True where the printed label only lost characters of the one that is meant, or has single wrong or doubled ones.

    A `not` is no character that may be lost; 本年度 is 本年.
    """
    text, whole = printed.replace("年度", "年"), meant.replace("年度", "年")
    changes = [c for c in Levenshtein.opcodes(whole, text) if c.tag != "equal"]
    lost = {ch for c in changes for ch in whole[c.src_start : c.src_end]}
    if lost & _NEGATIONS:
        return False
    if all(c.tag == "delete" for c in changes):
        return True
    wrong = sum(c.tag == "replace" for c in changes)
    slips = [_is_slip(c.tag, c.src_end - c.src_start, text, c.dest_start, c.dest_end) for c in changes]
    return all(slips) and wrong <= len(whole) // _LEAST_FOR_EACH_WRONG


def _is_slip(tag: str, lost: int, printed: str, start: int, end: int) -> bool:
    """True for one character that is lost, for one in place of another, and for one that is printed twice."""
    if tag == "insert":
        return end - start == 1 and printed[start] in printed[max(start - 1, 0) : start] + printed[end : end + 1]
    return lost == 1


def _added(printed: str, meant: str) -> set[str]:
    """The characters that are printed and not part of the label that is meant."""
    changes = Levenshtein.opcodes(meant, printed)
    return {c for change in changes if change.tag != "equal" for c in printed[change.dest_start : change.dest_end]}

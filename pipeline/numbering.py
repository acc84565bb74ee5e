"""Numbers before a title or a name that count the parts of a file: 附件2：, （二）, 第二篇, 之二：, Ⅱ, ②.

Only numbers that a mark or a word sets off from what follows: 二道区 and 第二人民医院 begin with numerals of their own.
What does *not* belong here: numerals that nothing sets off, which only the register of places tells from a name
(`places.numerals`), and the ordinals of labels (`labels`).
"""

from __future__ import annotations

import re

_D = "[0-9０-９]"
CHINESE = "[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_CHINESE = f"(?:[一二三四五六七八九]百(?:零[一二三四五六七八九]|{CHINESE})?|{CHINESE})"
_ARABIC = rf"{_D}{{1,3}}(?:\s*[-.．—]\s*{_D}{{1,2}})*(?!{_D}|年)"
_ROMAN = "[IVXivxⅠ-ⅿ]{1,5}"
_NUMBER = f"(?:{_ARABIC}|{_CHINESE}|{_ROMAN})"
_MARK = r"\s*[、.．:：,，)）]\s*"
_BEFORE = re.compile(
    r"^\s*(?:"
    rf"第(?:{_ARABIC}|{_CHINESE})(?:篇|部[分份]|编|章|节|卷|册|辑|单元)(?:{_MARK})?"
    rf"|[第之]\s*(?:{_ARABIC}|{_CHINESE}){_MARK}|之(?:{_ARABIC}|{_CHINESE})\s+"
    rf"|附(?:件材料|[件录表])?\s*(?:{_NUMBER}{_MARK}|{_CHINESE}\s+|{_ARABIC}(?:\s*[-—–])?\s*|[:：])"
    rf"|[(（\[【〔]\s*[第之]?{_NUMBER}\s*[)）\]】〕](?:{_MARK})?"
    r"|[\u2460-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289](?:\s*[、.．:：])?"
    rf"|{_NUMBER}{_MARK}|[Ⅰ-ⅿ]+\s*|(?:I{{1,3}}|I?V|VI{{1,3}}|IX)(?:\s+|(?=[\u4e00-\u9fff]))"
    r")\s*"
)
_MAY_BEGIN = re.compile(
    r"\s*[第之附(（\[【〔0-9０-９一二三四五六七八九十IVXivxⅠ-ⅿ\u2460-\u24ff\u2776-\u2793\u3220-\u3289]"
)
_CHAIN = 3  # 附件2：（二）1.


def without_numbering(printed: str) -> str:
    """The text without the numbers that stand before it; one of nothing but numbers stays."""
    text = printed
    if not _MAY_BEGIN.match(text):
        return text
    for _ in range(_CHAIN):
        found = _BEFORE.match(text)
        if found is None or found.end() == len(text):
            break
        text = text[found.end() :]
    return text

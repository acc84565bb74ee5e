"""The report's own title among others before its text: links to other years' reports, a column's list, a menu.

Titles that agree are one title in several forms. Where they name several years or publishers, the page's own name, the
period that the report counts and the place right before the text are asked; what they leave open is no title.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.labels import compact

_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])|二[〇○零OoＯ0][〇○零一二三四五六七八九]{2}")
_DIGITS = str.maketrans("〇○零OoＯ一二三四五六七八九", "000000123456789")
_YEAR_WORDS = re.compile(rf"(?:{_YEAR.pattern})(?:年度|年|度)?")
_YEAR_BEHIND = re.compile(rf"(?<=报告|年报)\(?(?P<year>{_YEAR.pattern})年?度?\)?$")
_SUBJECT = re.compile(r"(?:政府|政务|关于|的)*信息公开")
_PATH = re.compile(r"[>›»:：]|-{2,}|_")
_NO_LETTER = re.compile(r"[^\w]+")
_PREFIX = re.compile(r"^(?:[0-9]+|中共|关于)")
_GOVERNMENT = re.compile(r"(?:人民(?:政府)?|政府)?(?:办公室|办公厅)?(?:关于)?$")
_SITE = re.compile("(?:网|网站|门户|平台|频道|专栏|栏目)$")
_REPORT = re.compile(r".*公开.*?(?:报告|年报)")
_PERIOD = re.compile(r"(20[0-9]{2})年1月1日[^。；]{0,6}[至到\-—~～][^。；]{0,10}12月31日")


@dataclass(frozen=True, slots=True)
class Named:
    """What a title says: the publisher and the year, '' for what it leaves out."""

    publisher: str
    year: str

    def agrees(self, other: Named) -> bool:
        """True where no year differs, and no publisher but by what it leaves out (崆峒区教育局 and 教育局)."""
        if not self.is_of_year(other):
            return False
        short, long = sorted((self.publisher, other.publisher), key=len)
        letters = iter(long)
        return not short or (short[-1] == long[-1] and all(letter in letters for letter in short))

    def is_of_year(self, other: Named) -> bool:
        """True where not both name a year, or the same one."""
        return not (self.year and other.year) or self.year == other.year


def named(heading: str) -> Named:
    """The publisher and the year that a title in compact form names."""
    years = {y.translate(_DIGITS) for y in _YEAR.findall(heading)}
    before = _PATH.split(_SUBJECT.split(_YEAR_WORDS.sub("", heading))[0])[-1]
    publisher = _GOVERNMENT.sub("", _PREFIX.sub("", _NO_LETTER.sub("", before)))
    return Named("" if _SITE.search(publisher) else publisher, years.pop() if len(years) == 1 else "")


def own_title(found: Sequence[str], names: Iterable[str], text: str) -> str | None:
    """The report's own of the titles found, in the order of the file; None where they contradict each other.

    `names` is what the page calls itself, `text` is that of the whole report.
    """
    said = [named(t) for t in found]
    page = [named(t[0]) for n in names if (t := _REPORT.search(compact(n)))]
    page = [n for n in page if n.year]
    rivals = [b for b in page if not all(a.is_of_year(b) for a in said)]
    if all(a.agrees(b) for a in said for b in said) and (not rivals or _is_borne_out(said, rivals, compact(text))):
        return next((t for t, n in zip(found, said, strict=True) if n.year and n.publisher), found[0])
    own = [n for n in said if n.year and n.publisher and all(n.agrees(p) for p in page)]
    if page:
        own = [n for n in own if n.agrees(said[-1])] or own
    else:
        own = [n for n in own if n.agrees(said[-1]) and _is_told(n, said, compact(text))]
    if not own or not all(n.agrees(own[0]) for n in own) or _counts_other_year(own[0], compact(text)):
        return None
    return found[said.index(own[0])]


def without_year_of_writing(heading: str, text: str) -> str:
    """A title without the year behind it, where that is its only one and the text counts another."""
    found = _YEAR_BEHIND.search(heading)
    if found is None or _YEAR.search(heading[: found.start()]):
        return heading
    year = found["year"].translate(_DIGITS)
    return heading[: found.start()] if _counts_other_year(Named("", year), compact(text)) else heading


def _is_borne_out(said: Sequence[Named], rivals: Sequence[Named], text: str) -> bool:
    """True where the text speaks more of the titles' year than of those in a name of the page left over from them."""
    own = next(n for n in said if n.year)
    years = Counter({n.year: text.count(n.year) for n in (own, *rivals)})
    years[own.year] -= sum(n.year == own.year for n in said)
    return _leads(own.year, years) and not _counts_other_year(own, text)


def _counts_other_year(own: Named, text: str) -> bool:
    periods = set(_PERIOD.findall(text))
    return len(periods) == 1 and own.year not in periods


def _is_told(own: Named, said: Sequence[Named], text: str) -> bool:
    """True where the text tells of the title's year more than of another, and names no other publisher so often."""
    years = Counter({n.year: text.count(n.year) - sum(m.year == n.year for m in said) for n in said if n.year})
    names = Counter({n.publisher: text.count(n.publisher) for n in said if n.publisher})
    for name in names:
        names[name] -= sum(m.publisher.endswith(name) or name in m.publisher for m in said)
    return _leads(own.year, years) and _leads(own.publisher, names)


def _leads(own: str, counts: Counter[str]) -> bool:
    """True for the one that is counted most; one that stands alone needs no count."""
    return len(counts) == 1 or all(counts[own] > n for other, n in counts.items() if other != own)

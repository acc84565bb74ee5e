"""Where a report is from, as printed, as its folder hints and as a person pinned it.

The print comes first; a folder only decides between candidates; a person overrules both. What does *not* belong here:
what a printed name may mean (`locate`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.document import Document, Paragraph
from pipeline.issues import Issue, issue
from pipeline.labels import compact
from pipeline.layout.title_lines import plain, stated_title, without_correction
from pipeline.places.divisions import division
from pipeline.places.locate import Place, locate
from pipeline.places.publisher import read_title
from pipeline.raw.overrides import Pin

# The period that a report counts, as it says itself: 统计期限自2024年1月1日起至12月31日止.
_PERIOD = re.compile(r"(20[0-9]{2})年1月1日[^。；]{0,6}[至到\-—~～][^。；]{0,10}12月31日")
_COUNTED = re.compile(
    r"统计(?:期限|期间|时段|周期|时间)[^。；]{0,12}?(?P<period>20[0-9]{2}年(?P<month>[0-9]{1,2})月[0-9]{1,2}日[^。；0-9]{0,8}"
    r"(?:20[0-9]{2}年)?(?P<last>[0-9]{1,2})月[0-9]{1,2}日)"
)
_HINT = re.compile(r"(?:^|[/!])(?P<district>\d{6})/(?P<year>20\d{2})/")


def place_of(heading: str, text: str, path: str, pin: Pin | None) -> tuple[Place, tuple[Issue, ...]]:
    """The place of a report with this heading and text, and what is doubtful about it.

    `path` is the one below `data/raw`; a folder `<district code>/<year>/` in it is a hint.
    """
    hint = _HINT.search(path)
    heading = without_correction(heading)
    printed = read_title(heading).year
    place = locate(heading, _year(printed, pin, text, hint), text)
    place = _narrowed(_pinned(place, pin), hint["district"] if hint else None)
    return place, _year_issue(printed, place, hint)


def period_issue(text: str) -> tuple[Issue, ...]:
    """An issue where a report says that it counts another period than from January to December."""
    found = _COUNTED.search(compact(text))
    if found is None or (int(found["month"]), int(found["last"])) == (1, 12):
        return ()
    return (issue("period-odd", printed=found["period"]),)


def _year(printed: int | None, pin: Pin | None, text: str, hint: re.Match[str] | None) -> int | None:
    """The year that a person pinned, else that of the title, else the one beside it."""
    if pin and pin.year is not None:
        return pin.year
    return _year_beside(text, hint) if printed is None else printed


def _year_beside(text: str, hint: re.Match[str] | None) -> int | None:
    """The year where the title has none: the year of the period counted, else the folder's."""
    periods = {int(y) for y in _PERIOD.findall(compact(text))}
    if len(periods) == 1:
        return periods.pop()
    return int(hint["year"]) if hint else None


def _pinned(place: Place, pin: Pin | None) -> Place:
    if pin is None:
        return place
    place = replace(place, publisher=pin.publisher or place.publisher, level=pin.level or place.level)
    return _decided(place, pin.district_code, "override") if pin.district_code else place


def _narrowed(place: Place, hint: str | None) -> Place:
    """A folder named by a district decides between candidates; it never overrules what is printed."""
    return _decided(place, hint, "folder") if place.status == "ambiguous" and hint in place.candidates else place


def _decided(place: Place, code: str | None, via: str) -> Place:
    assert code is not None
    found = division(code, place.year)
    current = found.current_codes[0] if found and len(found.current_codes) == 1 else None
    return replace(
        place, status="unique", district_code=code, candidates=(code,), via=via, district_code_current=current
    )


def _year_issue(printed: int | None, place: Place, hint: re.Match[str] | None) -> tuple[Issue, ...]:
    meant = int(hint["year"]) if hint else place.year
    if printed is None or meant is None or printed == meant:
        return ()
    return (issue("year-mismatch", printed=str(printed), meant=meant),)


def unconfirmed(heading: str, document: Document, place: Place, path: str, pin: Pin | None) -> str | None:
    """Publisher or year, in words, where only a picture prints it; None where both are confirmed.

    No identity would reveal a wrong letter in them: the text, the path or a person must name them once more.
    """
    if not any(p.ocr and _prints(p.text, heading) for p in document.paragraphs if p.text.strip()):
        return None
    text = compact("".join(p.text for p in document.blocks if isinstance(p, Paragraph)))
    named_in = compact(path)
    hint = _HINT.search(path)
    by_folder = hint is not None and hint["district"] == place.district_code
    by_person = pin is not None and (pin.publisher or pin.district_code)
    if not (by_person or by_folder or _is_named_again(compact(place.publisher), text, named_in)):
        return f"the publisher “{place.publisher}”"
    if not ((pin and pin.year) or _is_named_again(str(place.year), text, named_in)):
        return f"the year {place.year}"
    return None


def _prints(text: str, heading: str) -> bool:
    """True for a line that is the title, a part of it, or a line or sentence from which it was taken."""
    line = plain(text)
    return bool(line) and (line in heading or heading in compact(text) or stated_title(line) == heading)


def _is_named_again(name: str, text: str, path: str) -> bool:
    """True where a name of the title is repeated in the text or in the file's path."""
    return text.count(name) >= 2 or name in path

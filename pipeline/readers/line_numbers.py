"""The count that a program put before each line of a text."""

from __future__ import annotations

import re

from pipeline.readers.fields import counts

_NUMBERED = re.compile(r'^"?(?P<number>[0-9]{1,5})"?(?P<mark>[,;\t])')
_LEAST_NUMBERED = 10  # lines; a table may have a few rows with numbers of their own


def without_line_numbers(lines: list[str]) -> list[str]:
    """The lines without the count that a program put before each of them, headings and blank cells included.

    The first line may have none, as it names the columns.
    """
    printed = [n for n, line in enumerate(lines) if line.strip()]
    if len(printed) < _LEAST_NUMBERED or not _NUMBERED.match(lines[printed[1]]):
        return lines
    found = {n: m for n in printed if (m := _NUMBERED.match(lines[n]))}
    mark = found[printed[1]]["mark"]
    numbered = printed if printed[0] in found else printed[1:]
    if numbered != list(found) or any(m["mark"] != mark for m in found.values()):
        return lines
    if not counts([m["number"] for m in found.values()]):
        return lines
    kept = list(lines)
    if len(numbered) < len(printed):
        if not lines[printed[0]].startswith((mark, f'""{mark}')):
            return lines
        kept[printed[0]] = lines[printed[0]].partition(mark)[2]
    for n, m in found.items():
        kept[n] = lines[n][m.end() :]
    return kept

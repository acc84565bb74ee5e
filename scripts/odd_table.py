"""Print what is read of each kind of odd document in each format, as a table in Markdown.

    python scripts/odd_table.py [KIND…]

`whole` says that all cells are right, `25/200` how many are, `refused` that there are none; an issue names the others.
SILENT counts cells that are wrong or missing and that no issue names: there must be none.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import parse_bytes  # noqa: E402 - of this checkout
from tests.odd.all_kinds import ALL_KINDS  # noqa: E402
from tests.odd.kinds import Odd  # noqa: E402
from tests.odd.page import HANDS, LOOSE  # noqa: E402
from tests.odd.scoring import score  # noqa: E402
from tests.odd.special import SPECIAL  # noqa: E402


def result(odd: Odd, hand: str) -> str:
    """What is read of a document in a format; of each report where it holds several."""
    ending, draw = {**HANDS, **LOOSE}[hand]
    parsed = parse_bytes(draw(odd.page), f"report.{ending}")
    found = [parsed, *parsed.more, *(None for _ in odd.others)]
    truths = [odd.truth, *odd.others]
    return " + ".join(str(score(p, t)) if p else "none" for p, t in zip(found, truths, strict=False))


def rows(names: list[str]) -> Iterator[list[str]]:
    """The rows of the table of kinds that every format can show."""
    hands = [*HANDS, *LOOSE]
    yield ["kind", *hands]
    yield ["---"] * (len(hands) + 1)
    for name in names:
        yield [name, *(result(ALL_KINDS[name](), hand) for hand in hands)]


def special(names: list[str]) -> Iterator[list[str]]:
    """The rows of the table of kinds that one format has."""
    yield ["kind of one format", "result"]
    yield ["---"] * 2
    for name in names:
        ending, data, truth = SPECIAL[name]()
        yield [name, str(score(parse_bytes(data, f"report.{ending}"), truth))]


def main(wanted: list[str]) -> int:
    """Print the tables of all kinds, or of those wanted; 1 where a cell is silently wrong."""
    logging.disable(logging.WARNING)
    silent = False
    for table in (
        rows([n for n in ALL_KINDS if not wanted or n in wanted]),
        special([n for n in SPECIAL if not wanted or n in wanted]),
    ):
        for row in table:
            print(f"| {' | '.join(row)} |", flush=True)
            silent = silent or any("SILENT" in field for field in row)
        print()
    return int(silent)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

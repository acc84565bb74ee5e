"""What one publication had and the next one has no more."""

from __future__ import annotations

import pytest

from pipeline.schema import Partition
from pipeline.warehouse.vanished import Vanished, vanished

A, B = "110108", "410402"


@pytest.mark.parametrize(
    ("before", "after", "lost", "said"),
    [
        ({(A, 1)}, {(A, 1)}, Vanished(), "nothing has vanished"),
        (set(), {(A, 1)}, Vanished(), "nothing has vanished"),
        ({(A, 1), (B, 1), (B, 2)}, {(A, 1), (B, 1)}, Vanished(years=(2,)), "of the year 2"),
        ({(A, 1), (B, 1)}, {(B, 1)}, Vanished(districts=(A,)), f"of district {A}"),
        (
            {(A, 1), (A, 2), (B, 1), (B, 2)},
            {(A, 1), (B, 2)},
            Vanished(partitions=((A, 2), (B, 1))),
            f"district {B} of 1; district {A} of 2",
        ),
        ({(A, 1)}, set(), Vanished((1,), (A,)), f"of the year 1; district {A}"),
        ({(f"{n:06}", 1) for n in range(9)} | {(A, 1)}, {(A, 1)}, None, "and 4 more"),
    ],
)
def test_what_has_vanished(before: set[Partition], after: set[Partition], lost: Vanished | None, said: str) -> None:
    found = vanished(before, after)
    assert lost is None or found == lost
    assert bool(found) is not (before <= after)
    assert said in found.sentence

"""All kinds of odd documents that every format can show."""

from __future__ import annotations

from tests.odd.around import AROUND
from tests.odd.combos import COMBOS
from tests.odd.kinds import KINDS, Kind
from tests.odd.prints import PRINTS
from tests.odd.shapes import SHAPES

ALL_KINDS: dict[str, Kind] = {**KINDS, **PRINTS, **AROUND, **SHAPES, **COMBOS}

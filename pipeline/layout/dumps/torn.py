"""Parts of torn labels: what a dump leaves of a label beside or between others, told by its other part near by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.labels import label
from pipeline.layout.dumps.model import REACH, Piece


@dataclass(frozen=True, slots=True)
class Torn:
    """Labels, the characters in them, and the ways to tear them in two: by the part behind, the parts before it."""

    names: Collection[str]
    characters: frozenset[str]
    fronts: Mapping[str, Collection[str]]

    @classmethod
    def of(cls, names: Collection[str]) -> Torn:
        """The ways to tear each of the labels."""
        fronts: dict[str, set[str]] = {}
        for name in names:
            for at in range(1, len(name)):
                fronts.setdefault(name[at:], set()).add(name[:at])
        return cls(names, frozenset().union(*names), fronts)

    def is_made_of_parts(self, words: str, at: int, pieces: Sequence[Piece]) -> bool:
        """True where words are parts of labels, one after another, whose other parts stand near by."""
        near = list(self._parts([*pieces[max(0, at - REACH) : at], *pieces[at + 1 : at + 1 + REACH]]))
        parts = {end for end, fronts in self.fronts.items() if end in words and _some_in(fronts, near)}
        parts |= {f for end, fronts in self.fronts.items() if _some_in((end,), near) for f in fronts if f in words}
        reached = {0}
        for at_word in range(len(words)):
            if at_word in reached:
                reached |= {at_word + len(p) for p in parts if words.startswith(p, at_word)}
        return len(words) in reached

    def _parts(self, pieces: Sequence[Piece]) -> Iterator[str]:
        """The words of the pieces that may be parts of labels: neither figures nor whole labels, nor other words.

        A long line may be many heads with spaces between them; prose has none.
        """
        left_out = (p.figure or p.heading or (p.is_long and " " not in p.text) or self._is_whole(p) for p in pieces)
        others = (p.words for p, out in zip(pieces, left_out, strict=True) if not out)
        return (words for words in others if words and all(c in self.characters or c.isdigit() for c in words))

    def _is_whole(self, piece: Piece) -> bool:
        """True for a label, and for several with spaces between them."""
        return piece.words in self.names or all(label(part).text in self.names for part in piece.text.split(" "))


def _some_in(parts: Collection[str], texts: Sequence[str]) -> bool:
    return any(part in text for part in parts for text in texts)

"""The labels that tables may print, for readers that put together what a page break has cut.

The caller says which labels there are; a reader knows no form.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.labels import label, similarity


@dataclass(frozen=True)
class Vocabulary:
    """Canonical texts of labels: rows, columns and the groups above them; empty where nothing is known."""

    texts: frozenset[str] = frozenset()

    def knows(self, text: str) -> bool:
        """True for a label as printed."""
        return label(text).text in self.texts

    def begins(self, text: str) -> bool:
        """True for the start of a label, as of a row that is cut more than once."""
        start = label(text).text
        return bool(start) and any(known.startswith(start) for known in self.texts)

    def ends(self, text: str) -> bool:
        """True for the end of a label."""
        end = label(text).text
        return bool(end) and any(known.endswith(end) for known in self.texts)

    def likeness(self, text: str) -> float:
        """How similar a text is to the label that is most similar to it, from 0 to 1."""
        return max((similarity(label(text).text, known) for known in self.texts), default=0.0)


NO_WORDS = Vocabulary()

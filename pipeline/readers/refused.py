"""The one way in which a reader says that it cannot read a file."""

from __future__ import annotations

from pipeline.issues import reason_sentence


class Refused(Exception):  # noqa: N818  a verdict on a file, not an error of ours
    """A file that cannot be read; `reason` is a code of `issues.REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason_sentence(reason, detail))
        self.reason = reason

"""The progress messages of a run."""

from __future__ import annotations

from assets.resources import Told


def test_a_sentence_a_minute_with_rate_and_time_left() -> None:
    said: list[str] = []
    now = [0.0]
    told = Told(said.append, lambda: now[0])
    for second in range(1, 181):
        now[0] = float(second)
        told(20 * second, 12_000)
    assert said == [
        "1,200 of 12,000 files, 20.0 a second, 9 minutes left",
        "2,400 of 12,000 files, 20.0 a second, 8 minutes left",
        "3,600 of 12,000 files, 20.0 a second, 7 minutes left",
    ]

"""The garbage collector runs rarely while a file is read, and as before once it is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from pipeline.collecting import collecting_rarely, not_collecting


def _rounds() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_rounds_are_rare_within_and_as_before_behind_it() -> None:
    gc.set_threshold(700, 10, 10)
    with collecting_rarely():
        rounds = _rounds()
        kept = [[n] for n in range(20_000)]
        within = _rounds() - rounds
    assert within == 0
    assert len(kept) == 20_000
    assert gc.get_threshold() == (700, 10, 10)


def test_garbage_is_still_found() -> None:
    """In a round of whichever generation is due."""
    gc.set_threshold(700, 10, 10)
    rounds = _rounds()
    with collecting_rarely():
        for _ in range(150_000):
            ring: list[object] = []
            ring.append(ring)
        assert _rounds() > rounds


@pytest.mark.parametrize("first", [0, 500_000])
def test_what_is_rarer_already_stays(first: int) -> None:
    gc.set_threshold(first, 10, 10)
    with collecting_rarely():
        assert gc.get_threshold()[0] == first


def test_an_error_brings_back_what_was_before() -> None:
    gc.set_threshold(700, 10, 10)
    with pytest.raises(ValueError, match="a file"), collecting_rarely():
        raise ValueError("a file")
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_off_within_and_as_before_behind_it(on: bool) -> None:
    (gc.enable if on else gc.disable)()
    try:
        with not_collecting():
            assert not gc.isenabled()
        assert gc.isenabled() is on
    finally:
        gc.enable()

"""A model with fewer steps says the same: the second recogniser, and drawn models of which parts may not be fused."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how models are run")

import onnxruntime

from pipeline.readers.scan.fused import fused
from pipeline.readers.scan.model_files import Graph, Step, Values, graph_of, step, with_graph
from pipeline.readers.scan.recogniser import HEIGHT, model_file

NUMBERS = np.random.default_rng(3)


def field(number: int, value: int | bytes) -> bytes:
    """A field of a message, of fewer than 128 bytes."""
    head = number << 3 | (0 if isinstance(value, int) else 2)
    start = bytes([head] if head < 128 else [head & 127 | 128, head >> 7])
    return start + (bytes([value]) if isinstance(value, int) else bytes([len(value)]) + value)


def picture(name: str, *sizes: int) -> bytes:
    """What goes into a model or comes out of it: numbers by line, channel, row and column."""
    shape = b"".join(field(1, field(1, n) if n else field(2, b"n")) for n in sizes)
    return field(1, name.encode()) + field(2, field(1, field(1, 1) + field(2, shape)))


def model(steps: list[Step], constants: dict[str, Values]) -> bytes:
    """A model of steps from `x`, of two channels, to `y`."""
    graph = field(2, b"drawn") + field(11, picture("x", 1, 2, 0, 0)) + field(12, picture("y", 1, 0, 0, 0))
    empty = field(1, 8) + field(8, field(1, b"") + field(2, 13)) + field(7, graph)
    return with_graph(empty, Graph(steps, ["y"], {}, constants))


def convolution(inputs: list[str], output: str, pads: int) -> Step:
    rim = field(1, b"pads") + b"".join(field(8, pads) for _ in range(4)) + field(20, 7)
    made = step("Conv", inputs, output)
    made.rest += field(5, rim)
    return made


def said(data: bytes, x: Values) -> Values:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: x})[0])


def drawn(
    *, three: float = 3.0, six: float = 6.0, pads: int = 0, size: int = 1, factor: int = 1, twice: bool = False
) -> bytes:
    """Two convolutions with a hard swish in between, factors and sums before and behind it, as exporters spell it out."""
    weights = {"w": NUMBERS.normal(size=(3, 2, 3, 3)), "b": NUMBERS.normal(size=3)}
    weights |= {"v": NUMBERS.normal(size=(4, 3, size, size)), "c": NUMBERS.normal(size=4)}
    weights |= {n: np.array([value]) for n, value in (("half", 0.5), ("more", 0.7), ("less", -0.4), ("two", 2.0))}
    weights |= {"three": np.array([three]), "six": np.array([six])}
    weights |= {
        "none": np.array(0.0),
        "all": np.array(6.0),
        "factor": np.full((factor,) + (1,) * 2 * (factor > 1), 1.5),
    }
    steps = [
        convolution(["x", "w", "b"], "a1", 1),
        step("Mul", ["half", "a1"], "a2"),
        step("Add", ["a2", "more"], "a3"),
        step("Add", ["a3", "three"], "a4"),
        step("Clip", ["a4", "none", "all"], "a5"),
        step("Mul", ["a3", "a5"], "a6"),
        step("Div", ["a6", "six"], "a7"),
        step("Mul", ["a7", "factor"], "a8"),
        step("Add", ["less", "a8"], "a9"),
        convolution(["a9", "v", "c"], "b1", pads),
        step("Mul", ["b1", "two"], "b2"),
        step("Mul", ["b2", "b1" if twice else "two"], "y"),
    ]
    return model(steps, {name: values.astype(np.float32) for name, values in weights.items()})


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (drawn(), "Conv HardSigmoid Mul Conv"),
        (drawn(pads=1, size=3), "Conv HardSigmoid Mul BatchNormalization Conv"),
        (drawn(size=3), "Conv HardSigmoid Mul BatchNormalization Conv"),
        (drawn(three=2.5), "Conv Add Clip Mul Div Mul Add Conv"),
        (drawn(six=5.0), "Conv Add Clip Mul Div Mul Add Conv"),
        (drawn(factor=3), "Conv HardSigmoid Mul Mul Add Conv"),
        (drawn(twice=True), "Conv HardSigmoid Mul Conv Mul Mul"),
    ],
    ids=["plain", "with-a-rim", "of-many-dots", "no-swish", "no-sixth", "a-factor-each-channel", "read-twice"],
)  # fmt: skip
def test_what_is_spelt_out_is_fused_where_the_sums_stay_the_same(data: bytes, kinds: str) -> None:
    found = fused(data)
    x = NUMBERS.normal(size=(1, 2, 9, 11)).astype(np.float32) * 3
    assert " ".join(s.kind for s in graph_of(found).steps) == kinds
    np.testing.assert_allclose(said(found, x), said(data, x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("width", [56, 104])
def test_the_second_recogniser_says_the_same_in_fewer_steps(width: int) -> None:
    file = model_file("second")
    if file is None:
        pytest.skip("pip install 'disclosure[ocr]' to test how models are run")
    data = file.read_bytes()
    lines = NUMBERS.uniform(-1, 1, (2, 3, HEIGHT, width)).astype(np.float32)
    before, after = graph_of(data).steps, graph_of(fused(data)).steps
    assert sum(s.kind == "Clip" for s in before) > 20 > sum(s.kind == "Clip" for s in after)
    np.testing.assert_allclose(said(fused(data), lines), said(data, lines), atol=1e-4)


def test_a_graph_is_written_as_it_was_read() -> None:
    data = drawn()
    again = with_graph(data, graph_of(data))
    assert sorted(data) == sorted(again)
    assert [(s.kind, s.inputs, s.outputs) for s in graph_of(again).steps] == [
        (s.kind, s.inputs, s.outputs) for s in graph_of(data).steps
    ]
    assert graph_of(again).steps[0].counts("pads") == [1, 1, 1, 1]
    assert graph_of(again).steps[1].counts("pads") == []


def test_what_is_no_model_is_an_error() -> None:
    data = drawn()
    for start, end in pairwise(range(0, len(data), len(data) // 7)):
        with pytest.raises((ValueError, IndexError)):
            graph_of(data[:start] + data[end:])

"""Files of models (ONNX) to the steps and constants of their graphs, and back.

A file holds messages of fields, each with a number and a count or bytes (protobuf). What is not changed is copied. What
does *not* belong here: what a step does, and which others do the same (`fused`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]
Field = tuple[int, int, "int | bytes"]
"""The number of a field, how it is stored, and its count or bytes."""

_COUNT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5  # how a field is stored
_FIXED = {_LONG: 8, _SHORT: 4}  # bytes
_GRAPH = 7  # in a model
_STEP, _CONSTANT, _RESULT = 1, 5, 12  # in a graph
_RESULT_NAME = 1
_INPUT, _OUTPUT, _KIND, _SETTING = 1, 2, 4, 5  # in a step
_SETTING_NAME, _NUMBER, _TENSOR, _COUNTS, _SORT = 1, 2, 5, 8, 20  # in a setting
_SIZE, _TYPE, _NAME, _RAW = 1, 2, 8, 9  # in a constant
_FLOAT = 1  # as a type of constants, and as a sort of settings


@dataclass(eq=False)
class Step:
    """One step: its kind, the names of what goes in and what comes out, its other fields."""

    kind: str
    inputs: list[str]
    outputs: list[str]
    rest: bytes = field(repr=False)

    def counts(self, name: str) -> list[int]:
        """The whole numbers that a setting lists; none where the step has no such setting."""
        for setting in _all(self.rest, _SETTING):
            if name.encode() in _all(setting, _SETTING_NAME):
                return _listed(setting, _COUNTS)
        return []


@dataclass
class Graph:
    """The steps of a model in order, the names of its results, its constants by name, and those that are new."""

    steps: list[Step]
    outputs: list[str]
    constants: dict[str, Values]
    added: dict[str, Values] = field(default_factory=dict)

    def add(self, name: str, values: Values) -> str:
        """Add a constant; gives its name."""
        self.added[name] = self.constants[name] = values
        return name


def step(kind: str, inputs: Sequence[str], output: str, **settings: float) -> Step:
    """A new step."""
    rest = _packed(_KIND, _BYTES, kind.encode())
    for name, value in settings.items():
        said: list[Field] = [(_SETTING_NAME, _BYTES, name.encode()), (_NUMBER, _SHORT, struct.pack("<f", value))]
        rest += _packed(_SETTING, _BYTES, b"".join(_packed(*f) for f in [*said, (_SORT, _COUNT, _FLOAT)]))
    return Step(kind, list(inputs), [output], rest)


def graph_of(model: bytes) -> Graph:
    """The graph of a model. Raises `ValueError` or `IndexError` where the bytes are none."""
    (graph,) = _all(model, _GRAPH)
    steps = [_step(message) for message in _all(graph, _STEP)]
    given = [(s.outputs[0], tensor) for s in steps if s.kind == "Constant" for tensor in _tensors(s)]
    own = [(_all(tensor, _NAME)[0].decode(), tensor) for tensor in _all(graph, _CONSTANT)]
    outputs = [_all(result, _RESULT_NAME)[0].decode() for result in _all(graph, _RESULT)]
    return Graph(steps, outputs, {name: _values(tensor) for name, tensor in given + own if _has_numbers(tensor)})


def with_graph(model: bytes, graph: Graph) -> bytes:
    """The file of a model with the steps of a graph, and with the constants added to it."""
    inner = [_packed(_STEP, _BYTES, _message(s)) for s in graph.steps]
    inner += [_packed(_CONSTANT, _BYTES, _tensor(name, values)) for name, values in graph.added.items()]
    inner += [_packed(*f) for f in _fields(_all(model, _GRAPH)[0]) if f[0] != _STEP]
    outer = [_packed(*f) for f in _fields(model) if f[0] != _GRAPH]
    return b"".join([*outer, _packed(_GRAPH, _BYTES, b"".join(inner))])


def _step(message: bytes) -> Step:
    kind, inputs, outputs = ([name.decode() for name in _all(message, number)] for number in (_KIND, _INPUT, _OUTPUT))
    rest = b"".join(_packed(*f) for f in _fields(message) if f[0] not in (_INPUT, _OUTPUT))
    return Step(kind[0], inputs, outputs, rest)


def _message(s: Step) -> bytes:
    names = [(_INPUT, name) for name in s.inputs] + [(_OUTPUT, name) for name in s.outputs]
    return b"".join(_packed(number, _BYTES, name.encode()) for number, name in names) + s.rest


# ------------------------------------------------------------------------------------------------------- constants


def _tensors(s: Step) -> Iterator[bytes]:
    for setting in _all(s.rest, _SETTING):
        yield from _all(setting, _TENSOR)


def _has_numbers(tensor: bytes) -> bool:
    return (_TYPE, _COUNT, _FLOAT) in _fields(tensor) and bool(_all(tensor, _RAW))


def _values(tensor: bytes) -> Values:
    return np.frombuffer(_all(tensor, _RAW)[0], dtype="<f4").reshape(_listed(tensor, _SIZE))


def _tensor(name: str, values: Values) -> bytes:
    sizes: list[Field] = [(_SIZE, _COUNT, size) for size in values.shape]
    raw = np.ascontiguousarray(values, dtype="<f4").tobytes()
    fields = [*sizes, (_TYPE, _COUNT, _FLOAT), (_NAME, _BYTES, name.encode()), (_RAW, _BYTES, raw)]
    return b"".join(_packed(*f) for f in fields)


# -------------------------------------------------------------------------------------------------------- messages


def _fields(message: bytes) -> Iterator[Field]:
    """The fields of a message. Raises `ValueError` or `IndexError` where the bytes are none."""
    at = 0
    while at < len(message):
        head, at = _count(message, at)
        number, stored = divmod(head, 8)
        if stored == _COUNT:
            count, at = _count(message, at)
            yield number, stored, count
            continue
        if stored == _BYTES:
            size, at = _count(message, at)
        elif stored in _FIXED:
            size = _FIXED[stored]
        else:
            raise ValueError(f"no field is stored as {stored}")
        if at + size > len(message):
            raise ValueError("a field reaches beyond its message")
        yield number, stored, message[at : at + size]
        at += size


def _all(message: bytes, number: int) -> list[bytes]:
    """The bytes of all fields with a number."""
    return [value for own, _, value in _fields(message) if own == number and isinstance(value, bytes)]


def _listed(message: bytes, number: int) -> list[int]:
    """The counts of all fields with a number, stored one by one or together."""
    found: list[int] = []
    for own, _, value in _fields(message):
        if own == number and isinstance(value, int):
            found.append(value)
        elif own == number and isinstance(value, bytes):
            at = 0
            while at < len(value):
                count, at = _count(value, at)
                found.append(count)
    return found


def _count(message: bytes, at: int) -> tuple[int, int]:
    """The count that begins at a place, and where it ends: seven bits a byte, the last without its eighth."""
    count = shift = 0
    while True:
        byte = message[at]
        at += 1
        count |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return count, at


def _packed(number: int, stored: int, value: int | bytes) -> bytes:
    head = _counted(number << 3 | stored)
    if isinstance(value, int):
        return head + _counted(value)
    return head + _counted(len(value)) + value if stored == _BYTES else head + value


def _counted(count: int) -> bytes:
    found = bytearray()
    while count >= 0x80:
        found.append(count & 0x7F | 0x80)
        count >>= 7
    return bytes([*found, count])

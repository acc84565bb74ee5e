"""A model with the same sums in fewer steps: what its exporter has spelt out, onnxruntime does not put together again.

A recogniser whose convolutions are each followed by a factor, a sum, a hard swish of four steps, a factor and a sum
spends a third of its time in these. Here factors and sums are part of the weights, and a hard swish has two steps, so
that what a model says changes by no more than rounding does. What does *not* belong here: which models there are, and
how they are run (`recogniser`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.readers.scan.model_files import Graph, Step, graph_of, step, with_graph

_THREE, _SIX = 3.0, 6.0  # a hard swish is x * min(max(x + 3, 0), 6) / 6


def fused(model: bytes) -> bytes:
    """The file of a model with fewer steps. Raises `ValueError` or `IndexError` where it is none."""
    graph = graph_of(model)
    _Fusing(graph).all()
    return with_graph(model, graph)


class Affine(NamedTuple):
    """A number to multiply with, and one to add to that."""

    factor: float
    more: float


PLAIN = Affine(1.0, 0.0)


class _Fusing:
    """Puts the steps of a graph together. A convolution comes before those that read what it gives."""

    instead: dict[Step, list[Step]]
    """What stands in place of a step; any other stays."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.readers: dict[str, list[Step]] = defaultdict(list)
        for own in graph.steps:
            for name in dict.fromkeys(own.inputs):
                self.readers[name].append(own)
        for name in graph.outputs:
            self.readers[name].append(step("", [name], ""))
        self.instead = {}

    def all(self) -> None:
        """Change all steps of the graph that can be fused."""
        for own in list(self.graph.steps):
            if self._is_constant(own):
                self._after(own)
        self.graph.steps = [new for own in self.graph.steps for new in self.instead.get(own, [own])]

    def _is_constant(self, own: Step) -> bool:
        """True for a convolution whose weights are known."""
        return own.kind == "Conv" and all(name in self.graph.constants for name in own.inputs[1:])

    def _after(self, conv: Step) -> None:
        """Take into a convolution, and into those that read its hard swish, the factors and sums behind each."""
        self._weigh(conv, behind=self._affine(conv))
        swish = self._hard_swish(conv.outputs[0])
        if swish is None:
            return
        behind, readers = self._affine(swish), self.readers[swish.outputs[0]]
        if all(self._takes_all(reader) for reader in readers):
            for reader in readers:
                self._weigh(reader, before=behind)
        elif behind != PLAIN:
            self._add_norm(swish, behind, len(self.graph.constants[conv.inputs[1]]))

    def _affine(self, own: Step) -> Affine:
        """By what the result of a step is multiplied, and what is added to it then; the step gives that from now on."""
        factor, more = 1.0, 0.0
        while len(readers := self.readers[own.outputs[0]]) == 1 and readers[0].kind in ("Mul", "Add"):
            (reader,) = readers
            number = self._number(reader, own.outputs[0])
            if number is None:
                break
            if reader.kind == "Mul":
                factor, more = factor * number, more * number
            else:
                more += number
            self.instead[reader] = []
            own.outputs = reader.outputs
        return Affine(factor, more)

    def _number(self, own: Step, name: str) -> float | None:
        """The one number that a step adds to or multiplies with what has this name."""
        others = [i for i in own.inputs if i != name]
        values = self.graph.constants.get(others[0]) if len(others) == 1 else None
        return float(values.flat[0]) if values is not None and values.size == 1 else None

    def _hard_swish(self, name: str) -> Step | None:
        """The step that gives the hard swish of a result in place of four, if that is read by nothing else."""
        found = self._four_steps(name)
        if found is None:
            return None
        *inner, last = found
        gate = step("HardSigmoid", [name], f"{name}/gate", alpha=1 / _SIX, beta=_THREE / _SIX)
        product = step("Mul", [name, gate.outputs[0]], last.outputs[0])
        self.instead.update({own: [] for own in inner})
        self.instead[last] = [gate, product]
        return product

    def _four_steps(self, name: str) -> tuple[Step, Step, Step, Step] | None:
        """The four steps of the hard swish of a result: sum, limits, product, quotient."""
        for add in self.readers[name]:
            clips = self.readers[add.outputs[0]]
            products = self.readers[clips[0].outputs[0]] if len(clips) == 1 else []
            quotients = self.readers[products[0].outputs[0]] if len(products) == 1 else []
            if len(quotients) == 1 and set(map(id, self.readers[name])) == {id(add), id(products[0])}:
                four = add, clips[0], products[0], quotients[0]
                if tuple(s.kind for s in four) == ("Add", "Clip", "Mul", "Div") and self._is_hard_swish(name, *four):
                    return four
        return None

    def _is_hard_swish(self, name: str, add: Step, clip: Step, product: Step, quotient: Step) -> bool:
        limits = [self.graph.constants.get(i) for i in clip.inputs[1:]]
        return (
            self._number(add, name) == _THREE
            and [float(v.flat[0]) for v in limits if v is not None] == [0.0, _SIX]
            and set(product.inputs) == {name, clip.outputs[0]}
            and quotient.inputs[0] == product.outputs[0]
            and self._number(quotient, product.outputs[0]) == _SIX
        )

    def _takes_all(self, own: Step) -> bool:
        """True for a convolution of single dots without a rim, which may add to all that it reads."""
        if not self._is_constant(own):
            return False
        return self.graph.constants[own.inputs[1]].shape[2:] == (1, 1) and not any(own.counts("pads"))

    def _weigh(self, conv: Step, before: Affine = PLAIN, behind: Affine = PLAIN) -> None:
        """Give a convolution weights that do what is done before it or behind it as well."""
        if before == behind == PLAIN:
            return
        weights = self.graph.constants[conv.inputs[1]].astype(np.float64)
        bias = self.graph.constants[conv.inputs[2]] if len(conv.inputs) > 2 else np.zeros(len(weights))
        bias = behind.factor * (bias + before.more * weights.sum(axis=(1, 2, 3))) + behind.more
        weights *= behind.factor * before.factor
        conv.inputs[1:] = [self._added(weights), self._added(bias)]

    def _add_norm(self, own: Step, by: Affine, channels: int) -> None:
        """Multiply what a step gives and add to it, for each channel the same, as onnxruntime is quick at."""
        name = f"{own.outputs[0]}/plain"
        numbers = [self._added(np.full(channels, value)) for value in (by.factor, by.more, 0.0, 1.0)]
        norm = step("BatchNormalization", [name, *numbers], own.outputs[0], epsilon=0.0)
        own.outputs = [name]
        last = next(steps for steps in self.instead.values() if own in steps)
        last.append(norm)

    def _added(self, values: npt.NDArray[np.float64]) -> str:
        return self.graph.add(f"fused/{len(self.graph.added)}", values.astype(np.float32))

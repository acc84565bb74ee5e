"""Two recognisers of printed lines, each a model that lies in an installed package: pictures of lines to text.

Nothing is fetched: a model that is not installed is not there. Each works in one thread, without a store of memory of
its own, since several workers share a machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.readers.scan.fused import fused
from pipeline.readers.scan.pictures import Pixels

HEIGHT = 48  # pixels: of the lines that the models know
_STEP = 8  # pixels: the models look at so many columns at once; lines of the same number of steps are read together
_LEAST = 56  # less, and the models are not sure of lone digits
_MOST = 3_200
_BATCH_COLUMNS = 448  # pixels of all lines that are read together: what a model makes of more leaves the cache
_BLANK = 0
LOOK_ALIKES = {"0": "OoòóQDΟ〇", "1": "lIiſ|｜丨"}
"""Characters that are taken for a digit among digits."""

MODELS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "first": ("rapidocr", ("models/PP-OCRv6_rec_small.onnx",)),
    "second": ("rapidocr_onnxruntime", ("models/ch_PP-OCRv4_rec_infer.onnx", "models/ch_PP-OCRv3_rec_infer.onnx")),
}
"""The packages of the two, and the models that their versions hold."""

_SPELT_OUT = {"second"}  # models with steps that can be fused
_SLOWER = ["MatmulTransposeFusion"]  # it makes of the last product, that with all characters, one for each line


class Letter(NamedTuple):
    """One recognised character: its middle as a share of the line's width, and its probability."""

    text: str
    at: float
    sure: float


Letters = tuple[Letter, ...]


@dataclass(frozen=True)
class Recogniser:
    """A model with its alphabet."""

    session: Any
    alphabet: tuple[str, ...]

    @cached_property
    def noughts(self) -> list[int]:
        """The numbers of the characters that are taken for a nought."""
        return [n for n, character in enumerate(self.alphabet) if character and character in f"0{LOOK_ALIKES['0']}"]

    def read(self, lines: Sequence[Pixels]) -> list[Letters]:
        """What each picture of a line says, in order."""
        found: dict[int, Letters] = {}
        for width, batch in _batches([_width(line) for line in lines]):
            tensor = np.zeros((len(batch), 3, HEIGHT, width), dtype=np.float32)
            for place, (number, own) in enumerate(batch):
                tensor[place, :, :, :own] = scaled(lines[number])
            (chances,) = self.session.run(None, {self.session.get_inputs()[0].name: tensor})
            for (number, own), steps in zip(batch, chances, strict=True):
                found[number] = self._decoded(steps, width / own)
        return [found[number] for number in range(len(lines))]

    def _decoded(self, steps: npt.NDArray[np.float32], wider: float) -> Letters:
        """The characters of a line of steps: repeated ones are one, as far as no blank step stands between.

        A nought is as sure as it is that it is one or the letter O: by their shape these differ in few faces.
        """
        best = steps.argmax(axis=1)
        letters: list[Letter] = []
        start = 0
        for end in range(1, len(best) + 1):
            if end < len(best) and best[end] == best[start]:
                continue
            if best[start] != _BLANK:
                sure = float(steps[start:end, best[start]].max())
                if best[start] in self.noughts:
                    sure = min(float(steps[start:end, self.noughts].sum(axis=1).max()), 1.0)
                letters.append(Letter(self.alphabet[best[start]], (start + end) / 2 / len(best) * wider, sure))
            start = end
        return tuple(letters)


def _width(line: Pixels) -> int:
    height, width = line.shape
    return min(max(math.ceil(HEIGHT * int(width) / int(height)), 1), _MOST)


def scaled(line: Pixels) -> npt.NDArray[np.float32]:
    """A line as high as the models know lines, from -1 for black to 1 for white."""
    image = Image.fromarray(line).resize((_width(line), HEIGHT), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float32) / 127.5 - 1


def _batches(widths: Sequence[int]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Numbers of lines with their widths, those of about the same width together, and the width that holds all."""
    batch: list[tuple[int, int]] = []
    size = 0
    for number in sorted(range(len(widths)), key=lambda n: widths[n]):
        needed = max(math.ceil(widths[number] / _STEP) * _STEP, _LEAST)
        if batch and (needed != size or (len(batch) + 1) * needed > _BATCH_COLUMNS):
            yield size, batch
            batch = []
        size = needed
        batch.append((number, widths[number]))
    if batch:
        yield size, batch


@cache
def recogniser(name: str) -> Recogniser | None:
    """The recogniser `first` or `second`; None where its package is not installed."""
    model = model_file(name)
    if model is None or find_spec("onnxruntime") is None:
        return None
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    data = fused(model.read_bytes()) if name in _SPELT_OUT else model.read_bytes()
    session = onnxruntime.InferenceSession(
        data, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
    )
    characters = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    return Recogniser(session, ("", *characters, " "))


def model_file(name: str) -> Path | None:
    """Where the model of a recogniser lies; None where its package is not installed. The package is not imported."""
    package, files = MODELS[name]
    spec = find_spec(package)
    folders = spec.submodule_search_locations or () if spec else ()
    places = [Path(folder) / file for folder in folders for file in files]
    return next((place for place in places if place.is_file()), None)

"""Compares our time per file with other table extractors, and the cells that each gets right, in one run.

    python scripts/bench.py [FOLDER...]

Draws reports with known figures in every format, and takes the prints of Chromium and LibreOffice among the tests; a
FOLDER adds documents with true cells beside them (NAME.pdf and NAME.cells.csv). The others give tables only: theirs go
through our matcher, so that only the places of the figures are compared. The floor is what no reader can do without:
parsing the markup, or unpacking the streams of a PDF and finding the words of their contents.

Times are processor time in one process. What is compared takes turns, in rounds, since a machine that is shared is
slower at one moment than at another: for each document the least and the median of the rounds are added up, and are
to be read as ratios. The second table says what share of a whole `parse` each stage takes.
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from lxml import etree, html

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.document import Cell, Document, Grid, RawFile
from pipeline.facts import extract
from pipeline.forms.loading import form, forms
from pipeline.forms.model import FormTable
from pipeline.layout.dumps import reflow
from pipeline.layout.sections import sections
from pipeline.matching import match
from pipeline.narrative.statements import statements
from pipeline.parse import parse, words_of
from pipeline.readers import read, sniff
from pipeline.trust.second_reading import second_readings
from tests.render import Figures, TextStyle, balanced_figures, text_report

PASSES = 5
DRAWN = 5
GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "golden"
PRINTERS = {"chromium_pdf": "pdf by Chromium", "writer_pdf": "pdf by LibreOffice"}
Tables = list[list[list[str | None]]]
Truth = dict[tuple[int, str, str], str]
# Seconds: the sums over documents of the least and of the median of the rounds.
Took = tuple[float, float]


@dataclass(frozen=True)
class Sample:
    """A document with its true cells as printed, and how many pages it has (1 where it has none).

    `group` is its line in the table: its format, and who printed it where that is known.
    """

    name: str
    kind: str
    group: str
    data: bytes
    truth: Truth
    pages: int


def drawn() -> Iterator[Sample]:
    """Reports drawn with known figures, some zeros, in each format."""
    from tests.readers import draw_docx, draw_html, draw_pdf

    for seed in range(DRAWN):
        made = form("2021")
        figures = balanced_figures(made, random.Random(seed), 0.4)
        yield _sample(f"drawn {seed}", draw_pdf.report(made, figures), figures)
        yield _sample(f"drawn {seed}", draw_html.html_report(made, figures), figures)
        yield _sample(f"drawn {seed}", draw_docx.docx_report(made, figures), figures)
        yield _sample(f"drawn {seed}", text_report(made, figures, TextStyle()).encode(), figures)


def printed() -> Iterator[Sample]:
    """The prints of browsers and word processors that are kept among the golden documents."""
    for folder in sorted(GOLDEN.iterdir()):
        group = next((g for prefix, g in PRINTERS.items() if folder.name.startswith(prefix)), None)
        if group:
            yield _sample(folder.name, (folder / "report.pdf").read_bytes(), _truth(folder / "cells.csv"), group)


def given(folder: Path) -> Iterator[Sample]:
    """Documents of a folder that have true cells beside them."""
    for cells in sorted(folder.glob("*.cells.csv")):
        stem = cells.name.removesuffix(".cells.csv")
        for file in folder.glob(f"{stem}.*"):
            if file != cells:
                yield _sample(file.name, file.read_bytes(), _truth(cells))


def _truth(cells: Path) -> Truth:
    with cells.open(encoding="utf-8", newline="") as handle:
        return {(int(r["table"]), r["row_code"], r["col_code"]): r["value"] for r in csv.DictReader(handle)}


def _sample(name: str, data: bytes | str, truth: Figures, group: str | None = None) -> Sample:
    data = data.encode() if isinstance(data, str) else data
    kind = sniff(data)
    return Sample(name, kind, group or kind, data, truth, _pages(data) if kind == "pdf" else 1)


def _pages(data: bytes) -> int:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)


def ours(data: bytes) -> Document:
    """The document as the pipeline reads it."""
    return reflow(read(data, words_of(forms())), forms())


def by_pdfplumber(data: bytes) -> Document:
    """Pdfplumber's tables."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return _document([t for page in pdf.pages for t in page.extract_tables()])


def by_pandas(data: bytes) -> Document:
    """The tables of pandas.read_html, without retyping."""
    import pandas as pd

    frames = pd.read_html(io.BytesIO(data), header=None, keep_default_na=False, converters=None)
    return _document([[[str(v) for v in row] for row in f.itertuples(index=False)] for f in frames])


def by_python_docx(data: bytes) -> Document:
    """The tables of python-docx, cell by cell."""
    import docx

    document = docx.Document(io.BytesIO(data))
    return _document([[[c.text for c in row.cells] for row in t.rows] for t in document.tables])


def _document(tables: Tables) -> Document:
    return Document("other", tuple(Grid(n, tuple(_cells(n, t))) for n, t in enumerate(tables, 1)))


def _cells(number: int, table: list[list[str | None]]) -> Iterable[Cell]:
    for r, row in enumerate(table):
        for c, text in enumerate(row):
            if text is not None:
                yield Cell(number, r, c, text)


OTHERS: dict[str, tuple[str, Callable[[bytes], Document]]] = {
    "pdf": ("pdfplumber", by_pdfplumber),
    "html": ("pandas.read_html", by_pandas),
    "docx": ("python-docx", by_python_docx),
}


def right(document: Document, truth: Truth) -> int:
    """How many true cells stand where they belong, as printed."""
    found = {f.key: f.printed.text.strip() for m in match(document, forms()) for f in extract(m)[0]}
    return sum(found.get(key) == text or (text == "" and found.get(key) is None) for key, text in truth.items())


_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_WORD = re.compile(rb"[^\s\[\]()<>/]+|[\[\]()<>/]")


def floor_of_pdf(data: bytes) -> None:
    """Unpack the streams; find the words of those that show text."""
    for packed in _STREAM.findall(data):
        with suppress(zlib.error):
            content = zlib.decompressobj().decompress(packed)
            if b"BT" in content:
                _WORD.findall(content)


def floor_of_docx(data: bytes) -> None:
    """Unpack and parse the main part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        etree.fromstring(archive.read("word/document.xml"))


FLOORS: Mapping[str, Callable[[bytes], object]] = {
    "pdf": floor_of_pdf,
    "html": html.fromstring,
    "docx": floor_of_docx,
    "text": bytes.decode,
}


def seconds(work: Callable[[], object]) -> float:
    """Processor time of a piece of work: the least of several passes."""
    return min(once(work) for _ in range(PASSES))


def once(work: Callable[[], object]) -> float:
    """Processor time of a piece of work, done once."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def groups_of(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    """The samples by their line in the tables."""
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.group, []).append(sample)
    return groups


def report(groups: Mapping[str, Sequence[Sample]]) -> Iterator[str]:
    """A line for each group and extractor, and one for the floor.

    The least of the rounds and their median, each in milliseconds a file and in times of ours.
    """
    heads = f"{'files':>5} {'pages':>5} {'least ms':>8} {'times':>7} {'median':>8} {'times':>7}"
    yield f"{'format':18} {'extractor':16} {heads}  cells right"
    for group, of_group in groups.items():
        kind = of_group[0].kind
        readers = {"ours": ours, **dict([OTHERS[kind]] if kind in OTHERS else [])}
        cells = sum(len(s.truth) for s in of_group)
        # Before times are taken: the first call of each imports what it needs.
        found = {name: sum(right(reader(s.data), s.truth) for s in of_group) for name, reader in readers.items()}
        compared = {**readers, **({"floor": FLOORS[kind]} if kind in FLOORS else {})}
        times = compare(list(compared.values()), of_group)
        for name, took in zip(compared, times, strict=True):
            right_ones = f"  {found[name]:,} of {cells:,}" if name in found else ""
            yield f"{_times(group, name, of_group, took, times[0])}{right_ones}"


def compare(readers: Sequence[Callable[[bytes], object]], samples: Iterable[Sample]) -> list[Took]:
    """Seconds that each reader takes for the samples, in rounds in which they take turns."""
    sums = [(0.0, 0.0)] * len(readers)
    for sample in samples:
        rounds: list[list[float]] = [[] for _ in readers]
        for _ in range(PASSES):
            for reader, times in zip(readers, rounds, strict=True):
                times.append(once(lambda r=reader, s=sample: r(s.data)))  # type: ignore[misc]
        sums = [(a + min(t), b + median(t)) for (a, b), t in zip(sums, rounds, strict=True)]
    return sums


def _times(group: str, name: str, samples: Sequence[Sample], took: Took, base: Took) -> str:
    pages = sum(sample.pages for sample in samples)
    each = [f"{1000 * t / len(samples):8.1f} {t / b:7.2f}" for t, b in zip(took, base, strict=True)]
    return f"{group:18} {name:16} {len(samples):5} {pages:5} {' '.join(each)}"


def stages(groups: Mapping[str, Sequence[Sample]]) -> Iterator[str]:
    """A line for each group: how long `parse` takes for a file, and the share of each stage in it."""
    names = ("read", "dumps", "match", "text", "second")
    yield f"{'format':18} {'parse ms':>8} " + " ".join(f"{n:>7}" for n in (*names, "rest"))
    for group, of_group in groups.items():
        whole = sum(seconds(lambda s=s: parse(_raw(s), s.data)) for s in of_group)  # type: ignore[misc]
        shares = [sum(times) / whole for times in zip(*map(_stages, of_group), strict=True)]
        parts = " ".join(f"{share:7.0%}" for share in (*shares, max(0.0, 1 - sum(shares))))
        yield f"{group:18} {1000 * whole / len(of_group):8.1f} {parts}"


def _raw(sample: Sample) -> RawFile:
    return RawFile(sample.name, len(sample.data), 0, "0" * 64)


def _stages(sample: Sample) -> tuple[float, ...]:
    """Seconds for reading, for putting dumps together, matching, the statements of the text, the second reading."""
    known = forms()
    as_read = read(sample.data, words_of(known))
    document = reflow(as_read, known)
    tables = {m.table.number: m.table for m in match(document, known)}
    return (
        seconds(lambda: read(sample.data, words_of(known))),
        seconds(lambda: reflow(as_read, known)),
        seconds(lambda: match(document, known)),
        seconds(lambda: statements(sections(document, known), None)),
        _seconds_of_second(sample, document, tables),
    )


def _seconds_of_second(sample: Sample, document: Document, tables: Mapping[int, FormTable]) -> float:
    """Seconds for the second reading behind the first, which leaves it the contents of a PDF's pages."""
    times = []
    for _ in range(PASSES):
        read(sample.data, words_of(forms()))
        start = time.thread_time()
        second_readings(sample.data, document, tables)
        times.append(time.thread_time() - start)
    return min(times)


def main(folders: list[str]) -> None:
    """Print the comparison, then the shares."""
    warnings.simplefilter("ignore")
    groups = groups_of([*drawn(), *printed(), *(s for f in folders for s in given(Path(f)))])
    for line in (*report(groups), "", *stages(groups)):
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

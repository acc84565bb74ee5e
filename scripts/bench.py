"""Compares our time per file with other table extractors, and the cells that each gets right, in one run.

    python scripts/bench.py [FOLDER...]

Draws reports with known figures in every format (as the tests do); a FOLDER adds documents with true cells beside them
(NAME.pdf and NAME.cells.csv). The others give tables only: theirs go through our matcher, so that only the places of
the figures are compared. Times are the median of several passes, in the same process, in turn; they are to be read as
ratios, since machines are shared.
"""

from __future__ import annotations

import csv
import io
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.document import Cell, Document, Grid
from pipeline.facts import extract
from pipeline.forms.loading import form, forms
from pipeline.layout.dumps import reflow
from pipeline.matching import match
from pipeline.parse import words_of
from pipeline.readers import read, sniff
from tests.render import Figures, TextStyle, balanced_figures, text_report

PASSES = 3
DRAWN = 5
Tables = list[list[list[str | None]]]
Truth = dict[tuple[int, str, str], str]


@dataclass(frozen=True)
class Sample:
    """A document with its true cells as printed, and how many pages it has (1 where it has none)."""

    name: str
    kind: str
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


def given(folder: Path) -> Iterator[Sample]:
    """Documents of a folder that have true cells beside them."""
    for cells in sorted(folder.glob("*.cells.csv")):
        stem = cells.name.removesuffix(".cells.csv")
        with cells.open(encoding="utf-8", newline="") as handle:
            truth = {(int(r["table"]), r["row_code"], r["col_code"]): r["value"] for r in csv.DictReader(handle)}
        for file in folder.glob(f"{stem}.*"):
            if file != cells:
                yield _sample(file.name, file.read_bytes(), truth)


def _sample(name: str, data: bytes | str, truth: Figures) -> Sample:
    data = data.encode() if isinstance(data, str) else data
    kind = sniff(data)
    return Sample(name, kind, data, truth, _pages(data) if kind == "pdf" else 1)


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


def timed(reader: Callable[[bytes], Document], sample: Sample) -> tuple[float, int]:
    """Seconds for a pass (the median), and the cells right."""
    seconds = []
    for _ in range(PASSES):
        start = time.perf_counter()
        document = reader(sample.data)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), right(document, sample.truth)


def report(samples: list[Sample]) -> Iterator[str]:
    """A line for each format and extractor."""
    yield f"{'format':6} {'extractor':18} {'files':>5} {'ms/file':>8} {'ms/page':>8} {'times ours':>10}  cells right"
    for kind in ("pdf", "html", "docx", "text", "doc", "xlsx"):
        of_kind = [s for s in samples if s.kind == kind]
        if not of_kind:
            continue
        pages = sum(s.pages for s in of_kind)
        cells = sum(len(s.truth) for s in of_kind)
        base = 0.0
        for name, reader in [("ours", ours), *([OTHERS[kind]] if kind in OTHERS else [])]:
            results = [timed(reader, s) for s in of_kind]
            seconds = sum(t for t, _ in results)
            base = base or seconds
            each, page = 1000 * seconds / len(of_kind), 1000 * seconds / pages
            yield (
                f"{kind:6} {name:18} {len(of_kind):5} {each:8.1f} {page:8.1f} {seconds / base:10.1f}  "
                f"{sum(r for _, r in results):,} of {cells:,}"
            )


def main(folders: list[str]) -> None:
    """Print the comparison."""
    warnings.simplefilter("ignore")
    samples = [*drawn(), *(s for f in folders for s in given(Path(f)))]
    for line in report(samples):
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

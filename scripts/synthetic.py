"""Writes synthetic annual reports over real districts and years, for measuring and for trying things out.

    python scripts/synthetic.py OUT REPORTS [--seed 1] [--publishers 8] [--faults 0.02] [--mixtures 0.03]

Below OUT each report is `<district>/<year>/<number>.<ending>`; a ledger of what was written lies beside OUT
(`truth.csv`). Publishers have true names that the register of places leads to their district; figures differ from
report to report, every identity holds, and what a publisher carries over it carries in the year after. Equal
settings give equal bytes, and fewer reports are the first ones of more.

The pages are drawn by the hands that draw for the tests, once for each layout with a sign in place of each figure.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.forms.loading import form
from pipeline.forms.model import Form, FormLine
from pipeline.places import Division, divisions, locate
from pipeline.places.townships import Township, registered
from tests.readers import draw_docx, draw_html, draw_pdf
from tests.render import TITLE, Figures, Key, TextStyle, keys, text_report

YEARS = range(2019, 2025)
SHARES: Mapping[str, float] = MappingProxyType({"html": 0.60, "text": 0.25, "docx": 0.10, "pdf": 0.05})
ENDINGS = {"html": "html", "text": "txt", "docx": "docx", "pdf": "pdf"}
FAULTS = ("blank-for-zero", "wrong-sum", "label-misprint", "page-cut")
LEDGER = ("path", "district_code", "year", "publisher", "form", "format", "fault")
MIXED = "2019+2021"

# Applicants, and how many of them there are for each natural person.
PEOPLE = {"natural": 1.0, "business": 0.3, "research": 0.02, "welfare": 0.04, "legal": 0.15, "other": 0.05}
WAYS, OUTCOMES = ("review", "direct", "after"), ("upheld", "corrected", "other", "pending")
ITEMS = ("5.permit", "5.other", "6.penalty", "6.coercion", "8.fee")
DEPARTMENTS = ("教育局", "财政局", "民政局", "司法局", "审计局", "统计局", "农业农村局", "交通运输局", "水利局",
               "卫生健康委员会", "应急管理局", "市场监督管理局", "医疗保障局", "住房和城乡建设局")  # fmt: skip
PROBLEMS = "一是公开内容的针对性有待加强，二是业务培训的频次不够。下一步将逐项改进。"

Number = int | Decimal
Numbers = dict[Key, Number]


@dataclass(frozen=True)
class Settings:
    """How many reports, by which seed, of how many publishers a district, and the shares of the odd ones."""

    reports: int
    seed: int = 1
    publishers: int = 8
    faults: float = 0.02
    mixtures: float = 0.03
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)


@dataclass(frozen=True)
class Publisher:
    """A publisher and its district; `number` counts those of a district from 1."""

    name: str
    district: Division
    number: int


@dataclass(frozen=True)
class Synthetic:
    """A report: where it is to lie, what it is, its figures as printed, and its bytes. `fault` is "" for none."""

    path: str
    publisher: Publisher
    year: int
    form: str
    format: str
    fault: str
    figures: Figures
    data: bytes


def reports(settings: Settings) -> Iterator[Synthetic]:
    """The reports, publisher by publisher and year by year."""
    kinds = in_shares(settings.shares)
    found = (made for p in publishers(settings) for made in _of_publisher(p, settings, kinds))
    return islice(found, settings.reports)


def write(out: Path, settings: Settings, truth: Path | None = None) -> Iterator[Synthetic]:
    """Write the reports below `out`, and the ledger; gives each report that is written."""
    out.mkdir(parents=True, exist_ok=True)
    with (truth or out.parent / "truth.csv").open("w", encoding="utf-8", newline="") as handle:
        ledger = csv.writer(handle)
        ledger.writerow(LEDGER)
        for made in reports(settings):
            file = out / made.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made.data)
            code = made.publisher.district.code
            ledger.writerow([made.path, code, made.year, made.publisher.name, made.form, made.format, made.fault])
            yield made


def in_shares(shares: Mapping[str, float]) -> Iterator[str]:
    """Names for ever, each as often as its share: always the one that lags behind most."""
    given = dict.fromkeys(shares, 0)
    for number in range(1, sys.maxsize):
        name = max(shares, key=lambda n: shares[n] * number - given[n])
        given[name] += 1
        yield name


# --- Who publishes ---------------------------------------------------------------------------------


def publishers(settings: Settings) -> Iterator[Publisher]:
    """Publishers district by district, in an order that the seed gives."""
    rng = random.Random(settings.seed)
    for district in rng.sample(_districts(), len(_districts())):
        names = (name for full in _names(district, rng) if (name := _telling(full, district)))
        for number, name in enumerate(islice(names, settings.publishers), 1):
            yield Publisher(name, district, number)


@lru_cache(maxsize=1)
def _districts() -> tuple[Division, ...]:
    """Counties and prefectures that kept code and name through all the years."""
    levels = ("county", "prefecture")
    return tuple(d for d in divisions() if d.level in levels and d.in_force(None) and d.in_force(YEARS[0]))


@lru_cache(maxsize=1)
def _townships() -> Mapping[str, tuple[Township, ...]]:
    """The townships of each county that every edition of the register lists there."""
    found: dict[str, list[Township]] = {}
    for township in registered():
        if len(township.editions) > 2:
            found.setdefault(township.county_code, []).append(township)
    return {code: tuple(sorted(group, key=lambda t: t.name)) for code, group in found.items()}


def _names(district: Division, rng: random.Random) -> Iterator[str]:
    """Names behind that of the district: its government's office, then departments and townships in turn."""
    townships = _townships().get(district.code, ())
    streets = [t.name + ("办事处" if t.name.endswith("街道") else "人民政府") for t in townships]
    yield "人民政府办公室"
    departments = rng.sample(DEPARTMENTS, len(DEPARTMENTS))
    lower = iter(rng.sample(streets, len(streets)))
    for department in departments:
        yield department
        yield from islice(lower, 1)
    yield from lower


def _telling(own: str, district: Division) -> str:
    """The shortest name that leads to the district in every year; "" where none does."""
    above = [district.prefecture_name, (district.province_name or "") + (district.prefecture_name or "")]
    prefixes = ["", *above] if district.level == "county" else ["", district.province_name]
    names = (f"{prefix}{district.name}{own}" for prefix in dict.fromkeys(p or "" for p in prefixes))
    return next((name for name in names if all(_leads_to(name, district, year) for year in YEARS)), "")


def _leads_to(name: str, district: Division, year: int) -> bool:
    place = locate(title_of(name, year))
    return (place.status, place.district_code, place.publisher) == ("unique", district.code, name)


def title_of(publisher: str, year: int) -> str:
    """The title as it is printed."""
    return f"{publisher}{year}年政府信息公开工作年度报告"


# --- What is counted -------------------------------------------------------------------------------


@dataclass
class Books:
    """What a publisher takes from one year into the next, and how busy it is."""

    size: float
    carried: dict[str, int] = field(default_factory=dict)
    valid: int = 0
    public: int = 0
    items: dict[str, int] = field(default_factory=dict)

    def year(self, rng: random.Random) -> Numbers:
        """All numbers of a year, for whatever form, by the codes of the forms; goes on to the next year."""
        numbers: Numbers = {}
        self._proactive(numbers, rng)
        self._requests(numbers, rng)
        for way in WAYS:
            parts = [rng.randint(0, 4) if rng.random() < 0.4 else 0 for _ in OUTCOMES]
            numbers |= {(4, "1", f"{way}.{name}"): n for name, n in zip(OUTCOMES, parts, strict=True)}
            numbers[4, "1", f"{way}.total"] = sum(parts)
        return numbers

    def _proactive(self, numbers: Numbers, rng: random.Random) -> None:
        made, repealed = rng.randint(0, 30), rng.randint(0, min(self.valid, 12))
        self.valid += made - repealed
        self.public += made
        now = {"made": made, "public": made, "repealed": repealed, "valid": self.valid, "total_public": self.public}
        for column, number in now.items():
            numbers[2, "1.rule", column] = 0
            numbers[2, "1.doc", column] = number
        for row in ITEMS:
            before = self.items.setdefault(row, rng.randint(0, 300))
            change = rng.randint(-min(before, 20), 40)
            self.items[row] += change
            done = int(self.size * rng.uniform(0, 40))
            numbers |= {(2, row, "prev"): before, (2, row, "delta"): change, (2, row, "count"): done}
        numbers[2, "8.fee", "amount"] = Decimal(rng.randint(0, 9_999_999)) / 100
        numbers[2, "9.procurement", "projects"] = rng.randint(0, 99)
        numbers[2, "9.procurement", "amount"] = rng.randint(0, 9_999_999)

    def _requests(self, numbers: Numbers, rng: random.Random) -> None:
        rows = _result_rows()
        totals = dict.fromkeys(("1", "2", *rows, "3.6", "3.7", "4"), 0)
        for person, weight in PEOPLE.items():
            new, brought = int(self.size * weight * rng.uniform(0.3, 1.7)), self.carried.get(person, 0)
            over = rng.randint(0, (new + brought) // 4)
            self.carried[person] = over
            results = _parted(new + brought - over, rows, rng)
            results["3.6"] = sum(n for row, n in results.items() if row.startswith("3.6."))
            column = {"1": new, "2": brought, **results, "3.7": new + brought - over, "4": over}
            for row, number in column.items():
                numbers[3, row, person] = number
                totals[row] += number
        numbers |= {(3, row, "total"): number for row, number in totals.items()}


@lru_cache(maxsize=1)
def _result_rows() -> tuple[str, ...]:
    """The rows of table 三 that its total adds up, by the newer form."""
    return tuple(r.code for r in form("2021").table(3).rows if not r.total and r.code not in ("1", "2", "4"))


def _parted(whole: int, rows: Sequence[str], rng: random.Random) -> dict[str, int]:
    """A number parted among some of the rows; the first of them has most."""
    parts = dict.fromkeys(rows, 0)
    for row in ("3.1", "3.4.1", *rng.sample(rows, 6)):
        part = rng.randint(0, whole)
        parts[row] += part
        whole -= part
    parts["3.1"] += whole
    return parts


def narrative(publisher: str, year: int, numbers: Numbers, rng: random.Random) -> tuple[str, str, str]:
    """Three paragraphs of section 一, true to the tables of the newer form."""
    site, media = rng.randint(20, 4000), rng.randint(20, 4000)
    all_rows = {row: numbers[3, row, "total"] for row in _result_rows()}

    def below(prefix: str) -> Number:
        return sum(n for row, n in all_rows.items() if row.startswith(prefix))

    total = {row: numbers[3, row, "total"] for row in ("1", "2", "3.7", "4")}
    suits = numbers[4, "1", "direct.total"] + numbers[4, "1", "after.total"]
    doc = {column: numbers[2, "1.doc", column] for column in ("made", "repealed", "valid")}
    return (
        f"本报告由{publisher}编制，统计期限自{year}年1月1日起至{year}年12月31日止。"
        f"{year}年主动公开政府信息{site + media}条，其中通过政府网站公开{site}条，通过微信公众号公开{media}条。",
        f"全年共收到政府信息公开申请{total['1']}件，上年结转{total['2']}件；已办结{total['3.7']}件，"
        f"其中予以公开{all_rows['3.1']}件，部分公开{all_rows['3.2']}件，不予公开{below('3.3.')}件，"
        f"无法提供{below('3.4.')}件，不予处理{below('3.5.')}件，其他处理{below('3.6.')}件；"
        f"结转下年度继续办理{total['4']}件。",
        f"制发行政规范性文件{doc['made']}件，废止{doc['repealed']}件，现行有效{doc['valid']}件。"
        f"因政府信息公开被申请行政复议{numbers[4, '1', 'review.total']}件，被提起行政诉讼{suits}件。",
    )


# --- A report --------------------------------------------------------------------------------------


def _of_publisher(publisher: Publisher, settings: Settings, kinds: Iterator[str]) -> Iterator[Synthetic]:
    """The publisher's reports of all years. Its numbers do not depend on formats and faults."""
    name = f"{settings.seed}|{publisher.district.code}|{publisher.number}"
    counting, printing = random.Random(f"{name}|counted"), random.Random(f"{name}|printed")
    books = Books(counting.lognormvariate(3, 1) + 1)
    books.year(counting)  # the year before: 2019 has something to carry in too
    for year in YEARS:
        numbers = books.year(counting)
        text = narrative(publisher.name, year, numbers, counting)
        yield _report(publisher, year, numbers, text, next(kinds), settings, printing)


def _report(
    publisher: Publisher,
    year: int,
    numbers: Numbers,
    text: tuple[str, str, str],
    kind: str,
    settings: Settings,
    rng: random.Random,
) -> Synthetic:
    used = _form_of(year, settings.mixtures, rng)
    fault = rng.choice(FAULTS) if rng.random() < settings.faults else ""
    if fault == "page-cut" and kind in ("docx", "pdf"):
        fault = "wrong-sum"  # half a document of these is none
    figures = _printed({key: numbers[key] for key in keys(issued(used))}, fault, rng)
    layout = rng.randrange(LAYOUTS)
    if fault == "page-cut":
        figures = dict(islice(figures.items(), _cut_at(figures)))
    words = (title_of(publisher.name, year), *text)
    data = MAKERS[kind](used, layout, fault, figures, words)
    path = f"{publisher.district.code}/{year}/{publisher.number:03d}.{ENDINGS[kind]}"
    return Synthetic(path, publisher, year, used, kind, fault, figures, data)


def _form_of(year: int, mixtures: float, rng: random.Random) -> str:
    """The form of the year; of the newer years some on the older form, or with its table 三."""
    if year < 2021:
        return "2019"
    return rng.choice(("2019", MIXED)) if rng.random() < mixtures else "2021"


def _printed(numbers: Numbers, fault: str, rng: random.Random) -> Figures:
    """The numbers as they are printed."""
    figures = {key: str(number) for key, number in numbers.items()}
    if fault == "blank-for-zero":
        figures |= {key: "" for key, text in figures.items() if key[0] == 3 and text == "0"}
    if fault == "wrong-sum":
        figures[3, "3.7", "total"] = str(numbers[3, "3.7", "total"] + rng.randint(1, 9))
    return figures


def _cut_at(figures: Figures) -> int:
    """How many figures are printed before the page is cut, within table 三."""
    return list(figures).index((3, "3.4.1", "total")) + 1


@lru_cache(maxsize=8)
def issued(name: str, *, misprinted: bool = False) -> Form:
    """The form of that name, or the mixture; with a label of table 三 printed as its known misprint."""
    found = form("2021" if name == MIXED else name)
    third = form("2019").table(3) if name == MIXED else found.table(3)
    if misprinted:
        blocks = tuple(replace(b, rows=tuple(map(_misprint, b.rows))) for b in third.blocks)
        third = replace(third, blocks=blocks)
    return replace(found, tables=tuple(third if t.number == 3 else t for t in found.tables))


def _misprint(row: FormLine) -> FormLine:
    return replace(row, path=(*row.path[:-1], row.misprints[0])) if row.misprints else row


# --- How it is printed -----------------------------------------------------------------------------

LAYOUTS = 3
HTML_LAYOUTS = (
    draw_html.HtmlStyle(),
    draw_html.HtmlStyle(text=draw_html.in_paragraph, uneven=True),
    draw_html.HtmlStyle(text=draw_html.in_fonts, spans=False),
)
TEXT_LAYOUTS = (
    TextStyle(),
    TextStyle(start=lambda code, labels: 3),
    TextStyle(start=lambda code, labels: 3, newline="\r\n"),
)
DOCX_LAYOUTS = (
    draw_docx.DocxStyle(),
    draw_docx.DocxStyle(shaky=9),
    draw_docx.DocxStyle(table=draw_docx.layout_table),
)
PDF_LAYOUTS = (
    draw_pdf.Style(),
    draw_pdf.Style(borders="fills", size=9.5, split_rows=True),
    draw_pdf.Style(borders="frames", size=10, repeat_header=True),
)

Words = tuple[str, str, str, str]
"""The title and the paragraphs of section 一."""

_SIGN = re.compile("([\ue000-\uf8ff])")  # private characters: one stands for each word and figure


@dataclass(frozen=True)
class Template:
    """A page with a sign in place of each word and figure, cut at the signs: text, sign, text, …"""

    pieces: tuple[str, ...]
    order: tuple[Key, ...]

    def filled(self, figures: Figures, words: Words) -> str:
        """The page with these figures, up to the last of them."""
        values = dict(zip(map(chr, range(0xE000, 0xF8FF)), (*words, *map(figures.get, self.order)), strict=False))
        last = len(self.pieces) if len(figures) == len(self.order) else self._end_of(len(figures))
        out = list(self.pieces[:last])
        out[1::2] = [values[sign] or "" for sign in out[1::2]]
        return "".join(out)

    def _end_of(self, figures: int) -> int:
        """Where the last of that many figures is printed, in the form's order."""
        return self.pieces.index(chr(0xE004 + figures - 1)) + 1


def _signs(order: Sequence[Key]) -> tuple[Words, Figures]:
    words = ("\ue000", "\ue001", "\ue002", "\ue003")
    return words, {key: chr(0xE004 + n) for n, key in enumerate(order)}


@lru_cache(maxsize=64)
def _template(kind: str, name: str, layout: int, misprinted: bool) -> Template:
    made = issued(name, misprinted=misprinted)
    order = tuple(keys(made))
    words, signs = _signs(order)
    return Template(tuple(_SIGN.split(DRAWN[kind](made, signs, words, layout))), order)


def _html_page(made: Form, signs: Figures, words: Words, layout: int) -> str:
    page = draw_html.html_report(made, signs, HTML_LAYOUTS[layout])
    narrative = "</p>\n<p>　　".join(words[1:])
    return _put(page, {TITLE: words[0], draw_html.NARRATIVE: narrative, "无。": PROBLEMS})


def _text_page(made: Form, signs: Figures, words: Words, layout: int) -> str:
    style = replace(TEXT_LAYOUTS[layout], title=words[0], narrative="\n".join(words[1:]))
    return _put(text_report(made, signs, style), {"无。": PROBLEMS})


def _docx_page(made: Form, signs: Figures, words: Words, layout: int) -> str:
    style = replace(DOCX_LAYOUTS[layout], narrative=list(words[1:]))
    with zipfile.ZipFile(io.BytesIO(draw_docx.docx_report(made, signs, style))) as archive:
        return _put(archive.read(style.main).decode(), {TITLE: words[0]})


DRAWN: Mapping[str, Callable[[Form, Figures, Words, int], str]] = {
    "html": _html_page, "text": _text_page, "docx": _docx_page,
}  # fmt: skip


def _put(page: str, texts: Mapping[str, str]) -> str:
    """Other texts in place of those that the drawing hand always writes, each once."""
    for old, new in texts.items():
        if page.count(old) != 1:
            raise ValueError(f"{old!r} is {page.count(old)} times on the page, not once")
        page = page.replace(old, new)
    return page


def _page(kind: str) -> Callable[[str, int, str, Figures, Words], bytes]:
    """What makes a page of text of a kind."""

    def make(name: str, layout: int, fault: str, figures: Figures, words: Words) -> bytes:
        return _template(kind, name, layout, fault == "label-misprint").filled(figures, words).encode()

    return make


def _docx(name: str, layout: int, fault: str, figures: Figures, words: Words) -> bytes:
    page = _template("docx", name, layout, fault == "label-misprint").filled(figures, words)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in _docx_parts(layout).items():
            written = page.encode() if part == DOCX_LAYOUTS[layout].main else content
            archive.writestr(zipfile.ZipInfo(part), written, zipfile.ZIP_DEFLATED)
    return made.getvalue()


@lru_cache(maxsize=LAYOUTS)
def _docx_parts(layout: int) -> Mapping[str, bytes]:
    """The parts of a document of this layout; the main one is another for each report."""
    with zipfile.ZipFile(io.BytesIO(draw_docx.docx_report(issued("2021"), {}, DOCX_LAYOUTS[layout]))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _pdf(name: str, layout: int, fault: str, figures: Figures, words: Words) -> bytes:
    from reportlab import rl_config

    rl_config.invariant = 1  # no time of day in the file
    style = replace(PDF_LAYOUTS[layout], title=(words[0],), narrative="".join(words[1:]))
    return draw_pdf.report(issued(name, misprinted=fault == "label-misprint"), figures, style)


MAKERS: Mapping[str, Callable[[str, int, str, Figures, Words], bytes]] = {
    "html": _page("html"), "text": _page("text"), "docx": _docx, "pdf": _pdf,
}  # fmt: skip


# --- The command -----------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> None:
    """Write the reports and say how many and how fast."""
    parser = argparse.ArgumentParser(description="Write synthetic annual reports.")
    parser.add_argument("out", type=Path)
    parser.add_argument("reports", type=int)
    parser.add_argument("--truth", type=Path, help="the ledger; truth.csv beside OUT by default")
    for name, kind in (("seed", int), ("publishers", int), ("faults", float), ("mixtures", float)):
        parser.add_argument(f"--{name}", type=kind, default=getattr(Settings(0), name))
    given = vars(parser.parse_args(arguments))
    out, truth = given.pop("out"), given.pop("truth")
    start = time.perf_counter()
    written = sum(1 for _ in write(out, Settings(**given), truth))
    seconds = time.perf_counter() - start
    print(f"{written:,} reports in {seconds:.1f} s ({written / seconds:,.0f} a second) below {out}")


if __name__ == "__main__":
    main(sys.argv[1:])

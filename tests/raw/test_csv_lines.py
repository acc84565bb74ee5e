"""The files of decisions as spreadsheets write them, above all those of a Chinese Windows."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.raw.csv_lines import decided_lines
from pipeline.raw.expected import EXPECTED_FILE, read_expected
from pipeline.raw.folder import InputError
from pipeline.raw.verdicts import VERDICTS_FILE, read_verdicts

COLUMNS = ("file", "district_code", "publisher")
PLAIN = "file,district_code,publisher\n河南/甲.pdf,410402,平顶山市新华区人民政府\n"
READ = {"file": "河南/甲.pdf", "district_code": "410402", "publisher": "平顶山市新华区人民政府"}


def lines(folder: Path, data: bytes) -> list[tuple[int, dict[str, str]]]:
    (folder / "d.csv").write_bytes(data)
    return [(number, dict(line)) for number, line in decided_lines(folder, "d.csv", COLUMNS, ("file",))]


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (PLAIN.encode(), 2),
        (PLAIN.encode("utf-8-sig"), 2),
        (PLAIN.encode("gb18030"), 2),
        (PLAIN.encode("utf-16"), 2),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), 2),
        (PLAIN.replace("\n", "\r").encode(), 2),
        (PLAIN.replace("\n", "\r\n").encode(), 2),
        (("sep=,\n" + PLAIN).encode(), 3),
        (("sep=;\r\n" + PLAIN.replace(",", ";")).encode("gb18030"), 3),
        (("\n" + PLAIN).encode(), 3),
        ((",,\n\n" + PLAIN).encode(), 4),
        (PLAIN.replace(",", ";").encode(), 2),
        (PLAIN.replace(",", "\t").encode("utf-16"), 2),
        (PLAIN.replace("\n", "\n\n").encode(), 3),
    ],
)
def test_a_line_is_read_however_a_spreadsheet_writes_it(tmp_path: Path, data: bytes, number: int) -> None:
    assert lines(tmp_path, data) == [(number, READ)]


def test_a_quoted_field_may_hold_commas_and_line_ends(tmp_path: Path) -> None:
    found = lines(tmp_path, b'file,publisher\r"a,b\rc.pdf","x ""y"" z"\rd.pdf,e\r')
    assert found == [(3, {"file": "a,b\nc.pdf", "publisher": 'x "y" z'}), (4, {"file": "d.pdf", "publisher": "e"})]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b'file,publisher\na.pdf,x\n"b.pdf,y\nc.pdf,z\n', "d.csv, line 3: a quote is not closed"),
        (b"file,publisher\na.pdf,\0\n", "d.csv, line 2: it holds a zero byte"),
        (b"file,publisher\na.pdf," + b"x" * 200_000, r"d.csv, line 2: field larger than field limit"),
        (b'\nfile,publisher\n"a"b.pdf,x\n', "d.csv, line 3: "),
        (b"\nfile,publishers\n", "d.csv, line 2: unknown column 'publishers'"),
        ("file,publisher\n甲.pdf,臺北市政府資訊公開辦公室\n".encode("big5"), "neither UTF-8 nor GB 18030"),
        (b"", "the column 'file' is missing"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_line(tmp_path: Path, data: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        lines(tmp_path, data)


@pytest.mark.parametrize("day", ["2026-01-05", "2026/1/5", "2026.1.5", "2026年1月5日"])
def test_days_are_read_as_spreadsheets_show_them(tmp_path: Path, day: str) -> None:
    header = "district_code,year,publisher,verdict,who,when,why"
    (tmp_path / VERDICTS_FILE).write_text(f"{header}\n410402,2023,某局,ignore,王,{day},重复\n", encoding="utf-8")
    assert read_verdicts(tmp_path)[0].when.isoformat() == "2026-01-05"


def test_codes_are_those_of_the_register(tmp_path: Path) -> None:
    (tmp_path / EXPECTED_FILE).write_text("district_code,publisher,year\n999999,某局,2023\n", encoding="utf-8")
    assert len(read_expected(tmp_path)) == 1
    with pytest.raises(InputError, match=r"expected\.csv, line 2: the district code 999999 is in no year's list"):
        read_expected(tmp_path, {"410402"})

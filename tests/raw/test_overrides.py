"""What a person pinned in overrides.csv, and what is refused with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.document import RawFile
from pipeline.raw.folder import InputError
from pipeline.raw.overrides import OVERRIDES, Pin, pin_of, read_overrides

HEADER = "file,district_code,year,publisher,level,note\n"


def put(folder: Path, name: str, text: str = "") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or name, encoding="utf-8")
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_pins_are_read_as_spreadsheets_write_them(tmp_path: Path, encoding: str) -> None:
    sha = "AB" * 32
    text = HEADER + "河南\\a.txt,410402,,曙光街街道,,看过\n\n" + f'{sha},,2024,,township,"a, b"\n'
    (tmp_path / OVERRIDES).write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert read_overrides(tmp_path) == {
        "河南/a.txt": Pin("河南/a.txt", "410402", None, "曙光街街道", None, "看过"),
        sha.lower(): Pin(sha.lower(), None, 2024, None, "township", "a, b"),
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("file,county\n", "line 1: unknown column 'county'"),
        ("file,file\n", "line 1: a column stands there twice"),
        ("year\n", "line 1: the column 'file' is missing"),
        (HEADER + "a.txt,41040,,,,\n", "line 2: '41040' is no district code"),
        (HEADER + "a.txt,999999,,,,\n", "line 2: the district code 999999 is in no year's list"),
        (HEADER + "a.txt,,24,,,\n", "line 2: '24' is no year"),
        (HEADER + "a.txt,,,,town,\n", "line 2: 'town' is no level"),
        (HEADER + ",410402,,,,\n", "line 2: the column 'file' is empty"),
        (HEADER + "a.txt,,2024,,,\n\na.txt,,2023,,,\n", "line 4: a.txt stands on an earlier line"),
        (HEADER + "a.txt,,,,,one,two\n", "line 2: 7 fields, but 6 columns"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    put(tmp_path, OVERRIDES, text)
    with pytest.raises(InputError, match=rf"^overrides\.csv, {complaint}"):
        read_overrides(tmp_path, {"410402"})


def test_the_path_decides_before_the_content(tmp_path: Path) -> None:
    raw = RawFile("a.txt", 1, 1, "0" * 64)
    by_path, by_content = Pin("a.txt", "410402"), Pin("0" * 64, "410502")
    assert pin_of(raw, {"0" * 64: by_content}) == by_content
    assert pin_of(raw, {"0" * 64: by_content, "a.txt": by_path}) == by_path
    assert pin_of(replace(raw, path="b.txt", sha256=""), {"": by_path}) is None

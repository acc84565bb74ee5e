"""Settings of the environment: which are taken, and how the others are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.environment import whole_number
from pipeline.raw.folder import InputError
from pipeline.settings import PROJECT, owners, place_of_warehouse
from pipeline.warehouse import WarehouseError, database

NAME = "DISCLOSURE_SOMETHING"


@pytest.mark.parametrize(
    ("setting", "least", "number"), [(None, 1, 7), ("", 1, 7), ("1", 1, 1), ("0", 0, 0), ("64", 3, 64)]
)
def test_a_whole_number_is_taken(monkeypatch: pytest.MonkeyPatch, setting: str | None, least: int, number: int) -> None:
    if setting is not None:
        monkeypatch.setenv(NAME, setting)
    assert whole_number(NAME, 7, least) == number


@pytest.mark.parametrize(
    ("setting", "least"),
    [
        ("much", 0),
        ("-1", 0),
        ("+1", 0),
        ("2.5", 0),
        ("1e3", 0),
        ("5 GiB", 0),
        (" 5", 0),
        (" ", 0),
        ("0", 1),
        ("63", 64),
    ],
)
def test_any_other_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, setting: str, least: int) -> None:
    monkeypatch.setenv(NAME, setting)
    sentence = f"^{NAME} must be a whole number from {least} on, not {re.escape(repr(setting))}$"
    with pytest.raises(InputError, match=sentence):
        whole_number(NAME, 7, least)
    with pytest.raises(WarehouseError, match=sentence):
        database.whole_number(NAME, 7, least)


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ("", ["team:disclosure"]),
        ("team:data", ["team:data"]),
        (" a@example.org ,team:数据", ["a@example.org", "team:数据"]),
    ],
)
def test_owners(setting: str, found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCLOSURE_OWNERS", setting)
    assert owners() == found


def test_an_owner_that_dagster_would_not_take_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCLOSURE_OWNERS", "team:a,bob")
    with pytest.raises(InputError, match="DISCLOSURE_OWNERS: 'bob' is neither"):
        owners()


def test_the_warehouse_is_where_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting, found in {"": PROJECT / "data" / "warehouse", "/srv/w": Path("/srv/w"), "w": Path("w")}.items():
        monkeypatch.setenv("DISCLOSURE_WAREHOUSE", setting)
        assert place_of_warehouse() == found
    monkeypatch.setenv("DISCLOSURE_WAREHOUSE", "s3://bucket/w")
    with pytest.raises(InputError, match="a warehouse is a folder of this machine, not a URL"):
        place_of_warehouse()


def test_every_setting_is_written_down() -> None:
    """Those that the code asks for are those that people can read of."""
    root = Path(__file__).resolve().parents[1]
    code = [file for package in ("pipeline", "assets", "expectations") for file in (root / package).rglob("*.py")]
    told = [root / "README.md", *(root / "docs").glob("*.md"), root / "deploy" / "README.md"]
    names = [
        {name for file in files for name in re.findall(r"DISCLOSURE_[A-Z_]*[A-Z]", file.read_text("utf-8"))}
        for files in (code, told)
    ]
    assert len(names[0]) > 10
    assert names[0] == names[1]

"""Modules that are imported only when something of them is used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from expectations.deferred import deferred, left_out


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with one module, which leaves a file when it is imported."""
    folder = tmp_path / "dear"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "part.py").write_text(
        f"from pathlib import Path\nPath({str(tmp_path / 'seen')!r}).touch()\nanswer = 42\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "seen"
    for name in ("dear", "dear.part"):
        sys.modules.pop(name, None)


def test_a_deferred_module_is_imported_when_something_of_it_is_used(package: Path) -> None:
    with deferred("dear.part"):
        from dear import part  # type: ignore[import-not-found]
    assert not hasattr(part, "__wrapped__")
    assert Path(part.__file__).name == "part.py"
    assert not package.exists()
    assert part.answer == 42
    assert package.exists()
    assert sys.modules["dear.part"].answer == 42


def test_imports_after_the_context_are_as_ever(package: Path) -> None:
    with deferred("dear.part"):
        import dear.part  # type: ignore[import-not-found]
    assert not package.exists()
    import dear.part

    assert package.exists()
    assert dear.part.answer == 42


def test_what_has_been_imported_stays_and_what_is_missing_is_missing(package: Path) -> None:
    from dear import part

    with deferred("dear.part", "dear.nothing", "nowhere"):
        assert sys.modules["dear.part"] is part
        with pytest.raises(ModuleNotFoundError):
            import nowhere  # type: ignore[import-not-found]  # noqa: F401


def test_what_is_left_out_is_as_if_it_were_not_installed_for_a_while(package: Path) -> None:
    with left_out("dear", "nowhere"), pytest.raises(ModuleNotFoundError):
        import dear  # noqa: F401
    from dear import part

    with left_out("dear"):
        from dear import part as again
    assert part is again

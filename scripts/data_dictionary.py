"""Writes docs/data_dictionary.md and docs/data_dictionary_upkeep.md from the schema and the views."""

from __future__ import annotations

from pathlib import Path

from pipeline.warehouse.dictionary import dictionary, upkeep

DOCS = Path(__file__).resolve().parents[1] / "docs"

if __name__ == "__main__":
    for name, text in (("data_dictionary", dictionary()), ("data_dictionary_upkeep", upkeep())):
        (DOCS / f"{name}.md").write_text(text, encoding="utf-8")
        print(f"written: {DOCS / name}.md")

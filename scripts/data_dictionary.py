"""Writes docs/data_dictionary.md from the schema and the views."""

from __future__ import annotations

from pathlib import Path

from pipeline.warehouse.dictionary import dictionary

TARGET = Path(__file__).resolve().parents[1] / "docs" / "data_dictionary.md"

if __name__ == "__main__":
    TARGET.write_text(dictionary(), encoding="utf-8")
    print(f"written: {TARGET}")

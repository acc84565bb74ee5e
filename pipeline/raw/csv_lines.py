"""The small CSV files beside the reports in which a person writes down what was decided.

What does *not* belong here: what a decision means (`register`, `verdicts`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.raw.folder import Folder, InputError, content

ENCODINGS = ("utf-8-sig", "gb18030")  # UTF-8, or what spreadsheets of a Chinese Windows write


def decided_lines(
    folder: Folder, name: str, columns: Sequence[str], required: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The lines that hold anything, with their numbers; nothing without the file.

    Fields are stripped, columns that the file lacks are absent. Raises `InputError` naming file, line and reason.
    """
    text = _decoded(folder, name)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text))
    header = [column.strip() for column in next(reader, [])]
    _check_header(name, header, columns, required)
    for fields in reader:
        if len(fields) > len(header):
            complaint = f"{len(fields)} fields, but {len(header)} columns; put quotes around a comma"
            raise InputError(f"{name}, line {reader.line_num}: {complaint}")
        if any(f.strip() for f in fields):
            yield reader.line_num, dict(zip(header, (f.strip() for f in fields), strict=False))


def checked_code(text: str) -> str:
    """A district code as it is written. Raises `ValueError` where it has other than six digits."""
    if not re.fullmatch(r"[0-9]{6}", text):
        raise ValueError(f"{text!r} is no district code; it has six digits")
    return text


def checked_year(text: str) -> int:
    """A year. Raises `ValueError` where it has other than four digits, or is of another age."""
    if not re.fullmatch(r"(19|20)[0-9]{2}", text):
        raise ValueError(f"{text!r} is no year; it has four digits")
    return int(text)


def _decoded(folder: Folder, name: str) -> str | None:
    try:
        data = content(folder, name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror or error}") from None
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{name} is neither UTF-8 nor GB 18030; save it as CSV UTF-8")


def _check_header(name: str, header: Sequence[str], columns: Sequence[str], required: Sequence[str]) -> None:
    unknown = [column for column in header if column not in columns]
    if unknown:
        raise InputError(f"{name}, line 1: unknown column {unknown[0]!r}; the columns are {','.join(columns)}")
    if len(set(header)) < len(header):
        raise InputError(f"{name}, line 1: a column stands there twice")
    for column in required:
        if column not in header:
            raise InputError(f"{name}, line 1: the column {column!r} is missing")

"""The small CSV files beside the reports in which people write down their decisions.

What does *not* belong here: what a decision means (`overrides`, `verdicts`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from pipeline.raw.folder import Folder, InputError, content

SEPARATORS = (",", ";", "\t", "，", "；")
ENCODINGS = ("utf-8-sig", "gb18030")  # UTF-8, or the encoding that spreadsheets write on a Chinese Windows


def decided_lines(
    folder: Folder, name: str, columns: Sequence[str], required: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The lines that are not empty, with their numbers; nothing without the file.

    Fields are stripped, columns that the file lacks are absent. Raises `InputError` naming file, line and reason.
    """
    text = _decoded(folder, name)
    if text is None:
        return
    lines = _fields(name, text)
    at, header = next(lines, (1, []))
    _check_header(f"{name}, line {at}", header, columns, required)
    for number, fields in lines:
        if len(fields) > len(header):
            complaint = f"{len(fields)} fields, but {len(header)} columns; put quotes around a comma"
            raise InputError(f"{name}, line {number}: {complaint}")
        yield number, dict(zip(header, fields, strict=False))


def _fields(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """The stripped fields of each non-empty line, with its number, whatever the separator.

    Spreadsheets end lines by CR alone, begin with `sep=;` or an empty line, and separate by tabs or semicolons.
    """
    if "\0" in text:
        raise InputError(f"{name}, line {1 + text.count(chr(10), 0, text.index(chr(0)))}: it holds a zero byte")
    source = io.StringIO(text, newline=None)
    skipped, separator = 0, ""
    for line in source:
        told = re.fullmatch(r"\s*\"?sep=(.)\"?\s*", line)
        if not (told or not line.strip(' \t\r\n,;"')):
            separator = separator or max(SEPARATORS, key=line.count)
            break
        separator = told[1] if told else separator
        skipped += 1
    rest = io.StringIO("".join(text.replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True)[skipped:]))
    reader = csv.reader(rest, delimiter=separator or ",", strict=True)
    began = skipped + 1
    try:
        for fields in reader:
            if any(f.strip() for f in fields):
                yield skipped + reader.line_num, [f.strip() for f in fields]
            began = skipped + reader.line_num + 1
    except csv.Error as error:
        why = "a quote is not closed" if "unexpected end" in str(error) else str(error)
        raise InputError(f"{name}, line {began}: {why}") from None


def checked_code(text: str) -> str:
    """A district code as it is written. Raises `ValueError` where it does not have six digits."""
    if not re.fullmatch(r"[0-9]{6}", text):
        raise ValueError(f"{text!r} is no district code; it has six digits")
    return text


def known_code(code: str, codes: Collection[str]) -> None:
    """Raises `ValueError` for a code that is not in the register; without `codes` nothing is checked."""
    if codes and code not in codes:
        raise ValueError(f"the district code {code} is in no year's list")


def checked_year(text: str) -> int:
    """A year. Raises `ValueError` where it does not have four digits, or is out of range."""
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
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or not _is_nonsense(text):
            return text
    raise InputError(f"{name} is neither UTF-8 nor GB 18030; save it as CSV UTF-8")


def _is_nonsense(text: str) -> bool:
    """Whether most Chinese characters are rare ones, as when Big5 is taken for GB 18030."""
    written = [char for char in text if ord(char) > 127]
    common = sum(_is_common(char) for char in written)
    return len(written) >= 4 and common < 0.7 * len(written)


def _is_common(char: str) -> bool:
    """Whether a character is punctuation or one of the 3,755 most frequent ones of GB 2312."""
    try:
        first = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return first < 0xAA or 0xB0 <= first <= 0xD7


def _check_header(place: str, header: Sequence[str], columns: Sequence[str], required: Sequence[str]) -> None:
    unknown = [column for column in header if column not in columns]
    if unknown:
        raise InputError(f"{place}: unknown column {unknown[0]!r}; the columns are {','.join(columns)}")
    if len(set(header)) < len(header):
        raise InputError(f"{place}: a column stands there twice")
    for column in required:
        if column not in header:
            raise InputError(f"{place}: the column {column!r} is missing")

"""The objects of a PDF, read by one pattern where they are plain; whatever is not is left to the library.

The library reads an object character by character, which takes most of the time of a browser's file with its many
fonts. What is plain gives the same object here as there: numbers, names, references, strings without escapes, arrays
and dictionaries of these, and streams whose length is right. Where anything else stands, nothing is guessed.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdftypes import PDFObjRef
from pdfminer.psparser import LIT, PSLiteral

MAX_DEPTH = 100

_ENDS = rb"(?=[\s/<>\[\]()]|\Z)"
_NAME = rb"""/[!"$&'*+,\-.0-9:;=?@A-Z\\^_`a-z|~]++"""
_TOKEN = re.compile(
    rb"\s*+(?:(?P<atom>" + _NAME + rb")" + _ENDS
    # Names and numbers alone, as in widths and encodings: taken apart all at once.
    + rb"|\[(?P<flat>(?:\s*+(?:" + _NAME + rb"|[-+.0-9]++)(?=[\s\]]))*+)\s*+\]"
    + rb"|(?P<reference>[0-9]++)\s++[0-9]++\s++R" + _ENDS
    + rb"|(?P<number>[-+.0-9]++)" + _ENDS
    + rb"|(?P<open><<|\[)|(?P<close>>>|\])"
    + rb"|<(?P<hex>(?:[0-9A-Fa-f]{2})*+)>"
    + rb"|\((?P<text>[^()\\]*+)\)"
    + rb"|(?P<word>true|false|null)" + _ENDS + rb")"
)  # fmt: skip
_NUMBER = re.compile(rb"[-+]?(?:([0-9]+)|[0-9]+\.[0-9]*|\.[0-9]+)")
_HEAD = re.compile(rb"\s*+([0-9]++)\s++[0-9]++\s++obj" + _ENDS)
_END = re.compile(rb"\s*+endobj" + _ENDS)
_STREAM = re.compile(rb"\s*+stream(?:\r\n|\n)")
_END_OF_STREAM = re.compile(rb"\s*+endstream\s++endobj" + _ENDS)
_NOTHING = re.compile(rb"\s*+\Z")
_WORDS = {b"true": True, b"false": False, b"null": None}


class NotPlainError(Exception):
    """Something stands there that the library has to read."""


class _Atoms(dict[bytes, Any]):
    """Names and numbers by how they are printed, each made once."""

    def __missing__(self, printed: bytes) -> Any:
        made: PSLiteral | float
        if printed.startswith(b"/"):
            made = LIT(printed[1:].decode("ascii"))
        else:
            number = _NUMBER.fullmatch(printed)
            if number is None:
                raise NotPlainError
            made = int(printed) if number[1] else float(printed)
        self[printed] = made
        return made


class Packed(NamedTuple):
    """A stream as it lies in the file: its dictionary, and where its data begin."""

    attributes: dict[str, Any]
    at: int


class Objects:
    """Reads plain objects of a file, or of a stream that holds objects; references lead into the document."""

    def __init__(self, data: bytes, document: PDFDocument) -> None:
        self._data = data
        self._document = document
        self._atoms = _Atoms()

    def numbered(self, number: int, at: int) -> Any:
        """The object of a number, or a stream's beginning. Raises `NotPlainError` where it is not plain."""
        head = _HEAD.match(self._data, at)
        if head is None or int(head[1]) != number:
            raise NotPlainError
        found, end = self._value(head.end())
        if _END.match(self._data, end):
            return found
        begin = _STREAM.match(self._data, end)
        if begin is None or not isinstance(found, dict):
            raise NotPlainError
        return Packed(found, begin.end())

    def stream_data(self, at: int, length: int) -> bytes:
        """The data of a stream. Raises `NotPlainError` where its end is not where its length says."""
        if length < 0 or not _END_OF_STREAM.match(self._data, at + length):
            raise NotPlainError
        return self._data[at : at + length]

    def all(self) -> list[Any]:
        """The values one after another. Raises `NotPlainError` where one is not plain, or is a mere reference."""
        found: list[Any] = []
        at = 0
        while not _NOTHING.match(self._data, at):
            value, at = self._value(at)
            if value is None or isinstance(value, PDFObjRef):
                raise NotPlainError
            found.append(value)
        return found

    def _value(self, at: int) -> tuple[Any, int]:
        """The value at a place, and where it ends."""
        containers: list[tuple[bytes, list[Any]]] = []
        while True:
            token = _TOKEN.match(self._data, at)
            if token is None:
                raise NotPlainError
            at = token.end()
            kind = token.lastgroup
            if kind == "open":
                containers.append((token["open"], []))
                if len(containers) > MAX_DEPTH:
                    raise NotPlainError
                continue
            made = _closed(containers, token["close"]) if kind == "close" else self._simple(token)
            if not containers:
                return made, at
            containers[-1][1].append(made)

    def _simple(self, token: re.Match[bytes]) -> Any:
        """The value of a token that is not part of a container."""
        kind = token.lastgroup
        if kind in ("atom", "number"):
            return self._atoms[token[kind]]
        if kind == "reference":
            return PDFObjRef(self._document, int(token["reference"]))
        if kind == "flat":
            return list(map(self._atoms.__getitem__, token["flat"].split()))
        if kind == "hex":
            return bytes.fromhex(token["hex"].decode("ascii"))
        return token["text"] if kind == "text" else _WORDS[token["word"]]


def _closed(containers: list[tuple[bytes, list[Any]]], bracket: bytes) -> Any:
    """The array or dictionary that ends here, taken out of those that are open."""
    if not containers:
        raise NotPlainError
    begun, items = containers.pop()
    if (begun == b"[") != (bracket == b"]"):
        raise NotPlainError
    if begun == b"[":
        return items
    keys = items[::2]
    if len(items) % 2 or not all(isinstance(key, PSLiteral) for key in keys):
        raise NotPlainError
    return {key.name: value for key, value in zip(keys, items[1::2], strict=True) if value is not None}

"""Streams and fonts of a PDF, made safe: unpacking within limits, damage noticed, endless ranges refused."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO

from pdfminer.encodingdb import name2unicode
from pdfminer.pdffont import FontWidthDict, PDFCIDFont, PDFFont, PDFSimpleFont, PDFType3Font
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import (
    LITERALS_FLATE_DECODE,
    PDFStream,
    dict_value,
    int_value,
    list_value,
    resolve1,
)
from pdfminer.psparser import PSKeyword, PSLiteral, literal_name
from pdfminer.utils import apply_png_predictor, apply_tiff_predictor

from pipeline.readers.pdf.character_maps import Pair, map_of, pairs_of
from pipeline.readers.pdf.codes import with_all_codes
from pipeline.readers.refused import Refused

MAX_STREAM_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 150_000_000
MAX_WIDTHS = 70_000
_PLAIN = frozenset({int, float})
_OTHER_FILTERS_GROW = 10  # what is not inflated is unpacked in Python, slowly: much less of it is taken


class Parser(PDFParser):
    """The library's parser, making streams that count what they unpack."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.unpacked = 0

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        """As the library does; a stream is exchanged for one of ours."""
        super().do_keyword(pos, token)
        if token is self.KEYWORD_STREAM and self.curstack:
            at, made = self.curstack[-1]
            if type(made) is PDFStream:
                self.curstack[-1] = at, self.made(made)

    def made(self, stream: PDFStream) -> PDFStream:
        """A stream of ours for one of the library."""
        return _Stream(stream, self)


class _Stream(PDFStream):
    def __init__(self, made: PDFStream, parser: Parser) -> None:
        assert made.rawdata is not None
        super().__init__(made.attrs, made.rawdata, made.decipher)
        self._parser = parser

    def decode(self) -> None:
        """Unpack within limits. Raises `Refused` for data that are too large or damaged."""
        data = self.rawdata or b""
        if self.decipher:
            assert self.objid is not None
            assert self.genno is not None
            data = self.decipher(self.objid, self.genno, data, self.attrs)
        for name, parameters in self.get_filters():
            if name in LITERALS_FLATE_DECODE:
                data = _predicted(inflate(data, MAX_STREAM_BYTES), dict_value(parameters))
            else:
                data = _unpacked_otherwise(data, name, parameters)
        self._parser.unpacked += len(data)
        if self._parser.unpacked > MAX_UNPACKED_BYTES:
            raise Refused("too-large", f"more than {MAX_UNPACKED_BYTES:,} bytes when unpacked")
        self.data = data
        self.rawdata = None


def inflate(data: bytes, limit: int) -> bytes:
    """Inflate; `Refused` where the data are damaged, cut off, or larger than the limit."""
    if not data.strip():
        return b""
    try:
        worker = zlib.decompressobj()
        found = worker.decompress(data, limit + 1)
        if not worker.eof and len(found) <= limit:  # the check sum may be cut off, the data may not
            worker = zlib.decompressobj(-zlib.MAX_WBITS)
            found = worker.decompress(data[2:], limit + 1)
    except zlib.error as e:
        raise Refused("damaged", f"packed data: {e}") from None
    if len(found) > limit:
        raise Refused("too-large", f"more than {limit:,} bytes in one stream")
    if not worker.eof:
        raise Refused("damaged", "packed data are cut off")
    return found


def _predicted(data: bytes, parameters: Mapping[str, Any]) -> bytes:
    predictor = int_value(parameters.get("Predictor", 1))
    if predictor == 1:
        return data
    shape = (
        int_value(parameters.get("Colors", 1)),
        int_value(parameters.get("Columns", 1)),
        int_value(parameters.get("BitsPerComponent", 8)),
    )
    if predictor == 2:
        return apply_tiff_predictor(*shape, data)
    return apply_png_predictor(predictor, *shape, data)


def _unpacked_otherwise(data: bytes, name: object, parameters: object) -> bytes:
    if len(data) > MAX_STREAM_BYTES // _OTHER_FILTERS_GROW:
        raise Refused("too-large", f"{len(data):,} bytes packed in an old way")
    found = PDFStream({"Filter": name, "DecodeParms": parameters}, data).get_data()
    if len(found) > MAX_STREAM_BYTES:
        raise Refused("too-large", f"more than {MAX_STREAM_BYTES:,} bytes in one stream")
    return found


class Fonts(PDFResourceManager):
    """Makes the fonts, without their programs where their text is known without them."""

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """As the library does, once widths and character ranges are found to be finite."""
        if objid and objid in self._cached_fonts:
            return self._cached_fonts[objid]
        if "Subtype" not in spec and (objid or spec):
            raise Refused("damaged", "a font is missing")
        made = dict(spec)
        _check_widths([resolve1(w) for w in list_value(made.get("W", []))])
        pairs = _take_characters(made)
        widths = _take_widths(made)
        font = super().get_font(objid, made)
        if pairs is not None and isinstance(font, PDFSimpleFont | PDFCIDFont):
            font.unicode_map = map_of(pairs)
        if isinstance(font, PDFType3Font) and font.unicode_map is None:
            _forget_unnamed(font, spec)
        if isinstance(font, PDFCIDFont):
            with_all_codes(font, is_in_file=_is_in_file(spec))
        if widths is not None and not font.is_vertical():
            font.widths = widths
        return font


def _forget_unnamed(font: PDFType3Font, spec: Mapping[str, Any]) -> None:
    """Let codes stand for no character whose glyphs are drawn by the file and have names that say nothing.

    The library takes them for what the code is in Western fonts; that is so where the name is the number of the code.
    """
    code = 0
    for name in list_value(dict_value(resolve1(spec.get("Encoding")) or {}).get("Differences", [])):
        if isinstance(name, int):
            code = name
        elif isinstance(name, PSLiteral):
            if not _is_named(str(name.name), code):
                font.cid2unicode.pop(code, None)
            code += 1


def _is_named(name: str, code: int) -> bool:
    """True for the name of a character, or one that counts codes, as a49."""
    number = name.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if number.isdecimal() and len(number) < 4 and int(number) == code:
        return True
    try:
        return bool(name2unicode(name))
    except (KeyError, ValueError):
        return False


def _is_in_file(spec: Mapping[str, Any]) -> bool:
    """True for a font whose program is in the file."""
    return any(key.startswith("FontFile") for key in dict_value(spec.get("FontDescriptor")))


def _take_characters(spec: dict[str, Any]) -> list[Pair] | None:
    """Take what the codes of a font stand for out of what describes it, and what need not be known beside that.

    None where the library has to read it.
    """
    to_unicode = resolve1(spec.get("ToUnicode"))
    if to_unicode is None and "ToUnicode" in spec:
        raise Refused("damaged", "a font's characters are missing")
    if not isinstance(to_unicode, PDFStream):
        return None
    cmap = to_unicode.get_data()
    _check_ranges(cmap)
    descriptor = dict_value(spec.get("FontDescriptor"))
    if descriptor:
        spec["FontDescriptor"] = {k: v for k, v in descriptor.items() if not k.startswith("FontFile")}
    if literal_name(spec.get("Subtype")) == "Type3":
        spec.pop("Encoding", None)  # names of glyphs, often a thousand, to no purpose
    pairs = pairs_of(cmap)
    if pairs is not None:
        spec["ToUnicode"] = PDFStream({}, b"")
    return pairs


def _take_widths(spec: dict[str, Any]) -> FontWidthDict | None:
    """Take the widths of a font out of what describes it, where they are plain numbers: the library is slow."""
    kind = literal_name(spec.get("Subtype"))
    if kind.startswith("CIDFont"):
        return _take_widths_of_codes(spec)
    if kind != "Type3":
        return None
    widths, first = resolve1(spec.get("Widths")), resolve1(spec.get("FirstChar", 0))
    if not isinstance(widths, list) or type(first) is not int or not set(map(type, widths)) <= _PLAIN:
        return None
    spec["Widths"] = []
    return dict(enumerate(widths, first))


def _take_widths_of_codes(spec: dict[str, Any]) -> FontWidthDict | None:
    """The same of a font of many characters: a code with a list of widths, or two codes with the one between them."""
    listed = resolve1(spec.get("W"))
    if not isinstance(listed, list):
        return None
    found: FontWidthDict = {}
    at = 0
    while at < len(listed):
        first, then = listed[at], listed[at + 1 : at + 3]
        if type(first) is not int or not then:
            return None
        if isinstance(then[0], list) and set(map(type, then[0])) <= _PLAIN:
            found.update(enumerate(then[0], first))
            at += 2
        elif type(then[0]) is int and len(then) > 1 and type(then[1]) in _PLAIN:
            found.update((code, then[1]) for code in range(first, then[0] + 1))
            at += 3
        else:
            return None
    spec["W"] = []
    return found


_BF_RANGE = re.compile(rb"<\s*([0-9A-Fa-f]{1,8})\s*>\s*<\s*([0-9A-Fa-f]{1,8})\s*>\s*[<\[]")
_RANGES = re.compile(rb"begin(?:bf|cid)range(.*?)end(?:bf|cid)range", re.DOTALL)


def _check_ranges(cmap: bytes) -> None:
    """The library walks through every character of a range, however many a few bytes claim."""
    claimed = sum(
        int(end, 16) - int(start, 16) for part in _RANGES.findall(cmap) for start, end in _BF_RANGE.findall(part)
    )
    if claimed > 2 * MAX_WIDTHS:
        raise Refused("too-large", f"{claimed:,} characters in one font")


def _check_widths(widths: list[object]) -> None:
    numbers: list[int] = []
    for item in widths:
        if not isinstance(item, int | float):
            numbers = []
            continue
        numbers.append(int(item))
        if len(numbers) == 3:
            if numbers[1] - numbers[0] > MAX_WIDTHS:
                raise Refused("too-large", f"{numbers[1] - numbers[0]:,} widths in one font")
            numbers = []

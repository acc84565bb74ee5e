"""The containers of Office files, zip and OLE: what they hold, and the parts of a zip within limits.

Nothing is ever unpacked to disk, so the names inside a zip are only keys. What the parts mean is for the readers.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Literal, Protocol

import olefile
from lxml import etree

from pipeline.readers.refused import Refused

MAX_ENTRIES = 5_000
MAX_PART_BYTES = 32_000_000
MAX_UNPACKED_BYTES = 300_000_000
MAX_RATIO = 300  # of any part above a megabyte; office XML packs 10 to 60 times
MAX_TAGS = 1_500_000  # of one XML part; a node takes some 150 bytes of memory
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

ZipKind = Literal["docx", "xlsx", "xlsb", "odt", "ods", "ofd", "unknown"]
OleKind = Literal["doc", "xls", "encrypted", "unknown"]

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # a method or version of packing that zipfile does not know
    OverflowError,
    RuntimeError,  # a part is locked
    ValueError,  # names that are not text, positions before the start
)
OLE_ERRORS = (OSError, struct.error, IndexError, ValueError, TypeError, AttributeError, OverflowError)
_SMALL = 1_000_000
_STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MAIN_PARTS: tuple[tuple[str, ZipKind], ...] = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("OFD.xml", "ofd"),
)
_OPEN_DOCUMENT: tuple[tuple[bytes, ZipKind], ...] = (
    (b"application/vnd.oasis.opendocument.text", "odt"),  # as for its templates, which go on behind that
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
)
_CONTENT_TYPES: tuple[tuple[bytes, ZipKind], ...] = (
    (b"wordprocessingml.document.main+xml", "docx"),
    (b"wordprocessingml.template.main+xml", "docx"),
    (b"ms-word.document.macroEnabled.main+xml", "docx"),
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"spreadsheetml.template.main+xml", "xlsx"),
    (b"ms-excel.sheet.macroEnabled.main+xml", "xlsx"),
    (b"ms-excel.sheet.binary.macroEnabled.main", "xlsb"),
)
_STREAMS: tuple[tuple[str, OleKind], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)


class Parts(Protocol):
    """A holder of named parts: an archive, or a file that has them one after the other."""

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102
    def part(self, name: str) -> bytes | None: ...  # noqa: D102
    def xml(self, name: str) -> etree._Element | None: ...  # noqa: D102


class Archive:
    """A zip whose parts are read one by one. Raises `Refused` where it is damaged, locked or beyond the limits."""

    def __init__(self, data: bytes) -> None:
        refuse_ole(data)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _ZIP_ERRORS as e:
            raise Refused("damaged", "its archive cannot be opened") from e
        self._parts = {i.filename: i for i in self._zip.infolist()}
        if len(self._zip.infolist()) > MAX_ENTRIES:
            raise Refused("too-large", f"{len(self._zip.infolist()):,} parts")
        unpacked = sum(i.file_size for i in self._zip.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise Refused("too-large", f"{unpacked:,} bytes unpacked")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(self._parts)

    def part(self, name: str) -> bytes | None:
        """The content of a part, None where there is none."""
        info = self._parts.get(name)
        if info is None:
            return None
        _check(info)
        try:
            return self._zip.read(info)
        except _ZIP_ERRORS as e:
            raise Refused("damaged", f"its part {name} cannot be unpacked") from e

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML part, None where there is none."""
        content = self.part(name)
        return None if content is None else xml(content, name)


def _check(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 1:
        raise Refused("encrypted")
    if info.compress_type not in _STORED_OR_DEFLATED:
        raise Refused("damaged", f"its part {info.filename} is packed in an unknown way")
    if info.file_size > MAX_PART_BYTES:
        raise Refused("too-large", f"{info.file_size:,} bytes in one part")
    if info.file_size > max(_SMALL, MAX_RATIO * info.compress_size):
        raise Refused("too-large", f"{info.file_size:,} bytes packed into {info.compress_size:,}")


def xml(content: bytes, name: str) -> etree._Element:
    """The root of a part of Office XML, which has no document type and so no entities."""
    if len(content) > MAX_TAGS and content.count(b"<") > MAX_TAGS:
        raise Refused("too-large", f"{content.count(b'<'):,} tags in {name}")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise Refused("damaged", f"its part {name} is not XML") from e
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("damaged", f"its part {name} defines entities")
    return root


def kind_of_zip(data: bytes) -> ZipKind:
    """The format that a zip holds, by its parts. In a damaged one the names that can still be read decide."""
    try:
        archive = Archive(data)
        for name, kind in _MAIN_PARTS:
            if name in archive.names:
                return kind
        types = archive.part("[Content_Types].xml") or b""
        open_document = (archive.part("mimetype") or b"") + (archive.part("META-INF/manifest.xml") or b"")
    except Refused:
        kinds = ((name.encode(), kind) for name, kind in _MAIN_PARTS)
        return next((kind for sign, kind in (*kinds, *_OPEN_DOCUMENT) if sign in data), "unknown")
    named = ((_CONTENT_TYPES, types), (_OPEN_DOCUMENT, open_document))
    return next((kind for kinds, content in named for name, kind in kinds if name in content), "unknown")


def kind_of_ole(data: bytes) -> OleKind:
    """The format that an OLE file holds, by its streams. In a damaged one the names that can still be read decide."""
    try:
        with open_ole(data) as ole:
            streams = {"/".join(path) for path in ole.listdir()}
    except OLE_ERRORS:
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in data), "unknown")
    return next((kind for name, kind in _STREAMS if name in streams), "unknown")


def open_ole(data: bytes) -> olefile.OleFileIO:
    """An OLE file, checked so that no table claims to be longer than the file. Raises one of `OLE_ERRORS`.

    olefile follows chains of sectors as far as the claimed length goes, through loops too.
    """
    (shift,) = struct.unpack_from("<H", data, 30)
    tables = sum(struct.unpack_from("<I", data, at)[0] for at in (44, 64, 72))
    if shift not in (9, 12) or tables << shift > len(data):
        raise OSError("its tables are longer than the file")
    ole = olefile.OleFileIO(BytesIO(data))
    if ole.root is None or ole.root.size > len(data):
        raise OSError("its streams are longer than the file")
    return ole


def ole_stream(ole: olefile.OleFileIO, name: str, longest: int) -> bytes:
    """A stream of an OLE file, empty where there is none. Raises one of `OLE_ERRORS`."""
    if not ole.exists(name):
        return b""
    if ole.get_size(name) > longest:
        raise OSError("a stream is longer than the file")
    return bytes(ole.openstream(name).read())


def refuse_ole(data: bytes) -> None:
    """Refuse an OLE file where a zip is expected: a locked document, or one of the old formats."""
    if not data.startswith(OLE_MAGIC):
        return
    kind = kind_of_ole(data)
    if kind == "encrypted":
        raise Refused("encrypted")
    raise Refused("not-a-document", "it is not an Office XML file")

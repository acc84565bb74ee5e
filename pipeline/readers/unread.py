"""Formats that are recognised but not read: what a file is, in words, for the person who has to replace it."""

from __future__ import annotations

import zipfile
from io import BytesIO

from pipeline.raw import archives
from pipeline.readers.archive import OLE_ERRORS, open_ole
from pipeline.readers.refused import Refused

# Where a sign stands, the sign, what the file is.
_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x1f\x8b", "a GZIP archive"),
    (0, b"\xfd7zXZ\x00", "an XZ archive"),
    (4, b"1AY&SY", "a BZIP2 archive"),
    (0, b"MSCF\x00", "a CAB archive"),
    (257, b"ustar", "a TAR archive"),
    (0, b"Founder CEB", "a CEB document (方正 Apabi)"),
    (0, b"CAJ\x00", "a CAJ document"),
    (0, b"KDH ", "a CAJ document (KDH)"),
    (0, b"AT&TFORM", "a DjVu document"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (0, b"\xffWPC", "a WordPerfect document"),
    (0, b"\x00\x01\x00\x00Standard ", "an Access database"),
    (0, b"SQLite format 3\x00", "an SQLite database"),
    (0, b"MZ\x90\x00", "a program for Windows"),
    (0, b"\x7fELF", "a program for Linux"),
    (4, b"ftyp", "a film"),
    (0, b"ID3", "a sound recording"),
    (0, b"FWS", "a Flash film"),
    (0, b"CWS", "a Flash film"),
)
# A part of a zip, a sign in it, what the file is.
_PARTS: tuple[tuple[str, bytes, str], ...] = (
    ("ppt/presentation.xml", b"", "a PowerPoint presentation"),
    ("mimetype", b"opendocument.presentation", "an OpenDocument presentation"),
    ("mimetype", b"opendocument.graphics", "an OpenDocument drawing"),
    ("mimetype", b"opendocument", "an OpenDocument file that is neither a text nor a spreadsheet"),
    ("mimetype", b"vnd.sun.xml", "a document of OpenOffice 1"),
    ("mimetype", b"epub", "an e-book"),
    ("uof.xml", b"", "a UOF document (标文通)"),
    ("visio/document.xml", b"", "a Visio drawing"),
    ("FixedDocSeq.fdseq", b"", "an XPS document"),
    ("Index/Document.iwa", b"", "an Apple iWork document"),
    ("META-INF/MANIFEST.MF", b"", "a Java archive"),
    ("[Content_Types].xml", b"", "an Office file that is neither a text nor a spreadsheet"),
)
# A stream of an OLE container, what the file is.
_STREAMS: tuple[tuple[str, str], ...] = (
    ("PowerPoint Document", "an old PowerPoint presentation"),
    ("VisioDocument", "an old Visio drawing"),
    ("__properties_version1.0", "an Outlook message"),
    ("MatOST", "a Microsoft Works document"),
    ("HwpDoc", "a Hangul document"),
    ("FileHeader", "a Hangul document"),
)


def by_sign(data: bytes) -> str | None:
    """The kind of a file by a sign at its beginning; None where there is no such sign."""
    return next((words for at, sign, words in _SIGNS if data[at : at + len(sign)] == sign), None)


def refused_zip(data: bytes) -> Refused:
    """The refusal of a zip that is not a document in a format that is read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {i.filename: i for i in archive.infolist()}
            for name, sign, words in _PARTS:
                if name in names and (not sign or sign in _head(archive, names[name])):
                    return Refused("format-not-read", words)
    except archives.ZIP_ERRORS:
        pass
    return Refused("format-not-read", archives.reason(data))


def _head(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        return stream.read(200)


def refused_ole(data: bytes) -> Refused:
    """The refusal of an OLE container that is not a document in a format that is read."""
    try:
        with open_ole(data) as ole:
            streams = {"/".join(path) for path in ole.listdir()}
    except OLE_ERRORS:
        return Refused("damaged", "it begins as an old Office file, and its container cannot be opened")
    words = next((words for name, words in _STREAMS if name in streams), None)
    return Refused("format-not-read", words or "an OLE container that is no document of Office")

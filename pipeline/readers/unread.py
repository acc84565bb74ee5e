"""Formats that are recognised but not read: what a file is, in words, for the person who has to replace it."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from pipeline.raw import archives
from pipeline.readers import signs
from pipeline.readers.archive import OLE_ERRORS, open_ole
from pipeline.readers.refused import Refused

_FIRST_BYTES = 8

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
    ("FixedDocumentSequence.fdseq", b"", "an XPS document"),
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
    """The kind of a file by a sure sign at its beginning; None where there is no such sign."""
    return signs.words_of(data, signs.SURE)


def refused_unknown(data: bytes) -> Refused:
    """The refusal of a file that is neither text nor a known document."""
    if (words := signs.words_of(data, signs.WEAK)) is not None:
        return Refused("format-not-read", words)
    if not data.strip(b"\0"):
        return Refused("damaged", "all of its bytes are zero, as of a download or copy that was broken off")
    return Refused("binary", data[:_FIRST_BYTES].hex(" "))


def by_ending(path: str) -> str | None:
    """What a file without any sign is by the end of its name; None where that tells nothing."""
    words = signs.BY_ENDING.get(PurePosixPath(path.lower()).suffix)
    return f"{words} by the end of its name" if words else None


def refused_zip(data: bytes) -> Refused:
    """The refusal of a zip that is not a document in a format that is read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {i.filename: i for i in archive.infolist()}
            for name, sign, words in _PARTS:
                if name in names and (not sign or sign in _head(archive, names[name])):
                    return Refused("format-not-read", words)
    except archives.ZIP_ERRORS:
        return Refused("damaged", "it begins as a ZIP archive, and cannot be opened as one")
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
    if not streams:
        return Refused("damaged", "it begins as an old Office file, and the list of its parts is missing")
    words = next((words for name, words in _STREAMS if name in streams), None)
    return Refused("format-not-read", words or "an OLE container that is no document of Office")

"""The signs at the beginning of files that are not read, and what such files are, in words.

A sign is bytes at a place of the file. `SURE` signs are looked for before anything else is made of a file. `WEAK` ones
are short, or texts may begin so: they name only what is neither text nor a known document. What a file is called at
last names what has no sign at all.
"""

from __future__ import annotations

Sign = tuple[int, bytes, str]

SURE: tuple[Sign, ...] = (
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
    (4, b"ftypavi", "an AVIF picture"),  # avif, avis
    (4, b"ftyphei", "a HEIC picture"),  # as telephones save photographs: heic, heix, heim, heis
    (4, b"ftyphev", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC picture"),
    (4, b"ftypmsf1", "a HEIC picture"),
    (4, b"ftypM4A", "a sound recording"),
    (4, b"ftyp", "a film"),
    (0, b"ID3", "a sound recording"),
    (0, b"FWS", "a Flash film"),
    (0, b"CWS", "a Flash film"),
)
WEAK: tuple[Sign, ...] = (
    # archives
    (0, b"PK\x07\x08", "a part of a ZIP archive"),
    (0, b"PK\x01\x02", "a damaged ZIP archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (0, b"\x04\x22\x4d\x18", "an LZ4 archive"),
    (0, b"\x5d\x00\x00", "an LZMA archive"),
    (0, b"LZIP", "an LZIP archive"),
    (0, b"\x1f\x9d", "a compressed file (.Z)"),
    (2, b"-lh", "an LZH archive"),
    (0, b"\x60\xea", "an ARJ archive"),
    (7, b"**ACE**", "an ACE archive"),
    (32769, b"CD001", "an image of a disc (ISO)"),
    # documents
    (0, b"HN\xc8\x00", "a CAJ document"),
    (0, b"HN\x00\x00", "a CAJ document"),
    (0, b"\xc8\x00\x00\x00", "a CAJ document"),
    (0, b"TEB", "a CAJ document (TEB)"),
    (0, b"HH\x01\x00", "a PDG page (超星)"),
    (0, b"HH\x02\x00", "a PDG page (超星)"),
    (0, b"ITSF", "a help file of Windows (CHM)"),
    (60, b"BOOKMOBI", "an e-book"),
    (0, b"!BDN", "an Outlook mailbox"),
    # pictures
    (0, b"\x00\x00\x01\x00", "an icon"),
    (0, b"8BPS", "a Photoshop picture"),
    (4, b"jP  \r\n", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (4, b"JXL \r\n", "a JPEG XL picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"II\xbc\x01", "a JPEG XR picture"),
    (0, b"\x0a\x05\x01", "a PCX picture"),
    (0, b"P4\n", "a PNM picture"),
    (0, b"P5\n", "a PNM picture"),
    (0, b"P6\n", "a PNM picture"),
    (0, b"AC10", "an AutoCAD drawing"),
    (0, b"\xd7\xcd\xc6\x9a", "a metafile (WMF)"),
    (0, b"\x01\x00\x09\x00\x00\x03", "a metafile (WMF)"),
    (40, b" EMF", "a metafile (EMF)"),
    # sounds and films
    (8, b"AVI ", "a film"),
    (8, b"WAVE", "a sound recording"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a film or sound recording (WMV, WMA)"),
    (0, b"FLV\x01", "a film"),
    (0, b"\x1a\x45\xdf\xa3", "a film"),
    (0, b"\x00\x00\x01\xba", "a film"),
    (0, b"\x00\x00\x01\xb3", "a film"),
    (0, b".RMF", "a film"),
    *((4, atom, "a film") for atom in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")),
    *((0, bytes((0xFF, second)), "a sound recording") for second in (0xFB, 0xFA, 0xF3, 0xF2, 0xF1, 0xF9)),
    (0, b"OggS", "a sound recording"),
    (0, b"#!AMR", "a sound recording"),
    (0, b"fLaC", "a sound recording"),
    (0, b"MThd", "a sound recording"),
    (0, b"ZWS", "a Flash film"),
    # programs and their files
    (0, b"MZ", "a program for Windows"),
    (0, b"\xca\xfe\xba\xbe", "a compiled program"),
    (0, b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "a shortcut of Windows, and not the file that it leads to"),
    (0, b"\x00\x05\x16\x07", "what macOS notes beside a file, and not that file"),
    (4, b"Bud1", "what macOS notes of a folder"),
    (0, b"\x00\x01\x00\x00\x00", "a font"),
    (0, b"OTTO", "a font"),
    (0, b"ttcf", "a font"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (34, b"LP", "a font"),
    # data
    (0, b"PAR1", "a Parquet file"),
    (0, b"\x30\x82", "a certificate, or a signed or encrypted message"),
    (0, b"\x30\x80", "a certificate, or a signed or encrypted message"),
)
# What a file without any sign is by the end of its name.
BY_ENDING: dict[str, str] = {
    ".accdb": "an Access database",
    ".caj": "a CAJ document",
    ".ceb": "a CEB document (方正 Apabi)",
    ".cebx": "a CEB document (方正 Apabi)",
    ".dbf": "a dBase table",
    ".dps": "a presentation of WPS",
    ".et": "a spreadsheet of WPS",
    ".gd": "a GD document (书生)",
    ".gw": "a GW document (书生)",
    ".nh": "a CAJ document (NH)",
    ".pdg": "a PDG page (超星)",
    ".sep": "a SEP document (书生)",
    ".tga": "a TGA picture",
    ".wdl": "a WDL document (华康 DynaDoc)",
    ".wps": "a document of WPS",
}


def words_of(data: bytes, signs: tuple[Sign, ...]) -> str | None:
    """What the first sign that a file bears says of it; None where it bears none of them."""
    return next((words for at, sign, words in signs if data.startswith(sign, at)), None)

"""The stream of an RTF file: groups, control words and bytes → decoded text and the words that lay it out.

What is not part of the text is passed over here: fonts and styles, headers, field codes, deleted text. Where a picture
stands there is a sign for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

from pipeline.marks import DRAWN, OBJECT, Mark, marked
from pipeline.readers.refused import Refused
from pipeline.readers.rtf.charsets import CHARSETS, CODE_PAGES, WIDE
from pipeline.readers.rtf.references import draws, is_note, refers
from pipeline.readers.rtf.shades import CELL_SHADES, PLAIN, SHADES, CellShades, Colours, Seen, colours_of, shade_in_cell
from pipeline.readers.rtf.shapes import is_across, is_old_across
from pipeline.readers.rtf.styles import MARKS, styles_of

MAX_BYTES = 40_000_000
MAX_DEPTH = 2_000  # of groups within each other

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,9})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|[\r\n\0]+|(?P<plain>[^\\{}\r\n\0]+)|\\",
    re.DOTALL,
)
# Groups that begin with one of these are not part of the text; nor is any that says that a reader may pass it over.
_ASIDE = frozenset(
    {
        "colortbl", "stylesheet", "info", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr",
        "footerf", "footnote", "annotation", "fldinst", "listtable", "listoverridetable", "revtbl", "rsidtbl",
        "generator", "nonshppict", "shprslt", "xe", "tc", "rxe", "bkmkstart", "bkmkend", "objdata", "sp",
        "datafield", "formfield", "themedata", "colorschememapping", "latentstyles", "datastore", "nonesttables",
        "pnseclvl",
    }
)  # fmt: skip
_TO_PASS_OVER_BUT_READ = frozenset({"nesttableprops", "shpinst", "shptxt", "ud", "shppict"})
_SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
        "ldblquote": "“", "rdblquote": "”", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005",
        "column": "\n", "lbr": "\n", "mmath": DRAWN, **dict.fromkeys(("chpgn", "chdate", "chtime", "sectnum"), DRAWN),
    }
)  # fmt: skip
_SYMBOLS: Mapping[bytes, str] = MappingProxyType(
    {b"~": "\u00a0", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}"}
)
_ENDS_CELL = frozenset({"cell", "nestcell", "row", "nestrow", "trowd"})
_COUNTED = re.compile(r"[0-9.．]$")
_SYMBOLS_CHARSET = 2
_TINY = 4  # half points
_NARROW = 10  # of 100: so much of its width is left of a character
# Words that lay out the text, for the reader of the stream; some have numbers that matter.
LAYOUT = frozenset(
    {
        "par", "sect", "page", "cell", "row", "nestcell", "nestrow", "trowd", "cellx", "trleft", "clmgf", "clmrg",
        "clvmgf", "clvmrg",
    }
)  # fmt: skip

Sign = Callable[[bytes | None], str]
_Look = Literal["tiny", "narrow", "two lines", "counted"]  # two lines in the place of one; by a list


class Event(NamedTuple):
    """A stretch of text, or a word of `LAYOUT` with its number; `level` says how deep in tables its paragraph stands.

    The word `box` begins a text box, `endbox` ends it; at `crossed` a shape is drawn over the text.
    """

    word: str
    level: int
    text: str = ""
    number: int | None = None


class _State(NamedTuple):
    """The state of a group: how text is shown and decoded, whether it is read, where its paragraph stands."""

    read: bool = True
    of_fonts: bool = False
    box: bool = False
    font: int = 0
    wide_font: int | None = None
    of_wide: bool = False
    skip: int = 1  # how many characters follow a Unicode one for programs that do not know it
    level: int = 0
    deleted: bool = False
    picture: bool = False
    marks: frozenset[Mark] = frozenset()
    looks: frozenset[_Look] = frozenset()
    seen: Seen = PLAIN


@dataclass(slots=True)
class _Stream:
    """The file while it is read; `sign` gives what stands for a picture."""

    data: bytes
    sign: Sign
    at: int = 0
    states: list[_State] = field(default_factory=lambda: [_State()])
    begins: bool = False  # a group has begun, and nothing stood in it yet
    to_pass_over: bool = False  # its first word says so
    last: str = ""  # the text of the last event in the cell
    refers: bool = False  # the code of the field that is open leads to another place of the file
    left: int = 0  # characters to skip behind a Unicode one
    code_page: str = "cp1252"
    charsets: dict[int, int] = field(default_factory=dict)
    colours: Colours = field(default_factory=Colours)
    styles: Mapping[int, frozenset[Mark]] = field(default_factory=dict)  # of characters
    cells: CellShades = field(default_factory=CellShades)
    pending: bytearray = field(default_factory=bytearray)
    picture: bytearray = field(default_factory=bytearray)  # in hexadecimal digits

    @property
    def state(self) -> _State:
        return self.states[-1]

    def set(self, **changes: object) -> None:
        self.states[-1] = self.state._replace(**changes)  # type: ignore[arg-type]

    def events(self) -> Iterator[Event]:
        """The events from here to the end."""
        self.colours, self.styles = colours_of(self.data), styles_of(self.data)
        while (token := _TOKEN.match(self.data, self.at)) is not None:
            self.at = token.end()
            kind = token.lastgroup
            if kind in ("byte", "plain"):
                self._bytes(bytes.fromhex(token["byte"].decode()) if kind == "byte" else token["plain"])
                continue
            if kind == "brace":
                yield from self._brace(token["brace"])
            elif kind in ("word", "number"):
                yield from self._word(token["word"].decode().lower(), token["number"])
            elif kind == "symbol":
                yield from self._symbol(token["symbol"])
        yield from self._decoded()

    # ---------------------------------------------------------------------------------------------------------- groups

    def _brace(self, brace: bytes) -> Iterator[Event]:
        yield from self._decoded()
        self.left = 0
        if brace == b"{":
            if len(self.states) > MAX_DEPTH:
                raise Refused("too-large", f"groups nested over {MAX_DEPTH:,} deep")
            self.states.append(self.state._replace(box=False, picture=False))
            self._look("counted", on=False)
            self.begins, self.to_pass_over = True, False
        elif len(self.states) > 1:
            over = self.states.pop()
            self.begins = False
            if "counted" in over.looks and over.read and _COUNTED.search(self.last):
                yield Event("text", self.state.level, "\t")  # the number is no part of a figure behind it
            if over.box and over.read:
                yield Event("endbox", self.state.level)
            elif over.picture:
                yield self._marked(self.sign(self._picture()))  # of no colour or size of text

    # ----------------------------------------------------------------------------------------------------------- words

    def _word(self, word: str, printed: bytes | None) -> Iterator[Event]:
        number = int(printed) if printed else None
        if word == "u" and number is not None:
            yield from self._unicode(number)
            return
        if self.left:
            self.left -= 1
            return
        yield from self._decoded()
        if word == "bin":
            end = self.at + max(0, number or 0)
            if self.state.picture:
                self.picture += self.data[self.at : end].hex().encode()
            self.at = end
        elif self.begins and self._begins_aside(word):
            if word == "fldinst" and self.state.read:
                self.refers = refers(self.data, self.at)
                if draws(self.data, self.at):
                    yield self._text(DRAWN)
            if word == "do" and self.state.read and is_old_across(self.data, self.at):
                yield Event("crossed", self.state.level)
            self.set(read=False, of_fonts=word == "fonttbl")
        elif word == "pict":
            self.set(picture=self.state.read and not self.state.deleted, read=False)
        elif word == "shpinst" and self.state.read and is_across(self.data, self.at):
            yield Event("crossed", self.state.level)
        elif word == "shptxt" and self.state.read:
            yield Event("box", self.state.level)
            self.set(box=True, level=0)
        elif word in LAYOUT:
            if self.colours.pale:
                self.cells.take(word)
            if self.state.read:
                self.last = "" if word in _ENDS_CELL else self.last
                yield Event(word, self.state.level, number=number)
        elif word in _SIGNS:
            if self.state.read and not self.state.deleted:
                yield self._text(_SIGNS[word])
        else:
            self._property(word, number)
        self.begins = False

    def _begins_aside(self, word: str) -> bool:
        return word == "fonttbl" or word in _ASIDE or (self.to_pass_over and word not in _TO_PASS_OVER_BUT_READ)

    def _property(self, word: str, number: int | None) -> None:
        """Apply a word that concerns the text behind it."""
        on = number != 0
        if word in MARKS:
            self._mark(MARKS[word], on)
        elif word in ("up", "dn"):
            self.set(marks=self.state.marks - {"raised", "lowered"} if number else self.state.marks)
            self._mark("raised" if word == "up" else "lowered", bool(number))
        elif word == "fldrslt":
            if self.refers and self.last.strip() and is_note(self.data, self.at):
                self._mark("raised", on=True)
        elif word == "cs":
            self.set(marks=self.state.marks | self.styles.get(number or 0, frozenset()))
        elif word == "nosupersub":
            self.set(marks=self.state.marks - {"raised", "lowered"})
        elif word == "plain":
            seen = self.state.seen if self.state.seen is PLAIN else PLAIN._replace(paper=self.state.seen.paper)
            self.set(marks=frozenset(), deleted=False, looks=self.state.looks & {"counted"}, seen=seen)
        elif word == "deleted":
            self.set(deleted=on)
        elif word == "fs":
            self._look("tiny", on=0 < (number or 0) <= _TINY)
        elif word == "charscalex":
            self._look("narrow", on=0 < (number or 0) < _NARROW)
        elif word == "cf":
            self._shade("text", number if number in self.colours.pale else 0)
        elif word == "listtext":
            self._look("counted", on=True)
        elif word == "twoinone":
            self._look("two lines", on=on)
        elif word in ("pard", "intbl", "itap"):
            level = 0 if word == "pard" else max(1, self.state.level) if word == "intbl" else min(number or 0, 20)
            self.set(level=level)
            if word == "pard":
                self._shade("paper", 0)
        elif word in ("upr", "ud"):  # the same text twice, the second time in Unicode
            self.set(read=word == "ud")
        else:
            self._encoding(word, number or 0)

    def _shade_behind(self, word: str, number: int | None) -> None:
        if word in CELL_SHADES:
            self.cells.shade = shade_in_cell(word, number)
        else:
            self._shade(SHADES[word], number)

    def _shade(self, name: str, number: int | None) -> None:
        """Note a colour by its number in the table, or that it is not known."""
        seen = self.state.seen
        if number or seen is not PLAIN:
            self.set(seen=seen._replace(**{name: number or 0}))

    def _look(self, look: _Look, *, on: bool) -> None:
        if on is not (look in self.state.looks):
            self.set(looks=self.state.looks ^ {look})

    def _mark(self, mark: Mark, on: bool) -> None:
        self.set(marks=self.state.marks | {mark} if on else self.state.marks - {mark})

    def _encoding(self, word: str, number: int) -> None:
        """Apply a word that concerns the charset of the text behind it, or the colour before which it stands."""
        if word == "uc":
            self.set(skip=max(0, min(number, 20)))
        elif word == "ansicpg":
            self.code_page = CODE_PAGES.get(
                number, f"cp{number}" if 1250 <= number <= 1258 or number == 437 else "cp1252"
            )
        elif word == "f":
            self.set(font=number)
        elif word == "fcharset" and self.state.of_fonts:
            self.charsets[self.state.font] = number
        elif word in ("dbch", "loch", "hich"):
            self.set(of_wide=word == "dbch")
        elif word == "af" and self.state.of_wide:
            self.set(wide_font=number)
        elif self.colours.pale and (word in SHADES or word in CELL_SHADES):
            self._shade_behind(word, number)

    # ------------------------------------------------------------------------------------------------------------ text

    def _symbol(self, symbol: bytes) -> Iterator[Event]:
        if symbol == b"*":
            self.to_pass_over = self.begins
            return
        if self.left:
            self.left -= 1
            return
        yield from self._decoded()
        if symbol in b"\r\n":
            if self.state.read:
                yield Event("par", self.state.level)
        elif self.state.read and not self.state.deleted and _SYMBOLS.get(symbol):
            yield self._text(_SYMBOLS[symbol])
        self.begins = False

    def _bytes(self, content: bytes) -> None:
        """Take bytes of text, but for those that only stand in for a Unicode character."""
        skipped = min(self.left, len(content))
        self.left -= skipped
        self.begins = False
        if self.state.picture:
            self.picture += content[skipped:]
        elif self.state.read and not self.state.deleted:
            self.pending += content[skipped:]

    def _picture(self) -> bytes | None:
        """The picture that has just ended; None where it is not in hexadecimal digits."""
        digits, self.picture = bytes(self.picture), bytearray()
        try:
            return bytes.fromhex(digits.decode("ascii"))
        except ValueError:
            return None

    def _unicode(self, number: int) -> Iterator[Event]:
        """A character by its 16-bit number, which may be written below zero; halves of a pair are joined later."""
        yield from self._decoded()
        self.left = self.state.skip
        self.begins = False
        if self.state.read and not self.state.deleted:
            yield self._text(chr(number & 0xFFFF))

    def _decoded(self) -> Iterator[Event]:
        """The text of the bytes that have come since the last event."""
        if self.pending:
            content = bytes(self.pending)
            self.pending.clear()
            text = content.decode("ascii") if content.isascii() else self._decode(content)
            yield self._text(DRAWN if self._is_drawn(text) else text)

    def _is_drawn(self, text: str) -> bool:
        """True for characters of a font of symbols, and for several in the place of one."""
        if "two lines" in self.state.looks:
            return len(text) > 1
        of_symbols = self.charsets.get(self.state.font) == _SYMBOLS_CHARSET
        return of_symbols and not self.state.of_wide and bool(text.strip())

    def _decode(self, content: bytes) -> str:
        """Bytes beyond ASCII: in the charset of their font, else in the code page of the file, else in Chinese."""
        fonts = (self.state.font, self.state.wide_font)
        named = [CHARSETS.get(self.charsets.get(f, 0), "") for f in fonts if f is not None]
        wide = [name for name in named if name in WIDE]
        for encoding in (*wide, *(n for n in named if n), self.code_page, "gb18030"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        return content.decode("gb18030", errors="replace")

    def _text(self, text: str) -> Event:
        self.last = text
        looks = self.state.looks
        if (looks and not looks.isdisjoint(_UNSEEN)) or (self.state.seen.text and self._is_pale(text)):
            text = marked(text, "hidden")
        return self._marked(text)

    def _is_pale(self, text: str) -> bool:
        """True for text in the colour of what is behind it; labels are seen, since something may be drawn there."""
        seen, level = self.state.seen, self.state.level
        paper = seen.behind or seen.paper or (self.cells.of_open(level) if level else 0)
        return not any(map(str.isalpha, text)) and self.colours.are_like(seen.text, paper)

    def _marked(self, text: str) -> Event:
        for mark in self.state.marks:
            text = marked(text, mark)
        return Event("text", self.state.level, text)


_UNSEEN = frozenset({"tiny", "narrow"})


def events(data: bytes, sign: Sign = lambda _: OBJECT) -> Iterator[Event]:
    """The text and layout of an RTF file, with a sign for each picture.

    Raises `Refused` where it is too large or its groups are too deep.
    """
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of RTF")
    return _Stream(data, sign).events()


def whole(pieces: list[str]) -> str:
    """Pieces of text as one, halves of characters beyond 16 bits joined."""
    text = "".join(pieces)
    if any("\ud800" <= c <= "\udfff" for c in text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text

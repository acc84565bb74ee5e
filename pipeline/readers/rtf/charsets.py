"""The encodings that an RTF file names by the number of a charset or of a code page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CHARSETS: Mapping[int, str] = MappingProxyType(
    {
        128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5hkscs", 161: "cp1253", 162: "cp1254", 163: "cp1258",
        177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    }
)  # fmt: skip
WIDE = frozenset({"cp932", "cp949", "gb18030", "big5hkscs"})
CODE_PAGES: Mapping[int, str] = MappingProxyType(
    {936: "gb18030", 54936: "gb18030", 950: "big5hkscs", 932: "cp932", 949: "cp949", 65001: "utf-8", 10008: "gb18030"}
)

"""Fields of a form in a PDF and text put upon its pages: they are drawn where a person sees them.

A field shows its appearance, a piece of content of its own; a file without one leaves it to the viewer to write the
value into the field's rectangle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pdfminer.pdftypes import PDFStream, dict_value, list_value, num_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name
from pdfminer.utils import Matrix, decode_text

from pipeline.numbers import OBJECT

MAX_ANNOTATIONS = 20_000
_HIDDEN, _NOT_ON_SCREEN = 2, 32
_PASSWORD = 1 << 13  # the flag of a field that shows stars
_MOST_PARENTS = 10

Annotation = Mapping[str, Any]
Rectangle = tuple[float, float, float, float]


def annotations_of(found: object) -> Iterator[Annotation]:
    """The annotations of a page that are shown."""
    for reference in list_value(found or [])[:MAX_ANNOTATIONS]:
        annotation = resolve1(reference)
        if isinstance(annotation, dict):
            flags = resolve1(annotation.get("F", 0))
            if not (isinstance(flags, int) and flags & (_HIDDEN | _NOT_ON_SCREEN)):
                yield annotation


def subtype(annotation: Annotation) -> str:
    """What kind of annotation it is."""
    found = resolve1(annotation.get("Subtype"))
    return literal_name(found) if isinstance(found, PSLiteral) else ""


def rectangle(annotation: Annotation) -> Rectangle | None:
    """Where it stands: left, bottom, right, top."""
    corners = [num_value(n) for n in list_value(annotation.get("Rect", []))]
    if len(corners) != 4:
        return None
    (x0, x1), (y0, y1) = sorted(corners[::2]), sorted(corners[1::2])
    return x0, y0, x1, y1


def appearance(annotation: Annotation) -> PDFStream | None:
    """The content that a field or a note upon the page shows; None where it has none."""
    normal = resolve1(dict_value(annotation.get("AP", {})).get("N"))
    if isinstance(normal, dict):
        state = resolve1(annotation.get("AS"))
        normal = resolve1(normal.get(literal_name(state))) if isinstance(state, PSLiteral) else None
    return normal if isinstance(normal, PDFStream) else None


def value(annotation: Annotation) -> str:
    """The text of a field of text or choice; it may stand with the field that it is a part of.

    That of a password is shown as stars, and gives the sign of an object.
    """
    field: Any = annotation
    kind, text, flags = "", None, None
    for _ in range(_MOST_PARENTS):
        found = resolve1(field.get("FT"))
        kind = kind or (literal_name(found) if isinstance(found, PSLiteral) else "")
        text = resolve1(field.get("V")) if text is None else text
        flags = resolve1(field.get("Ff")) if flags is None else flags
        field = resolve1(field.get("Parent"))
        if not isinstance(field, dict):
            break
    if kind not in ("Tx", "Ch") or not isinstance(text, bytes):
        return ""
    is_password = kind == "Tx" and isinstance(flags, int) and bool(flags & _PASSWORD)
    return OBJECT if is_password else decode_text(text).strip()


def placed(content: PDFStream, at: Rectangle) -> Matrix:
    """What moves the box of an appearance into the rectangle of its annotation."""
    box = [num_value(n) for n in list_value(content.get("BBox", []))]
    matrix = [num_value(n) for n in list_value(content.get("Matrix", [1, 0, 0, 1, 0, 0]))]
    if len(box) != 4 or len(matrix) != 6:
        return 1, 0, 0, 1, at[0], at[1]
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in box[::2] for y in box[1::2]]
    ys = [b * x + d * y + f for x in box[::2] for y in box[1::2]]
    across, up = max(xs) - min(xs), max(ys) - min(ys)
    wide = (at[2] - at[0]) / across if across else 1.0
    high = (at[3] - at[1]) / up if up else 1.0
    return wide, 0, 0, high, at[0] - wide * min(xs), at[1] - high * min(ys)

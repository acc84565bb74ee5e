"""The parts of an OFD package: its documents, their pages with the templates beneath them, all by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath

from lxml import etree

from pipeline.readers.archive import Archive
from pipeline.readers.kept import pages_of
from pipeline.readers.ofd.content import Drawing
from pipeline.readers.ofd.spaces import box_of
from pipeline.readers.pdf.page import Page
from pipeline.readers.refused import Refused
from pipeline.readers.scan import Placed, with_images_read

MAX_PAGES = 2_000
MAX_NOTES = 1_000  # parts of a page
POINTS = 72 / 25.4  # in a millimetre
_A4 = (0.0, 0.0, 210.0, 297.0)
_BEHIND, _BEFORE = "Background", "Foreground"
_HIDING_NOTHING = frozenset({"Link", "Watermark"})  # notes


def pages(data: bytes) -> tuple[Page, ...]:
    """The contents of the pages of all documents of a package; pictures of text are read where that is installed.

    Raises `Refused` where there are no pages, or too many.
    """
    package = _Package(Archive(data))
    found: list[Page] = []
    images: dict[int, list[Placed]] = {}
    for root in package.documents():
        document = package.document(root)
        for element in document.root.iterfind("{*}Pages/{*}Page"):
            if len(found) == MAX_PAGES:
                raise Refused("too-large", f"more than {MAX_PAGES:,} pages")
            number = len(found) + 1
            page, images[number] = package.page(document, element, number)
            found.append(page)
    if not found:
        raise Refused("not-a-document", "an OFD package without pages")
    if not any(images.values()):
        return tuple(found)
    return pages_of(data, lambda: with_images_read(found, images))


@dataclass(frozen=True, slots=True)
class _Document:
    """A document: the folder from which its names count, its root, its templates,
    composite graphics, the names of its pictures by number, and of the notes of each page.
    """

    folder: str
    root: etree._Element
    box: tuple[float, float, float, float]
    templates: Mapping[str, str]
    composites: Mapping[str, etree._Element]
    images: Mapping[str, str]
    notes: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Package:
    """The archive and its parts that were looked at; names count from the folder of the part that has them."""

    archive: Archive
    known: dict[str, etree._Element | None] = field(default_factory=dict)

    def part(self, folder: str, name: str) -> etree._Element | None:
        """The root of a part, None where there is none."""
        path = _path(folder, name)
        if path not in self.known:
            self.known[path] = self.archive.xml(path)
        return self.known[path]

    def documents(self) -> Iterator[str]:
        """The names of the roots of the documents; of one with versions that of the current one, else the last."""
        root = self.part("", "OFD.xml")
        if root is None:
            raise Refused("damaged", "its archive has no OFD.xml")
        for body in root.iterfind("{*}DocBody"):
            yield self._version(body) or (body.findtext("{*}DocRoot") or "").strip()

    def _version(self, body: etree._Element) -> str:
        versions = body.findall("{*}Versions/{*}Version")
        current = next((v for v in versions if v.get("Current") == "true"), versions[-1] if versions else None)
        if current is None:
            return ""
        name = current.get("BaseLoc", "")
        root = self.part("", name)
        found = "" if root is None else (root.findtext("{*}DocRoot") or "").strip()
        return _path(dirname(_path("", name)), found) if found else ""

    def document(self, name: str) -> _Document:
        """A document by the name of its root. Raises `Refused` where there is none."""
        root = self.part("", name)
        if root is None:
            raise Refused("damaged", f"its archive has no {name or 'document'}")
        folder = dirname(_path("", name))
        templates = {t.get("ID", ""): t.get("BaseLoc", "") for t in root.iterfind("{*}CommonData/{*}TemplatePage")}
        box = box_of(root.findtext("{*}CommonData/{*}PageArea/{*}PhysicalBox")) or _A4
        resources = list(self._resources(root, folder))
        composites = {u.get("ID", ""): u for _, part in resources for u in part.iter("{*}CompositeGraphicUnit")}
        images = {
            m.get("ID", ""): _path(at, (m.findtext("{*}MediaFile") or "").strip())
            for at, part in resources
            for m in part.iter("{*}MultiMedia")
        }
        return _Document(folder, root, box, templates, composites, images, self._notes_of_pages(root, folder))

    def _resources(self, root: etree._Element, folder: str) -> Iterator[tuple[str, etree._Element]]:
        """The parts that hold graphics and pictures which pages name, each with the folder of its files."""
        names = (
            e.text or "" for tag in ("PublicRes", "DocumentRes") for e in root.iterfind(f"{{*}}CommonData/{{*}}{tag}")
        )
        for name in names:
            part = self.part(folder, name.strip())
            if part is not None:
                yield _path(dirname(_path(folder, name.strip())), part.get("BaseLoc", "")), part

    def page(self, document: _Document, element: etree._Element, number: int) -> tuple[Page, list[Placed]]:
        """What a page shows: the templates behind it, its own content, the templates before it; and its pictures."""
        name = element.get("BaseLoc", "")
        root = self.part(document.folder, name)
        if root is None:
            raise Refused("damaged", f"its archive has no {name or 'page'}")
        left, top, width, height = box_of(root.findtext("{*}Area/{*}PhysicalBox")) or document.box
        page = Page(number, width * POINTS, height * POINTS)
        drawing = Drawing(page, (POINTS, 0.0, 0.0, POINTS, -left * POINTS, -top * POINTS), document.composites)
        for place in (_BEHIND, "", _BEFORE):
            for layer in [root] if not place else self._templates(document, root, place):
                for content in layer.iterfind("{*}Content"):
                    drawing.draw(content)
        for appearance in self._notes(document, element.get("ID", "")):
            drawing.draw_note(appearance)
        drawing.finish()
        named = ((place, document.images.get(resource, "")) for place, resource in drawing.images)
        return page, [(place, data) for place, name in named if name and (data := self.archive.part(name))]

    def _notes(self, document: _Document, page: str) -> Iterator[etree._Element]:
        """What the notes on a page show that may lie over its text."""
        for name in document.notes.get(page, ())[:MAX_NOTES]:
            root = self.part("", name)
            for note in root.iterfind("{*}Annot") if root is not None else ():
                if note.get("Visible") != "false" and note.get("Type") not in _HIDING_NOTHING:
                    yield from note.iterfind("{*}Appearance")

    def _notes_of_pages(self, root: etree._Element, folder: str) -> dict[str, list[str]]:
        """The names of the parts that hold the notes of a page, by the page's number."""
        name = (root.findtext("{*}Annotations") or "").strip()
        part = self.part(folder, name) if name else None
        found: dict[str, list[str]] = {}
        for page in part.iterfind("{*}Page") if part is not None else ():
            for file in page.iterfind("{*}FileLoc"):
                at = _path(dirname(_path(folder, name)), (file.text or "").strip())
                found.setdefault(page.get("PageID", ""), []).append(at)
        return found

    def _templates(self, document: _Document, page: etree._Element, place: str) -> Iterator[etree._Element]:
        for used in page.iterfind("{*}Template"):
            name = document.templates.get(used.get("TemplateID", ""))
            template = self.part(document.folder, name) if name else None
            if template is not None and (used.get("ZOrder") == _BEFORE) == (place == _BEFORE):
                yield template


def _path(folder: str, name: str) -> str:
    """A name as the archive has it. It is a key, never a place on this machine."""
    name = name.replace("\\", "/")
    return normpath(name.lstrip("/") if name.startswith("/") else join(folder, name))

"""What an exported file says, to somebody who opens it: its words, and its quotes. Read with Python alone, by what each format
means by them, and never by what the service meant to write.

Files of a rehearsal come from a server that whoever rehearses named themselves; Python's own readers of XML and HTML load
nothing from elsewhere."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple
from xml.etree import ElementTree


class Told(NamedTuple):
    """`lines`: every paragraph, heading and cell in its order. `quotes`: those of them that stand there as somebody's words."""

    lines: list[str]
    quotes: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read(name: str, content: bytes) -> Told:
    """The file of that name. ValueError, zipfile.BadZipFile or ElementTree.ParseError where it is none of its kind."""
    return _READERS[name.rpartition(".")[2]](content)


def readable(name: str) -> bool:
    """Whether there is a reader for a file of that name."""
    return name.rpartition(".")[2] in _READERS


# ---- HTML ------------------------------------------------------------------------------------------------------------

_BLOCKS = frozenset(["h1", "h2", "h3", "h4", "p", "div", "li", "td", "th", "caption", "cite", "blockquote", "title"])


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.quotes: list[str] = []
        self._listed = self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.lines.append("")
        self._listed = self._listed or tag == "ul"
        if tag == "br":
            self.handle_data("\n")
        self._silent = self._silent or tag == "style"

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote" and not self._listed:  # a list holds words of the service's own
            self.quotes.append(self.lines[-1])
        self._listed = self._listed and tag != "ul"
        if tag in _BLOCKS:
            self.lines.append("")
        self._silent = self._silent and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.lines[-1] += data


def _html(content: bytes) -> Told:
    page = _Page()
    page.feed(content.decode())
    page.close()
    return Told([line for line in page.lines if line.strip()], page.quotes)


# ---- Markdown --------------------------------------------------------------------------------------------------------

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def _markdown(content: bytes) -> Told:
    """CommonMark as far as the outcome and the record use it."""
    lines, quotes = [], []
    for block in content.decode().rstrip().split("\n\n"):
        plain = [line.removeprefix(">").strip() for line in block.split("\n")]
        told = [_ESCAPED.sub(r"\1", line.removesuffix("\\")) for line in plain]
        if "\n>\n> — " in block:  # behind an empty line its origin
            quotes.append("\n".join(told[: -1 - told[::-1].index("")]))
        lines += told
    return Told(lines, quotes)


# ---- XML: Akoma Ntoso, and what stands in DOCX and ODT ---------------------------------------------------------------

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_AKN = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"


def _tree(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)


def _docx(content: bytes) -> Told:
    told = Told([], [])
    for paragraph in _tree(_member(content, "word/document.xml")).iter(f"{_W}p"):
        pieces = (each for each in paragraph.iter() if each.tag in (f"{_W}t", f"{_W}br"))
        line = "".join("\n" if each.tag == f"{_W}br" else each.text or "" for each in pieces)
        told.lines.append(line)
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        if style is not None and style.get(f"{_W}val") == "Quote":
            told.quotes.append(line)
    return told


def _odt(content: bytes) -> Told:
    told = Told([], [])
    for paragraph in _tree(_member(content, "content.xml")).iter():
        if paragraph.tag in (f"{_ODF}p", f"{_ODF}h"):
            line = _odf_text(paragraph)
            told.lines.append(line)
            if str(paragraph.get(f"{_ODF}style-name")).startswith("Quotations"):
                told.quotes.append(line)
    return told


def _odf_text(of: ElementTree.Element) -> str:
    """Its text, with blanks and breaks that are elements there (ODF 1.3, part 3, section 6.1)."""
    written = of.text or ""
    for each in of:
        blank = {f"{_ODF}s": " " * int(each.get(f"{_ODF}c", "1")), f"{_ODF}tab": "\t", f"{_ODF}line-break": "\n"}
        written += blank.get(each.tag, "") or _odf_text(each)
        written += each.tail or ""
    return written


def _akn(content: bytes) -> Told:
    root = _tree(content)
    texts = {f"{_AKN}{name}" for name in ("p", "heading", "num", "from")}
    lines = [_akn_text(each) for each in root.iter() if each.tag in texts]
    return Told(lines, [_akn_text(each) for each in root.iter(f"{_AKN}embeddedText")])


def _akn_text(of: ElementTree.Element) -> str:
    written = of.text or ""
    for each in of:
        written += ("\n" if each.tag == f"{_AKN}eol" else _akn_text(each)) + (each.tail or "")
    return written


def _member(content: bytes, name: str) -> bytes:
    try:
        return zipfile.ZipFile(io.BytesIO(content)).read(name)
    except KeyError:
        raise ValueError(f"there is no {name} in it") from None


# ---- captions and plain text -----------------------------------------------------------------------------------------


def _vtt(content: bytes) -> Told:
    return _cues(content, lambda line: html.unescape(re.sub(r"<[^>]*>", "", line)))


def _srt(content: bytes) -> Told:
    return _cues(content, lambda line: line)


def _cues(content: bytes, plain: Callable[[str], str]) -> Told:
    """What stands below each line of times."""
    blocks = [block.split("\n") for block in content.decode().strip().split("\n\n")]
    timed = [(block, next((at for at, line in enumerate(block) if " --> " in line), None)) for block in blocks]
    return Told([plain("\n".join(block[at + 1 :])) for block, at in timed if at is not None], [])


def _plain(content: bytes) -> Told:
    return Told(content.decode().split("\n\n"), [])


_READERS: dict[str, Callable[[bytes], Told]] = {
    "html": _html,
    "md": _markdown,
    "docx": _docx,
    "odt": _odt,
    "akn": _akn,
    "vtt": _vtt,
    "srt": _srt,
    "txt": _plain,
}

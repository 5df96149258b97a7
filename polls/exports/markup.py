"""XML and files of several files, written and never read. Whatever is no Markup already is text: it can't become a tag.

Word processors' files and the parliaments' standard are written with this, so that the service holds no XML parser."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping

#: What XML 1.0 (section 2.2) has no place for, escaped or not.
_NO_LETTERS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: The first moment that a zip file can name. Files of equal content are then equal byte for byte.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


class Markup(str):
    """A well-formed piece of XML."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Text for an element or an attribute: markup in it does nothing, letters that XML lacks are left out."""
    return Markup(_NO_LETTERS.sub("", text).translate(_ESCAPES))


def joined(pieces: Iterable[str]) -> Markup:
    """Pieces one after another."""
    return Markup("".join(piece if isinstance(piece, Markup) else escaped(piece) for piece in pieces))


def tag(name: str, attributes: Mapping[str, str] | None = None, *content: str) -> Markup:
    """An element. Names are our own, never somebody's words; values and content may be."""
    given = "".join(f' {key}="{escaped(value)}"' for key, value in (attributes or {}).items())
    inside = joined(content)
    return Markup(f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>")


def file(root: Markup) -> bytes:
    """The root element as a whole XML file."""
    return (_DECLARATION + root + "\n").encode()


def packed(files: Iterable[tuple[str, bytes]], *, kind: bytes = b"") -> bytes:
    """These files (name, content) in one zip file. `kind`: a media type that stands first and as it is, so that programs
    know the file by it (OpenDocument 1.3, part 2, section 3.3)."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        if kind:
            archive.writestr(zipfile.ZipInfo("mimetype", _NO_TIME), kind)
        for name, content in files:
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return into.getvalue()

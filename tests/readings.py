"""What a file says, to whoever looks for words in it: its bytes, and what is inside as its readers unpack it."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from pypdf import PdfReader
from pypdf.generic import StreamObject

_TAG = re.compile(r"<[^>]*>")


@lru_cache
def _forms(words: str) -> frozenset[bytes]:
    """These words as octets, in every way in which a file of ours could hold them."""
    written = {words, unicodedata.normalize("NFD", words), unicodedata.normalize("NFKC", words)}
    written |= {words.casefold(), words.upper(), html.escape(words), json.dumps(words)[1:-1]}
    found = {each.encode(kind) for each in written for kind in ("utf-8", "utf-16-be", "utf-16-le")}
    found |= {each.encode("latin-1") for each in written if all(letter <= "\xff" for letter in each)}
    found |= {quote(words).encode(), base64.b64encode(words.encode()).rstrip(b"=")}
    return frozenset(found) | {
        words.encode("utf-16-be").hex().encode(),
        words.encode("utf-16-be").hex().upper().encode(),
    }


def holds(content: bytes, words: str) -> bool:
    """Whether a file holds these words: in its octets, in those of its parts, or in what its readers make of it."""
    wanted = _forms(words)
    flat = _flat(words)
    for octets in _unpacked(content):
        if any(each in octets for each in wanted):
            return True
        if any(flat in _flat(text) for text in _told(octets)):
            return True
    return False


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The file, and what is in it: members of a zip file; of a PDF its streams, its texts, its title and its bookmarks."""
    yield content
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        yield from (archive.read(name) for name in archive.namelist())
    elif content.startswith(b"%PDF"):
        found = PdfReader(io.BytesIO(content))
        for number in range(1, len(found.xref[0]) + 1 if 0 in found.xref else 0):
            part: Any = found.get_object(number)
            if isinstance(part, StreamObject):
                yield part.get_data()
        for page in found.pages:
            yield page.extract_text().encode("utf-8", "surrogatepass")
        told = [str(value) for value in (found.metadata or {}).values()]
        told += [str(piece["/Title"]) for piece in _bookmarks(found.outline)]
        root: Any = found.trailer["/Root"]
        told += [str(piece.get("/Alt", "")) for piece in root["/StructTreeRoot"]["/K"][0]["/K"]]
        yield "\n".join(told).encode("utf-8", "surrogatepass")


def _bookmarks(some: Any) -> Iterator[Any]:
    for each in some:
        if isinstance(each, list):
            yield from _bookmarks(each)
        else:
            yield each


def _told(octets: bytes) -> Iterator[str]:
    text = octets.decode("utf-8", "replace")
    yield text
    plain = html.unescape(_TAG.sub("", text))  # words that tags part
    yield plain
    yield plain.replace("\\", "")  # escaped in Markdown
    try:
        yield "\n".join(_strings(json.loads(text)))
    except ValueError:
        return


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)

"""A pad's document: a Yjs document whose one root is the text of a clause (pycrdt). Pure: bytes in, bytes out.

An update, a state and a state vector are Yjs's own binary forms (version 1): https://github.com/yjs/yjs, "Document updates".
Letters are counted as Python counts them; pycrdt counts bytes of UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pycrdt

from polls.statements.core import LONGEST_CLAUSE
from rooms.transcript.core import Op, diff

Doc = pycrdt.Doc[pycrdt.Text]
ROOT = "text"
#: Letters that a pad holds: two drafters may fill a clause to its end at the same moment, and have to be able to cut it down.
MOST_LETTERS = 2 * LONGEST_CLAUSE
#: Bytes of a document with all that was ever deleted in it; where it comes to be larger than RENEWED it is begun anew.
MOST_BYTES, RENEWED = 2**20, 2**18
#: Messages of the sync protocol (https://github.com/yjs/y-protocols, "Sync protocol v1").
SYNC, STEP_1, STEP_2, UPDATE = 0, 0, 1, 2
#: An update that holds nothing.
NOTHING = b"\x00\x00"


class Unfit(ValueError):
    """This update can't be taken: it can't be read, or is no text of a clause."""


class Gap(Unfit):
    """It builds on something that is not there: what came before it was not stored."""


def begun(text: str) -> bytes:
    """The state of a document that begins with this text."""
    doc = load()
    _text(doc).insert(0, text)
    return doc.get_update()


def load(*updates: bytes) -> Doc:
    """The document that these come to, in any order."""
    doc: Doc = pycrdt.Doc()
    doc.get(ROOT, type=pycrdt.Text)
    for update in updates:
        doc.apply_update(update)
    return doc


def text_of(doc: Doc) -> str:
    return str(_text(doc))


def _text(doc: Doc) -> pycrdt.Text:
    return doc.get(ROOT, type=pycrdt.Text)


def take(doc: Doc, update: bytes) -> None:
    """Take an update from outside into the document. Unfit where it must not be kept: then the document is spoilt."""
    try:
        doc.apply_update(update)
        builds_on_nothing_missing = pycrdt.get_update(update, doc.get_state())[:1] == NOTHING[:1]
    except Exception as problem:
        raise Unfit("it can't be read") from problem
    except BaseException as problem:  # a panic of the library is no Exception, and none of Python's own
        if type(problem).__module__ == "builtins":
            raise
        raise Unfit("it can't be read") from problem
    if not builds_on_nothing_missing:
        raise Gap("it builds on something that is not there")
    if list(doc.keys()) != [ROOT]:
        raise Unfit("it is no text")
    text = text_of(doc)
    # What is embedded counts in the length and not in the text; a browser turns a carriage return into something else.
    if len(_text(doc)) != len(text.encode()) or "\r" in text or "\x00" in text:
        raise Unfit("it is no text")
    if len(text) > MOST_LETTERS:
        raise Unfit("it is too long")


def edited(state: bytes, text: str) -> bytes:
    """The update that turns the text of this state into `text`, word by word: whoever typed elsewhere meanwhile keeps it."""
    doc = load(state)
    before, here = doc.get_state(), 0
    shared = _text(doc)
    with doc.transaction():
        for op, piece in diff(text_of(doc), text):
            size = len(piece.encode())
            if op is Op.DELETED:
                del shared[here : here + size]
                continue
            if op is Op.INSERTED:
                shared.insert(here, piece)
            here += size
    return doc.get_update(before)


def merged(updates: Iterable[bytes]) -> bytes:
    """One update for several."""
    found = list(updates)
    return found[0] if len(found) == 1 else pycrdt.merge_updates(*found)


def news(doc: Doc, have: bytes) -> bytes:
    """What somebody with this state vector lacks; all of it where that can't be read."""
    try:
        return doc.get_update(have)
    except ValueError:
        return doc.get_update()


def message(kind: int, payload: bytes) -> bytes:
    """A message of the sync protocol."""
    size, rest = [], len(payload)
    while rest > 127:
        size.append(128 | rest & 127)
        rest >>= 7
    return bytes([SYNC, kind, *size, rest]) + payload


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The messages in these bytes: (kind, payload). Unfit where they can't be read."""
    at = 0
    while at < len(data):
        sync, kind, size, shift = data[at], data[at + 1 : at + 2], 0, 0
        at += 2
        while True:
            if at >= len(data) or shift > 28:
                raise Unfit("it can't be read")
            size |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:
                break
        if sync != SYNC or kind[0] > UPDATE or at + size > len(data):
            raise Unfit("it can't be read")
        yield kind[0], data[at : at + size]
        at += size

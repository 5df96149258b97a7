"""Words that are struck for good leave the pads: no byte of them is in the database, and everybody still converges."""

from __future__ import annotations

from pathlib import Path

from deliberate.rehearsal.phone import Door
from polls.statements.core import LONGEST_CLAUSE
from tests.polls.statements.pads.drafters import Desk, Drafter
from tests.service import running
from tests.waiting import came

#: As it is typed, stroke by stroke: each piece stands by itself in what is stored.
PIECES = ("Quagga", "zebu ", "Mnemo", "syne ")
WORDS = "".join(PIECES).strip()
TEXT = "We come back to the well."


def held(folder: Path) -> set[str]:
    """Which of the pieces stand in a file of the database."""
    octets = b"".join(path.read_bytes() for path in folder.rglob("*.sqlite3*") if path.is_file())
    assert octets
    return {piece for piece in PIECES if piece.strip().encode() in octets}


async def _typed_and_cut(drafter: Drafter) -> None:
    at = 0
    for piece in PIECES:
        await drafter.insert(at, piece)
        at += len(piece)
    await came(lambda: drafter.kept)
    await drafter.delete(0, at)
    await came(lambda: drafter.kept)


async def _opens_anew(drafter: Drafter, before: str) -> None:
    """As its page does: told that the document is another one, it opens that."""
    await came(lambda: drafter.said == "other")
    drafter.said = ""
    await drafter.open()
    await came(lambda: drafter.handle != before and drafter.writes)


async def test_struck_words_leave_the_pads_and_everybody_converges(tmp_path: Path) -> None:
    with running(tmp_path, LIMIT_FACTOR="1000000") as service:
        door = Door(service.url)
        desk = Desk(service, door)
        await desk.begin(TEXT)
        ann, ben = await desk.drafter("Ann"), await desk.drafter("Ben")
        captioner, moderator = [await desk.phone(role, ()) for role in ("captioner", "moderator")]
        told = await captioner.act("transcript.settle", text=f"We saw {WORDS} at the well.")
        (segment,) = told["data"]["segments"]
        await _typed_and_cut(ann)
        await came(lambda: str(ben) == str(ann) == TEXT)
        assert held(tmp_path) == set(PIECES), "what was deleted at once is stored for a while"
        before = ann.handle
        struck = await moderator.act("transcript.strike", segment=segment, words=WORDS, sure="on")
        assert struck["ok"]
        await came(lambda: held(tmp_path) == set())
        for each in (ann, ben):
            await _opens_anew(each, before)
            assert str(each) == TEXT
            mine = each.doc.get_update()
            assert not [piece for piece in PIECES if piece.strip().encode() in mine]
        await ann.insert(0, "Today: ")
        await ben.insert(len(str(ben)), " Soon.")
        await came(lambda: ann.kept and ben.kept and str(ann) == str(ben) == f"Today: {TEXT} Soon.")
        await came(lambda: desk.shown()[0] == f"Today: {TEXT} Soon.")
        assert held(tmp_path) == set()
        await desk.close()
        await door.close()


async def test_what_waits_on_a_pad_stays_on_it_when_words_are_struck(tmp_path: Path) -> None:
    with running(tmp_path, LIMIT_FACTOR="1000000") as service:
        door = Door(service.url)
        desk = Desk(service, door)
        await desk.begin(TEXT)
        ann = await desk.drafter("Ann")
        captioner, moderator = [await desk.phone(role, ()) for role in ("captioner", "moderator")]
        (segment,) = (await captioner.act("transcript.settle", text=f"We saw {WORDS}."))["data"]["segments"]
        await _typed_and_cut(ann)
        long = "x" * LONGEST_CLAUSE
        await ann.insert(0, long)
        await came(lambda: ann.kept)
        before = ann.handle
        assert (await moderator.act("transcript.strike", segment=segment, words=WORDS, sure="on"))["ok"]
        await _opens_anew(ann, before)
        assert str(ann) == long + TEXT
        await came(lambda: held(tmp_path) == set())
        await ann.delete(0, LONGEST_CLAUSE - 7)
        await came(lambda: desk.shown()[0] == f"xxxxxxx{TEXT}")
        await desk.close()
        await door.close()

"""`bench suggestions`: what is found for a text in meetings in which people marked the answers, beside plain BM25; and what looking
costs those who vote and read along meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from deliberate.bench.crew import Captions, at_work
from deliberate.bench.machine import family, pss_bytes
from deliberate.bench.product import NotReady, Product
from deliberate.bench.result import Asked, Result
from polls.suggestions import core, measuring
from polls.suggestions.finding import Entry, Finding, Shelf
from polls.suggestions.meaning import Meaning, offered
from polls.suggestions.measuring import Meeting, Recall
from polls.suggestions.reporting import (
    CAPTIONS_A_SECOND,
    CHOSEN_ON,
    JOINED,
    PIECES,
    PLAIN,
    WORDS,
    Choice,
    Cost,
    mean_of,
    result_of,
)

#: Seconds in which a meeting must be read for its meaning; the finder gives way to everything else on the machine.
READ_S = 240.0
#: Seconds of captions without and with somebody who asks all the time, by turns, so that what else the machine does meets both.
SPAN_S, TURNS = 16.0, 4


async def bench(asked: Asked) -> Result:
    meetings = await asyncio.to_thread(_meetings, asked.meetings)
    asked.say(f"{len(meetings)} meetings: what is found")
    found = {each.name: await asyncio.to_thread(_found, each) for each in meetings}
    rotated = [] if asked.quick else await asyncio.to_thread(_rotated, asked, meetings)
    asked.say("what it costs those who read along")
    cost = await _cost(asked, max(meetings, key=lambda each: len(each.pieces)))
    return result_of(asked, meetings, found, rotated, cost)


def _meetings(folder: Path | None) -> list[Meeting]:
    """The folder's meetings, the one that the weights were chosen on first."""
    if folder is None or not folder.is_dir():
        raise NotReady(f"Name a folder of meetings with marked answers: --meetings FOLDER ({folder} is none).")
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(measuring.read(path))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotReady(f"{path.name} is no meeting with marked answers: {type(error).__name__} {error}") from None
    if not found:
        raise NotReady(f"There is no meeting in {folder}.")
    return sorted(found, key=lambda each: each.name != CHOSEN_ON)


def _found(meeting: Meeting) -> dict[str, Recall]:
    """Recall by each way of looking; ours by the finder, as the service asks it."""
    recall = {
        PLAIN: measuring.measured(meeting, measuring.plain(meeting, by_turn=True)),
        PIECES: measuring.measured(meeting, measuring.plain(meeting, by_turn=False)),
    }
    for name, meaning in ((WORDS, False), (JOINED, True)):
        if meaning and not offered():
            continue
        finder = Finding(meaning=meaning)
        try:
            recall[name] = measuring.measured(meeting, _by_finder(finder, meeting, meaning))
        finally:
            finder.close()
    return recall


def _by_finder(finder: Finding, meeting: Meeting, meaning: bool) -> measuring.Search:
    entries = [Entry(str(place), place) for place in range(len(meeting.pieces))]
    shelf = Shelf(meeting.name, entries, lambda names: {each: meeting.pieces[int(each)] for each in names}, core.REACH)
    until = time.monotonic() + READ_S
    while meaning and not finder.bearing(shelf, "Is everything read?", 1).meaning:
        if time.monotonic() > until:
            raise NotReady("The finder did not read the meeting for its meaning.")
        time.sleep(0.2)  # it gives way to whoever asks

    def search(text: str) -> list[int]:
        hits = finder.bearing(shelf, text, len(entries)).hits
        return measuring.in_order((int(name) for name, _score in hits), meeting.of)

    return search


def _rotated(asked: Asked, meetings: Sequence[Meeting]) -> list[Choice]:
    """Weights chosen on each meeting in turn, tried on the others."""
    if len(meetings) < 2:
        return []
    reads = Meaning() if offered() else None
    points = {each.name: reads.read(each.pieces) if reads else None for each in meetings}
    choices = []
    for each in meetings:
        asked.say(f"weights chosen on {each.name}, tried on the others")
        weights = measuring.chosen(each, points[each.name], reads)
        others = [other for other in meetings if other is not each]
        plain = [measuring.measured(other, measuring.plain(other, by_turn=True)) for other in others]
        ours = [
            measuring.measured(other, measuring.weighed(other, weights, points[other.name], reads)) for other in others
        ]
        choices.append(Choice(each.name, weights, mean_of(plain), mean_of(ours)))
    return choices


# ---- what it costs ---------------------------------------------------------------------------------------------------


async def _cost(asked: Asked, meeting: Meeting) -> Cost:
    """Captions of a whole service, timed until they are stored, without and with a drafter who asks all the time."""
    async with asked.served(1, set()) as product:
        captioner, drafter = await product.phone("captioner"), await product.phone("drafter")
        try:
            text = "\n\n".join(meeting.turns)
            await _loaded(product, text[:390_000])
            clauses = []
            for query in meeting.queries[:8]:
                clauses.append((await drafter.act("statements.add_clause", text=query.answer[:2000]))["data"]["clause"])
            return await _timed(asked, product, Captions(captioner), clauses, len(meeting.pieces))
        finally:
            await captioner.close()
            await drafter.close()


async def _loaded(product: Product, text: str) -> None:
    """Bring a transcript in, by the plain form: it is longer than a frame of a socket may be."""
    member = product.member("captioner")
    headers = {"Origin": product.door.origin, "Cookie": f"seat={member.cookie}", "Accept": "application/json"}
    answer = await product.door.http.post(f"{member.base}do/transcript.load", data={"text": text}, headers=headers)
    if answer.status_code != 200:
        raise NotReady(f"The meeting was not taken in: {answer.text[:200]}")


async def _timed(asked: Asked, product: Product, captions: Captions, clauses: list[str], pieces: int) -> Cost:
    member, span_s = product.member("drafter"), asked.span_s(SPAN_S, 4.0)
    pages: list[float] = []

    async def look(clause: str) -> None:
        begun = time.monotonic()
        answer = await product.door.page(member, f"suggestions/?clause={clause}")
        if answer.status_code != 200:
            raise NotReady(f"The suggestions' page answered {answer.status_code}.")
        pages.append((time.monotonic() - begun) * 1000)

    async def ask() -> None:
        while True:
            for clause in clauses:
                await look(clause)

    async def spoken() -> list[float]:
        captions.acks_ms.clear()
        await captions.speak(span_s / TURNS, CAPTIONS_A_SECOND)
        return captions.acks_ms[:]

    await captions.speak(1.0, CAPTIONS_A_SECOND)
    await look(clauses[0])
    first, before, meanwhile = pages.pop(), [], []
    for _turn in range(TURNS):
        before += await spoken()
        async with at_work(ask()):
            meanwhile += await spoken()
    if not pages:  # the machine is so busy that none was done in time
        await look(clauses[0])
    memory = pss_bytes([pid for pid in family(product.pid) if _is_finder(pid)]) / 2**20
    return Cost(before, meanwhile, first, pages, memory, pieces)


def _is_finder(pid: int) -> bool:
    try:
        return b"polls.suggestions.finder" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False

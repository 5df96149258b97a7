"""A plenary held for real: people join, a meeting is replayed turn by turn, ideas and stances come in, polls are held,
a statement is drawn from what was said, and everything is exported and counted against what went in."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

from deliberate.rehearsal.material import Conversation, Said, words
from deliberate.rehearsal.phone import Answer, Away, Door, Member, Phone, parts_of
from deliberate.rehearsal.report import Report
from deliberate.rehearsal.stage import Crew

#: What a participant's first screen shows, and what a rehearsal's phones watch.
NOW = ("floor.now", "floor.ask", "floor.queue", "events.now", "ballots.open", "ballots.results", "transcript.live")
IDEA_LIMIT = 280
SEGMENT_LIMIT = 2000
POLLS: tuple[dict[str, object], ...] = (
    {"kind": "one", "question": "Which of these first?", "options": "Water\nWork\nSchools", "least": "1", "most": "1"},
    {
        "kind": "several",
        "question": "Which two or three?",
        "options": "Land\nPeace\nCare\nTrade",
        "least": "1",
        "most": "3",
    },
    {"kind": "scale", "question": "How sure are you?", "options": "", "least": "1", "most": "7"},
    {
        "kind": "ranking",
        "question": "In which order?",
        "options": "North\nEast\nSouth\nWest",
        "least": "1",
        "most": "1",
    },
)
Progress = Callable[[str, int, int], None]


class Probe:
    """Waits for something to stand on every phone's screen, and notes how long each took."""

    def __init__(self, phones: int) -> None:
        self.phones = phones
        self.part = self.needle = ""
        self.since = 0.0
        self.seen: set[int] = set()
        self.samples: list[float] = []
        self.everywhere = asyncio.Event()

    def expect(self, part: str, needle: str) -> None:
        """From now on, look for `needle` in pictures of `part`."""
        self.part, self.needle, self.since, self.seen = part, needle, time.perf_counter(), set()
        self.everywhere.clear()

    def look(self, phone: Phone, name: str, html: str) -> None:
        if name == self.part and id(phone) not in self.seen and self.needle in html:
            self.seen.add(id(phone))
            self.samples.append((time.perf_counter() - self.since) * 1000)
            if len(self.seen) == self.phones:
                self.everywhere.set()

    async def shown(self, within_s: float = 5) -> None:
        """Until every phone shows it; at most `within_s`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.everywhere.wait(), within_s)


class Plenary:
    """One rehearsal. `phones` sockets; more seats than phones take turns on them."""

    def __init__(self, door: Door, crew: Crew, phones: int, progress: Progress) -> None:
        self.door, self.crew, self.progress = door, crew, progress
        self.report = Report(phones=phones)
        self.probe = Probe(phones)
        self.phones = [Phone(door, NOW, self.probe.look) for _ in range(phones)]
        self.desk = {role: Phone(door, ()) for role in ("moderator", "captioner", "drafter")}
        self.seats: list[Member] = []
        self.said: list[str] = []
        self.ideas: dict[str, str] = {}
        self.idea_texts: dict[str, str] = {}

    # -- acting --------------------------------------------------------------------------------------------------------

    async def act(self, phone: Phone, name: str, /, refusal: str = "", **fields: object) -> Answer:
        """Act and count. A seat told to wait does so and acts again; `refusal` names a code that is expected."""
        while True:
            started = time.perf_counter()
            self.report.sent += 1
            answer = await phone.act(name, **fields)
            self.report.answers_ms.append((time.perf_counter() - started) * 1000)
            if answer["ok"]:
                self.report.acknowledged += 1
                return answer
            self.report.refused += 1
            self.report.refused_why[f"{name}: {answer['say']}"] += 1
            if answer["code"] == "limit":
                await asyncio.sleep(1)
                continue
            if answer["code"] != refusal:
                self.report.unexpected_refusals += 1
                self.report.problems.append(f"{name} was refused: {answer['say']}")
            return answer

    async def seat_people(self, count: int) -> None:
        """Seats for `count` people, and every phone on the line."""
        gate = asyncio.Semaphore(20)
        done = itertools.count(1)
        groups = ("hall", "hall", "remote")

        async def one(number: int) -> Member:
            async with gate:
                member = await self.door.join(
                    self.crew.join_path, name=f"Speaker {number + 1}", place=groups[number % len(groups)]
                )
            self.progress("joining", next(done), count)
            return member

        self.seats = list(await asyncio.gather(*(one(number) for number in range(count))))
        self.report.seats = count
        await asyncio.gather(*(phone.sit(seat) for phone, seat in zip(self.phones, self.seats, strict=False)))
        for role, phone in self.desk.items():
            await phone.sit(self.crew.members[role])

    async def phone_of(self, seat: int) -> Phone:
        """The phone of a seat; where seats take turns, the phone changes hands first."""
        phone = self.phones[seat % len(self.phones)]
        await phone.sit(self.seats[seat])
        return phone

    # -- the meeting ---------------------------------------------------------------------------------------------------

    async def replay(self, meeting: list[Said], speed: float, polls: int) -> None:
        """Every turn is asked for, called, captioned and ended, in the transcript's order; polls on the way."""
        speakers = {name: number for number, name in enumerate(dict.fromkeys(said.speaker for said in meeting))}
        every = max(1, len(meeting) // (polls + 1))
        await self.act(self.desk["moderator"], "events.move_on")
        for number, said in enumerate(meeting):
            await self.turn(speakers[said.speaker], said, speed)
            self.progress("turns", number + 1, len(meeting))
            if polls and (number + 1) % every == 0 and (number + 1) // every <= polls:
                await self.poll((number + 1) // every - 1)

    async def turn(self, seat: int, said: Said, speed: float) -> None:
        moderator, captioner = self.desk["moderator"], self.desk["captioner"]
        phone = await self.phone_of(seat)
        asked = await self.act(phone, "floor.ask", kind="point")
        handle = str(asked["data"]["turn"])
        self.report.turns_in += 1
        self.probe.expect("floor.now", handle)
        called = await self.act(moderator, "floor.call_next", expected=handle)
        if called["ok"] and called["data"].get("turn") != handle:
            self.report.turns_out_of_order += 1
        await self.act(moderator, "floor.start")
        await self.probe.shown()
        for piece in pieces(said.text):
            if speed:
                await self.act(captioner, "transcript.interim", text=piece[: len(piece) // 2])
                await asyncio.sleep(len(words(piece)) * 0.4 / speed)
            await self.act(captioner, "transcript.settle", text=piece)
            self.report.words_in += len(words(piece))
            self.said.append(piece)
        await self.act(moderator, "floor.end")

    # -- polls ---------------------------------------------------------------------------------------------------------

    async def poll(self, number: int) -> None:
        """Prepare, open, everybody on a phone votes, close."""
        moderator = self.desk["moderator"]
        kind = POLLS[number % len(POLLS)]
        prepared = await self.act(
            moderator, "ballots.prepare", secret="on", low_label="", high_label="", refusal="", **kind
        )
        handle, options = str(prepared["data"]["poll"]), [str(each) for each in prepared["data"]["options"]]
        self.probe.expect("ballots.open", handle)
        await self.act(moderator, "ballots.open", poll=handle)
        await self.probe.shown()
        await asyncio.gather(
            *(
                self.act(phone, "ballots.cast", poll=handle, choice=choice(str(kind["kind"]), options, place))
                for place, phone in enumerate(self.phones)
            )
        )
        await self.act(moderator, "ballots.close", poll=handle)
        self.report.polls_in += 1
        self.report.ballots_in += len(self.phones)
        self.last_poll = handle

    last_poll = ""

    # -- ideas and opinions --------------------------------------------------------------------------------------------

    async def converse(self, conversation: Conversation) -> None:
        """Comments become ideas by their authors; every voter casts their stances, and an upvote for each agree."""
        people = list(
            dict.fromkeys([*conversation.votes, *(author for author, _text in conversation.comments.values())])
        )
        seat = {voter: number for number, voter in enumerate(people)}
        for done, (comment, (author, text)) in enumerate(conversation.comments.items(), start=1):
            await self._idea(await self.phone_of(seat[author]), comment, text)
            self.progress("ideas", done, len(conversation.comments))
        total = sum(len(cast) for cast in conversation.votes.values())
        done = 0

        async def line(place: int) -> None:
            nonlocal done
            for voter, cast in conversation.votes.items():
                if seat[voter] % len(self.phones) != place:
                    continue
                phone = await self.phone_of(seat[voter])
                for vote in cast:
                    await self._stance(phone, vote.comment, vote.value)
                    done += 1
                    self.progress("stances", done, total)

        await asyncio.gather(*(line(place) for place in range(len(self.phones))))
        last = conversation.last()
        self.report.stances_in = len(last)
        agreed = {
            pair for pair in last if any(v.comment == pair[1] and v.value == 1 for v in conversation.votes[pair[0]])
        }
        self.report.upvotes_in = len(agreed)
        self.expected_stances = _tally(last.items())

    expected_stances: dict[str, dict[int, int]] = {}

    async def _idea(self, phone: Phone, comment: str, text: str) -> None:
        if len(text) > IDEA_LIMIT:
            await self.act(phone, "ideas.post", refusal="fields", text=text)
            text = text[: IDEA_LIMIT - 1].rsplit(" ", 1)[0] + "…"  # as its author would, told that it is too long
            self.report.ideas_shortened += 1
        posted = await self.act(phone, "ideas.post", text=text)
        self.ideas[comment] = str(posted["data"]["idea"])
        self.idea_texts[comment] = text
        self.report.ideas_in += 1

    async def _stance(self, phone: Phone, comment: str, value: int) -> None:
        idea = self.ideas[comment]
        word = {1: "agree", 0: "pass", -1: "disagree"}[value]
        await self.act(phone, "opinions.say", idea=idea, value=word)
        if value == 1:
            await self.act(phone, "ideas.upvote", idea=idea)

    # -- the statement -------------------------------------------------------------------------------------------------

    async def draft(self) -> None:
        """Clauses that rest on what was said, on ideas and on a poll; people stand for or against them; it is settled."""
        drafter = self.desk["drafter"]
        await self.act(drafter, "statements.name", title="Rehearsed statement", preamble="We met and listened.")
        stored = await self._segments()
        spoken = [(f"segment:{each['handle']}", quote(each["text"])) for each in _spread(stored, 6)]
        thought = [(f"idea:{self.ideas[key]}", self.idea_texts[key]) for key in list(self.ideas)[:6]]
        clauses = []
        for number, (source, quoted) in enumerate([*spoken, *thought], start=1):
            added = await self.act(drafter, "statements.add_clause", text=f"We hold, {number}: {quoted[:80]}", after="")
            clauses.append(str(added["data"]["clause"]))
            await self.act(drafter, "statements.cite", clause=clauses[-1], source=source, quote=quoted)
            self.report.citations += 1
        if clauses and (spoken or thought):
            source = (spoken or thought)[0][0]
            wrong = "words that nobody here has ever said, zyx"
            answer = await self.act(
                drafter, "statements.cite", refusal="refused", clause=clauses[0], source=source, quote=wrong
            )
            if answer["ok"]:
                self.report.citations_not_verbatim += 1
        for place, phone in enumerate(self.phones[:50]):
            if not clauses:
                break
            against = place % 7 == 0
            await self.act(
                phone,
                "statements.stand",
                clause=clauses[place % len(clauses)],
                value="oppose" if against else "support",
                reservation="This goes too far for us." if against else "",
            )
        if clauses:
            await self.act(drafter, "statements.settle")

    async def _segments(self) -> list[dict[str, Any]]:
        """What was said, as the drafter can read it: a long piece may have become several segments."""
        drafter = self.crew.members["drafter"]
        response = await self.door.page(drafter, "bundle.json")
        if response.status_code != 200:
            return []
        handle = drafter.base.rstrip("/").rpartition("/")[2]
        found: list[dict[str, Any]] = next(
            room["segments"] for room in response.json()["rooms"] if room["handle"] == handle
        )
        return found

    # -- the end -------------------------------------------------------------------------------------------------------

    async def compare_screens(self) -> None:
        """Wait until nothing moves any more, then hold every phone's screen beside a freshly loaded page."""
        await self._quiet()
        gate = asyncio.Semaphore(8)
        done = itertools.count(1)

        async def one(phone: Phone) -> None:
            assert phone.member is not None
            async with gate:
                fresh = parts_of((await self.door.page(phone.member)).text)
            held = phone.screen()
            self.report.screens += 1
            differ = [name for name in fresh.keys() & set(NOW) if held.get(name) != fresh[name]]
            if differ or not fresh:
                self.report.screens_differ += 1
                self.report.problems.append(f"a screen differs from its page in {', '.join(differ) or 'everything'}")
            self.progress("screens", next(done), len(self.phones))

        await asyncio.gather(*(one(phone) for phone in self.phones))

    async def _quiet(self, quiet_s: float = 1.5, within_s: float = 20) -> None:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            await asyncio.sleep(0.2)
            if time.monotonic() - max(phone.heard for phone in self.phones) > quiet_s:
                return

    async def close(self) -> None:
        lines: list[Awaitable[None]] = [phone.close() for phone in [*self.phones, *self.desk.values()]]
        await asyncio.gather(*lines)
        self.report.screens_ms = self.probe.samples


def pieces(text: str) -> list[str]:
    """A turn's text in pieces that a captioner would settle: at sentence ends, none longer than a segment may be."""
    found: list[str] = []
    for sentence in text.replace("? ", "?\n").replace(". ", ".\n").split("\n"):
        if not sentence.strip():
            continue
        if found and len(found[-1]) + len(sentence) < 400:
            found[-1] += " " + sentence.strip()
        else:
            found.append(sentence.strip())
    return [piece[at : at + SEGMENT_LIMIT] for piece in found for at in range(0, len(piece), SEGMENT_LIMIT)]


def choice(kind: str, options: list[str], place: int) -> object:
    """Some ballot of the kind; the place of the phone makes them differ, every ninth abstains."""
    if place % 9 == 8:
        return "abstain"
    match kind:
        case "one":
            return options[place % len(options)]
        case "several":
            return [options[place % len(options)], options[(place + 1) % len(options)]]
        case "scale":
            return str(1 + place % 7)
    turned = options[place % len(options) :] + options[: place % len(options)]
    return [f"{option}:{rank}" for rank, option in enumerate(turned, start=1)]


def quote(text: str) -> str:
    """Some words from the middle of a text, verbatim."""
    cut = text[len(text) // 4 : len(text) // 4 + 160]
    inner = cut.partition(" ")[2].rpartition(" ")[0]
    return inner or text


def _spread(items: list[Any], count: int) -> list[Any]:
    """`count` items from all over the list."""
    return items[:: max(1, len(items) // count)][:count] if items else []


def _tally(last: Iterable[tuple[tuple[str, str], int]]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for (_voter, comment), value in last:
        one = found.setdefault(comment, {1: 0, 0: 0, -1: 0})
        one[value] += 1
    return found


__all__ = ["NOW", "Away", "Plenary", "choice", "pieces", "quote"]

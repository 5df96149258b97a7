"""Simulated people for a lone newcomer: they join, ask for the floor, speak, vote, post and lift ideas at a human pace.

They come in over the real sockets, in a process of their own. One of them chairs until somebody else does: where the floor
stays empty for a while with people waiting, the next is called; now and then a poll is held. Once a person has called a
speaker or opened a poll, the chair is theirs."""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from deliberate.rehearsal.meeting import BLIND_FROM, choice
from deliberate.rehearsal.phone import Away, Booth, Door, Member, Phone
from deliberate.rehearsal.sayings import IDEAS, NAMES, POLLS, TALK

WATCH = (
    "floor.now",
    "floor.queue",
    "ballots.open",
    "ballots.frozen",
    "ideas.board",
    "transcript.live",
    "statements.text",
)
PATIENCE_S = 12
_segment = re.compile(r"correct=(\w+)")
#: What a picture says of the turn or the poll that runs: its handle.
_begun = {
    "floor.now": re.compile(r'data-turn="(\w+)"'),
    "ballots.turnout": re.compile(r'do/ballots\.close"[^>]*><input type="hidden" name="poll" value="(\w+)"'),
}


def start(links: dict[str, str], count: int, seats: Path) -> subprocess.Popen[str]:
    """Let `count` guests in, in a process of their own that ends with this one. The links go by its standard input.

    `seats` is a file of their cookies: guests who come again find the same seat, as anybody does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "deliberate.management.guests"],
        stdin=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl+C is for the demo
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"links": links, "count": count, "seats": str(seats)}) + "\n")
    process.stdin.flush()  # and kept open: its end tells the guests to go home
    return process


class Scribe:
    """Writes down what guests say, until a person does: two captioners at once would garble the words."""

    def __init__(self, door: Door) -> None:
        self.phone = Phone(door, ("transcript.captioner",))
        self.written: set[str] = set()

    @property
    def relieved(self) -> bool:
        """Whether words stand there that this one did not write."""
        shown = set(_segment.findall(self.phone.pictures.get("transcript.captioner", ("", ""))[1]))
        return not shown <= self.written

    async def write(self, text: str, *, settle: bool) -> None:
        if self.relieved:
            return
        await self.phone.act("transcript.interim", text=text)
        if settle:
            answer = await self.phone.act("transcript.settle", text=text)
            self.written.update(answer.get("data", {}).get("segments", ()))


class Guest:
    """One simulated person."""

    def __init__(self, phone: Phone, scribe: Scribe, number: int, booth: Booth) -> None:
        self.phone, self.scribe, self.booth = phone, scribe, booth
        self.lines = random.Random(number)
        self.voted: set[str] = set()
        self.lifted: set[str] = set()
        self.ideas = [IDEAS[number]] if number < len(IDEAS) else []

    async def live(self) -> None:
        """A look at the phone every few seconds, for as long as the room lasts."""
        await asyncio.sleep(self.lines.uniform(0, 15))
        while True:
            with suppress(Away):
                await self.look()
            await asyncio.sleep(self.lines.uniform(3, 12))

    def picture(self, part: str) -> str:
        return self.phone.pictures.get(part, ("", ""))[1]

    def has(self, kind: str) -> str:
        """The first mark of a kind that this seat holds: "turn:k3b9" for "turn"."""
        held = self.phone.member.held if self.phone.member is not None else set()
        return next((mark for mark in sorted(held) if mark.startswith(f"{kind}:")), "")

    async def look(self) -> None:
        turn = self.has("turn").partition(":")[2]
        if turn and f'data-turn="{turn}"' in self.picture("floor.now"):
            await self.speak(turn)
            return
        poll = re.search(r'(?:name="poll" value|data-blind)="(\w+)"', self.picture("ballots.open"))
        if poll and poll.group(1) not in self.voted:
            await self.vote(poll.group(1))
            return
        whim = self.lines.random()
        if whim < 0.12 and not turn:
            await self.phone.act("floor.ask", kind=self.lines.choice(("point", "point", "question")))
        elif whim < 0.25 and self.ideas:
            await self.phone.act("ideas.post", text=self.ideas.pop())
        elif whim < 0.7:
            await self.lift()
        elif whim < 0.8:
            await self.stand()

    async def speak(self, turn: str) -> None:
        """Wait to be started, say something, be captioned, and finish; for as long as the turn lasts."""
        await asyncio.sleep(self.lines.uniform(3, 6))
        text = self.lines.choice(TALK)
        said = ""
        for word in text.split():
            said = f"{said} {word}".strip()
            await asyncio.sleep(self.lines.uniform(0.2, 0.4))
            if turn not in self.picture("floor.now"):
                return  # ended by somebody else: what follows would stand under the next one's name
            await self.scribe.write(said, settle=word.endswith((".", "?")))
            if word.endswith((".", "?")):
                said = ""
        await self.phone.act("floor.finish")

    async def vote(self, poll: str) -> None:
        await asyncio.sleep(self.lines.uniform(1, 10))
        form = self.picture("ballots.open")
        options = list(dict.fromkeys(re.findall(r'name="choice"[^>]* value="([\w:-]+)"', form)))
        ranks = list(dict.fromkeys(re.findall(r'value="(\w+):\d+"', form)))
        numbers = [option for option in options if option.isdigit()]
        if ranks:
            picked = choice("ranking", self.lines.sample(ranks, len(ranks)), 0)
        elif numbers:
            picked = self.lines.choice(numbers)
        else:
            named = [option for option in options if option != "abstain"]
            picked = self.lines.choice(named) if named else "abstain"
        if "data-blind=" in form:
            await self.booth(self.phone, picked)
        else:
            await self.phone.act("ballots.cast", poll=poll, choice=picked)
        self.voted.add(poll)

    async def lift(self) -> None:
        ideas = list(dict.fromkeys(re.findall(r'name="idea" value="(\w+)"', self.picture("ideas.board"))))
        fresh = [idea for idea in ideas if idea not in self.lifted]
        if fresh:
            idea = self.lines.choice(fresh)
            self.lifted.add(idea)
            await self.phone.act("ideas.upvote", idea=idea)
            await self.phone.act(
                "opinions.say", idea=idea, value=self.lines.choice(("agree", "agree", "pass", "disagree"))
            )

    async def stand(self) -> None:
        clauses = list(dict.fromkeys(re.findall(r'name="clause" value="(\w+)"', self.picture("statements.text"))))
        if clauses:
            await self.phone.act("statements.stand", clause=self.lines.choice(clauses), value="support", reservation="")


class Chair:
    """Calls the next where nobody else does, and holds a poll now and then, until a person takes over."""

    def __init__(self, door: Door, count: int) -> None:
        self.secret = "blind" if count >= BLIND_FROM else "sealed"
        self.phone = Phone(door, ("floor.now", "floor.console", "ballots.turnout", "events.now"), self.look)
        self.polls = list(POLLS)
        self.begun: set[str] = set()
        self.relieved = False

    def look(self, _phone: Phone, name: str, html: str) -> None:
        """A turn or a poll that this one did not begin: somebody else has the chair."""
        running = _begun[name].findall(html) if name in _begun else []
        self.relieved = self.relieved or not self.begun.issuperset(running)

    def picture(self, part: str) -> str:
        return self.phone.pictures.get(part, ("", ""))[1]

    async def live(self) -> None:
        idle = time.monotonic()
        poll_at = time.monotonic() + 60
        if "First" in self.picture("events.now"):
            await self.phone.act("events.move_on")
        while not self.relieved:
            await asyncio.sleep(2)
            with suppress(Away):
                waiting = re.search(r'name="expected" value="(\w+)"', self.picture("floor.console"))
                if "data-turn=" in self.picture("floor.now") or not waiting:
                    idle = time.monotonic()
                elif time.monotonic() - idle > PATIENCE_S and not self.relieved:
                    await self.call(waiting.group(1))
                if time.monotonic() > poll_at and self.polls and not self.relieved:
                    poll_at = time.monotonic() + 240
                    await self.poll(*self.polls.pop(0))

    async def call(self, turn: str) -> None:
        self.begun.add(turn)
        if (await self.phone.act("floor.call_next", expected=turn))["ok"]:
            await self.phone.act("floor.start")

    async def poll(self, kind: str, question: str, options: str) -> None:
        made = await self.phone.act(
            "ballots.prepare", kind=kind, question=question, options=options, least="1",
            most="5" if kind == "scale" else "1", low_label="", high_label="", secret=self.secret,
        )  # fmt: skip
        if not made["ok"]:
            return
        poll = made["data"]["poll"]
        self.begun.add(poll)
        if (await self.phone.act("ballots.open", poll=poll))["ok"]:
            await asyncio.sleep(45)
            await self.phone.act("ballots.close", poll=poll)  # its own, whoever chairs by now; refused if it is closed


async def visit(links: dict[str, str], count: int, groups: list[str], seats: Path, booth: Booth) -> None:
    """Join with `count` guests, a captioner and a chair, and stay until cancelled."""
    door = Door(links["host"])
    known: dict[str, list[str]] = json.loads(await asyncio.to_thread(_kept, seats))

    async def sit(phone: Phone, who: str, role: str, **fields: str) -> None:
        member = Member(known[who][0], known[who][1]) if who in known else None
        if member is None or (await door.page(member)).status_code != 200:
            member = await door.join(links[role], **fields)
            known[who] = [member.cookie, member.base]
        await phone.sit(member)

    scribe, chair = Scribe(door), Chair(door, count)
    await sit(scribe.phone, "scribe", "captioner")
    scribe.written.update(_segment.findall((await door.page(cast(Member, scribe.phone.member))).text))
    await sit(chair.phone, "chair", "moderator")
    lives = [chair.live()]
    for number in range(count):
        phone = Phone(door, WATCH)
        name = f"{NAMES[number % len(NAMES)]} {number // len(NAMES) + 1}" if number >= len(NAMES) else NAMES[number]
        group = groups[number % len(groups)] if groups else ""
        place = "remote" if number % 3 == 2 else "hall"
        await sit(phone, f"guest {number}", "participant", name=name, place=place, group=group)
        lives.append(Guest(phone, scribe, number, booth).live())
    await asyncio.to_thread(seats.write_text, json.dumps(known))
    await asyncio.gather(*lives)


def _kept(seats: Path) -> str:
    """What the file of seats holds. It is made for its owner's eyes alone: a cookie is a seat."""
    seats.touch(mode=0o600)
    return seats.read_text() or "{}"


async def _groups(links: dict[str, str]) -> list[str]:
    """The handles of the groups that the join page offers."""
    import httpx

    async with httpx.AsyncClient(follow_redirects=True) as http:
        page = (await http.get(links["participant"])).text
    form = page[page.find('name="group"') :].partition("</select>")[0]
    return [handle for handle in re.findall(r'<option value="(\w+)"', form) if handle]


async def main(booth: Booth) -> None:
    """Read who is asked for from standard input, and stay until that ends."""
    asked: dict[str, Any] = json.loads(sys.stdin.readline())
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(
        visit(asked["links"], asked["count"], await _groups(asked["links"]), Path(asked["seats"]), booth)
    )
    ended = loop.run_in_executor(None, sys.stdin.read)
    await asyncio.wait([task, asyncio.ensure_future(ended)], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()

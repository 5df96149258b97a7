"""The last word counts: a frame that comes again after a newer one is answered and changes nothing, wherever it comes in."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import websockets
from playwright.sync_api import Browser, expect

from deliberate.rehearsal.phone import Door, Member, Phone, marks_of
from tests.service import Service, running, workers
from tests.stories.stage import Hand, sit

Frame = dict[str, Any]
OLD, NEW = "old-word-of-ann", "new-word-of-ann"


class Room:
    """An idea and a poll with names, as everybody in the room knows them."""

    def __init__(self, idea: str, poll: str, options: list[str]) -> None:
        self.idea, self.poll, self.options = idea, poll, options

    def said(self, upvoted: bool, value: str, option: int, act: str) -> list[Frame]:
        """What one seat says of both."""
        upvote = "ideas.upvote" if upvoted else "ideas.unvote"
        return [
            {"do": upvote, "with": {"idea": self.idea}, "id": f"{act}-upvote"},
            {"do": "opinions.say", "with": {"idea": self.idea, "value": value}, "id": f"{act}-stance"},
            {"do": "ballots.cast", "with": {"poll": self.poll, "choice": self.options[option]}, "id": f"{act}-ballot"},
        ]


async def prepared(service: Service, door: Door) -> Room:
    moderator, author = Phone(door, ()), Phone(door, ())
    await moderator.sit(await door.join(service.links["moderator"]))
    await author.sit(await door.join(service.links["participant"]))
    asked = {"question": "Who begins?", "kind": "one", "options": "We\nThey", "secret": ""}
    poll = (await moderator.act("ballots.prepare", **asked))["data"]
    assert (await moderator.act("ballots.open", poll=poll["poll"]))["ok"]
    idea = (await author.act("ideas.post", text="Open the register."))["data"]["idea"]
    for phone in (moderator, author):
        await phone.close()
    return Room(idea, poll["poll"], poll["options"])


async def told(service: Service, member: Member, frames: list[Frame]) -> list[Frame]:
    """Answers to these frames, sent as they are over a line of their own."""
    answers: dict[str, Frame] = {}
    async with websockets.connect(
        service.url.replace("http", "ws", 1) + member.base + "live",
        additional_headers={"Cookie": f"seat={member.cookie}", "Origin": service.url},
        proxy=None,
    ) as line:
        for frame in frames:
            await line.send(json.dumps(frame))
        async with asyncio.timeout(30):
            while len(answers) < len(frames):
                answer = json.loads(await line.recv()).get("a")
                if answer:
                    answers[answer["id"]] = answer
    return [answers[frame["id"]] for frame in frames]


async def stands(service: Service, member: Member, room: Room) -> None:
    """The newer word, and it alone, is stored; their own screen says so too."""
    door = Door(service.url)
    held = {mark for some in marks_of((await door.page(member)).text).values() for mark in some}
    assert {mark for mark in held if mark.startswith(("upvoted:", "stance:", "chose:"))} == {
        f"stance:{room.idea}:disagree",
        f"chose:{room.poll}:{room.options[1]}",
    }
    host = await door.join(service.links["host"])
    (found,) = (await door.page(host, "bundle.json")).json()["rooms"]
    (idea,) = [each for each in found["ideas"] if each["handle"] == room.idea]
    assert (idea["support"], idea["agree"], idea["disagree"]) == (0, 0, 1)
    await door.close()


async def test_an_old_frame_after_a_process_was_killed_changes_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        door = Door(service.url)
        room, ann = await prepared(service, door), await door.join(service.links["participant"])
        old, new = room.said(True, "agree", 0, OLD), room.said(False, "disagree", 1, NEW)
        for frames in (old, new):
            assert all(answer["ok"] for answer in await told(service, ann, frames))
        service.kill()
        await asyncio.to_thread(service.restart)
        again = await told(service, ann, old)
        assert all(answer["ok"] for answer in again)
        await stands(service, ann, room)
        await door.close()


async def test_an_old_frame_at_another_process_changes_nothing_however_many_come_at_once(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    with workers(2, tmp_path, postgres_url, redis_url, LIMIT_FACTOR="1000") as (one, other):
        door = Door(one.url)
        room, ann = await prepared(one, door), await door.join(one.links["participant"])
        old, new = room.said(True, "agree", 0, OLD), room.said(False, "disagree", 1, NEW)
        # Both lines of the seat bring the same at the same moment: it is done once, and both hear that it is.
        for frames in (old, new, [*new, *old], old[::-1]):
            answers = await asyncio.gather(*(told(service, ann, frames) for service in (one, other, one, other)))
            assert [answer["code"] for some in answers for answer in some if not answer["ok"]] == []
        await stands(other, ann, room)
        await door.close()


def test_a_tap_that_the_service_failed_to_store_does_not_come_after_the_next(tmp_path: Path, chromium: Browser) -> None:
    with running(tmp_path) as service:
        Hand(service.links["participant"]).do("ideas.post", text="Open the register.")
        context = chromium.new_context()
        phone = sit(context, service.links["participant"], "ideas/")
        expect(phone.locator("#line")).to_have_attribute("data-line", "live")
        idea = phone.locator("#part-ideas-board .idea", has_text="Open the register.")
        agree, disagree = (idea.locator(f"button[form={form}]:visible") for form in ("agree", "disagree"))
        with closing(sqlite3.connect(tmp_path / "deliberate.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            agree.click()
            for _second in range(60):
                phone.wait_for_timeout(1000)
                if "could not store" in service.log.read_text():
                    break
            other.execute("ROLLBACK")
        disagree.click()
        expect(idea.locator("[aria-busy]")).to_have_count(0)
        link = sqlite3.connect(f"file:{tmp_path / 'deliberate.sqlite3'}?mode=ro", uri=True, isolation_level=None)
        with closing(link):

            def stored() -> list[tuple[int]]:
                return link.execute("SELECT value FROM polls_stance").fetchall()

            for _half_a_second in range(60):
                if stored() == [(-1,)]:
                    break
                phone.wait_for_timeout(500)
            phone.wait_for_timeout(3000)  # nothing older comes after it
            assert stored() == [(-1,)]
        context.close()

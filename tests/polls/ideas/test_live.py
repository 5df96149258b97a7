"""Ideas from outside: real sockets, two phones and a console, and every screen as a fresh page would show it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from deliberate.rehearsal.phone import Door
from tests.phones import as_reloaded, sit
from tests.service import Service, running

BOARD = ("ideas.board", "ideas.mine")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("ideas"), LIVE_TICK_S="0.02", LIMIT_ACTS_PER_MINUTE="100000") as found:
        yield found


async def test_an_idea_travels_from_one_phone_to_the_others_and_to_the_console_and_back(
    service: Service, door: Door
) -> None:
    ann = await sit(door, service.links["participant"], BOARD, name="Ann")
    ben = await sit(door, service.links["participant"], BOARD, name="Ben")
    moderator = await sit(door, service.links["moderator"], ("ideas.desk", "ideas.aside"))

    posted = await ann.act("ideas.post", text="Dig wells", show_author="on")
    idea = posted["data"]["idea"]
    assert posted["turned"] == {"ideas": [[f"idea:{idea}"], []]}
    assert (await ben.act("ideas.upvote", idea=idea))["ok"]
    assert (await ben.act("ideas.upvote", idea=idea))["turned"] == {"ideas": [[f"upvoted:{idea}"], []]}
    agreed = (await ben.act("opinions.say", idea=idea, value="agree"))["turned"]["opinions"]
    assert agreed == [[f"stance:{idea}:agree"], [f"stance:{idea}:pass", f"stance:{idea}:disagree"]]
    for phone in (ann, ben, moderator):
        await as_reloaded(phone, "ideas/", "ideas")
    assert "Dig wells" in ben.screen()["ideas.board"]
    assert "<b>1</b>" in ann.screen()["ideas.board"]

    hidden = await moderator.act("ideas.hide", idea=idea, reason="It belongs elsewhere")
    assert hidden["data"]["undo"]["command"] == "ideas.unhide"
    for phone in (ann, ben, moderator):
        await as_reloaded(phone, "ideas/", "ideas")
    assert "Dig wells" not in ben.screen()["ideas.board"]
    assert f'data-when="idea:{idea}">Your idea 1 was taken off the board' in ann.screen()["ideas.mine"]
    assert ">It belongs elsewhere</q>" in ann.screen()["ideas.mine"]
    assert "It belongs elsewhere" not in str(ben.screen())
    assert f'data-when="idea:{idea}" hidden>' in ben.screen()["ideas.mine"]
    for phone in (ann, ben, moderator):
        await phone.close()


async def test_whose_stances_on_merged_ideas_differ_learns_at_once_which_counts(service: Service, door: Door) -> None:
    ann = await sit(door, service.links["participant"], BOARD, name="Ann")
    moderator = await sit(door, service.links["moderator"], ("ideas.desk",))
    one, two = [(await ann.act("ideas.post", text=text))["data"]["idea"] for text in ("More wells", "More water")]
    await ann.act("opinions.say", idea=two, value="disagree")
    await ann.act("opinions.say", idea=one, value="agree")
    await moderator.act("ideas.merge", idea=two, into=one)
    assert ann.member is not None
    for _attempt in range(100):
        if ann.member.marks.get("opinions") == [f"stance:{one}:agree"]:
            break
        await asyncio.sleep(0.02)
    assert ann.member.marks["opinions"] == [f"stance:{one}:agree"]
    await as_reloaded(ann, "ideas/", "ideas")
    for phone in (ann, moderator):
        await phone.close()

"""The statement from outside: real sockets, a drafter and two phones, and every screen as a fresh page would show it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from deliberate.rehearsal.phone import Door, Phone
from polls.statements.screens import parts_of as pages_of
from tests.phones import as_reloaded, sit
from tests.service import Service, running

TEXT = tuple(pages_of("statements.text"))
DESK = (*pages_of("statements.drafter"), "statements.proposals")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("statements"), LIVE_TICK_S="0.02", LIMIT_ACTS_PER_MINUTE="100000") as found:
        yield found


def words(phone: Phone, part: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", phone.screen().get(part, "")).split())


async def test_a_clause_travels_from_an_idea_to_the_desk_to_every_phone_and_back_to_the_idea(
    service: Service, door: Door
) -> None:
    ann = await sit(door, service.links["participant"], TEXT, name="Ann")
    ben = await sit(door, service.links["participant"], TEXT, name="Ben")
    drafter = await sit(door, service.links["drafter"], DESK)
    screens = {ann: "text/", ben: "text/", drafter: ""}

    idea = (await ann.act("ideas.post", text="Dig wells in every village"))["data"]["idea"]
    proposed = await ben.act("statements.propose", source=f"idea:{idea}", note="It is what we need.")
    assert proposed["turned"] == {"statements": [[f"proposed:idea:{idea}"], []]}
    refused = await drafter.act("statements.cite", clause="", source=f"idea:{idea}", quote="Dig wells in each village")
    assert (refused["ok"], refused["say"]) == (False, "These words are not in the source. Quote it as it stands.")
    cited = await drafter.act("statements.cite", clause="", source=f"idea:{idea}", quote="Dig wells")
    clause = cited["data"]["clause"]
    await drafter.act("statements.edit_clause", clause=clause, text="We dig a well in every village.", revision=0)
    await ann.act("statements.stand", clause=clause, value="block", reservation="Who pays?", revision=1)
    await ben.act("statements.stand", clause=clause, value="support", revision=1)
    for phone, screen in screens.items():
        await as_reloaded(phone, screen, "statements")
    assert (
        "Clause 1 We dig a well in every village. 1 supports it 0 can live with it 0 reservations 1 can’t accept it"
        in words(ben, "statements.text")
    )
    assert "Nothing waits." in words(drafter, "statements.proposals")
    assert ben.member is not None
    assert ben.member.marks["statements"] == [f"stands:{clause}:support", f"stood:{clause}", f"stood:{clause}:1"]
    assert ann.member is not None
    assert "In clause 1" in (await door.page(ann.member, "ideas/")).text

    settled = await drafter.act("statements.settle")
    kept = await drafter.act("statements.remove_clause", clause=clause)
    assert (kept["ok"], kept["code"]) == (False, "settled")
    for phone, screen in screens.items():
        await as_reloaded(phone, screen, "statements")
    host = await sit(door, service.links["host"], ())
    await host.act("statements.reopen", clause="", reason="A figure was wrong.", sure="on")
    await drafter.act("statements.remove_clause", clause=clause)
    for phone, screen in screens.items():
        await as_reloaded(phone, screen, "statements")
    assert "We dig" not in words(ben, "statements.text")
    assert settled["data"]["hash"] in (await door.page(ben.member, "versions/")).text
    for phone in (*screens, host):
        await phone.close()

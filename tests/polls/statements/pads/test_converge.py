"""Several drafters edit at random while their lines drop and words are struck from what was said, which begins every pad anew:
all pads come to the same words, and so does the clause.

The documents are real ones (pycrdt, as Yjs keeps them), the line is the real socket. DRAFTS in the environment makes it
happen more often."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from deliberate.rehearsal.phone import Door, Phone
from deliberate.text import paragraphs
from tests.polls.statements.pads.drafters import Desk, Drafter
from tests.service import Service, running
from tests.waiting import came

DRAFTS, DRAFTERS = int(os.environ.get("DRAFTS", "6")), 3
PIECES = ["so ", "e\u0301", "\U0001f33e", "سلام ", "\n", "word", "."]
#: Who does what, where, with which words or how many letters, and how long they pause then, in hundredths of a second.
ACTS = st.lists(
    st.tuples(
        st.integers(0, DRAFTERS - 1),
        st.sampled_from(["insert"] * 5 + ["delete"] * 3 + ["drop"] * 2 + ["back", "form", "strike"]),
        st.integers(0, 60),
        st.integers(0, len(PIECES) - 1),
        st.sampled_from([0, 0, 0, 1, 5]),
    ),
    min_size=5,
    max_size=40,
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("converge"), LIMIT_FACTOR="1000000") as found:
        yield found


async def _edit(service: Service, acts: list[tuple[int, str, int, int, int]]) -> None:
    door = Door(service.url)
    desk = Desk(service, door)
    await desk.begin("We ask for peace and for bread.")
    crew = [await desk.phone(role, ()) for role in ("captioner", "moderator")]
    drafters = [await desk.drafter() for _each in range(DRAFTERS)]
    for who, what, at, number, pause in acts:
        if what == "strike":
            await _strike(*crew)
        else:
            await _act(desk, drafters[who], what, at, number)
        await asyncio.sleep(pause / 100)
    for each in drafters:
        await each.drop()
        await each.connect()
    await came(lambda: all(each.kept and each.writes for each in drafters))
    await came(lambda: len({str(each) for each in drafters}) == 1)
    words = paragraphs(str(drafters[0]))
    if words:  # readers get them tidied
        await came(lambda: desk.shown()[0] == words, 12)
    assert (await desk.form.act("statements.remove_clause", clause=desk.clause))["ok"]  # a statement holds only so many
    await desk.close()
    await door.close()


async def _strike(captioner: Phone, moderator: Phone) -> None:
    """Words are struck: who has a pad open is told that it is another one, and what they had not brought there is not on it."""
    (segment,) = (await captioner.act("transcript.settle", text="We saw a quagga."))["data"]["segments"]
    struck = {"segment": segment, "words": "quagga", "sure": "on"}
    assert (await moderator.act("transcript.strike", **struck))["ok"]


async def _act(desk: Desk, drafter: Drafter, what: str, at: int, number: int) -> None:
    if what == "insert":
        await drafter.insert(min(at, len(str(drafter))), PIECES[number])
    elif what == "delete":
        await drafter.delete(min(at, len(str(drafter))), 2 * number)
    elif what == "drop":
        await drafter.drop()
    elif what == "back" and not drafter.alive:
        await drafter.connect()
    elif what == "form":
        text, revision = desk.shown()
        if revision >= 0:  # refused where somebody typed since: that is told, and harms nobody
            fields = {"clause": desk.clause, "text": f"{text} {PIECES[number]}", "revision": revision}
            await desk.form.act("statements.edit_clause", **fields)


@settings(
    max_examples=DRAFTS, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(ACTS)
def test_all_pads_and_the_clause_come_to_the_same_words(
    service: Service, acts: list[tuple[int, str, int, int, int]]
) -> None:
    asyncio.run(_edit(service, acts))

"""A conversation replayed in a room that refuses."""

from __future__ import annotations

from typing import Any

from deliberate.rehearsal.board import converse
from deliberate.rehearsal.material import Conversation, Vote
from deliberate.rehearsal.phone import Phone
from deliberate.rehearsal.plenary import Plenary


class Full(Plenary):
    """A plenary whose board takes no idea."""

    def __init__(self) -> None:
        nothing: Any = None
        super().__init__(nothing, nothing, 1, lambda *_progress: None, nothing)
        self.asked: list[str] = []

    async def phone_of(self, seat: int) -> Phone:
        return self.phones[0]

    async def act(self, phone: Phone, name: str, /, refusal: str = "", **fields: object) -> dict[str, Any]:
        self.asked.append(name)
        return {"ok": False, "code": "full", "say": "The board is full."}


async def test_an_idea_that_is_refused_ends_no_rehearsal() -> None:
    plenary = Full()
    await converse(plenary, Conversation({"1": ("ann", "Dig wells")}, {"ben": [Vote("1", 1)]}))
    assert plenary.asked == ["ideas.post"], "nobody stands by what is not there"
    assert plenary.report.ideas_in == 0

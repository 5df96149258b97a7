"""A conversation as it was held elsewhere: comments become ideas, votes become stances and upvotes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from deliberate.rehearsal.material import Conversation
from deliberate.rehearsal.phone import Phone
from deliberate.rehearsal.plenary import Plenary

IDEA_LIMIT = 280


async def converse(plenary: Plenary, conversation: Conversation) -> None:
    """Comments become ideas by their authors; every voter casts their stances, and an upvote for each agree."""
    people = list(dict.fromkeys([*conversation.votes, *(author for author, _text in conversation.comments.values())]))
    seat = {voter: number for number, voter in enumerate(people)}
    for done, (comment, (author, text)) in enumerate(conversation.comments.items(), start=1):
        await _idea(plenary, await plenary.phone_of(seat[author]), comment, text)
        plenary.progress("ideas", done, len(conversation.comments))
    total = sum(len(cast) for cast in conversation.votes.values())
    done = 0

    async def line(place: int) -> None:
        nonlocal done
        for voter, cast in conversation.votes.items():
            if seat[voter] % len(plenary.phones) != place:
                continue
            phone = await plenary.phone_of(seat[voter])
            for vote in cast:
                await _stance(plenary, phone, vote.comment, vote.value)
                done += 1
                plenary.progress("stances", done, total)

    await asyncio.gather(*(line(place) for place in range(len(plenary.phones))))
    last = conversation.last()
    plenary.report.stances_in = len(last)
    agreed = {pair for pair in last if any(v.comment == pair[1] and v.value == 1 for v in conversation.votes[pair[0]])}
    plenary.report.upvotes_in = len(agreed)
    plenary.expected_stances = _tally(last.items())


async def _idea(plenary: Plenary, phone: Phone, comment: str, text: str) -> None:
    if len(text) > IDEA_LIMIT:
        await plenary.act(phone, "ideas.post", refusal="fields", text=text)
        text = text[: IDEA_LIMIT - 1].rsplit(" ", 1)[0] + "…"  # as its author would, told that it is too long
        plenary.report.ideas_shortened += 1
    posted = await plenary.act(phone, "ideas.post", text=text)
    if not posted["ok"]:
        return  # it stands among the report's problems
    plenary.ideas[comment] = str(posted["data"]["idea"])
    plenary.idea_texts[comment] = text
    plenary.report.ideas_in += 1


async def _stance(plenary: Plenary, phone: Phone, comment: str, value: int) -> None:
    idea = plenary.ideas.get(comment)
    if idea is None:
        return
    word = {1: "agree", 0: "pass", -1: "disagree"}[value]
    await plenary.act(phone, "opinions.say", idea=idea, value=word)
    if value == 1:
        await plenary.act(phone, "ideas.upvote", idea=idea)


def _tally(last: Iterable[tuple[tuple[str, str], int]]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for (_voter, comment), value in last:
        one = found.setdefault(comment, {1: 0, 0: 0, -1: 0})
        one[value] += 1
    return found

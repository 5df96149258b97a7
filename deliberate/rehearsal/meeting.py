"""A meeting as it was held: every turn asked for, called, captioned and ended, and polls on the way."""

from __future__ import annotations

import asyncio
from textwrap import wrap

from deliberate.rehearsal.material import Said, words
from deliberate.rehearsal.plenary import Plenary

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


async def replay(plenary: Plenary, meeting: list[Said], speed: float, polls: int) -> None:
    """Every turn is asked for, called, captioned and ended, in the transcript's order; polls on the way."""
    speakers = {name: number for number, name in enumerate(dict.fromkeys(said.speaker for said in meeting))}
    every = max(1, len(meeting) // (polls + 1))
    await plenary.act(plenary.desk["moderator"], "events.move_on")
    for number, said in enumerate(meeting):
        await _turn(plenary, speakers[said.speaker], said, speed)
        plenary.progress("turns", number + 1, len(meeting))
        if polls and (number + 1) % every == 0 and (number + 1) // every <= polls:
            await hold_poll(plenary, (number + 1) // every - 1)


#: With fewer seats no blind poll can be held: what an event's smallest cell is by default.
BLIND_FROM = 5


async def _turn(plenary: Plenary, seat: int, said: Said, speed: float) -> None:
    moderator, captioner = plenary.desk["moderator"], plenary.desk["captioner"]
    phone = await plenary.phone_of(seat)
    asked = await plenary.act(phone, "floor.ask", kind="point")
    handle = str(asked["data"]["turn"])
    plenary.report.turns_in += 1
    plenary.probe.expect("floor.now", handle)
    called = await plenary.act(moderator, "floor.call_next", expected=handle)
    if called["ok"] and called["data"].get("turn") != handle:
        plenary.report.turns_out_of_order += 1
    await plenary.act(moderator, "floor.start")
    await plenary.probe.shown()
    for piece in pieces(said.text):
        if speed:
            await plenary.act(captioner, "transcript.interim", text=piece[: len(piece) // 2])
            await asyncio.sleep(len(words(piece)) * 0.4 / speed)
        await plenary.act(captioner, "transcript.settle", text=piece)
        plenary.report.words_in += len(words(piece))
        plenary.said.append(piece)
    await plenary.act(moderator, "floor.end")


async def hold_poll(plenary: Plenary, number: int) -> None:
    """Prepare, open, everybody on a phone votes, close. Blind, where enough people sit there."""
    moderator = plenary.desk["moderator"]
    kind = POLLS[number % len(POLLS)]
    blind = len(plenary.seats) >= BLIND_FROM
    secret = "blind" if blind else "sealed"
    prepared = await plenary.act(
        moderator, "ballots.prepare", secret=secret, low_label="", high_label="", refusal="", **kind
    )
    handle, options = str(prepared["data"]["poll"]), [str(each) for each in prepared["data"]["options"]]
    plenary.probe.expect("ballots.open", handle)
    await plenary.act(moderator, "ballots.open", poll=handle)
    await plenary.probe.shown()
    await asyncio.gather(
        *(
            plenary.vote(phone, handle, choice(str(kind["kind"]), options, place), blind=blind)
            for place, phone in enumerate(plenary.phones)
        )
    )
    await plenary.act(moderator, "ballots.close", poll=handle)
    plenary.report.polls_in += 1
    plenary.report.ballots_in += len(plenary.phones)


def pieces(text: str) -> list[str]:
    """A turn's text in pieces that a captioner would settle: at sentence ends, and where a sentence is longer than a segment
    may be, between its words."""
    found: list[str] = []
    for sentence in text.replace("? ", "?\n").replace(". ", ".\n").split("\n"):
        if not sentence.strip():
            continue
        if found and len(found[-1]) + len(sentence) < 400:
            found[-1] += " " + sentence.strip()
        else:
            found.append(sentence.strip())
    return [part for piece in found for part in wrap(piece, SEGMENT_LIMIT, break_on_hyphens=False, expand_tabs=False)]


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

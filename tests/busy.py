"""A room in which something of everything has happened, and somebody in every role."""

from __future__ import annotations

from typing import Any

from deliberate.clock import now
from rooms.events.models import Event, Room
from rooms.seats.models import Seat
from rooms.transcript.models import Sound
from tests import make

SAID = "Trust costs a village nothing. Where the register can be bought, a title means nothing. We will come back."


def people(event: Event, here: Room | None = None, word: str = "") -> list[Seat]:
    """Take the seats (three participants, one of everybody else) and do what leaves rows of every kind, in the event's
    first room or in `here`. `word` stands in whatever is said or typed."""
    here = here or make.room(event)
    people = [make.seat(event, name=f"{name}{word}", group=group) for name, group in PEOPLE]
    crew = {role: make.seat(event, role) for role in ("moderator", "captioner", "drafter", "wall", "host")}
    ann, ben, cem = people
    moderator, captioner, drafter = crew["moderator"], crew["captioner"], crew["drafter"]

    def act(who: Seat, name: str, **fields: object) -> Any:
        return make.act_in(here, who, name, "", **fields).data

    for who in people:
        act(who, "seats.move")
    if not here.agenda.exists():
        act(crew["host"], "events.add_item", title=f"The one point{word}", minutes="5")
    act(moderator, "events.move_on")
    first = act(ann, "floor.ask", kind="point")["turn"]
    act(moderator, "floor.call_next", expected=first)
    act(moderator, "floor.start")
    segments = act(captioner, "transcript.settle", text=f"{SAID}{word}")["segments"]
    heard = Sound.objects.create(room=here, started_at=now(), octets=bytes(3200))
    here.segments.filter(handle__in=segments).update(sound=heard)
    act(moderator, "floor.end")
    act(captioner, "transcript.settle", text=f"Words of nobody in particular{word}.")
    act(ben, "floor.ask", kind="reply")
    act(cem, "floor.ask", kind="question")
    ideas = [
        act(who, "ideas.post", text=f"{text}{word}", show_author="on")["idea"]
        for who, text in zip(people, IDEAS, strict=True)
    ]
    act(ann, "ideas.upvote", idea=ideas[1])
    act(ben, "opinions.say", idea=ideas[0], value="agree")
    act(moderator, "ideas.hide", idea=ideas[2], reason=f"Said before{word}")
    closed = ""
    for secret in ("sealed", ""):
        poll = act(
            moderator,
            "ballots.prepare",
            question=f"Shall we{word}?",
            kind="one",
            options=f"Yes{word}\nNo",
            secret=secret,
        )
        make.opens(moderator, poll["poll"], here)
        for who in people:
            act(who, "ballots.cast", poll=poll["poll"], choice=poll["options"][0])
        act(moderator, "ballots.close", poll=poll["poll"], sure="on")
        closed = poll["poll"]
    act(moderator, "ballots.prepare", question=f"And now{word}?", kind="ranking", options="A\nB\nC", secret="sealed")
    asked = {"question": f"Which of these{word}?", "kind": "several", "options": "A\nB\nC", "secret": "sealed"}
    poll = act(moderator, "ballots.prepare", **asked)
    make.opens(moderator, poll["poll"], here)
    act(ann, "ballots.cast", poll=poll["poll"], choice=poll["options"][:2])
    source = f"segment:{segments[0]}"
    cited = act(drafter, "statements.cite", clause="", source=source, quote="Trust costs a village nothing.")
    act(drafter, "statements.add_clause", text=f"We begin with water{word}.", after="")
    act(ann, "statements.stand", clause=cited["clause"], value="support", reservation="")
    shared = {"clause": cited["clause"], "revision": "0", "signed": "group"}
    made = [
        act(who, "amendments.propose", kind=kind, text=text, reason=f"So that it holds{word}", **shared)["amendment"]
        for who, kind, text in (
            (ann, "change", f"Trust costs a village everything{word}."),
            (ben, "change", f"Trust costs a village nothing but time{word}."),
            (cem, "after", f"We say so in every language{word}."),
            (ann, "delete", ""),
            (ben, "before", f"We have met{word}."),
        )
    ]
    act(cem, "amendments.cosign", amendment=made[0])
    act(drafter, "amendments.decline", amendment=made[3], reason=f"It is what we came for{word}")
    act(moderator, "amendments.hide", amendment=made[4], reason=f"Said before{word}")
    version = act(drafter, "statements.settle")["version"]
    act(ann, "endorsements.sign", version=version, organisation=f"The Union of Salt Carriers{word}", signed="")
    act(ben, "endorsements.sign", version=version, organisation="", signed="name")
    act(crew["host"], "statements.reopen", reason=f"A figure was wrong{word}.", sure="on")
    act(ben, "statements.propose", source=f"idea:{ideas[0]}", note=f"It is what we came for{word}")
    act(cem, "statements.propose", source=f"poll:{closed}", note="")
    return [*people, *crew.values()]


PEOPLE = (("Ann", "Youth"), ("Ben", "Youth"), ("Cem", "Diplomats"))
IDEAS = ("Open the books", "Pay for the day", "Rotate the chair")

"""A room in which something of everything has happened, and somebody in every role."""

from __future__ import annotations

from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make

SAID = "Trust costs a village nothing. Where the register can be bought, a title means nothing. We will come back."


def people(event: Event) -> list[Seat]:
    """Take the seats (three participants, one of everybody else) and do what leaves rows of every kind."""
    people = [make.seat(event, name=name, group=group) for name, group in PEOPLE]
    crew = {role: make.seat(event, role) for role in ("moderator", "captioner", "drafter", "wall", "host")}
    ann, ben, cem = people
    moderator, captioner, drafter = crew["moderator"], crew["captioner"], crew["drafter"]
    make.act(moderator, "events.move_on")
    first = make.act(ann, "floor.ask", kind="point").data["turn"]
    make.act(moderator, "floor.call_next", expected=first)
    make.act(moderator, "floor.start")
    segments = make.act(captioner, "transcript.settle", text=SAID).data["segments"]
    make.act(moderator, "floor.end")
    make.act(captioner, "transcript.settle", text="Words of nobody in particular.")
    make.act(ben, "floor.ask", kind="reply")
    make.act(cem, "floor.ask", kind="question")
    ideas = [
        make.act(who, "ideas.post", text=text, show_author="on").data["idea"]
        for who, text in zip(people, IDEAS, strict=True)
    ]
    make.act(ann, "ideas.upvote", idea=ideas[1])
    make.act(ben, "opinions.say", idea=ideas[0], value="agree")
    make.act(moderator, "ideas.hide", idea=ideas[2], reason="Said before")
    closed = ""
    for secret in ("on", ""):
        poll = make.act(
            moderator, "ballots.prepare", question="Shall we?", kind="one", options="Yes\nNo", secret=secret
        ).data
        make.act(moderator, "ballots.open", poll=poll["poll"])
        for who in people:
            make.act(who, "ballots.cast", poll=poll["poll"], choice=poll["options"][0])
        make.act(moderator, "ballots.close", poll=poll["poll"])
        closed = poll["poll"]
    make.act(moderator, "ballots.prepare", question="And now?", kind="ranking", options="A\nB\nC", secret="on")
    poll = make.act(moderator, "ballots.prepare", question="Which of these?", kind="several", options="A\nB\nC").data
    make.act(moderator, "ballots.open", poll=poll["poll"])
    make.act(ann, "ballots.cast", poll=poll["poll"], choice=poll["options"][:2])
    cited = make.act(
        drafter, "statements.cite", clause="", source=f"segment:{segments[0]}", quote="Trust costs a village nothing."
    )
    make.act(drafter, "statements.add_clause", text="We begin with water.", after="")
    make.act(ann, "statements.stand", clause=cited.data["clause"], value="support", reservation="")
    make.act(ben, "statements.propose", source=f"idea:{ideas[0]}", note="It is what we came for")
    make.act(cem, "statements.propose", source=f"poll:{closed}", note="")
    return [*people, *crew.values()]


PEOPLE = (("Ann", "Youth"), ("Ben", "Youth"), ("Cem", "Diplomats"))
IDEAS = ("Open the books", "Pay for the day", "Rotate the chair")

"""A room in the middle of its day: something of everything stands on every page."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext

from deliberate.roles import CAPTIONER, DRAFTER, HOST, MODERATOR, PARTICIPANT, WALL
from tests.service import Service
from tests.stories.stage import Hand

WORDS = [
    "A road is a promise that somebody drives along, and the market is only as safe as that road.",
    "We were asked three times and heard nothing after. Come back and say what became of it.",
    "My grandmother walked this road to sell salt; my daughter walks it to school.",
]
IDEAS = [
    "Every promise gets a date, and somebody who answers for it",
    "Publish the budget of the road in the language of those who walk it",
    "Hold every second hearing where the water is, not where the microphones are",
    "Promises with dates",
    "Pay the travel of those who live furthest away",
]
#: Kind, question, options, and what three different ballots choose: numbers of options, or steps of the scale.
POLLS = [
    ("one", "Shall the text name the road?", "Yes\nNo", ["0", "0", "1"]),
    ("several", "Which of these are urgent?", "Water\nLand\nWork", ["0", "1", "2"]),
    ("scale", "How heard did you feel today?", "", ["2", "4", "5"]),
    ("ranking", "What do we do first?", "Hearings\nA fund\nA register", ["0:1", "1:1", "2:1"]),
]


class Busy:
    """The hands that made it, by role; `people`: the participants. The first has spoken, waits again, and has not voted."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.crew = {role: Hand(service.links[role]) for role in (HOST, MODERATOR, CAPTIONER, DRAFTER, WALL)}
        self.people: list[Hand] = []
        self._set_up()
        self._speak()
        self._post()
        self._vote()
        self._draft()
        self._amend()

    def hand(self, role: str) -> Hand:
        return self.people[0] if role == PARTICIPANT else self.crew[role]

    def address(self, role: str, screen: str = "") -> str:
        return f"{self.hand(role).base}{screen}/" if screen else self.hand(role).base

    def seat(self, context: BrowserContext, role: str, *, plain: bool = False) -> None:
        """Give this browser the hand's seat in a role; `plain`: as one that runs no scripts."""
        self.give(context, self.hand(role), plain=plain)

    def give(self, context: BrowserContext, hand: Hand, *, plain: bool = False) -> None:
        """Give this browser the seat of one hand."""
        seat = next(cookie for cookie in hand.http.cookies.jar if cookie.name == "seat")
        for name, value in [("seat", str(seat.value)), *([("plain", "1")] if plain else [])]:
            context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": seat.path}])

    def _set_up(self) -> None:
        host, link = self.crew[HOST], self.service.links[PARTICIPANT]
        settings = {"title": "Just governance", "names_on_list": "all", "attribution": "name", "k": "2"}
        host.do("events.settings", approve_ideas="on", **settings)
        groups = re.findall(r'<option value="(\w+)"', host.http.get(link).text)
        for number in range(6):
            place = "remote" if number % 3 == 2 else "hall"
            self.people.append(Hand(link, name=f"Guest {number}", group=groups[number % 3], place=place))
        self.crew[MODERATOR].do("events.move_on")

    def _speak(self) -> None:
        moderator, captioner = self.crew[MODERATOR], self.crew[CAPTIONER]
        self.segments: list[str] = []
        for person, words in zip(self.people, WORDS, strict=False):
            turn = person.do("floor.ask", kind="point")["turn"]
            moderator.do("floor.call_next", expected=turn)
            moderator.do("floor.start")
            self.segments += captioner.do("transcript.settle", text=words)["segments"]
        for number, kind in ((0, "question"), (3, "point"), (4, "point_of_order")):
            self.people[number].do("floor.ask", kind=kind)
        captioner.do("transcript.interim", text="And what is being said just now")

    def _post(self) -> None:
        moderator = self.crew[MODERATOR]
        ideas = [
            person.do("ideas.post", text=text, show_author="on")["idea"]
            for person, text in zip(
                [*self.people, *self.people], [*IDEAS, "One that is off the point", "One that waits"], strict=False
            )
        ]
        for idea in ideas[:-1]:
            moderator.do("ideas.approve", idea=idea)
        for person in self.people[:4]:
            person.do("ideas.upvote", idea=ideas[1])
            person.do("opinions.say", idea=ideas[0], value="agree")
        moderator.do("ideas.pin", idea=ideas[0])
        moderator.do("ideas.take_up", idea=ideas[1])
        moderator.do("ideas.merge", idea=ideas[3], into=ideas[0])
        moderator.do("ideas.hide", idea=ideas[5], reason="It is about another room.")
        self.ideas = ideas

    def _vote(self) -> None:
        """Every kind closed, open ballots among them; one open, one prepared."""
        moderator = self.crew[MODERATOR]
        for number, (kind, question, options, choices) in enumerate([*POLLS, POLLS[3], POLLS[1]]):
            secret = "" if number == 0 else "sealed"
            ends = {"low_label": "not at all", "high_label": "fully"} if kind == "scale" else {}
            asked = {"kind": kind, "question": question, "options": options, "secret": secret}
            poll = moderator.do("ballots.prepare", **asked, **ends)
            if number == 5:
                continue
            moderator.do("ballots.open", poll=poll["poll"])
            for person, choice in zip(self.people[1:], choices * 2, strict=False):
                place, _colon, rank = choice.partition(":")
                name = poll["options"][int(place)] if poll["options"] else place
                person.do("ballots.cast", poll=poll["poll"], choice=f"{name}:{rank}" if rank else name)
            if number < 4:
                moderator.do("ballots.close", poll=poll["poll"])
                self.closed = poll["poll"]

    def _draft(self) -> None:
        """Two clauses that rest on something, one settled version that is signed, changes since, one clause taken out."""
        drafter, (first, second, third, *_others) = self.crew[DRAFTER], self.people
        drafter.do("statements.name", title="What we promise", preamble="We met for a day.\n\nWe listened.")
        promise = str(drafter.do("statements.cite", source=f"idea:{self.ideas[0]}", quote=IDEAS[0])["clause"])
        drafter.do("statements.cite", source=f"segment:{self.segments[0]}", quote=WORDS[0][:40], clause=promise)
        drafter.do("statements.add_clause", text="We publish what the road costs.", after="")
        gone = str(drafter.do("statements.add_clause", text="We meet again.", after="")["clause"])
        for person in (first, second):
            person.do("statements.stand", clause=promise, value="support", revision="0")
        third.do("statements.stand", clause=promise, value="block", reservation="Who pays?", revision="0")
        kept = str(drafter.do("statements.add_clause", text="We keep the minutes.", after="")["clause"])
        self.crew[HOST].do("statements.rules", majority="half", public="on")
        self.settled = [str(drafter.do("statements.settle", clause=each)["hash"]) for each in (kept, "")]
        first.do("endorsements.sign", version="1", organisation="The Union of Salt Carriers")
        for person in (second, third):
            person.do("endorsements.sign", version="1", signed="name")
        self.crew[HOST].do("statements.reopen", reason="A figure was wrong.", sure="on")
        drafter.do("statements.edit_clause", clause=promise, text=f"{IDEAS[0]}, in public", revision="0")
        drafter.do("statements.remove_clause", clause=gone)
        for source in (f"segment:{self.segments[1]}", f"poll:{self.closed}", f"idea:{self.ideas[1]}"):
            first.do("statements.propose", source=source, note="It says it best.")
        declined = re.search(r'name="proposal" value="(\w+)"', drafter.http.get(drafter.base).text)
        assert declined is not None
        drafter.do("statements.decline", proposal=declined.group(1), reason="Clause 2 says so.")

    def _amend(self) -> None:
        """Two rivals, one of them put to a poll, a new clause; one amendment accepted, one declined, one hidden."""
        first, second, third, *_others = self.people
        drafter, moderator = self.crew[DRAFTER], self.crew[MODERATOR]
        clause = re.search(r'name="clause" value="(\w+)"', drafter.http.get(drafter.base).text)
        assert clause is not None
        words = f"{IDEAS[0]}, in public"
        made = []
        for person, kind, text in (
            (first, "change", words.replace("a date", "a price")),
            (second, "change", words.replace("a date", "a deadline")),
            (third, "after", "We meet again in a year and read this aloud."),
            (first, "delete", ""),
            (second, "before", "We begin with what was said."),
            (third, "change", words.replace("in public", "before everybody")),
        ):
            asked = {"clause": clause.group(1), "kind": kind, "text": text, "revision": "1", "signed": "name"}
            made.append(str(person.do("amendments.propose", reason="So that it can be checked.", **asked)["amendment"]))
        for person in (second, third):
            person.do("amendments.cosign", amendment=made[0])
        moderator.do("amendments.put", amendment=made[0], with_rivals="on")
        drafter.do("amendments.decline", amendment=made[3], reason="It is what we came for.")
        drafter.do("amendments.accept", amendment=made[5])
        moderator.do("amendments.hide", amendment=made[4], reason="It names a person.")

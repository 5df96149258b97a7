"""Words that were taken back stand nowhere any more: in no file, on no page, in no picture and no mark, in any encoding.

Random rooms, random words, and every way in which words are taken back. Before the act the same search finds them, in every
format: so that finding nothing afterwards means something. `NO_TRACE=20` looks into so many rooms for each way; by itself five
for words that were said, one for all else."""

from __future__ import annotations

import json
import os
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from django.test import Client
from lxml import html

from deliberate.door import perform
from deliberate.door.entrance import Place
from deliberate.live import marks
from deliberate.live.painter import paint
from deliberate.live.parts import parts
from deliberate.roles import CREW, HOST, MODERATOR, PARTICIPANT
from polls.exports import settled, views
from polls.statements.models import Clause, Rules, SettledClause, Statement, Version
from polls.suggestions.finding import finder
from rooms.events.models import Event, Room
from rooms.floor.models import Turn
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript import sound
from rooms.transcript.models import Segment
from rooms.transcript.own import seen_of
from tests import busy, make
from tests.digest import undone
from tests.house.test_addresses import addresses
from tests.readings import holds
from tests.traces import columns_with

pytestmark = pytest.mark.django_db
SEEDS, FEW = (range(int(os.environ.get("NO_TRACE", most))) for most in ("5", "1"))
#: What nothing else holds. Latin with accents, markup and other scripts: each is written in another way in some format.
WORDS = ("Quaggazebu", "Ñandúçeqä", "Q*ag_ga&<Co>", "زيبراغنو", "斑馬鹿話語", "O'Quagga \\$x")
LATIN = WORDS[:2]


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    """The finder, a process of its own, which suggestions are asked of."""
    yield
    finder().close()


@dataclass(frozen=True)
class Opened:
    """A page that somebody left open: the part by which it hears that words were taken back, and its hash."""

    role: str
    part: str
    hash: str


def beside_parts(page: bytes, role: str) -> tuple[bytes, Opened] | None:
    """What stands still on a page of a room; None where this is none."""
    if not page.startswith(b"<!doctype html") or b"data-base=" not in page:
        return None
    tree = html.fromstring(page.decode())
    [body] = tree.iter("body")
    for part in tree.xpath("//*[@data-part]"):
        part.drop_tree()
    del body.attrib["data-marks"]  # they are live, as the parts are
    told = Opened(role, body.get("data-still", ""), body.get("data-still-hash", ""))
    return html.tostring(body, encoding="utf-8"), told


@dataclass
class World:
    """A room in which something of everything has happened, and two seats of which one takes words back."""

    words: str
    attribution: str
    settle: bool
    cite: bool
    correct: bool
    seats: list[Seat] = field(default_factory=list)
    #: Pages on which the words stood beside the live parts, when they were last looked for: what says that they go.
    opened: dict[str, Opened] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.event = make.event(k=2, attribution=self.attribution)
        self.seats = busy.people(self.event)
        self.room = make.room(self.event)
        self.ann, self.ben = self.seats[:2]
        self.crew = {seat.role: seat for seat in self.seats if seat.role != PARTICIPANT}
        self.drafter, self.moderator = self.crew["drafter"], self.crew["moderator"]
        Rules.objects.update_or_create(event=self.event, defaults={"public": True})

    def act(self, who: Seat, name: str, /, **fields: object) -> Any:
        perform.rest()
        return make.act_in(make.room(self.event), who, name, "", **fields).data

    def clause(self) -> str:
        """A clause that holds none of the words."""
        return str(
            self.act(self.drafter, "statements.add_clause", text="We come back, and say when.", after="")["clause"]
        )

    def quoted(self, source: str, quote: str, *, itself: bool = True) -> None:
        """Let a clause rest on these words, in a settled version too, where this world does; where it settles nothing, let the
        quote `itself` be the clause."""
        if self.cite:
            clause = "" if itself and not self.settle else self.clause()
            self.act(self.drafter, "statements.cite", clause=clause, source=source, quote=quote)
            # Another clause rests on fewer of them; a third began with them, and was reworded since.
            fewer = quote.rpartition(" ")[0]
            self.act(self.drafter, "statements.cite", clause=self.clause(), source=source, quote=fewer)
            third = self.act(self.drafter, "statements.cite", clause="", source=source, quote=quote)["clause"]
            self.act(self.drafter, "statements.edit_clause", clause=third, text="Water is a right.", revision=0)
        self.act(self.ben, "statements.propose", source=source, note="It belongs there")
        self.version()

    def version(self) -> None:
        if self.settle:
            alone = self.clause()
            self.act(self.drafter, "statements.settle", clause=alone)
            self.act(self.drafter, "statements.settle")
            asked = {"reason": "A figure was wrong.", "sure": "on"}
            for clause in ("", alone):
                self.act(make.seat(self.event, HOST), "statements.reopen", clause=clause, **asked)

    def shown(self, *, but: tuple[tuple[str, str], ...] = ()) -> dict[str, bytes]:
        """All that anybody gets to see: pages and files of every role, pictures for every audience, marks of every seat.
        `but`: (role, name) of seats that may read on what is theirs."""
        found: dict[str, bytes] = {}
        self.room = Room.objects.select_related("event").get(pk=self.room.pk)
        for seat in Seat.objects.filter(event=self.event, ended=False).select_related("event", "group"):
            if (seat.role, seat.name) in but:
                continue
            here = Place(seat, self.room, self.event)
            found[f"marks of {seat.role} {seat.name}"] = json.dumps(marks.every(here)).encode()
            if seat.role == PARTICIPANT and seat.name not in ("Ann", "Cem"):
                continue  # one participant's pages are like another's, but for whoever it was
            for address in self._addresses(seat):
                # Of one's own words each participant has a page of their own.
                whose = f"?{seat.name}" if address.endswith("/say/") else ""
                found[f"{seat.role} {address}{whose}"] = self._get(seat, address)
        for hash in settled_in(self.room):
            for address in (f"/settled/{hash}/", f"/settled/{hash}.json"):
                found[f"anybody {address}"] = self._get(None, address)
        readers = {
            role
            for role in (PARTICIPANT, HOST, *CREW)
            if all(role != other for other, _name in but) or role == PARTICIPANT
        }
        for name, part in parts.items():
            for audience in sorted(part.audiences & {*readers, "wall"}):
                for called in (name, f"{name}/2") if part.paged else (name,):
                    found[f"picture {called} of {audience}"] = paint(self.room, called, audience, "en").html.encode()
        return found

    def _addresses(self, seat: Seat) -> Iterator[str]:
        for address in addresses(seat.role, self.event.handle, seat.role, self.room):
            if ("/outcome." in address or "/record." in address) and seat.role != HOST:
                continue  # the same file for everybody who may have it
            yield address
            if "/outcome." in address:
                yield f"{address}?version=draft"
            if address.endswith(("/words/", "/strike/")):
                yield f"{address}?q=well"
            yield from self._asking(address)

    def _asking(self, address: str) -> Iterator[str]:
        """The same address, asked of what is newest here: what was quoted, thought, drafted."""
        segment = Segment.objects.filter(room=self.room).order_by("number").last()
        idea = self.room.ideas.order_by("number").last()
        clause = Clause.objects.filter(statement__room=self.room, removed=False).last()
        asked: dict[str, list[tuple[str, Any]]] = {
            "/strike/": [("of", segment and segment.handle)],
            "/source/": [
                ("source", segment and f"segment:{segment.handle}"),
                ("source", idea and f"idea:{idea.handle}"),
            ],
            "/propose/": [
                ("source", segment and f"segment:{segment.handle}"),
                ("source", idea and f"idea:{idea.handle}"),
            ],
            "/amend/": [("clause", clause and clause.handle)],
            "/suggestions/": [("clause", clause and clause.handle)],
        }
        for end, questions in asked.items():
            if address.endswith(end):
                yield from (f"{address}?{name}={value}" for name, value in questions if value)

    def _get(self, seat: Seat | None, address: str) -> bytes:
        perform.rest()
        views._asks.empty()
        settled._asks.empty()
        client = Client()
        if seat is not None:
            client.cookies["seat"] = cookie_of(seat)
        response = client.get(address)
        assert response.status_code in (200, 404), (address, response.status_code)
        # What is sent piece by piece is read by other threads, which do not see these rows.
        return b"".join(sound.archive(self.room)) if response.streaming else bytes(response.content)


def settled_in(room: Room) -> list[str]:
    """The hashes of what was settled in a room: each has a page that anybody may read."""
    alone = SettledClause.objects.filter(clause__statement__room=room).values_list("hash", flat=True)
    return [*Version.objects.filter(statement__room=room).values_list("hash", flat=True), *alone]


def world_of(seed: int, name: str) -> World:
    """The room of this seed; each test begins with another. Of five rooms one settles nothing, one quotes nothing, and in one
    no captioner corrects."""
    chance = Random(f"{seed} {name}")
    attribution = chance.choice(["name", "role", "group", "nobody"])
    words = chance.choice(WORDS)
    print(f"room {seed} of {name}: {words}, {attribution}")
    settle, cite, correct = (seed % 5 != without for without in (1, 2, 3))
    return World(words, attribution, settle, cite, correct)


def searched(world: World, **but: Any) -> set[str]:
    """Where the words stand. What stood on an open page when they were last looked for, and does no more, it has heard of."""
    shown = world.shown(**but)
    found = {where for where, content in shown.items() if holds(content, world.words)}
    gone = {where: page for where, page in world.opened.items() if where not in found}
    deaf = {
        where
        for where, page in gone.items()
        if not page.part or paint(world.room, page.part, page.role, "en").hash == page.hash
    }
    assert deaf == set(), "these stay open with the words on them"
    world.opened = {}
    for where in found:
        still = beside_parts(shown[where], where.partition(" ")[0])
        if still is not None and holds(still[0], world.words):
            world.opened[where] = still[1]
    return found


def spoken(world: World) -> str:
    """Ann says the words, once in an earlier text only; they are quoted and shown as captions."""
    text = f"We saw {world.words} at the well, and came back."
    captioner = world.crew["captioner"]
    handle = str(world.act(captioner, "transcript.settle", text=text)["segments"][0])
    if world.correct:
        fields = {"segment": handle, "text": f"{text} Twice.", "revision": 0}
        world.act(captioner, "transcript.correct", **fields)
    world.quoted(f"segment:{handle}", f"saw {world.words} at the well")
    return handle


def files_of(found: set[str], name: str) -> set[str]:
    """The endings of the files of this name among them."""
    paths = {urllib.parse.urlsplit(each.split(" ", 1)[1]).path for each in found if f"/{name}." in each}
    return {path.rpartition(".")[2] for path in paths}


@pytest.mark.parametrize("seed", SEEDS)
def test_struck_words_are_nowhere_not_even_in_what_is_stored(seed: int) -> None:
    """In every second room it is the whole piece."""
    with undone():
        world = world_of(seed, "struck")
        handle = spoken(world)
        before = searched(world)
        if world.words in LATIN:  # what of other scripts a PDF's readers find depends on its font
            assert files_of(before, "record") == {"html", "md", "pdf", "docx", "odt", "akn"}
            wanted = {"html", "md", "pdf", "docx", "odt", "akn"} if world.cite else set()
            assert files_of(before, "outcome") == wanted
        assert {"vtt", "txt"} <= files_of(before, "transcript")
        assert any(where.startswith("picture transcript.live") for where in before)
        assert any("bundle.json" in where for where in before)
        assert any("/source/?" in where for where in before)
        assert any("/strike/?of=" in where for where in before)
        if world.cite and world.settle:
            assert any(where.startswith("anybody /settled/") for where in before)
        words = "" if seed % 2 else world.words
        world.act(world.moderator, "transcript.strike", segment=handle, words=words, sure="on")
        assert searched(world) == set()
        assert columns_with(world.words) == set()


def spoken_by(world: World, who: Seat) -> tuple[Turn, str]:
    """This seat has the floor and says the words; they are corrected, quoted and settled where this world does that."""
    asked = world.act(who, "floor.ask", kind="point")["turn"]
    world.act(world.moderator, "floor.call", turn=asked, reason="It is their village")
    world.act(world.moderator, "floor.start")
    handle = spoken(world)
    world.act(world.moderator, "floor.end")
    return Turn.objects.get(handle=asked), handle


@pytest.mark.parametrize("seed", SEEDS)
def test_what_its_speaker_withdraws_is_nowhere_not_even_in_what_is_stored(seed: int) -> None:
    """In every second room it is the whole turn."""
    with undone():
        world = world_of(seed, "withdrawn")
        turn, handle = spoken_by(world, world.ann)
        before = searched(world)
        assert any("/record." in where for where in before)
        assert any("/say/" in where for where in before), "on their own page too"
        assert "marks of participant Ann" in before
        piece = "" if seed % 2 else handle
        world.act(world.ann, "transcript.take_back", turn=turn.words, segment=piece, sure="on")
        assert searched(world) == set()
        assert columns_with(world.words) == set()


@pytest.mark.parametrize("seed", FEW)
def test_what_drafters_take_out_as_they_are_told_is_nowhere(seed: int) -> None:
    """They wrote it themselves, somebody wants it changed, and it is withdrawn before they reword it."""
    with undone():
        world = world_of(seed, "reworded")
        world.settle, world.cite = False, True  # what was settled in the drafters' own words stays
        turn, handle = spoken_by(world, world.ann)
        text = f"They saw {world.words} at the well."
        own = str(world.act(world.drafter, "statements.add_clause", text=text, after="")["clause"])
        world.act(world.drafter, "statements.cite", clause=own, source=f"segment:{handle}", quote=f"saw {world.words}")
        fields = {"clause": own, "revision": 0, "kind": "delete", "text": "", "reason": "Not there"}
        world.act(world.ben, "amendments.propose", **fields)
        world.act(world.ann, "transcript.take_back", turn=turn.words, segment="", sure="on")
        assert searched(world), "it is the drafters' own"
        for told in ("They saw somebody at the well.", "They saw somebody."):
            revision = Clause.objects.get(handle=own).revision
            world.act(world.drafter, "statements.edit_clause", clause=own, text=told, revision=revision)
        world.act(world.drafter, "statements.reworded", clause=own)
        assert searched(world) == set()
        assert columns_with(world.words) == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_its_speaker_corrects_away_is_nowhere_not_even_in_what_is_stored(seed: int) -> None:
    with undone():
        world = world_of(seed, "corrected")
        _turn, handle = spoken_by(world, world.ann)
        assert searched(world)
        revision = Segment.objects.get(handle=handle).revision
        fields = {"segment": handle, "text": "We saw them at the well, and came back.", "revision": revision}
        world.act(world.ann, "transcript.mend", **fields)
        assert searched(world) == set()
        assert columns_with(world.words) == set()
        words = [
            what for where, what in world.shown().items() if where.startswith(PARTICIPANT) and where.endswith("/words/")
        ]
        assert words
        assert all(holds(each, "corrected by who spoke") for each in words)


@pytest.mark.parametrize("level", ["role", "group", "nobody"])
@pytest.mark.parametrize("seed", FEW)
def test_who_shows_less_of_themselves_is_named_beside_their_words_nowhere(level: str, seed: int) -> None:
    with undone():
        world = world_of(seed, "lowered")
        # The list shows no names: what is left to find stands beside words.
        Event.objects.filter(pk=world.event.pk).update(attribution="name", names_on_list="nobody")
        world.event.refresh_from_db()
        seat = make.seat(world.event, name=world.words, group="Youth")
        world.act(seat, "seats.move")
        world.words, said = Seat.objects.get(pk=seat.pk).name, "Nothing"
        name, world.words = world.words, said
        turn, _handle = spoken_by(world, seat)
        world.words = name
        own = ((PARTICIPANT, name),)
        before = searched(world, but=own)
        assert any("/record." in where for where in before)
        assert any("/words/" in where for where in before)
        world.act(seat, "transcript.lower", turn=turn.words, level=level)
        assert searched(world, but=own) == set()


@pytest.mark.parametrize("seed", FEW)
def test_words_that_wait_for_their_speaker_are_in_no_file_and_no_suggestion(seed: int) -> None:
    with undone():
        world = world_of(seed, "waiting")
        Event.objects.filter(pk=world.event.pk).update(silence="approved")
        world.event.refresh_from_db()
        world.cite = False
        world.quoted = lambda source, quote, *, itself=True: None  # type: ignore[method-assign]
        turn, _handle = spoken_by(world, world.ann)
        outside = ("/record.", "/outcome.", "/transcript.", "/bundle.json", "/suggestions/", "/themes/")
        assert {where for where in searched(world) if any(each in where for each in outside)} == set()
        seen = seen_of(Segment.objects.filter(turn=turn))
        world.act(world.ann, "transcript.approve", turn=turn.words, seen=seen)
        found = searched(world)
        assert any("/record." in where for where in found)
        assert any("/bundle.json" in where for where in found)


@pytest.mark.parametrize("seed", FEW)
def test_a_hidden_idea_is_for_its_author_and_moderators_alone(seed: int) -> None:
    with undone():
        world = world_of(seed, "hidden")
        text = f"Ask {world.words} to come"
        idea = str(world.act(world.ann, "ideas.post", text=text, show_author="on")["idea"])
        world.act(world.ben, "ideas.upvote", idea=idea)
        # A clause that is the quote stays as it reads: hiding takes back no words, and can be undone.
        world.quoted(f"idea:{idea}", text, itself=False)
        theirs = ((MODERATOR, ""), (PARTICIPANT, "Ann"))
        before = searched(world, but=theirs)
        assert any("bundle.json" in where for where in before)
        assert any(where.startswith("picture ideas.") for where in before)
        world.act(world.moderator, "ideas.hide", idea=idea, reason="Off topic")
        assert searched(world, but=theirs) == set()


@pytest.mark.parametrize("seed", FEW)
def test_who_is_erased_is_named_nowhere_not_even_in_what_is_stored(seed: int) -> None:
    with undone():
        world = world_of(seed, "erased")
        seat = make.seat(world.event, name=world.words, group="Youth")
        kept = Seat.objects.get(pk=seat.pk).name
        world.words = kept  # names lose what can't be seen
        world.act(seat, "seats.move")
        world.act(seat, "ideas.post", text="Sign what you say", show_author="on")
        world.act(seat, "floor.ask", kind="point")
        clause = world.clause()
        fields = {"clause": clause, "revision": 0, "kind": "change", "text": "We come back in May.", "reason": "A date"}
        world.act(seat, "amendments.propose", **fields, signed="name" if world.attribution == "name" else "nobody")
        world.version()
        assert searched(world)
        world.act(seat, "seats.erase")
        assert searched(world) == set()
        assert columns_with(world.words) == set()


@pytest.mark.parametrize("seed", FEW)
def test_what_somebody_takes_back_is_gone_for_everybody(seed: int) -> None:
    """A note to the drafters, a reservation, an amendment with its reason."""
    with undone():
        world = world_of(seed, "taken back")
        source = f"segment:{world.room.segments.order_by('number')[0].handle}"
        clause, noted = world.clause(), world.words
        world.act(world.ann, "statements.propose", source=source, note=f"{noted} said so")
        reservation = f"{world.words} did not agree"
        world.act(world.ann, "statements.stand", clause=clause, value="block", reservation=reservation, revision=0)
        fields = {"clause": clause, "revision": 0, "kind": "change", "reason": f"{world.words} asks for it"}
        amendment = world.act(world.ann, "amendments.propose", **fields, text=f"We and {world.words} come back.")[
            "amendment"
        ]
        before = searched(world)
        assert any("bundle.json" in where for where in before)
        assert any("/outcome." in where for where in before)
        world.act(world.ann, "statements.withdraw", source=source)
        world.act(world.ann, "statements.stand", clause=clause, value="none", reservation="", revision=0)
        world.act(world.ann, "amendments.withdraw", amendment=amendment)
        assert Statement.objects.filter(room=world.room).exists()
        assert searched(world) == set()

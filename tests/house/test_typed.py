"""Whatever people type, wherever: it is kept safely or refused in words, and on every page and in every file it is text.

A room in which every field that takes words holds the same hostile text is shown on every page of every role. No element
and no attribute may stand there that does not stand in a room full of innocent words."""

from __future__ import annotations

import html as entities
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from markdown_it import MarkdownIt

from deliberate.door import perform
from deliberate.door.entrance import Place
from deliberate.door.registry import commands
from deliberate.door.views import SEAT_COOKIE
from deliberate.errors import Refused
from deliberate.live.pages import pages
from deliberate.roles import DRAFTER, HOST, MODERATOR, PARTICIPANT, ROLES
from rooms.events.models import Room
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript import files as transcripts
from tests import make
from tests.digest import undone
from tests.fields import WORD_FIELDS, WORDS

pytestmark = pytest.mark.django_db
INNOCENT = "Some quite innocent words"
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
HOSTILE = {
    "an attribute's end": '"><b hx-get="/x" hx-on:load="a">{{ 7 }}</p>',
    "scripts": "' hx-action='/x' <script>a</script><!--",
    "formulas": "=cmd|'/C x'!A0 <a href=javascript:a>+@-",
    "cues and headings": "--> 00:01 <v M> # [x](javascript:a) ![y](//z) `",
    "turned around": "\u202egnp\u2066.exe\u200b\u200b\ufeff e" + "\u0301" * 20,
    "a very long word": "W" * 400 + "\U0001f468\u200d\U0001f469\u200d\U0001f467",
}
#: Fields that can't hold any words: what they take is checked by its shape, or must be there already.
SHAPED = {
    ("events.delete", "title"): "Typed",
    ("events.edit_group", "letters"): "Qz",
    ("events.settings", "exit_url"): "https://weather.example/",
    ("floor.erase", "name"): "Typed",
    ("statements.cite", "quote"): "Trust",
    ("transcript.strike", "words"): "struck",
    ("transcript.interim", "text"): "",  # at the end, where it stays
}


class Typing:
    """Somebody in every role of one event, who types the same words everywhere."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.event = make.event("Typed", k=2, attribution="name", names_on_list="all")
        self.seats = {role: make.seat(self.event, role) for role in ROLES}
        self.second = make.seat(self.event)
        self.used: set[tuple[str, str]] = set()
        self.refused: list[str] = []

    @property
    def room(self) -> Room:
        return Room.objects.select_related("event").order_by("pk").get(event=self.event, position=0)

    def act(self, who: str | Seat, name: str, /, **given: str) -> dict[str, Any]:
        """Ask for a command; fields that take words and are not given hold the words."""
        form = commands[name].form.base_fields
        typed = {each: self._fitting(name, each) for each in form if each in WORDS and each not in given}
        self.used |= {(name, each) for each in typed}
        try:
            return self._do(who, name, {**given, **typed})
        except Refused as refused:
            if refused.code not in ("fields", "refused", "file"):
                raise
            self.refused.append(str(refused))
            return self._do(who, name, {**given, **dict.fromkeys(typed, "Instead")})

    def _fitting(self, name: str, each: str) -> str:
        if (name, each) in SHAPED:
            return SHAPED[name, each]
        longest = getattr(commands[name].form.base_fields[each], "max_length", None) or 280
        return self.words[:longest]

    def _do(self, who: str | Seat, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        perform.rest()
        seat = self.seats[who] if isinstance(who, str) else who
        return perform.perform(Place(seat, self.room, self.room.event, make.cookie(seat)), name, fields).data

    def everything(self) -> None:
        """Every command that takes words, in an order in which each goes through."""
        self._event()
        self._floor()
        ideas = [self.act(PARTICIPANT, "ideas.post", show_author="on")["idea"]]
        ideas += [
            self.act(self.second, "ideas.post", text=f"{more} {self.words[:200]}", show_author="on")["idea"]
            for more in ("Two", "Three")
        ]
        self.act(MODERATOR, "ideas.hide", idea=ideas[2])
        unsigned = self.act(PARTICIPANT, "ideas.post", text=f"Four {self.words[:200]}", show_author="")["idea"]
        self.act(MODERATOR, "ideas.mute", idea=unsigned, hidden="on")
        self._polls()
        self._text(ideas[0])
        self._do("captioner", "transcript.interim", {"text": self._fitting("transcript.settle", "text")[:4000]})

    def _event(self) -> None:
        group = self.act(HOST, "events.add_group")["group"]
        self.act(HOST, "events.edit_group", group=group)
        other = self.act(HOST, "events.add_group", name="Others")["group"]
        self._do(HOST, "events.add_room", {"name": "Another room"})
        self.act(HOST, "events.add_room")
        self.act(HOST, "events.edit_room")
        item = self.act(HOST, "events.add_item", minutes="5")["item"]
        self.act(HOST, "events.edit_item", item=item, minutes="5")
        self.act(HOST, "events.settings", names_on_list="all", attribution="name", k="2", neutral="on")
        self._do(
            HOST,
            "events.settings",
            {
                "title": self._fitting("events.settings", "title"),
                "names_on_list": "all",
                "attribution": "name",
                "k": "2",
            },
        )
        for seat in (self.seats[PARTICIPANT], self.second):
            self.act(seat, "seats.rename", group=group if seat != self.second else other, place="hall")
        self.act(MODERATOR, "events.move_on")

    def _floor(self) -> None:
        turn = self.act(PARTICIPANT, "floor.ask", kind="point")["turn"]
        self.act(MODERATOR, "floor.call", turn=turn)
        self.act(MODERATOR, "floor.start")
        said = self.act("captioner", "transcript.settle")["segments"]
        self.act("captioner", "transcript.correct", segment=said[0], revision="0", text="Quite other words")
        self.act("captioner", "transcript.correct", segment=said[0], revision="1")
        self.act("captioner", "captions.open_feed")
        self.act("captioner", "captions.feed")
        self.act("captioner", "captions.close_feed")
        self.act(PARTICIPANT, "transcript.mend", segment=said[0], revision="2", text="Words of my own")
        self.act(PARTICIPANT, "transcript.mend", segment=said[0], revision="3")
        self.act(MODERATOR, "floor.end")
        struck = self.act("captioner", "transcript.settle", text="Trust is struck here.")["segments"][0]
        self.act("captioner", "transcript.strike", segment=struck, sure="on")
        self.act("captioner", "transcript.load")
        removed = self.act(PARTICIPANT, "floor.ask", kind="question")["turn"]
        self.act(MODERATOR, "floor.remove", turn=removed)
        self.act(MODERATOR, "floor.add", name="Typed", place="hall", kind="point")
        self.act(MODERATOR, "floor.erase")
        self.act(MODERATOR, "floor.add", place="hall", kind="point")
        self.act(self.second, "floor.ask", kind="point")
        self.said = struck

    def _polls(self) -> None:
        options = f"{self.words[:150]}\nNo"
        for kind, more in (("one", {}), ("scale", {"least": "1", "most": "5"}), ("several", {}), ("one", {})):
            poll = self.act(MODERATOR, "ballots.prepare", kind=kind, options=options, secret="", **more)
            fields = {"poll": poll["poll"], "kind": kind, "options": options, "secret": "", **more}
            poll = self.act(MODERATOR, "ballots.edit", **fields) or poll
            self.act(MODERATOR, "ballots.open", poll=fields["poll"])
            choice = "3" if kind == "scale" else poll["options"][0]
            self.act(PARTICIPANT, "ballots.cast", poll=fields["poll"], choice=choice)
            self.act(MODERATOR, "ballots.close", poll=fields["poll"])
        poll = self.act(MODERATOR, "ballots.prepare", kind="ranking", options=options, secret="sealed")
        self.used |= {("ballots.prepare", "options"), ("ballots.edit", "options")}
        self.act(MODERATOR, "ballots.open", poll=poll["poll"])

    def _text(self, idea: str) -> None:
        self.act(DRAFTER, "statements.name")
        clause = self.act(DRAFTER, "statements.add_clause", after="")["clause"]
        self.act(DRAFTER, "statements.edit_clause", clause=clause, revision="0", text="Written before")
        self.act(DRAFTER, "statements.edit_clause", clause=clause, revision="1")
        self.act(DRAFTER, "statements.cite", clause=clause, source=f"segment:{self.said}")
        quoted = self.room.ideas.get(handle=idea).text
        self.act(DRAFTER, "statements.cite", clause=clause, source=f"idea:{idea}", quote=quoted)
        self.act(PARTICIPANT, "statements.stand", clause=clause, value="block", revision="0")
        self._amendments(clause)
        for seat in (self.seats[PARTICIPANT], self.second):
            self.act(seat, "statements.propose", source=f"idea:{self.room.ideas.get(number=2).handle}")
        proposal = self.room.statement.proposals.filter(state="open")[0].handle
        self.act(DRAFTER, "statements.decline", proposal=proposal)
        self.act(PARTICIPANT, "statements.propose", source=f"segment:{self.said}")
        self.act(DRAFTER, "statements.settle")
        self.act(PARTICIPANT, "endorsements.sign", version="1")
        self.act(self.second, "endorsements.sign", version="1", organisation="Given back")
        self._do(PARTICIPANT, "endorsements.sign", {"version": "1", "organisation": "", "signed": "name"})
        self.used.add(("endorsements.withdraw", "organisation"))
        self._do(self.second, "endorsements.withdraw", {"version": "1", "organisation": "Given back"})
        self.act(HOST, "statements.reopen", clause="", sure="on")
        revision = str(self.room.statement.clauses.get(handle=clause).revision)
        self.act(DRAFTER, "statements.edit_clause", clause=clause, revision=revision, text=f"After {self.words}")

    def _amendments(self, clause: str) -> None:
        made = []
        for seat, kind in (
            (PARTICIPANT, "before"),
            (self.second, "change"),
            (self.second, "after"),
            (MODERATOR, "delete"),
        ):
            revision = str(self.room.statement.clauses.get(handle=clause).revision)
            more = {"text": f"Amended {self.words[:1900]}"} if kind == "change" else {}
            fields = {"clause": clause, "kind": kind, "revision": revision, "signed": "name", **more}
            made.append(self.act(seat, "amendments.propose", **fields)["amendment"])
        self.act(DRAFTER, "amendments.decline", amendment=made[3])
        self.act(MODERATOR, "amendments.hide", amendment=made[2])
        self.act(DRAFTER, "amendments.merge", amendment=made[0], revision="0", also="")

    def shown(self) -> Iterator[tuple[str, str]]:
        """Every page of every role as its browser gets it, and the outcome's file."""
        for role, screen in pages:
            yield f"{role} {screen}", self.get(role, f"{screen}/" if screen else "").decode()
        said = self.room.segments.order_by("number")[0].handle
        source = f"segment:{said}"
        for role, address in (
            ("captioner", f"?correct={said}"),
            ("captioner", f"strike/?of={said}&q={self.words[:9]}"),
            (PARTICIPANT, "words/?before=99"),
            (PARTICIPANT, f"words/?q={self.words[:9]}"),
            (PARTICIPANT, "ideas/?sort=newest"),
            (PARTICIPANT, f"propose/?source={source}"),
            (DRAFTER, "versions/?from=1&to=draft"),
            (DRAFTER, f"?find={self.words[:9]}&kind=idea"),
            (DRAFTER, "?kind=poll"),
            (DRAFTER, "outcome.html"),
            (DRAFTER, "outcome.html?version=draft"),
        ):
            yield f"{role} {address}", self.get(role, address).decode()

    def get(self, role: str, address: str) -> bytes:
        client = Client()
        client.cookies[SEAT_COOKIE] = cookie_of(self.seats[role])
        response = client.get(f"/at/{self.event.handle}/{role}/{self.room.handle}/{address}")
        assert response.status_code == 200, (role, address, response.status_code)
        return response.content


#: A piece of a page: in which element, which element, which attributes it has.
Piece = tuple[str, str, frozenset[str]]
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: Attributes whose values a browser follows or runs.
FOLLOWED = re.compile(r"href|src|action|formaction|hx-.*|on.*|style|srcdoc")


class Pieces(HTMLParser):
    """The shape of a page: its elements where they stand, and the values of attributes that a browser follows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[Piece] = set()
        self.followed: set[str] = set()
        self._open = [""]
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.add((self._open[-1], tag, frozenset(name for name, _value in attributes)))
        self.followed |= {value or "" for name, value in attributes if FOLLOWED.fullmatch(name)}
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.found.add((self._open[-1], "a comment", frozenset()))


@dataclass
class Innocent:
    """What pages and the Markdown are made of in a room full of innocent words."""

    pieces: set[Piece] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def innocent(django_db_setup: None, django_db_blocker: Any) -> Innocent:
    found = Innocent()
    with django_db_blocker.unblock():
        for words in (INNOCENT, " ".join([INNOCENT] * 12)):
            with undone():
                typing = Typing(words)
                typing.everything()
                found.pieces |= {piece for _where, html in typing.shown() for piece in Pieces(html).found}
                found.tokens |= _tokens(typing)
                # And once nothing is being said any more: the last words stand where those were.
                typing.act("captioner", "transcript.settle", text=INNOCENT)
                found.pieces |= {piece for _where, html in typing.shown() for piece in Pieces(html).found}
    return found


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_what_is_typed_is_text_on_every_page_and_in_every_file(innocent: Innocent, words: str) -> None:
    typing = Typing(words)
    typing.everything()
    assert typing.used == set(WORD_FIELDS) - {("events.delete", "title"), ("transcript.interim", "text")}
    assert min(map(len, typing.refused), default=20) >= 20, "what is refused is refused in words"
    kept = TURNING.sub("", words)[:9]
    seen = 0
    for where, html in typing.shown():
        pieces = Pieces(html)
        assert pieces.found <= innocent.pieces, f"{where}: {pieces.found - innocent.pieces}"
        assert not TURNING.search(html), where
        for value in pieces.followed:
            assert not re.match(r"\s*(javascript|data|vbscript):|//", value, re.IGNORECASE), f"{where}: {value}"
        seen += kept in entities.unescape(html)
    assert seen > 20, "the words were on the pages"
    _files(typing, innocent.tokens)


def _tokens(typing: Typing) -> set[str]:
    """The kinds of things that the outcome in Markdown is made of: headings, quotes, emphasis."""
    markdown = typing.get(DRAFTER, "outcome.md").decode()
    assert not TURNING.search(markdown)
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return {each.type for token in tokens for each in [token, *(token.children or [])]}


def _files(typing: Typing, innocent: set[str]) -> None:
    bundle = json.loads(typing.get(HOST, "bundle.json"))
    segments = typing.room.segments.count()
    assert len(bundle["rooms"][0]["segments"]) == segments
    vtt = typing.get(DRAFTER, "transcript.vtt").decode()
    assert len(transcripts.cues(vtt, names=True)) >= segments - 1
    assert sum(line.count("-->") for line in vtt.splitlines()) == segments
    assert not TURNING.search(vtt + typing.get(DRAFTER, "transcript.txt").decode())
    assert _tokens(typing) <= innocent
    drawn = typing.get(DRAFTER, "outcome.pdf")
    assert drawn.startswith(b"%PDF-")
    assert not re.search(rb"/(JavaScript|JS|URI|Launch|AA|EmbeddedFile)\b", drawn)


@pytest.mark.parametrize(("name", "taken"), WORD_FIELDS)
def test_ten_megabytes_and_what_no_database_takes_are_refused_in_words_and_soon(name: str, taken: str) -> None:
    event = make.event()
    seat = make.seat(event, min(commands[name].who))
    place = Place(seat, make.room(event), event, make.cookie(seat))
    for text, codes in (("x" * 10_000_000, {"fields", "size"}), ("a\x00b", {"nul"})):
        started = time.process_time()
        with pytest.raises(Refused) as refused:
            perform.perform(place, name, {taken: text})
        assert refused.value.code in codes
        assert 10 < len(str(refused.value)) < 2_000
        assert time.process_time() - started < 0.5

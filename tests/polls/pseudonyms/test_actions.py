from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberate.door import perform
from deliberate.errors import Refused
from deliberate.live.pages import PLAIN_COOKIE
from polls.ballots.blind import closing, signing
from polls.ideas import queries as ideas_of
from polls.ideas.models import Idea, Upvote
from polls.opinions.models import Stance
from polls.opinions.queries import counts
from polls.pseudonyms import issuing
from polls.pseudonyms.models import Pseudonym, PseudonymVoucher
from polls.statements.content import intact, struck
from polls.statements.models import SettledClause
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make
from tests.digest import undone
from tests.polls.exports.test_settled import publish
from tests.polls.ideas.make import board, ideas
from tests.polls.pseudonyms.pen import Phone, did, phone, phones, send
from tests.polls.pseudonyms.test_attacks import everything
from tests.polls.statements.rows import clause, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event()


def own(of: Phone) -> list[str]:
    found: list[str] = of.does("pseudonyms.own").data["marks"]
    return found


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12))
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_support_is_counted_once_whoever_taps_how_often_and_by_which_way(
    event: Event, taps: list[tuple[int, bool]]
) -> None:
    with undone():
        perform.rest()  # a walk ago they were others
        [wells] = ideas(event, "Dig wells")
        signing_, seats = phones(event, 2), [make.seat(event), make.seat(event)]
        supports = dict.fromkeys(range(4), False)
        for who, up in taps:
            name = "ideas.upvote" if up else "ideas.unvote"
            if who < 2:
                signing_[who].does(name, idea=wells.handle)
            else:
                make.act(seats[who - 2], name, idea=wells.handle)
            supports[who] = up
        assert board(event) == {"Dig wells": sum(supports.values())}
        assert Pseudonym.objects.count() <= 1 + 4  # the author's, and theirs


def test_a_phone_is_told_what_is_its_own_and_why_its_idea_was_hidden(event: Event) -> None:
    [wells], [ann, ben] = ideas(event, "Dig wells"), phones(event, 2)
    mine = ann.does("ideas.post", text="Open the books").data["idea"]
    ann.does("ideas.upvote", idea=wells.handle)
    ann.does("opinions.say", idea=wells.handle, value="agree")
    make.act(make.seat(event, "moderator"), "ideas.hide", idea=mine, reason="Said before")
    assert own(ann) == sorted(
        [f"upvoted:{wells.handle}", f"stance:{wells.handle}:agree", f"idea:{mine}", f"why:{mine}=Said before"]
    )
    assert own(ben) == []


def test_what_was_done_under_a_pseudonym_can_be_taken_away_by_it_alone(event: Event) -> None:
    [wells], [ann, ben] = ideas(event, "Dig wells"), phones(event, 2)
    for each in (ann, ben):
        each.does("ideas.upvote", idea=wells.handle)
        each.does("opinions.say", idea=wells.handle, value="pass")
    mine = ann.does("ideas.post", text="Open the books").data["idea"]
    ann.does("pseudonyms.withdraw")
    assert board(event) == {"Dig wells": 1}
    assert (Upvote.objects.count(), Stance.objects.count()) == (1, 1)
    assert not Idea.objects.filter(text="Open the books").exists()
    with pytest.raises(Refused, match="took this idea back"):
        make.act(make.seat(event, "moderator"), "ideas.unhide", idea=mine)


def test_whoever_has_no_scripts_takes_away_theirs_too(event: Event) -> None:
    [wells], ann = ideas(event, "Dig wells"), make.seat(event)
    make.act(ann, "ideas.upvote", idea=wells.handle)
    make.act(ann, "pseudonyms.withdraw")
    assert board(event) == {"Dig wells": 0}
    assert make.marks_of("ideas", make.room(event), ann) == set()


def test_muting_that_takes_away_hides_all_of_one_author_and_unmuting_brings_it_back(event: Event) -> None:
    [wells], [ann, ben] = ideas(event, "Dig wells"), phones(event, 2)
    moderator = make.seat(event, "moderator")
    first = ann.does("ideas.post", text="Unkind").data["idea"]
    ann.does("ideas.post", text="Unkind again")
    ben.does("ideas.post", text="Kind")
    for each in (ann, ben):
        each.does("ideas.upvote", idea=wells.handle)
        each.does("opinions.say", idea=wells.handle, value="agree")
    make.act(moderator, "ideas.mute", idea=first, reason="Attacks a person", hidden=True)
    assert board(event) == {"Dig wells": 1, "Kind": 0}
    assert counts(make.room(event))[wells.handle].agree == 1
    assert [(handle, why) for handle, _number, why in ideas_of.muted(make.room(event))] == [(first, "Attacks a person")]
    with pytest.raises(Refused):
        ann.does("ideas.upvote", idea=wells.handle)
    make.act(moderator, "ideas.unmute", idea=first)
    assert board(event) == {"Dig wells": 2, "Unkind": 0, "Unkind again": 0, "Kind": 0}
    ann.does("ideas.unvote", idea=wells.handle)
    assert board(event)["Dig wells"] == 1


def test_muting_alone_leaves_what_was_done_before(event: Event) -> None:
    [ann], moderator = phones(event, 1), make.seat(event, "moderator")
    posted = ann.does("ideas.post", text="Unkind").data["idea"]
    make.act(moderator, "ideas.mute", idea=posted, reason="Enough of it")
    assert board(event) == {"Unkind": 0}
    ann.does("pseudonyms.withdraw")  # what is theirs they may take back all the same
    assert board(event) == {}


def test_an_idea_under_a_name_mutes_nobody(event: Event) -> None:
    ann, moderator = make.seat(event, name="Ann"), make.seat(event, "moderator")
    posted = make.act(ann, "ideas.post", text="Signed", show_author=True).data["idea"]
    with pytest.raises(Refused, match="Nobody can be muted"):
        make.act(moderator, "ideas.mute", idea=posted, reason="No")


def test_the_key_is_noted_in_the_journal_once_and_is_the_same_for_all(event: Event) -> None:
    one, other = phone(event), phone(event)
    assert one.definition == other.definition
    entries = Entry.objects.filter(room=one.room, verb="issues")
    assert [entry.detail for entry in entries] == [one.issues.hash.hex()]
    assert one.ask().data["noted"] == one.issues.hash.hex()


def test_a_rooms_key_outlives_the_purge_and_goes_with_the_room(event: Event) -> None:
    one = phone(event)
    closing.tidy()
    assert issuing.signs_for(one.room.handle) in signing.signer().status().polls
    one.issued()
    event.delete()
    closing.tidy()
    assert issuing.signs_for(one.room.handle) not in signing.signer().status().polls


def test_an_idea_that_was_quoted_and_taken_back_leaves_no_words_anywhere(event: Event) -> None:
    [ann], drafter = phones(event, 1), make.seat(event, "drafter")
    ann.does("ideas.post", text="Dig wells of copper")
    [idea] = Idea.objects.all()
    row = clause(drafter, "We shall have water.")
    for source in ("Dig wells of copper", "copper"):
        make.act(drafter, "statements.cite", clause=row.handle, source=f"idea:{idea.handle}", quote=source)
    version = settled(drafter)
    ann.does("pseudonyms.withdraw")
    assert [name for name, rows in everything().items() if "copper" in str(rows)] == []
    version.refresh_from_db()
    assert struck(version)
    assert intact(version)  # the hash of what it says still holds


def test_an_idea_that_was_taken_back_leaves_the_page_of_a_clause_settled_by_itself(
    event: Event, client: Client
) -> None:
    [ann], drafter = phones(event, 1), make.seat(event, "drafter")
    ann.does("ideas.post", text="Dig wells of copper")
    row = clause(drafter, "We shall have water.")
    source = f"idea:{Idea.objects.get().handle}"
    make.act(drafter, "statements.cite", clause=row.handle, source=source, quote="wells of copper")
    make.act(drafter, "statements.settle", clause=row.handle)
    alone = SettledClause.objects.get()
    publish(event)
    page = f"/settled/{alone.hash}/"
    assert "copper" in client.get(page).text
    ann.does("pseudonyms.withdraw")
    assert "copper" not in client.get(page).text
    assert [name for name, rows in everything().items() if "copper" in str(rows)] == []
    alone.refresh_from_db()
    assert intact(alone)


def test_a_page_without_scripts_admits_its_seat_before_it_acts(event: Event, client: Client) -> None:
    """What its first act leaves does not stand beside what names its seat."""
    [wells], ann, room = ideas(event, "Dig wells"), make.seat(event), make.room(event)
    before = Pseudonym.objects.count()
    client.cookies["seat"] = cookie_of(ann)
    client.cookies[PLAIN_COOKIE] = "1"
    at = f"/at/{event.handle}/participant/{room.handle}/"
    assert client.get(f"{at}ideas/").status_code == 200
    vouchers = list(PseudonymVoucher.objects.filter(room=room).values_list("asked", flat=True))
    for _time in range(2):
        client.post(f"{at}do/ideas.upvote", {"idea": wells.handle, "next": at})
    assert board(event) == {"Dig wells": 1}
    assert list(PseudonymVoucher.objects.filter(room=room).values_list("asked", flat=True)) == vouchers
    assert Pseudonym.objects.count() == before + 1


def test_who_only_looks_leaves_no_pseudonym(event: Event) -> None:
    [wells], ann = ideas(event, "Dig wells"), make.seat(event)
    before = Pseudonym.objects.count()
    assert make.act(ann, "pseudonyms.own").data["marks"] == []
    assert Pseudonym.objects.count() == before
    make.act(ann, "ideas.upvote", idea=wells.handle)
    assert make.act(ann, "pseudonyms.own").data["marks"] == [f"upvoted:{wells.handle}"]


def test_what_was_taken_away_is_no_longer_marked(event: Event) -> None:
    [wells], [ann] = ideas(event, "Dig wells"), phones(event, 1)
    ann.does("ideas.upvote", idea=wells.handle)
    assert ann.does("pseudonyms.withdraw").data == {"marks": []}
    assert own(ann) == []


def test_an_idea_that_nobody_quoted_leaves_the_text_as_it_is(event: Event) -> None:
    [ann], drafter = phones(event, 1), make.seat(event, "drafter")
    row = clause(drafter, "We shall have the water, then the road.")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We shall have water.", revision=0)
    make.act(make.seat(event), "statements.stand", clause=row.handle, value="support")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We shall.", revision=1)
    before = list(row.revisions.values_list("text", flat=True))
    assert any("the" in text or "water" in text for text in before)
    for text in ("the", "e", "water"):
        ann.does("ideas.post", text=text)
    ann.does("pseudonyms.withdraw")
    assert list(row.revisions.values_list("text", flat=True)) == before


def test_ideas_that_counted_for_one_that_is_taken_back_stand_by_themselves_again(event: Event) -> None:
    [ann, ben], moderator = phones(event, 2), make.seat(event, "moderator")
    top = ann.does("ideas.post", text="Dig wells").data["idea"]
    middle = ann.does("ideas.post", text="Wells").data["idea"]
    leaf = ben.does("ideas.post", text="More wells").data["idea"]
    [mine] = ideas(event, "Wells for all")
    ben.does("ideas.upvote", idea=leaf)
    make.act(moderator, "ideas.merge", idea=leaf, into=middle)
    make.act(moderator, "ideas.merge", idea=middle, into=mine.handle)
    assert board(event) == {"Dig wells": 0, "Wells for all": 1}
    make.act(moderator, "ideas.merge", idea=mine.handle, into=top)
    ann.does("pseudonyms.withdraw")
    assert board(event) == {"Wells for all": 1}, "the leaf counts for what the middle counted for"
    assert Idea.objects.get(handle=leaf).merged_into == mine


def test_a_post_that_comes_again_after_it_was_hidden_stays_hidden(event: Event) -> None:
    [ann], moderator = phones(event, 1), make.seat(event, "moderator")
    octets = ann.act("ideas.post", text="Unkind")
    handle = did(send(ann.room, octets)).data["idea"]
    make.act(moderator, "ideas.hide", idea=handle, reason="Unkind")
    assert did(send(ann.room, octets)).data["idea"] == handle
    assert board(event) == {}
    assert Idea.objects.count() == 1


def test_who_is_muted_and_takes_all_back_can_still_be_unmuted(event: Event) -> None:
    [ann], moderator = phones(event, 1), make.seat(event, "moderator")
    posted = ann.does("ideas.post", text="Unkind").data["idea"]
    make.act(moderator, "ideas.mute", idea=posted, reason="Enough of it", hidden=True)
    with pytest.raises(Refused, match="muted already"):
        make.act(moderator, "ideas.mute", idea=posted, reason="Again")
    ann.does("pseudonyms.withdraw")
    assert [handle for handle, _number, _why in ideas_of.muted(make.room(event))] == [posted]
    make.act(moderator, "ideas.unmute", idea=posted)
    assert board(event) == {}, "what was taken back stays so"
    ann.does("ideas.post", text="Kind")
    assert board(event) == {"Kind": 0}


def test_without_a_name_nothing_is_posted_under_one(event: Event) -> None:
    ann = make.seat(event)
    Seat.objects.filter(pk=ann.pk).update(name="")
    with pytest.raises(Refused, match="You have no name here"):
        make.act(ann, "ideas.post", text="Signed", show_author=True)
    assert not Idea.objects.exists()

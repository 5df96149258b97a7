"""People and organisations sign a settled version, through the door."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from deliberate.errors import Refused
from deliberate.live.painter import paint
from polls.endorsements.models import Endorsement
from polls.endorsements.queries import Signed, of
from polls.exports.bundle import bundle
from polls.exports.outcome import outcome
from polls.exports.outline import document
from polls.statements.content import intact
from polls.statements.models import Version
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.seats.actions import erase
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.test_screens import page as screen
from tests.polls.statements.rows import clause, people, reopened, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event(k=2, attribution="name")


@pytest.fixture
def version(event: Event) -> Version:
    drafter = make.seat(event, "drafter")
    clause(drafter, "We come back.")
    return settled(drafter)


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann", group="Youth")


def sign(by: Seat, **fields: str) -> str:
    return str(make.act(by, "endorsements.sign", "", version="1", **fields).say)


def signed(event: Event, version: Version) -> Signed:
    event.refresh_from_db()
    return of(version, event)


def test_a_person_signs_once_and_is_named_as_they_chose(event: Event, version: Version, ann: Seat) -> None:
    assert "counted, not named" in sign(ann)
    assert (signed(event, version).people, signed(event, version).named) == (1, ())
    sign(ann, signed="name")
    assert (signed(event, version).people, signed(event, version).named) == (1, ("Ann",))
    assert intact(version)


def test_nobody_more_signs_what_was_reopened(event: Event, version: Version, ann: Seat) -> None:
    sign(ann, signed="name")
    sign(ann, organisation="Salt Carriers")
    reopened(event)
    ben = make.seat(event, name="Ben")
    for fields in ({"signed": "name"}, {"organisation": "Water Carriers"}):
        with pytest.raises(Refused, match="Version 1 was reopened"):
            sign(ben, **fields)
    assert signed(event, version).named == ("Ann",)
    picture = paint(make.room(event), "endorsements.signed", "participant", "en").html
    assert "Version 1 was reopened" in picture
    assert "Sign it yourself" not in picture
    assert "Sign for an organisation" not in picture
    assert "You signed it" in picture, "those who did may change it, or take it back"
    sign(ann, signed="nobody")
    make.act(ann, "endorsements.withdraw", "", version="1", organisation="")
    assert signed(event, version).people == 0


def test_whoever_chooses_nothing_is_told_and_named_as_before(event: Event, version: Version, ann: Seat) -> None:
    with pytest.raises(Refused, match="Choose what you are named by"):
        sign(ann, signed="")
    assert not Endorsement.objects.exists()
    sign(ann, signed="name")
    with pytest.raises(Refused, match="Choose what you are named by"):
        sign(ann, signed="")
    assert Endorsement.objects.get().level == "name"


def test_whoever_has_signed_finds_no_choice_made_for_them(version: Version, ann: Seat) -> None:
    def forms() -> list[str]:
        """The forms that name oneself and are shown."""
        every = re.findall("<form[^>]*>.*?</form>", screen(ann, "sign/", plain=True), re.DOTALL)
        own = [each for each in every if 'data-command="endorsements.sign"' in each and "organisation" not in each]
        return [each for each in own if " hidden" not in each.partition(">")[0]]

    [first] = forms()
    assert "Change how" not in first
    sign(ann, signed="name")
    [anew] = forms()
    assert "Change how I am named" in anew
    assert re.search(r'<select [^>]*required><option value="">Choose</option>', anew)
    assert "selected" not in anew


def test_nobody_is_named_beyond_the_events_attribution(event: Event, version: Version, ann: Seat) -> None:
    sign(ann, signed="name")
    for level in ("group", "nobody"):
        Event.objects.update(attribution=level)
        assert signed(event, version).named == ()


def test_an_organisation_signs_once_and_its_signer_is_not_named(event: Event, version: Version, ann: Seat) -> None:
    (ben,) = people(event, "")
    sign(ann, organisation="The Union of Salt Carriers")
    with pytest.raises(Refused, match="has signed already"):
        sign(ben, organisation="the union of salt carriers")
    found = signed(event, version)
    assert ([name for name, _handle in found.organisations], found.people) == (["The Union of Salt Carriers"], 0)
    with pytest.raises(Refused, match="have not signed"):
        make.act(ben, "endorsements.withdraw", version="1", organisation="The Union of Salt Carriers")
    make.act(ann, "endorsements.withdraw", version="1", organisation="The Union of Salt Carriers")
    assert not Endorsement.objects.exists()


def test_only_what_is_settled_can_be_signed(event: Event, version: Version, ann: Seat) -> None:
    with pytest.raises(Refused, match="no such version"):
        make.act(ann, "endorsements.sign", version="2")


def test_when_somebody_signed_is_not_noted(version: Version, ann: Seat) -> None:
    before = Entry.objects.count()
    sign(ann, signed="name")
    assert Entry.objects.count() == before


def test_groups_are_counted_where_k_have_signed_since(event: Event, version: Version) -> None:
    youth, diplomats = people(event, "Youth", "Youth", "Youth"), people(event, "Diplomats", "Diplomats")
    for seat in (*youth[:2], *diplomats):
        sign(seat)
    assert dict(signed(event, version).by_group) == {"Youth": 2, "Diplomats": 2}
    sign(youth[2])
    assert dict(signed(event, version).by_group) == {"Youth": 2, "Diplomats": 2}
    assert signed(event, version).people == 5


def test_an_erased_person_stays_counted_without_a_name(event: Event, version: Version, ann: Seat) -> None:
    sign(ann, signed="name")
    erase(room=make.room(event), by=ann)
    assert (signed(event, version).people, signed(event, version).named) == (1, ())
    assert "Ann" not in str(bundle(event))


def test_a_moderator_strikes_an_organisation_that_never_signed(event: Event, version: Version, ann: Seat) -> None:
    sign(ann, organisation="Zanzibar")
    row = Endorsement.objects.get()
    make.act(make.seat(event, "moderator"), "endorsements.strike", endorsement=row.handle)
    assert not Endorsement.objects.exists()
    assert "Zanzibar" not in "".join(f"{entry.subject}{entry.detail}" for entry in Entry.objects.all())


def test_who_signed_stands_in_the_files_and_on_the_permanent_page(
    client: Client, event: Event, version: Version, ann: Seat
) -> None:
    make.act(make.seat(event, "host"), "statements.rules", majority="half", public="on")
    sign(ann, signed="name")
    sign(ann, organisation="Salt Carriers")
    texts = document(outcome(make.room(event), version)).texts
    page = client.get(f"/settled/{version.hash}/").content.decode()
    for where in (texts, page):
        assert "Salt Carriers" in where
        assert "Ann" in where
        assert "1 person signed." in where
    kept = bundle(event)["rooms"][0]["statement"]["versions"][0]["signed"]
    assert (kept["organisations"], kept["named"], kept["people"]) == (["Salt Carriers"], ["Ann"], 1)


def test_the_screen_offers_what_each_role_may_do(event: Event, ann: Seat) -> None:
    room = make.room(event)
    assert "No version is settled yet" in paint(room, "endorsements.signed", "participant", "en").html
    drafter = make.seat(event, "drafter")
    clause(drafter, "We come back.")
    settled(drafter)
    sign(ann, organisation="Salt Carriers")
    html = {
        role: paint(room, "endorsements.signed", role, "en").html for role in ("participant", "moderator", "drafter")
    }
    assert "endorsements.sign" in html["participant"]
    assert "endorsements.strike" in html["moderator"]
    assert "/do/" not in html["drafter"]
    assert make.marks_of("endorsements", room, ann) == {f"for:{Endorsement.objects.get().handle}"}


def test_nobody_is_offered_to_sign_with_a_group_in_which_all_who_sign_are_counted(
    event: Event, version: Version
) -> None:
    seats = people(event, "Youth", "Youth", "Diplomats", "Diplomats")
    for seat, how in zip(seats, ("name", "nobody", "nobody", "nobody"), strict=True):
        sign(seat, signed=how)
    assert dict(signed(event, version).by_group) == {"Youth": 2, "Diplomats": 2}
    with pytest.raises(Refused, match="group"):
        sign(seats[1], signed="group")
    html = paint(make.room(event), "endorsements.signed", "participant", "en").html
    assert ("My name" in html, "My group" in html) == (True, False)


def test_where_names_are_not_shown_whoever_signs_with_one_is_told_so(event: Event, version: Version, ann: Seat) -> None:
    Event.objects.update(attribution="group")
    make.room(event)
    assert "counted, not named" in sign(ann, signed="name")
    html = paint(make.room(Event.objects.get()), "endorsements.signed", "participant", "en").html
    assert "My " not in html


def test_a_signature_that_was_given_with_a_group_stays_counted(event: Event, version: Version, ann: Seat) -> None:
    sign(ann)
    Endorsement.objects.update(level="group", group=ann.group)
    assert (signed(event, version).people, signed(event, version).named) == (1, ())

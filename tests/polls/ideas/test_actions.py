from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from deliberate.errors import Refused
from polls.ideas.models import Idea, State, Upvote
from rooms.events.models import AgendaItem, Event
from rooms.journal.models import Entry
from tests import make
from tests.polls.ideas.make import board, cards, ideas, merge, moderator, people, post, upvote

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event()


def by_moderator(idea: Idea, verb: str, **fields: str) -> object:
    return make.act(moderator(idea.room.event), f"ideas.{verb}", idea=idea.handle, **fields)


# ---- posting ----------------------------------------------------------------------------------------------------------


def test_an_idea_stands_on_the_board_under_the_next_number(event: Event) -> None:
    first, second = ideas(event, "Dig wells", "Open courts")
    assert (first.number, second.number) == (1, 2)
    assert board(event) == {"Dig wells": 0, "Open courts": 0}


def test_an_idea_remembers_the_agenda_item_it_was_posted_in(event: Event) -> None:
    make.act(moderator(event), "events.move_on")
    assert post(make.seat(event), "Dig wells").item == AgendaItem.objects.get(title="Short contributions")


def test_no_name_is_kept_where_the_author_does_not_sign(event: Event) -> None:
    ann, ben = make.seat(event, name="Ann"), make.seat(event, name="Ben")
    assert (post(ann, "Dig wells").author, post(ben, "Open courts", signed=True).author) == ("", "Ben")


def test_a_signed_idea_keeps_the_name_it_was_posted_under(event: Event) -> None:
    ann = make.seat(event, name="Ann")
    post(ann, "Dig wells", signed=True)
    make.act(ann, "seats.rename", name="Zoe", place="hall")
    assert cards(event)[0].author == "Ann"


def test_the_same_form_sent_twice_is_one_idea(event: Event) -> None:
    ann = make.seat(event)
    first = make.act(ann, "ideas.post", text="Dig wells")
    second = make.act(ann, "ideas.post", text=" Dig  wells ")
    assert first.data == second.data
    assert str(second.say) == "You posted this already. It is idea 1."
    assert post(make.seat(event), "Dig wells").number == 2


def test_posting_is_not_noted_since_the_moment_could_point_at_a_person(event: Event) -> None:
    idea = post(make.seat(event), "Dig wells")
    upvote(idea, make.seat(event))
    assert Entry.objects.count() == 0


def test_an_idea_too_long_is_refused_in_words_and_one_of_280_characters_is_not(event: Event) -> None:
    ann = make.seat(event)
    with pytest.raises(Refused, match="Your idea is 2 characters too long") as refused:
        make.act(ann, "ideas.post", text="x" * 282)
    assert refused.value.code == "fields"
    assert len(post(ann, "a\r\nb" * 70 + "  ").text) == 210


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_an_empty_idea_is_refused_in_words(event: Event, text: str) -> None:
    with pytest.raises(Refused, match="There is nothing to post yet"):
        make.act(make.seat(event), "ideas.post", text=text)


def test_eleven_ideas_in_a_minute_are_too_many_for_one_seat(event: Event) -> None:
    ann = make.seat(event)
    for number in range(10):
        post(ann, f"Idea {number}")
    with pytest.raises(Refused) as refused:
        post(ann, "One more")
    assert refused.value.code == "limit"
    post(make.seat(event), "Another one's")


# ---- support ----------------------------------------------------------------------------------------------------------


def test_a_seat_supports_an_idea_once_however_often_it_says_so(event: Event) -> None:
    (idea,) = ideas(event, "Dig wells")
    ann, ben = people(event, 2)
    upvote(idea, ann, ann, ben)
    assert board(event) == {"Dig wells": 2}


def test_support_can_be_taken_back_and_taking_it_back_again_changes_nothing(event: Event) -> None:
    (idea,) = ideas(event, "Dig wells")
    ann, ben = people(event, 2)
    upvote(idea, ann, ben)
    for _again in range(2):
        make.act(ann, "ideas.unvote", idea=idea.handle)
    assert board(event) == {"Dig wells": 1}


def test_an_idea_of_another_room_can_not_be_supported(event: Event) -> None:
    (elsewhere,) = ideas(make.event("Another meeting"), "Dig wells")
    with pytest.raises(Refused, match="no longer on the board"):
        upvote(elsewhere, make.seat(event))


# ---- approved first ---------------------------------------------------------------------------------------------------


def test_where_the_host_wants_it_an_idea_waits_for_a_moderator(event: Event) -> None:
    Event.objects.update(approve_ideas=True)
    ann = make.seat(event)
    answer = make.act(ann, "ideas.post", text="Dig wells")
    assert str(answer.say) == "A moderator reads your idea first. It is number 1."
    assert board(event) == {}
    idea = Idea.objects.get()
    with pytest.raises(Refused, match="no longer on the board"):
        upvote(idea, ann)
    by_moderator(idea, "approve")
    assert board(event) == {"Dig wells": 0}


# ---- hiding -----------------------------------------------------------------------------------------------------------


def test_a_hidden_idea_leaves_the_board_and_comes_back_with_its_support(event: Event) -> None:
    idea, _other = ideas(event, "Dig wells", "Open courts")
    upvote(idea, *people(event, 3))
    answer = make.act(moderator(event), "ideas.hide", idea=idea.handle, reason="It names a person")
    assert board(event) == {"Open courts": 0}
    undo = answer.data["undo"]
    make.act(moderator(event), undo["command"], **undo["fields"])
    assert board(event) == {"Dig wells": 3, "Open courts": 0}
    assert list(Entry.objects.order_by("number").values_list("verb", flat=True)) == ["hid", "unhid"]


def test_hiding_says_why(event: Event) -> None:
    (idea,) = ideas(event, "Dig wells")
    for reason in ("", "  ", "\u202e"):
        with pytest.raises(Refused, match="Say in a few words why"):
            by_moderator(idea, "hide", reason=reason)
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.update(state=State.HIDDEN)


def test_an_idea_hidden_while_it_waited_waits_again_when_hiding_is_undone(event: Event) -> None:
    Event.objects.update(approve_ideas=True)
    (idea,) = ideas(event, "Dig wells")
    by_moderator(idea, "hide", reason="Off topic")
    by_moderator(idea, "unhide")
    assert Idea.objects.get().state == State.WAITING


def test_a_second_moderator_who_hides_the_same_idea_is_told_so(event: Event) -> None:
    (idea,) = ideas(event, "Dig wells")
    by_moderator(idea, "hide", reason="Off topic")
    with pytest.raises(Refused, match="changed by somebody else"):
        by_moderator(idea, "hide", reason="Unkind")
    assert Idea.objects.get().reason == "Off topic"


# ---- merging ----------------------------------------------------------------------------------------------------------


def test_merged_ideas_have_the_support_of_both_each_seat_counted_once(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    ann, ben, cem = people(event, 3)
    upvote(wells, ann, ben)
    upvote(water, ben, cem)
    merge(water, wells)
    assert board(event) == {"Dig wells": 3}


def test_whoever_supports_a_merged_idea_supports_the_one_it_counts_for(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    merge(water, wells)
    ann, ben = people(event, 2)
    upvote(water, ann, ben)
    assert board(event) == {"Dig wells": 2}
    make.act(ann, "ideas.unvote", idea=water.handle)
    assert board(event) == {"Dig wells": 1}


def test_support_is_taken_back_from_all_the_ideas_that_count_as_one(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    ann = make.seat(event)
    upvote(wells, ann)
    upvote(water, ann)
    merge(water, wells)
    make.act(ann, "ideas.unvote", idea=wells.handle)
    assert board(event) == {"Dig wells": 0}
    assert Upvote.objects.count() == 0


def test_a_chain_of_merges_counts_for_its_last_idea(event: Event) -> None:
    wells, water, rain = ideas(event, "Dig wells", "Water for all", "Catch rain")
    ann, ben, cem = people(event, 3)
    for idea, seat in ((wells, ann), (water, ben), (rain, cem)):
        upvote(idea, seat)
    merge(rain, water)
    merge(water, wells)
    assert board(event) == {"Dig wells": 3}
    assert [each.number for each in cards(event)[0].merged] == [2, 3]


def test_undoing_a_merge_gives_each_idea_its_own_support_back(event: Event) -> None:
    wells, water, rain = ideas(event, "Dig wells", "Water for all", "Catch rain")
    ann, ben = people(event, 2)
    upvote(wells, ann)
    upvote(water, ann, ben)
    merge(rain, water)
    answer = make.act(moderator(event), "ideas.merge", idea=water.handle, into=str(wells.number))
    assert str(answer.say) == "Idea 2 counts for idea 1 now."
    undo = answer.data["undo"]
    make.act(moderator(event), undo["command"], **undo["fields"])
    assert board(event) == {"Water for all": 2, "Dig wells": 1}


def test_an_idea_can_be_merged_by_the_number_people_call_it_by(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    by_moderator(water, "merge", into=f"#{wells.number}")
    assert board(event) == {"Dig wells": 0}


@pytest.mark.parametrize(
    ("into", "said"), [("9", "There is no idea 9"), ("1", "That is the same idea"), ("x", "no idea x")]
)
def test_an_idea_can_only_be_merged_with_another_one_on_the_board(event: Event, into: str, said: str) -> None:
    (wells,) = ideas(event, "Dig wells")
    with pytest.raises(Refused, match=said):
        by_moderator(wells, "merge", into=into)


def test_ideas_can_not_be_merged_in_a_circle(event: Event) -> None:
    wells, water, rain = ideas(event, "Dig wells", "Water for all", "Catch rain")
    merge(water, wells)
    merge(rain, water)
    with pytest.raises(Refused, match="That is the same idea"):
        merge(wells, rain)


def test_a_waiting_idea_merged_by_mistake_waits_again(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    Event.objects.update(approve_ideas=True)
    (water,) = ideas(event, "Water for all")
    merge(water, wells)
    by_moderator(water, "unmerge")
    assert Idea.objects.get(pk=water.pk).state == State.WAITING


def test_what_counts_for_a_hidden_idea_is_gone_and_back_with_it(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    merge(water, wells)
    by_moderator(wells, "hide", reason="Off topic")
    assert board(event) == {}
    with pytest.raises(Refused, match="no longer on the board"):
        upvote(water, make.seat(event))
    by_moderator(wells, "unhide")
    assert board(event) == {"Dig wells": 0}


# ---- pinning and taking up --------------------------------------------------------------------------------------------


def test_a_pinned_idea_stands_first_until_it_is_unpinned(event: Event) -> None:
    wells, courts = ideas(event, "Dig wells", "Open courts")
    upvote(wells, make.seat(event))
    by_moderator(courts, "pin")
    assert list(board(event)) == ["Open courts", "Dig wells"]
    by_moderator(courts, "unpin")
    assert list(board(event)) == ["Dig wells", "Open courts"]


def test_an_idea_that_was_taken_up_says_so_until_it_is_put_back(event: Event) -> None:
    (idea,) = ideas(event, "Dig wells")
    by_moderator(idea, "take_up")
    assert cards(event)[0].taken_up
    by_moderator(idea, "put_back")
    assert not cards(event)[0].taken_up


def test_pinning_what_is_pinned_is_noted_once(event: Event) -> None:
    (idea,) = ideas(event, "Dig wells")
    by_moderator(idea, "pin")
    by_moderator(idea, "pin")
    assert list(Entry.objects.values_list("verb", "subject")) == [("pinned", f"idea:{idea.handle}")]


# ---- erasing ----------------------------------------------------------------------------------------------------------


def test_erasing_oneself_takes_the_name_off_ones_ideas_and_leaves_the_words(event: Event) -> None:
    ann, ben = make.seat(event, name="Ann"), make.seat(event, name="Ben")
    post(ann, "Dig wells", signed=True)
    post(ben, "Open courts", signed=True)
    make.act(ann, "seats.erase")
    assert {card.text: card.author for card in cards(event)} == {"Dig wells": "", "Open courts": "Ben"}
    assert not Idea.objects.filter(author="Ann").exists()


def test_erasing_oneself_reaches_every_screen_on_which_the_name_stood(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the board, while it waits, and once it was hidden."""
    ann = make.seat(event, name="Ann")
    post(ann, "Dig wells", signed=True)
    touched: set[str] = set()
    monkeypatch.setattr("polls.ideas.actions.touch", lambda room, *parts, **more: touched.update(parts))
    make.act(ann, "seats.erase")
    assert {"ideas.board", "ideas.desk", "ideas.waiting", "ideas.aside"} <= touched

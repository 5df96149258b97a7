"""Documents of pads: what comes from outside is text or is refused, and nobody's words are lost to somebody else's edit."""

from __future__ import annotations

from collections.abc import Callable

import pycrdt
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from polls.statements.core import LONGEST_CLAUSE
from polls.statements.pads import core
from tests.polls.statements.pads.drafters import typed

WORDS = st.lists(
    st.sampled_from(["peace", "bread", "نسعى", "للسلام", "\U0001f33e", "e\u0301", "\u200f", "and", ",", "\n"]),
    max_size=12,
).map(" ".join)


@given(WORDS, WORDS)
@example("We ask for peace.", "")
@example("", "We ask for peace.")
def test_an_edit_turns_one_text_into_the_other(before: str, after: str) -> None:
    state = core.begun(before)
    assert core.text_of(core.load(state)) == before
    assert core.text_of(core.load(state, core.edited(state, after))) == after


@given(WORDS, st.integers(0, 20))
def test_an_edit_by_others_leaves_what_was_typed_meanwhile(after: str, at: int) -> None:
    state = core.begun("We ask for peace and bread.")
    doc = core.load(state)
    mine = typed(doc, lambda text: text.insert(at, "MINE"))
    assert "MINE" in core.text_of(core.load(state, mine, core.edited(state, after)))


@given(st.permutations(range(6)))
def test_updates_come_to_the_same_text_in_whatever_order(order: list[int]) -> None:
    state = core.begun("We ask.")
    docs = [core.load(state) for _each in range(3)]
    updates = [typed(docs[n % 3], lambda text, n=n: text.insert(n % 3, str(n))) for n in range(6)]  # type: ignore[misc]
    assert core.text_of(core.load(state, *(updates[n] for n in order))) == core.text_of(core.load(state, *updates))
    assert core.text_of(core.load(core.merged([state, *(updates[n] for n in order)]))) == core.text_of(
        core.load(state, *updates)
    )


@given(st.binary(max_size=60))
@example(b"")
@example(b"\xff" * 40)
def test_what_can_t_be_read_is_refused_or_changes_nothing(noise: bytes) -> None:
    doc = core.load(core.begun("We ask."))
    try:
        core.take(doc, noise)
    except core.Unfit:
        return
    assert len(core.text_of(doc)) <= core.MOST_LETTERS


def _known(number: int, *updates: bytes) -> core.Doc:
    """A document whose name is known, so that its bytes are the same every time."""
    doc: core.Doc = pycrdt.Doc(client_id=number)
    doc.get(core.ROOT, type=pycrdt.Text)
    for update in updates:
        doc.apply_update(update)
    return doc


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_stroke_that_was_tampered_with_is_refused_or_is_text(changes: list[tuple[int, int]]) -> None:
    state = typed(_known(1), lambda text: text.insert(0, "We ask."))
    stroke = bytearray(typed(_known(2, state), lambda text: text.insert(3, "all of you to ")))
    for place, value in changes:
        stroke[place % len(stroke)] = value
    doc = core.load(state)
    try:
        core.take(doc, bytes(stroke))
    except core.Unfit:
        return
    assert "\x00" not in core.text_of(doc)
    assert core.text_of(core.load(doc.get_update())) == core.text_of(doc), "what is kept is what was taken"


def test_what_builds_on_something_that_was_not_stored_is_refused() -> None:
    state = core.begun("We ask.")
    doc = core.load(state)
    first, second = (typed(doc, lambda text: text.insert(0, "So ")) for _each in range(2))
    with pytest.raises(core.Gap):
        core.take(core.load(state), second)
    core.take(core.load(state, first), second)


def test_a_text_that_can_be_cut_down_is_taken_and_a_longer_one_is_not() -> None:
    full = core.begun("x" * LONGEST_CLAUSE)
    twice = typed(core.load(full), lambda text: text.insert(0, "y" * LONGEST_CLAUSE))
    core.take(core.load(full), twice)
    with pytest.raises(core.Unfit):
        core.take(core.load(full, twice), typed(core.load(full, twice), lambda text: text.insert(0, "z")))


def _map(doc: core.Doc) -> None:
    other: pycrdt.Doc[pycrdt.Map[str]] = pycrdt.Doc()
    other.get("more", type=pycrdt.Map)["hidden"] = "words"
    doc.apply_update(other.get_update())


def _embed(doc: core.Doc) -> None:
    doc.get(core.ROOT, type=pycrdt.Text).insert_embed(1, {"image": "x"})


def _return(doc: core.Doc) -> None:
    doc.get(core.ROOT, type=pycrdt.Text).insert(1, "\r")


def _nul(doc: core.Doc) -> None:
    doc.get(core.ROOT, type=pycrdt.Text).insert(1, "\x00")


@pytest.mark.parametrize("change", [_map, _embed, _return, _nul])
def test_what_is_no_text_is_refused(change: Callable[[core.Doc], None]) -> None:
    state = core.begun("We ask.")
    doc = core.load(state)
    before = doc.get_state()
    change(doc)
    with pytest.raises(core.Unfit):
        core.take(core.load(state), doc.get_update(before))


def test_what_was_deleted_leaves_no_letters_in_the_state() -> None:
    doc = core.load(core.begun("We ask for Zanzibar."))
    typed(doc, lambda text: text.clear())
    assert b"Zanzibar" not in doc.get_update()


@given(st.lists(st.tuples(st.integers(0, 2), st.binary(max_size=300)), max_size=4))
def test_messages_are_read_as_they_were_written(messages: list[tuple[int, bytes]]) -> None:
    written = b"".join(core.message(kind, payload) for kind, payload in messages)
    assert list(core.messages(written)) == messages
    assert pycrdt.create_sync_message(core.load()) == core.message(core.STEP_1, core.load().get_state())


@given(st.binary(min_size=1, max_size=30))
def test_bytes_that_are_no_messages_are_refused(noise: bytes) -> None:
    try:
        found = list(core.messages(noise))
    except core.Unfit:
        return
    assume(found)
    # A length may be written in more than one way; what it stands for is the same.
    assert all(payload in noise for _kind, payload in found)

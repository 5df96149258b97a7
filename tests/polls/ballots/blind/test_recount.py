"""The recount reads choices and counts them as the service does, though neither knows the other."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polls.ballots.blind.verify_poll import Ballot, Poll
from polls.ballots.core import ABSTAIN, BadChoice, Contents, Kind, Question, choice, counts, picks
from polls.ballots.outcome import result
from tests.polls.ballots.blind.made import Key, definition, poll

HANDLES = ["a", "b", "cc", "d_", "E"]


@st.composite
def questions(draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(Kind)) -> Question:
    kind = draw(st.sampled_from(kinds))
    if kind is Kind.SCALE:
        low = draw(st.integers(-20, 20))
        return Question(kind, low=low, high=low + draw(st.integers(1, 12)))
    options = tuple(draw(st.permutations(HANDLES))[: draw(st.integers(2, 5))])
    if kind is not Kind.SEVERAL:
        return Question(kind, options)
    most = draw(st.integers(1, len(options)))
    return Question(kind, options, at_least=draw(st.integers(1, most)), at_most=most)


@pytest.fixture(scope="session")
def template(keys: list[Key]) -> dict[str, Any]:
    """A file without ballots."""
    found: dict[str, Any] = json.loads(poll(keys, 0).text())
    return found


def as_read(template: dict[str, Any], keys: list[Key], question: Question) -> Poll:
    """The poll as the recount reads it."""
    scale = question.kind is Kind.SCALE
    text = definition(
        keys,
        question.kind.value,
        options=[[handle, f"Option {handle}"] for handle in question.options],
        least=question.low if scale else question.at_least,
        most=question.high if scale else question.limit,
    )
    return Poll(json.dumps({**template, "definition": text}).encode())


def valid(question: Question, key: str) -> bool:
    """Whether the service would make this key of some choice."""
    try:
        return choice(question, picks(question, key), abstain=key == ABSTAIN) == key
    except BadChoice:
        return False


#: What looks like a part of a choice, and what nearly does.
PIECES = [
    "A",
    "-",
    "1",
    "0",
    "-1",
    "01",
    "+1",
    "-0",
    "12",
    "１",
    " ",
    "",
    "a ",
    "\0",
    "\u00a0",
    "1.0",
    "1_0",
    "a,b",
    "a>b",
]


@settings(max_examples=500)
@given(questions(), st.data())
def test_a_choice_is_allowed_if_and_only_if_the_box_would_take_it(
    template: dict[str, Any], keys: list[Key], question: Question, data: st.DataObject
) -> None:
    known = st.sampled_from(question.options or ["1", "-3", "7"])
    odd = st.lists(st.sampled_from([*HANDLES, *PIECES]), min_size=1, max_size=3)
    pieces = data.draw(st.lists(known, min_size=1, max_size=5) | st.lists(known, unique=True, min_size=1) | odd)
    for between in (",", ">", "", ", "):
        key = between.join(pieces)
        assert as_read(template, keys, question).allows(key) == valid(question, key)


@settings(max_examples=100)
@given(questions(), st.data())
def test_every_choice_that_the_box_would_take_is_allowed(
    template: dict[str, Any], keys: list[Key], question: Question, data: st.DataObject
) -> None:
    key = data.draw(keys_of(question))
    assert valid(question, key)
    assert as_read(template, keys, question).allows(key)


def keys_of(question: Question) -> st.SearchStrategy[str]:
    """Valid keys."""
    if question.kind is Kind.SCALE:
        chosen = st.integers(question.low, question.high).map(str)
    elif question.kind is Kind.ONE:
        chosen = st.sampled_from(question.options)
    else:
        some = st.permutations(question.options).flatmap(
            lambda order: st.integers(question.at_least, question.limit).map(lambda n: list(order)[:n])
        )
        chosen = some.map(lambda picked: choice(question, picked))
    return chosen | st.just(ABSTAIN)


def ballot(group: str, key: str, place: int) -> Ballot:
    """One of which only the choice and the group count."""
    return Ballot(f"ballot {place}", "", group, b"", b"", key, b"", b"", b"")


@settings(max_examples=400)
@given(questions() | questions((Kind.RANKING,)), st.data())
def test_the_same_ballots_give_the_same_result(
    template: dict[str, Any], keys: list[Key], question: Question, data: st.DataObject
) -> None:
    pairs = st.tuples(st.sampled_from(["g1", "g2"]), keys_of(question), st.integers(1, 4))
    cast = [(group, key) for group, key, many in data.draw(st.lists(pairs, max_size=9)) for _ in range(many)]
    contents: Contents = tuple(sorted((group, key, count) for (group, key), count in Counter(cast).items()))
    published = result(question, contents, len(cast), [], 5)
    recounted = as_read(template, keys, question).result([ballot(*each, place) for place, each in enumerate(cast)])
    rows = [(group, key, n) for key, groups in recounted["counts"].items() for group, n in groups.items()]
    assert sorted(rows) == list(contents)
    assert list(recounted["votes"].items()) == published["figures"]["votes"]
    stages = [
        {"votes": each["votes"], "exhausted": each["exhausted"], "out": each["out"]} for each in published["rounds"]
    ]
    assert recounted["rounds"] == stages
    assert recounted["winner"] == published["winner"]
    assert sum(counts(contents).values()) == published["figures"]["ballots"] == len(cast)


RANKING = Question(Kind.RANKING, ("a", "b", "cc", "d_"))


@pytest.mark.parametrize(
    ("cast", "out"),
    [
        ({"a": 2, "b": 1, "cc": 1, "d_": 1}, ["d_", "cc", None]),
        ({"a": 4, "b": 3, "cc>b": 2, "d_>cc>b": 1}, ["d_", "cc", None]),
        ({"a": 2, "b": 2}, ["d_", "cc", "b", None]),
        ({"a": 5, "b": 4, "cc": 3, "d_>cc": 2}, ["d_", "b", "cc", None]),
        ({"d_": 1}, [None]),
    ],
)
def test_ties_are_broken_by_earlier_rounds_and_then_by_the_paper(
    template: dict[str, Any], keys: list[Key], cast: dict[str, int], out: list[str | None]
) -> None:
    ballots = [ballot("g1", key, place) for key, count in cast.items() for place in range(count)]
    recounted = as_read(template, keys, RANKING).result(ballots)
    assert [each["out"] for each in recounted["rounds"]] == out

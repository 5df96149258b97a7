from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polls.ballots.core import Kind, Question
from polls.ballots.runoff import Round, Tie, TieBrokenBy, instant_runoff, pairs

# The capital of Tennessee, the example of the Wikipedia articles on ranked voting.
CITIES = Question(Kind.RANKING, ("memphis", "nashville", "chattanooga", "knoxville"))
TENNESSEE = {
    "memphis>nashville>chattanooga>knoxville": 42,
    "nashville>chattanooga>knoxville>memphis": 26,
    "chattanooga>knoxville>nashville>memphis": 15,
    "knoxville>chattanooga>nashville>memphis": 17,
}
ABC = Question(Kind.RANKING, ("a", "b", "c"))


def test_tennessee_by_instant_runoff_is_knoxville_with_every_round_shown() -> None:
    result = instant_runoff(CITIES, TENNESSEE)
    assert result.winner == "knoxville"
    assert [dict(r.votes) for r in result.rounds] == [
        {"memphis": 42, "nashville": 26, "chattanooga": 15, "knoxville": 17},
        {"memphis": 42, "nashville": 26, "knoxville": 32},
        {"memphis": 42, "knoxville": 58},
    ]
    assert [r.out for r in result.rounds] == ["chattanooga", "nashville", None]
    assert all(r.tie is None for r in result.rounds)


def test_tennessee_by_pairs_is_nashville() -> None:
    result = pairs(CITIES, TENNESSEE)
    assert result.winner == "nashville"
    assert result.prefer["nashville", "memphis"] == 58
    assert result.prefer["memphis", "nashville"] == 42
    assert result.prefer["nashville", "knoxville"] == 68
    assert result.prefer["chattanooga", "knoxville"] == 83


def test_a_circle_of_preferences_has_no_condorcet_winner() -> None:
    assert pairs(ABC, {"a>b>c": 1, "b>c>a": 1, "c>a>b": 1}).winner is None


def test_unranked_options_are_below_all_ranked_and_equal() -> None:
    prefer = pairs(ABC, {"b": 3}).prefer
    assert prefer["b", "a"] == prefer["b", "c"] == 3
    assert prefer["a", "c"] == prefer["c", "a"] == prefer["a", "b"] == 0


def test_more_than_half_of_the_first_choices_wins_at_once() -> None:
    assert instant_runoff(ABC, {"a": 3, "b": 2}).rounds == (Round({"a": 3, "b": 2, "c": 0}, 0, None, None),)


def test_exhausted_ballots_are_shown_and_count_no_longer() -> None:
    result = instant_runoff(ABC, {"a": 4, "b": 3, "c": 2})
    assert [r.exhausted for r in result.rounds] == [0, 2]
    assert result.winner == "a"  # four of the seven ballots that still count


def test_abstentions_are_not_exhausted_ballots() -> None:
    assert instant_runoff(ABC, {"a": 4, "-": 9}).rounds[0].exhausted == 0


def test_nobody_ranked_anything_nobody_wins() -> None:
    assert instant_runoff(ABC, {"-": 4}).winner is None
    assert pairs(ABC, {"-": 4}).winner is None


def test_a_tie_goes_to_whoever_had_more_in_the_round_before() -> None:
    # Round 1: a 4, b 3, c 2, d 1. d goes to c: round 2: a 4, b 3, c 3, a tie.
    # In round 1 c had fewer than b, so c goes out, although b stands lower on the paper.
    paper = Question(Kind.RANKING, ("a", "c", "b", "d"))
    result = instant_runoff(paper, {"a": 4, "b": 3, "c>b": 2, "d>c>b": 1})
    assert result.rounds[1].out == "c"
    assert result.rounds[1].tie == Tie(("c", "b"), TieBrokenBy.EARLIER_ROUND, 1)
    assert result.winner == "b"


def test_a_tie_in_every_round_is_broken_by_the_order_of_the_paper() -> None:
    result = instant_runoff(ABC, {"a": 2, "b": 1, "c": 1})
    assert result.rounds[0].out == "c"
    assert result.rounds[0].tie == Tie(("b", "c"), TieBrokenBy.PAPER_ORDER)


def test_two_equal_at_the_end_are_parted_and_the_tie_is_shown() -> None:
    result = instant_runoff(Question(Kind.RANKING, ("a", "b")), {"a": 2, "b": 2})
    assert result.winner == "a"
    assert result.rounds[0].tie == Tie(("a", "b"), TieBrokenBy.PAPER_ORDER)


@st.composite
def elections(draw: st.DrawFn) -> dict[str, int]:
    ranked = st.permutations("abc").flatmap(lambda order: st.integers(1, 3).map(lambda n: ">".join(order[:n])))
    return draw(st.dictionaries(ranked, st.integers(1, 5), min_size=1, max_size=8))


@given(elections())
def test_no_ballot_is_lost_between_rounds(cast: dict[str, int]) -> None:
    result = instant_runoff(ABC, cast)
    ballots = sum(cast.values())
    assert all(sum(r.votes.values()) + r.exhausted == ballots for r in result.rounds)
    last = result.rounds[-1]
    assert result.winner is not None
    assert 2 * last.votes[result.winner] > ballots - last.exhausted


@given(elections())
def test_whoever_is_ranked_first_by_more_than_half_wins_both_ways(cast: dict[str, int]) -> None:
    ballots = sum(cast.values())
    for option in ABC.options:
        first = sum(n for key, n in cast.items() if key.startswith(option))
        if 2 * first > ballots:
            assert instant_runoff(ABC, cast).winner == option
            assert pairs(ABC, cast).winner == option

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.transcript.struck import MARK, WITHDRAWN, Reworded, Struck, all_as_words, as_words, shingles, strike


def left(words: str, *texts: str) -> list[str]:
    return [each.left for each in strike(words, texts)]


def test_words_are_struck_wherever_they_stand_whatever_their_capitals() -> None:
    text = "Asha Obi came. ASHA  OBI spoke of asha obi's well."
    assert left("asha obi", text, "Nobody.") == [f"{MARK} came. {MARK} spoke of {MARK}'s well.", "Nobody."]


def test_without_words_all_of_it_is_struck() -> None:
    assert left(" ", "Asha Obi came.", "") == [MARK, ""]


def test_a_name_is_not_struck_from_within_a_word_unless_it_stands_nowhere_else() -> None:
    assert left("Ann", "Ann is planning.") == [f"{MARK} is planning."]
    assert left("李小龙", "我是李小龙说的") == [f"我是{MARK}说的"]
    assert left("a.b", "axb") == ["axb"]


def test_where_nobody_knows_whether_they_stand_words_are_struck_as_whole_words_alone() -> None:
    for words, text, left in (
        ("the", "The other one said the same.", f"{MARK} other one said {MARK} same."),
        ("Ann", "Planning Anna.", "Planning Anna."),
        ("Yes.", "Yes. Yes", f"{MARK} Yes"),
        ("we  saw", "They say we saw it, we sawed.", f"They say {MARK} it, we sawed."),
        ("水井", "我们的水井在", f"我们的{MARK}在"),
        ("Obi", "我是Obi说的", f"我是{MARK}说的"),
        ("اشا", "قالت اشا ذلك. باشا", f"قالت {MARK} ذلك. باشا"),
        (" ", "All stays.", "All stays."),
    ):
        assert as_words(words, text).left == left, words


def test_a_quote_moves_with_the_text_and_loses_what_was_struck() -> None:
    struck = strike("Asha Obi", ["I saw Asha Obi at the well."])[0]
    text = struck.text

    def quote(words: str) -> str:
        start = text.index(words)
        since, until, found = struck.quote(start, start + len(words))
        assert struck.left[since:until] == found
        return found

    assert quote("I saw") == "I saw"
    assert quote("at the well") == "at the well"
    assert quote("saw Asha Obi at") == f"saw {MARK} at"
    assert quote("I saw Asha") == f"I saw {MARK}"
    assert quote("Obi at") == f"{MARK} at"
    assert quote("sha O") == MARK


TEXTS = st.text(st.sampled_from("ab AB.é李"), max_size=40)


@given(TEXTS, TEXTS.filter(str.strip), st.integers(0, 40), st.integers(0, 40))
def test_a_quote_is_always_what_stands_there_and_nothing_struck_is_in_it(
    text: str, words: str, one: int, other: int
) -> None:
    struck: Struck = strike(words, [text])[0]
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    since, until, found = struck.quote(start, end)
    if start == end:
        assert (since, found) == (until, WITHDRAWN), "it was taken out before, and stays what was withdrawn"
        return
    assert found == struck.left[since:until]
    kept = [at for at in range(start, end) if not any(a <= at < b for a, b in struck.places)]
    assert found.replace(MARK, "") == "".join(text[at] for at in kept)


@pytest.mark.parametrize(
    ("pieces", "text", "left"),
    [
        (["the well", "we saw the well today"], "Then we saw the well today.", f"Then {MARK}."),
        (["we saw the well today", "the well"], "The well: we saw the well today.", f"{MARK}: {MARK}."),
        (["a b c", "c d e"], "x a b c d e y", f"x {MARK} y"),
        (["a b", "c d"], "a b c d", f"{MARK} {MARK}"),
        ([], "a b", "a b"),
    ],
)
def test_of_pieces_that_overlap_all_of_both_is_struck(pieces: list[str], text: str, left: str) -> None:
    assert all_as_words(pieces, text).left == left


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The well gave clean water", "the WELL -- gave clean sand", True),
        ("The well gave clean water", "The well gave dirty water", False),
        ("too short", "too short", False),
        ("我们村里的井今年给了水", "所以我们村里的井今年很好", True),
        ("我们村里的井", "我们村里的井", False),
    ],
)
def test_a_text_is_known_again_by_four_words_or_eight_letters_in_a_row(one: str, other: str, same: bool) -> None:
    assert (not shingles(one).isdisjoint(shingles(other))) is same


class TestReworded:
    """What stands in the place of a quote once its speaker has corrected the words."""

    @pytest.mark.parametrize(
        ("old", "new", "quote", "left"),
        [
            ("We saw ten villages.", "We saw two villages.", "saw ten villages", "saw two villages"),
            ("We saw ten villages.", "We saw two villages.", "ten", "two"),
            ("We saw ten villages.", "We saw ten small villages.", "ten villages", "ten small villages"),
            ("We saw ten villages.", "Once we saw ten villages.", "saw ten villages", "saw ten villages"),
            ("We saw ten villages.", "We saw villages.", "saw ten", "saw"),
            ("We saw ten villages. All fell.", "All fell.", "We saw ten villages.", "[withdrawn]"),
            ("One.", "Quite something else", "One.", "Quite something else"),
        ],
    )
    def test_a_quote_reads_as_the_correction_does_where_it_stood(
        self, old: str, new: str, quote: str, left: str
    ) -> None:
        start = old.index(quote)
        since, until, words = Reworded(old, new).quote(start, start + len(quote))
        assert words == left
        assert new[since:until] == ("" if left == "[withdrawn]" else left)

    @given(st.text("ab ., ", min_size=1), st.text("ab ., ", min_size=1), st.data())
    def test_it_is_always_a_piece_of_the_new_text(self, old: str, new: str, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(old)))
        end = data.draw(st.integers(start, len(old)))
        since, until, words = Reworded(old, new).quote(start, end)
        assert new[since:until] in (words, "")
        assert words == words.strip()
        assert words

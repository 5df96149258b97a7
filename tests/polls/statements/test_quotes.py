from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.statements.quotes import Amiss, NotVerbatim, find

SOURCE = "We can’t agree on \u201cpeace\u201d now;\n\n  non-violent people disagree … Not in 1.5 years."


def amiss(quote: str, source: str = SOURCE) -> Amiss:
    with pytest.raises(NotVerbatim) as refusal:
        find(quote, source)
    return refusal.value.code


@pytest.mark.parametrize(
    ("quote", "exactly"),
    [
        ("We can’t agree", "We can’t agree"),
        ("  now; non-violent\tpeople ", "now;\n\n  non-violent people"),
        ("disagree … Not", "disagree … Not"),
        ("peace", "peace"),
        ("1.5 years.", "1.5 years."),
        ("people disagree …", "people disagree …"),
    ],
)
def test_a_verbatim_quote_has_its_exact_place_in_the_source(quote: str, exactly: str) -> None:
    start, end = find(quote, SOURCE)
    assert SOURCE[start:end] == exactly


@pytest.mark.parametrize(
    ("quote", "code"),
    [
        ("", Amiss.EMPTY),
        (" … ", Amiss.EMPTY),
        ("we can’t agree", Amiss.CAPITALS),
        ("We can't agree", Amiss.TYPOGRAPHY),
        ('"peace"', Amiss.TYPOGRAPHY),
        ("disagree ... Not", Amiss.ELLIPSIS),
        ("… agree on", Amiss.ELLIPSIS),
        ("people disagree...", Amiss.ELLIPSIS),
        ("We can’t agree […] people disagree", Amiss.ELLIPSIS),
        ("We can", Amiss.INSIDE_A_WORD),
        ("violent people", Amiss.INSIDE_A_WORD),
        ("now; non", Amiss.INSIDE_A_WORD),
        ("5 years", Amiss.INSIDE_A_WORD),
        ("Not in 1", Amiss.INSIDE_A_WORD),
        ("We agree", Amiss.NOT_FOUND),
        ("We can’t agreeon", Amiss.NOT_FOUND),
    ],
)
def test_a_quote_that_is_not_verbatim_says_what_is_amiss(quote: str, code: Amiss) -> None:
    assert amiss(quote) is code


def test_agree_is_not_a_quote_of_disagree() -> None:
    assert amiss("agree", "They disagree.") is Amiss.INSIDE_A_WORD
    assert find("agree", "They disagree. We agree.") == (18, 23)


@pytest.mark.parametrize(
    "between", ["\u00ad", "\u200b", "\u2060", "\ufeff", "\u200d", "\u034f", "\u00ad\u0301", "_", "‿", "·"]
)
def test_what_nobody_sees_does_not_part_a_word(between: str) -> None:
    source = f"We dis{between}agree with it."
    assert amiss("agree", source) is Amiss.INSIDE_A_WORD
    assert amiss(f"{between}agree with", source) is Amiss.INSIDE_A_WORD
    assert amiss("We dis", source) is Amiss.INSIDE_A_WORD
    assert find(f"dis{between}agree", source).start == 3


def test_what_nobody_sees_does_not_join_two_words_either() -> None:
    assert find("سلام", "نريد (\u200fسلام\u200f) عادل") == (7, 11)
    assert find("peace", "❤\ufe0fpeace") == (2, 7)


def test_what_nobody_sees_is_no_quote() -> None:
    assert amiss("\u200b", "one \u200b two") is Amiss.EMPTY


@pytest.mark.parametrize(
    "between", [" ", "\u00a0", "\u202f", "\u2009", "'", "’", ",", ".", "\u066c", "\u200b", " \u200b"]
)
def test_a_number_is_not_quoted_in_part(between: str) -> None:
    source = f"There were 10{between}000 people"
    assert amiss("000 people", source) is Amiss.INSIDE_A_WORD
    assert amiss("There were 10", source) is Amiss.INSIDE_A_WORD
    assert (
        source[slice(*find("10 000" if between in "\u00a0\u202f\u2009" else f"10{between}000", source))][-3:] == "000"
    )


@pytest.mark.parametrize("minus", ["-", "\u2212", "\u2013", "\u2011", "-\u200b", "."])
def test_a_number_is_not_quoted_without_its_minus(minus: str) -> None:
    source = f"It changed by {minus}5 million"
    assert amiss("5 million", source) is Amiss.INSIDE_A_WORD
    assert find(f"{minus}5 million", source).start == 14


@pytest.mark.parametrize("source", ["1/2 of us", "1\u20442 of us", "10–2 of us", "1:2 of us"])
def test_half_is_not_two(source: str) -> None:
    assert amiss("2 of us", source) is Amiss.INSIDE_A_WORD


def test_a_number_beside_words_can_be_quoted() -> None:
    assert find("5 million", "We need 5 million now") == (8, 17)
    assert find("2020", "It began in 2020. 5 came.") == (12, 16)
    assert find("5 came", "It began in 2020. 5 came.") == (18, 24)
    assert find("5000 came", "In 2020 5000 came") == (8, 17)
    assert find("3 abstained", "Yes: 12\n3 abstained") == (8, 19)


def test_a_quote_may_begin_behind_an_apostrophe() -> None:
    assert find("eau potable", "l’eau potable") == (2, 13)


def test_a_letter_typed_in_two_parts_is_the_same_letter() -> None:
    assert find("caf\u00e9", "Le cafe\u0301 ouvre") == (3, 8)
    assert find("cafe\u0301", "Le caf\u00e9 ouvre") == (3, 7)


def test_a_letter_is_not_quoted_without_its_accent() -> None:
    assert amiss("resume", "resume\u0301") is Amiss.NOT_FOUND
    assert amiss("\u0628", "\u0628\u064e") is Amiss.INSIDE_A_WORD


def test_accents_in_another_order_are_the_same_letter() -> None:
    assert find("\u00e1\u0315 b", "x a\u0315\u0301 b") == (2, 7)


def test_a_mark_is_not_quoted_without_what_is_written_over_it() -> None:
    assert amiss("so!", "so!\u0315\u0301") is Amiss.INSIDE_A_WORD


def test_scripts_without_spaces_can_be_quoted_anywhere() -> None:
    assert find("和平", "我们要和平与正义") == (3, 5)
    assert find("سلام", "نريد سلام عادل") == (5, 9)


LETTERS = st.text(
    st.sampled_from("ab é\u0301\u1100\u1161\u11a8\u00a0\n.…'-") | st.characters(exclude_categories=["Cs"]),
    max_size=30,
)


@given(LETTERS, LETTERS, LETTERS)
def test_what_is_found_is_the_quote_but_for_white_space(before: str, quote: str, after: str) -> None:
    source = before + " " + quote + "\n" + after
    try:
        start, end = find(quote, source)
    except NotVerbatim as refusal:
        # Only the edge to what stands before and after, or an empty quote, can be in the way.
        event = refusal.code
    else:
        found = " ".join(unicodedata.normalize("NFC", source[start:end]).split())
        assert found == " ".join(unicodedata.normalize("NFC", quote).split())
        return
    assert event in {Amiss.EMPTY, Amiss.INSIDE_A_WORD, Amiss.NOT_FOUND}


@given(
    st.lists(st.sampled_from(["peace", "now", "we", "can’t", "naïve", "1.5"]), min_size=1),
    st.data(),
)
def test_whole_words_of_a_source_are_always_a_quote(words: list[str], data: st.DataObject) -> None:
    spaces = data.draw(st.lists(st.sampled_from([" ", "\n", "  \t"]), min_size=len(words), max_size=len(words)))
    source = "".join(word + space for word, space in zip(words, spaces, strict=True))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    start, end = find(" ".join(words[first : last + 1]), source)
    assert source[start:end].split() == words[first : last + 1]


@given(LETTERS)
def test_a_source_is_a_quote_of_itself(source: str) -> None:
    stripped = source.strip()
    if any(unicodedata.category(letter)[0] not in "ZMC" and letter not in ".…" for letter in source):
        start, end = find(source, source)
        assert source[start:end].strip() == stripped

"""A recount holds for what a poll published, and for nothing that differs from it in one thing."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from deliberate.bench.ballots.altered import altered
from polls.ballots.blind.verify_poll import verify, words
from tests.polls.ballots.blind.made import CHOICES, WIDTH, Key, Made, b64u, definition, poll, unb64u
from tests.polls.ballots.blind.said import CHECKS, CLOSING, FORM, KIND, NOTED, RESULT, SIGNED, recount, wrong

#: The fields of a ballot: name, first octet, length. The group's id has two letters.
FIELDS = (
    ("name of the format", 0, 20), ("poll's hash", 20, 32), ("length of the id", 52, 1), ("group's id", 53, 2),
    ("public key", 55, 32), ("prefix", 87, 32), ("token", 119, 384), ("number", 503, 4), ("choice", 507, WIDTH),
    ("signature", 507 + WIDTH, 64),
)  # fmt: skip
NASTY = "<script>alert(1)</script>\x1b]0;owned\x07\x9b31m\u202e\u2066txt\r\n\t\u2028\x00\x7f\ud800"


def test_a_poll_of_two_hundred_ballots_holds_with_one_sentence_for_each_check(large: Made) -> None:
    report = recount(large.text())
    assert report.holds
    assert report[: len(CHECKS)] == [f"{each}: ok" for each in CHECKS]
    assert "group g2: 100 ballots, 103 tokens, 150 eligible" in report
    assert report[-1] == "All of it holds."


def test_the_result_is_told_in_words_with_what_people_can_compare(small: Made) -> None:
    file = json.loads(small.text())
    told = "\n".join(recount(file)[len(CHECKS) :])
    for handle, text in json.loads(small.definition)["options"]:
        assert f"  {file['result']['votes'][handle]}  {text}\n" in told
    assert "wins by instant-runoff\n" in told
    assert f"  {sum(file['result']['counts'].get('-', {}).values())}  abstained\n" in told
    assert (
        f"closing {file['closing']} ({words(bytes.fromhex(file['closing']))}), journal {file['journal'][-1]['hash']}\n"
        in told
    )


def test_the_four_words_are_those_of_the_example() -> None:
    assert words(bytes([127, 0, 0, 1, 63, 84, 220, 193])) == "lusab babad gutih tugad"


@pytest.mark.parametrize("kind", CHOICES)
def test_any_change_in_the_result_is_found_in_every_kind_of_poll(keys: list[Key], kind: str) -> None:
    file = json.loads(poll(keys, 6, kind).text())
    assert recount(file).holds
    for what, result in altered(file["result"], "result"):
        assert wrong({**file, "result": result}) in ({RESULT}, {FORM}), what


@pytest.mark.parametrize("kind", CHOICES)
def test_a_poll_in_which_nobody_voted_holds(keys: list[Key], kind: str) -> None:
    assert recount(poll(keys, 0, kind).text()).holds


def test_every_single_change_in_the_file_is_found(small: Made) -> None:
    tried = 0
    for what, changed in altered(json.loads(small.text())):
        report = recount(changed)
        assert not report.holds, what
        assert any(": WRONG: " in line for line in report), what
        assert report[-1] != "All of it holds."
        assert all(line.isprintable() for line in report), what
        tried += 1
    assert tried > 1000


def test_every_single_change_in_the_definition_is_found(small: Made) -> None:
    file, asked = json.loads(small.text()), json.loads(small.definition)
    tried = 0
    for what, changed in altered(asked, "definition"):
        text = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
        found = wrong({**file, "definition": text})
        assert found == {FORM} or found >= {NOTED, KIND}, what
        tried += 1
    assert tried > 400


def test_a_change_of_any_kind_is_found_among_two_hundred_ballots(large: Made) -> None:
    """One of each kind, and of those forty by lot: of the same field in other ballots or entries, any."""
    kinds: dict[str, Any] = {}
    for what, changed in altered(json.loads(large.text())):
        kinds["".join(letter for letter in what if not letter.isdigit())] = (what, changed)
    assert len(kinds) > 200
    for what, changed in random.Random(4).sample(sorted(kinds.values(), key=lambda each: each[0]), 40):
        assert not recount(changed).holds, what


@pytest.mark.parametrize(("name", "start", "length"), FIELDS, ids=[name for name, *_ in FIELDS])
def test_a_single_bit_is_found_in_each_field_of_a_ballot(large: Made, name: str, start: int, length: int) -> None:
    file = json.loads(large.text())
    for place in (0, 100, 199):
        ballot = unb64u(file["ballots"][place])
        for bit in (0, 4 * length, 8 * length - 1):
            changed = bytearray(ballot)
            changed[start + bit // 8] ^= 128 >> bit % 8
            found = wrong(
                {**file, "ballots": [*file["ballots"][:place], b64u(bytes(changed)), *file["ballots"][place + 1 :]]}
            )
            assert CLOSING in found, name
            assert found & {KIND, SIGNED}, name
    assert FIELDS[-1][1] + FIELDS[-1][2] == len(unb64u(file["ballots"][0]))


def test_a_ballot_that_is_longer_or_shorter_is_found(small: Made) -> None:
    file = json.loads(small.text())
    ballot = unb64u(file["ballots"][0])
    for changed in (ballot + b"\0", ballot[:-1], ballot[:60], ballot[:52], b""):
        assert KIND in wrong({**file, "ballots": [b64u(changed), *file["ballots"][1:]]})


def test_the_one_way_to_write_a_ballot_is_demanded(keys: list[Key]) -> None:
    """Of the last letter of base64url some bits say nothing, and decoders skip what is none of its letters."""
    file = json.loads(poll(keys, 1, width=24).text())
    [ballot] = file["ballots"]
    assert len(ballot) % 4, "some bits say nothing"
    for other in (chr(ord(ballot[-1]) + 1), ballot[-1] + "=", ballot[-1] + "\n", ballot[-1] + "*"):
        assert KIND in wrong({**file, "ballots": [ballot[:-1] + other]})


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("one", {"v": 2}, "definition.v is 2, not 1"),
        ("one", {"kind": "two"}, "its kind is none"),
        ("one", {"poll": "a-b"}, "a handle is none"),
        ("one", {"poll": "a" * 33}, "a handle is none"),
        ("one", {"options": [["-", "Yes"], ["b", "No"]]}, "a handle is none"),
        ("several", {"options": [["a,b", "Yes"], ["b", "No"]]}, "a handle is none"),
        ("ranking", {"options": [["a>b", "Yes"], ["b", "No"]]}, "a handle is none"),
        ("one", {"options": [["a", "Yes"]]}, "its options are not two or more"),
        ("one", {"options": [["a", "Yes"], ["b", "No"], ["a", "Never"]]}, "its options are not two or more"),
        ("scale", {"options": [["a", "Yes"], ["b", "No"]]}, "its options are not two or more"),
        ("scale", {"least": 5, "most": 5}, "its scale does not run"),
        ("scale", {"least": 1, "most": 10**9}, "its scale does not run"),
        ("one", {"groups": []}, "it has no group"),
        ("one", {"change": 1}, "definition.change"),
        ("one", {"labels": ["low"]}, "definition.labels"),
    ],
)
def test_a_definition_that_is_none_is_refused(keys: list[Key], kind: str, changed: dict[str, Any], said: str) -> None:
    file = json.loads(poll(keys, 0, kind).text())
    text = json.dumps({**json.loads(file["definition"]), **changed})
    assert wrong({**file, "definition": text}) == {FORM}
    assert said in recount({**file, "definition": text})[0]


def test_groups_whose_tokens_could_do_for_one_another_are_refused(keys: list[Key]) -> None:
    file = json.loads(poll(keys, 0).text())
    groups = json.loads(definition(keys))["groups"]
    shared = b64u((keys[0].p * keys[1].q).to_bytes(384, "big"))
    even = b64u((keys[0].n + 1).to_bytes(384, "big"))
    low, short, long = (
        b64u(((1 << bits) + 1).to_bytes(size, "big")) for bits, size in ((3070, 384), (2047, 256), (4095, 512))
    )
    cases = [
        (keys[0].modulus, "would do for"),
        (shared, "would do for"),
        *((n, "3072") for n in (even, low, short, long)),
    ]
    for n, said in cases:
        report = recount({**file, "definition": definition(keys, groups=[groups[0], {**groups[1], "n": n}])})
        assert said in report[0]
    report = recount({**file, "definition": definition(keys, groups=[groups[0], {**groups[1], "id": "g1"}])})
    assert "two with one id" in report[0]


@pytest.mark.parametrize(
    "octets",
    [
        b"", b"[]", b"null", b"7", b"{}", b'{"v":1}', b"\xff\xfe{}", b'\xef\xbb\xbf{"v":1}', b"[" * 100_000, b"9" * 5000,
        b'{"v":' * 5000, b'"' + NASTY.encode("utf-8", "surrogatepass") + b'"',
    ],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_file_is_refused_in_words(octets: bytes) -> None:
    report = verify(octets)
    assert not report.holds
    assert report[0].startswith(f"{FORM}: WRONG: ")
    assert all(line.isprintable() for line in report)


def test_a_key_that_comes_twice_is_refused_for_readers_would_differ(small: Made) -> None:
    text = small.text()
    for twice in ('{"v": 1,', '{"closing": "",'):
        assert wrong(text.replace("{", twice, 1)) == {FORM}
    file = json.loads(text)
    assert wrong({**file, "definition": file["definition"].replace("{", '{"question":"What last?",', 1)}) == {FORM}


def test_what_is_no_number_is_refused(small: Made) -> None:
    file = json.loads(small.text())
    for none in (float("nan"), float("inf")):
        assert wrong({**file, "v": none}) == {FORM}
        assert wrong({**file, "result": {**file["result"], "winner": none}}) == {RESULT}


def test_markup_and_control_characters_are_shown_and_never_acted_upon(keys: list[Key]) -> None:
    options = [["a", NASTY[:-1]], ["k3b9x", "\x1b[2J"], ["m2p7d", "b"], ["z6w5h", "c"]]
    made = poll(keys, 4, question=NASTY[:-1], options=options)
    assert made.text().isascii()
    report = recount(made.text())
    assert report.holds
    assert all(line.isprintable() for line in report)
    assert "<script>alert(1)</script>\\u{1b}]0;owned\\u{7}\\u{9b}31m\\u{202e}\\u{2066}txt\\u{d}\\u{a}" in "\n".join(
        report
    )
    file = json.loads(made.text())
    for changed in (
        {**file, NASTY: 1},
        {**file, "issued": {NASTY: 1}},
        {**file, "closing": NASTY},
        {**file, "result": {NASTY: NASTY}},
        {**file, "ballots": [NASTY]},
        {**file, "journal": [{**each, "role": NASTY, "detail": NASTY} for each in file["journal"]]},
    ):
        report = recount(changed)
        assert not report.holds
        assert all(line.isprintable() for line in report)


def test_what_is_long_is_cut(small: Made, keys: list[Key]) -> None:
    report = recount(poll(keys, 0, question="a" * 10**6).text())
    assert report.holds
    assert max(map(len, report)) < 4000
    file = json.loads(small.text())
    for changed in ({**file, "closing": "a" * 10**6}, {**file, "issued": {"a" * 10**6: 1}}, {**file, "a" * 10**6: 1}):
        report = recount(changed)
        assert not report.holds
        assert max(map(len, report)) < 4000

"""The voter's half in a real browser: its tokens hold by other people's cryptography, and a vote outlives what goes wrong."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from playwright.sync_api import Browser, Page, Route

from deliberate.bench.ballots.recount import VECTORS
from frontend.packs import STATIC
from polls.ballots.blind.formats import check_signature, from_text, listed, receipt, to_text, tracker, words
from tests.polls.ballots.blind.make import Hall, flipped, lost, modulus, rsa_key
from tests.stories.browser import Eye

HERE = Path(__file__).parent
SCRIPT = STATIC / "js" / "blind.js"
STAND_IN = "vendor/noble-ed25519-3.2.0.js"
HOME, PLAIN_HTTP = "https://hall.test", "http://hall.test"
PAGE = f"""<!doctype html><script src="/js/blind.js" data-ed25519="/{STAND_IN}"></script><script src="/voter.js"></script>"""
POLICY = "; ".join(f"{name} {' '.join(of)}" for name, of in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items())
#: A browser that does not know Ed25519, as many did until 2025.
WITHOUT_ED25519 = """if (globalThis.SubtleCrypto) {
  const known = SubtleCrypto.prototype.importKey;
  SubtleCrypto.prototype.importKey = function (format, octets, algorithm, ...rest) {
    if ((algorithm.name ?? algorithm) !== "Ed25519") return known.call(this, format, octets, algorithm, ...rest);
    return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
  };
}"""
#: How many voters each browser plays; BLIND_TWINS=1000 for the long run.
TWINS = int(os.environ.get("BLIND_TWINS", "25"))
MOST_TRIES = 8
Open = Callable[..., Page]


@pytest.fixture
def fetched() -> list[str]:
    """The paths that pages asked for."""
    return []


@pytest.fixture
def unreached() -> list[str]:
    """The paths that do not come, once for each time they stand here."""
    return []


@pytest.fixture
def opened(chromium: Browser, fetched: list[str], unreached: list[str]) -> Iterator[Open]:
    """Opens a phone under the service's own content security policy; it may complain of nothing but what did not come."""
    contexts, eyes, missed = [], [], list[str]()

    def serve(route: Route) -> None:
        path = route.request.url.split(".test/")[1]
        fetched.append(path)
        if path in unreached:
            missed.append(path)
            unreached.remove(path)
            route.abort()
        elif path in ("", "favicon.ico"):
            headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html"}
            route.fulfill(body=PAGE if not path else "", headers=headers)
        else:
            file = HERE / path if path == "voter.js" else STATIC / path
            route.fulfill(body=file.read_text(), headers={"Content-Type": "text/javascript"})

    def phone(hall: Hall | None = None, home: str = HOME, modern: bool = True) -> Page:
        context = chromium.new_context()
        contexts.append(context)
        eyes.append(Eye(context, home))
        context.route("**/*", serve)
        if not modern:
            context.add_init_script(WITHOUT_ED25519)
        page = context.new_page()
        if hall:
            page.expose_function("signs", hall.signs)
            page.expose_function("takes", hall.takes)
        page.goto(home)
        if hall:
            arrive(page, hall)
        return page

    yield phone
    for context in contexts:
        context.close()
    assert [wrong for eye in eyes for wrong in eye.wrong if not any(path in wrong for path in missed)] == []


def does(page: Page, name: str, *given: object) -> Any:
    return page.evaluate("([name, given]) => window.voter[name](...given)", [name, list(given)])


def arrive(page: Page, hall: Hall, **given: str) -> None:
    does(page, "arrive", given.get("text", hall.text), given.get("group", hall.group), given.get("memory", "seed"))


def again(page: Page, hall: Hall) -> None:
    """The page is loaded anew: nothing stays but what the phone keeps."""
    page.reload()
    arrive(page, hall)


def drawn(seed: bytes, poll: bytes, group: str, what: str, octets: int) -> bytes:
    """What the table in docs/decisions/0010-blind-ballots.md says is drawn from a seed."""
    info = f"deliberate {what} v1{group}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=octets, salt=poll, info=info).derive(seed)


# ---- twins ------------------------------------------------------------------------------------------------------------


def test_the_vector_of_the_rfc_comes_out(opened: Open) -> None:
    page = opened()
    [told] = [each for each in json.loads(VECTORS.read_text()) if each["name"] == "RSABSSA-SHA384-PSS-Randomized"]
    names = ("n", "msg", "msg_prefix", "prepared_msg", "salt", "inv", "blinded_msg", "blind_sig", "sig")
    vector = {name: bytes.fromhex(told[name]) for name in names}
    n, prepared, salt, inverse, blinded, answer, token = (
        to_text(vector[name]) for name in ("n", "prepared_msg", "salt", "inv", "blinded_msg", "blind_sig", "sig")
    )
    assert does(page, "prepare", to_text(vector["msg"]), to_text(vector["msg_prefix"])) == prepared
    r = pow(int.from_bytes(vector["inv"]), -1, int.from_bytes(vector["n"]))
    made = does(page, "blind", n, prepared, salt, str(r))
    assert made == {"blinded": blinded, "inverse": str(int.from_bytes(from_text(inverse)))}
    assert does(page, "finalize", n, prepared, answer, made["inverse"]) == {"token": token}


@pytest.mark.parametrize("modern", [True, False], ids=["with its own Ed25519", "with the stand-in"])
@pytest.mark.timeout(300 + TWINS)
def test_each_ballot_of_the_browser_holds_here(opened: Open, modern: bool) -> None:
    chance, asked, halls = Random(TWINS), set(), [Hall(rsa_key(number)) for number in range(0, TWINS, 100)]
    phones = [opened(hall, modern=modern) for hall in halls]
    for number in range(TWINS):
        hall, page = halls[number // 100], phones[number // 100]
        hall.group, hall.width = chance.choice(["g1", "g2", "Jugend", "青年"]), chance.randint(9, 200)
        choice = ">".join(chance.sample("abcé", chance.randint(1, 4)))
        arrive(page, hall)
        issued = does(page, "issue")
        seed = from_text(json.loads(does(page, "kept"))["seed"])
        answer = does(page, "cast", choice)

        assert from_text(answer["ballot"]) == hall.cast[-1]
        ballot = hall.last()
        assert (ballot.group, ballot.choice, ballot.number) == (hall.group, choice, 1)
        assert hall.vouched(ballot)
        check_signature(ballot, hall.width)
        others = listed([bytes([number % 256]) * 99, hall.cast[-1]])
        closing = hashlib.sha256(
            b"deliberate closing v2" + hall.poll + hashlib.sha256(others.encode()).digest()
        ).digest()
        told = {"found": True, "words": words(closing), "tracker": tracker(ballot.key)}
        assert does(page, "counted", others, answer["ballot"]) == told
        assert not does(page, "counted", listed([b"another"]), answer["ballot"])["found"]
        assert does(page, "words", issued["poll"]) == words(hall.poll)
        # And all of it comes from the seed, as the table says.
        secret, prefix, r = (
            drawn(seed, hall.poll, hall.group, *what) for what in (("voter key", 32), ("prefix", 32), ("blinding", 432))
        )
        assert Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw() == ballot.key
        assert prefix == ballot.prefix
        n = modulus(hall.key)
        assert int.from_bytes(hall.asked[-1]) == pow(int.from_bytes(ballot.token) * int.from_bytes(r), 65537, n)
        asked.add(hall.asked[-1])
    assert len(asked) == TWINS


def test_what_is_drawn_from_a_seed_stays_what_it_is(opened: Open) -> None:
    """A phone may have been given its token by an older version of this script."""
    seed, poll = bytes(range(32)), bytes(range(32, 64))
    found = does(opened(), "derive", to_text(seed), to_text(poll), "g1")
    lengths = {"key": ("voter key", 32), "prefix": ("prefix", 32), "salt": ("salt", 48), "blinding": ("blinding", 432)}
    assert found == {name: to_text(drawn(seed, poll, "g1", *what)) for name, what in lengths.items()}
    assert found["key"] == "vgVIH1YgjJBMFH2bNWuTemCtkaQPkxhvQ3pEg83_nzY"
    assert found != does(opened(), "derive", to_text(seed), to_text(poll), "g2")


@pytest.mark.skipif(
    "NODE_MODULES" not in os.environ, reason="NODE_MODULES names no folder with @cloudflare/blindrsa-ts"
)
def test_another_implementation_in_the_same_language_agrees() -> None:
    node = shutil.which("node")
    assert node, "there is no node here"
    ran = subprocess.run(
        [node, str(HERE / "cross_check.mjs"), str(SCRIPT), os.environ["NODE_MODULES"], "20"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.returncode) == ("20 agreed\n", 0), ran.stderr


# ---- what is refused --------------------------------------------------------------------------------------------------


def test_one_wrong_bit_in_an_answer_is_seen_and_the_same_is_asked_again(opened: Open) -> None:
    hall = Hall(signer_faults=[flipped, lambda answer: flipped(answer, 0), lambda answer: answer[:-1]])
    page = opened(hall)
    assert "token" in does(page, "issue")
    assert len(hall.asked) == 4
    assert len(set(hall.asked)) == 1


def test_an_issuer_that_never_answers_rightly_is_left_and_nothing_is_cast(opened: Open) -> None:
    hall = Hall(signer_faults=[flipped] * MOST_TRIES)
    page = opened(hall)
    assert does(page, "cast", "a") == {"failed": "token"}
    assert len(hall.asked) == MOST_TRIES
    assert (hall.cast, does(page, "state")) == ([], "new")
    assert "token" in does(page, "issue"), "and later it is asked once more, for the same"
    assert len(set(hall.asked)) == 1


@pytest.mark.parametrize("answer", [b"", bytes(384), b"\x00" * 383 + b"\x01", b"\xff" * 384])
def test_an_answer_that_is_no_signature_is_refused(opened: Open, answer: bytes) -> None:
    hall = Hall(signer_faults=[lambda _right: answer] * MOST_TRIES)
    assert does(opened(hall), "issue") == {"failed": "token"}


@pytest.mark.parametrize("r", [0, "n"])
def test_a_blinding_factor_without_an_inverse_is_refused(opened: Open, r: int | str) -> None:
    n = modulus(rsa_key())
    made = does(opened(), "blind", to_text(n.to_bytes(384)), to_text(b"words"), to_text(bytes(48)), str(n if r else r))
    assert made == {"failed": "key"}


@pytest.mark.parametrize("n", [bytes(384), b"\xff" * 256, b"\x7f" + b"\xff" * 383, b"\xff" * 383 + b"\xfe"])
def test_a_modulus_that_can_be_none_of_3072_bits_is_not_used(opened: Open, n: bytes) -> None:
    hall = Hall(n=n)
    assert does(opened(hall), "issue") == {"failed": "key"}
    assert hall.asked == []


def test_whoever_is_shown_another_definition_says_so_and_asks_for_nothing(opened: Open) -> None:
    hall = Hall()
    page = opened(hall)
    does(page, "issue")
    arrive(page, hall, text=hall.text.replace("Water", "Wine"))
    assert does(page, "issue") == {"failed": "changed"}
    assert does(page, "resume") == {"failed": "changed"}
    assert len(hall.asked) == 1


def test_a_choice_that_does_not_fit_is_not_sent(opened: Open) -> None:
    hall = Hall(width=3)
    page = opened(hall)
    for choice in ("a>bb", "éé", "", "a "):
        assert does(page, "cast", choice) == {"failed": "choice"}
    assert hall.cast == []
    assert "receipt" in does(page, "cast", "a>b")


def test_a_refusal_in_words_is_final(opened: Open) -> None:
    hall = Hall(refuses="The poll is closed.")
    assert does(opened(hall), "issue") == {"failed": "The poll is closed."}
    assert len(hall.asked) == 1


@pytest.mark.parametrize("modern", [True, False], ids=["with its own Ed25519", "with the stand-in"])
def test_the_browser_and_the_box_agree_on_receipts(opened: Open, modern: bool) -> None:
    hall, page, ballot = Hall(), opened(modern=modern), b"any octets"
    key, given_out = hall.receipts.public_key().public_bytes_raw(), receipt(hall.receipts, hall.poll, ballot)
    right = [to_text(each) for each in (key, hall.poll, ballot, given_out)]
    assert does(page, "holds", *right)
    wrong = [(0, b"\x05" * 32), (0, b""), (1, bytes(32)), (2, b"other octets"), (3, flipped(given_out)), (3, b"")]
    for place, other in wrong:
        assert does(page, "holds", *right[:place], to_text(other), *right[place + 1 :]) is False


# ---- a vote outlives what goes wrong ----------------------------------------------------------------------------------


def test_a_token_is_there_before_a_choice_and_asked_for_once(opened: Open) -> None:
    hall = Hall()
    page = opened(hall)
    assert does(page, "state") == "new"
    does(page, "issue")
    assert (len(hall.asked), hall.cast, does(page, "state")) == (1, [], "ready")
    does(page, "issue")
    does(page, "cast", "b")
    assert (len(hall.asked), len(hall.cast), does(page, "state")) == (1, 1, "done")


def test_the_seed_is_forgotten_with_the_receipt(opened: Open) -> None:
    page = opened(Hall())
    does(page, "issue")
    assert does(page, "kept")
    does(page, "cast", "a")
    assert does(page, "kept") is None
    assert does(page, "cast", "b") == does(page, "issue") == {"failed": "done"}


def test_an_answer_lost_before_a_reload_is_asked_for_again_in_the_same_octets(opened: Open) -> None:
    hall = Hall(signer_faults=[lost] * MOST_TRIES)
    page = opened(hall)
    assert "the line is dead" in does(page, "issue")["failed"]
    again(page, hall)
    token = does(page, "issue")["token"]
    again(page, hall)
    assert does(page, "issue")["token"] == token
    assert len(set(hall.asked)) == 1


def test_a_ballot_whose_receipt_was_lost_is_sent_again_in_the_same_octets(opened: Open) -> None:
    hall = Hall(box_faults=[lost] * (MOST_TRIES + 2))
    page = opened(hall)
    assert "the line is dead" in does(page, "cast", "a>b")["failed"]
    assert does(page, "kept")
    again(page, hall)
    answer = does(page, "resume")
    assert len(hall.cast) == MOST_TRIES + 3
    assert set(hall.cast) == {from_text(answer["ballot"])}
    assert len(hall.asked) == 1, "a token is needed no more"
    assert does(page, "kept") is None


def test_after_a_reload_with_nothing_on_its_way_nothing_is_sent(opened: Open) -> None:
    hall = Hall()
    page = opened(hall)
    does(page, "issue")
    again(page, hall)
    assert does(page, "resume") == {}
    assert hall.cast == []


def test_the_same_tap_after_a_reload_sends_what_was_kept(opened: Open) -> None:
    hall = Hall(box_faults=[lost] * MOST_TRIES)
    page = opened(hall)
    does(page, "cast", "a")
    again(page, hall)
    assert does(page, "cast", "b") == {"failed": "busy"}, "the first may be in the box"
    assert "receipt" in does(page, "cast", "a")
    assert len(set(hall.cast)) == 1


@pytest.mark.parametrize("change", [False, True])
def test_a_ballot_that_the_box_refused_leaves_the_voter_free_to_choose(opened: Open, change: bool) -> None:
    hall = Hall(box_refuses="No such choice.", change=change)
    page = opened(hall)
    assert does(page, "cast", "a") == {"failed": "No such choice."}
    assert does(page, "resume") == {}
    hall.box_refuses = ""
    assert "receipt" in does(page, "cast", "b")
    assert (hall.last().choice, hall.last().number, len(set(hall.asked))) == ("b", 1, 1)


def test_a_receipt_that_does_not_hold_is_none(opened: Open) -> None:
    hall, stranger = Hall(), Ed25519PrivateKey.generate()
    hall.box_faults = [
        flipped,
        lambda _right: stranger.sign(b"deliberate receipt v1"),
        lambda _right: receipt(stranger, hall.poll, hall.cast[-1]),
        lambda _right: receipt(hall.receipts, hall.poll, hall.cast[-1] + b" "),
    ] * 2
    page = opened(hall)
    assert does(page, "cast", "a") == {"failed": "receipt"}
    assert does(page, "kept")
    assert does(page, "state") == "ready"
    assert "receipt" in does(page, "cast", "a")
    assert len(set(hall.cast)) == 1


def test_a_vote_that_may_be_changed_keeps_its_key_and_counts_on(opened: Open) -> None:
    hall = Hall(change=True)
    page = opened(hall)
    does(page, "cast", "a")
    first = hall.last()
    again(page, hall)
    hall.box_faults = [lost] * MOST_TRIES
    does(page, "cast", "b")
    does(page, "cast", "c")
    assert [(each.choice, each.number, each.key) for each in (first, hall.last())] == [
        ("a", 1, first.key),
        ("c", 3, first.key),
    ]
    assert (len(set(hall.asked)), does(page, "state")) == (1, "ready")
    does(page, "forget")
    assert (does(page, "kept"), does(page, "state")) == (None, "done")
    assert does(page, "cast", "a") == {"failed": "done"}


def test_two_taps_are_one_ballot(opened: Open) -> None:
    hall = Hall()
    one, other = does(opened(hall), "both", "a", "b")
    assert ("receipt" in one, other) == (True, {"failed": "busy"})
    assert [hall.last().choice] * len(hall.cast) == ["a"]


def test_two_windows_of_one_phone_have_one_token(opened: Open) -> None:
    hall = Hall()
    page = opened(hall)
    does(page, "issue")
    beside = page.context.new_page()
    beside.expose_function("signs", hall.signs)
    beside.expose_function("takes", hall.takes)
    beside.goto(HOME)
    arrive(beside, hall)
    does(beside, "cast", "a")
    # Windows may be processes: each hears a little later what the other kept.
    page.wait_for_function("window.voter.kept() === null")
    assert does(page, "cast", "b") == {"failed": "done"}
    assert (len(set(hall.asked)), len(hall.cast)) == (1, 1)


def test_a_ballot_waits_up_to_four_seconds_by_chance(opened: Open) -> None:
    hall = Hall(change=True)
    page = opened(hall)
    for _ in range(40):
        does(page, "cast", "a")
    slept = page.evaluate("window.voter.slept")
    assert len(slept) == len(set(slept)) == 40
    assert 0 <= min(slept) < 2000 < max(slept) < 4000


def test_tries_come_ever_later(opened: Open) -> None:
    page = opened(Hall(signer_faults=[lost] * MOST_TRIES))
    does(page, "issue")
    slept = page.evaluate("window.voter.slept")
    assert len(slept) == MOST_TRIES - 1
    for tries, ms in enumerate(slept, 1):
        assert 250 * 2**tries <= ms <= 500 * 2**tries


# ---- the browser ------------------------------------------------------------------------------------------------------


def test_the_stand_in_for_ed25519_is_fetched_only_where_it_is_needed(opened: Open, fetched: list[str]) -> None:
    does(opened(Hall()), "cast", "a")
    assert STAND_IN not in fetched
    page = opened(Hall(change=True), modern=False)
    assert STAND_IN not in fetched
    does(page, "cast", "a")
    does(page, "cast", "b")
    assert fetched.count(STAND_IN) == 1


def test_a_stand_in_that_did_not_come_is_fetched_again(opened: Open, unreached: list[str], fetched: list[str]) -> None:
    unreached += [STAND_IN] * 2
    hall = Hall()
    assert "receipt" in does(opened(hall, modern=False), "cast", "a")
    assert (fetched.count(STAND_IN), len(hall.cast)) == (3, 1)


def test_over_plain_http_it_says_that_it_can_not(opened: Open) -> None:
    assert opened(home=HOME).evaluate("window.deliberateBlind.available()") is True
    assert opened(home=PLAIN_HTTP).evaluate("window.deliberateBlind.available()") is False


def test_the_script_is_small() -> None:
    script = SCRIPT.read_text()
    core = re.search(r"// ---- the blind signature.*?(?=\n  // ----)", script, re.DOTALL)
    assert core is not None
    assert len(gzip.compress(core.group().encode(), 9)) < 1200
    assert len(gzip.compress(script.encode(), 9)) < 6000

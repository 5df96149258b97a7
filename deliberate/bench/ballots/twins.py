"""A voter in Chromium and the same voter in Python, from the same seed: whatever either makes, the other must make, too."""

from __future__ import annotations

import os
import random
import secrets
from dataclasses import dataclass, field
from typing import Any

from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked, Reach, Table
from deliberate.bench.servers import chromium, chromium_args
from frontend.packs import STATIC
from polls.ballots.blind import formats, frozen, rsabssa
from polls.ballots.blind.rsabssa import PrivateKey
from polls.ballots.blind.voter import Voter

TWINS, FEW = 1000, 50
#: So many have one poll and one key.
A_POLL = 50
HOME = "https://twins.test/"
#: One vote in the browser: what it drew, asked for, and sent.
VOTE = """async ([text, group, choice]) => {
  const { voting, counted, toText, fromText, words, pollHash } = window.deliberateBlind;
  const kept = new Map(), drawn = [];
  const random = (length) => { const octets = crypto.getRandomValues(new Uint8Array(length)); drawn.push(octets); return octets; };
  const storage = { get: async () => kept.get("") ?? null, set: async (one) => kept.set("", one), delete: async () => kept.delete("") };
  const fetchToken = async (blinded) => fromText(await window.signs(toText(blinded)));
  const cast = async (ballot) => fromText(await window.takes(toText(ballot)));
  const voter = voting({ text, group, fetchToken, cast, storage, random, sleep: async () => {} });
  const done = await voter.cast(choice);
  const seed = drawn.find((each) => each.length === 32);
  const { found, tracker, words: closing } = await counted(await window.lists(toText(done.ballot)), done.ballot);
  return { seed: toText(seed), tracker, ballot: toText(done.ballot), words: words(await pollHash(text)), closing: found ? closing : "" };
}"""


@dataclass
class Twins:
    """`agreed`: round trips in which both made the same octets; `wrong`: what differed in the others."""

    played: int = 0
    agreed: int = 0
    wrong: list[str] = field(default_factory=list)
    browser: str = ""


class Hall:
    """The other end of one poll: issuer and box, in Python."""

    def __init__(self, chance: random.Random) -> None:
        self.key: PrivateKey = rsabssa.generate(3072)
        self.poll = secrets.token_hex(4)
        self.handles = [secrets.token_hex(4) for _option in range(chance.randint(2, 6))]
        texts = chance.sample(["Water", "Ländereien", "川", "حقوق", "Schule", "a > b, c"], len(self.handles))
        self.text = frozen.define(
            poll=self.poll,
            question=chance.choice(["What first?", "Was zuerst – und warum?", "先に何を？"]),
            kind="ranking",
            bounds=(1, len(self.handles)),
            options=list(zip(self.handles, texts, strict=True)),
            labels=("", ""),
            change=False,
            live=False,
            verdict=False,
            groups=[(frozen.EVERYBODY, [], 99, self.key.public.n.to_bytes(384))],
        )
        self.asked, self.answered = b"", b""

    def signs(self, blinded: str) -> str:
        self.asked = formats.from_text(blinded)
        self.answered = rsabssa.blind_sign(self.key, self.asked)
        return formats.to_text(self.answered)

    def takes(self, ballot: str) -> str:
        hash_ = formats.poll_hash(self.text)
        return formats.to_text(formats.receipt(frozen.receipts_key(self.poll), hash_, formats.from_text(ballot)))

    def lists(self, ballot: str) -> str:
        return formats.listed([formats.from_text(ballot)])

    def differs(self, told: dict[str, str], choice: str) -> list[str]:
        """In what the twin in Python is another."""
        twin = Voter(self.text, frozen.EVERYBODY, formats.from_text(told["seed"]))
        token = twin.token(self.answered)
        octets = twin.ballot(token, choice)
        read = formats.parse(octets, twin.poll, twin.width)
        formats.check_signature(read, twin.width)
        pairs = {
            "blinded message": twin.blinded == self.asked,
            "ballot": formats.to_text(octets) == told["ballot"],
            "tracker": twin.tracker == told["tracker"],
            "four words": formats.words(twin.poll) == told["words"],
            "closing words": formats.words(formats.closing_hash(twin.poll, [octets])) == told["closing"],
            "choice": read.choice == choice,
        }
        return [name for name, same in pairs.items() if not same]


async def bench(asked: Asked) -> Twins:
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        raise NotReady("The twins need Playwright, which is in the group `test`.") from None
    count = asked.phones[0] if asked.phones else FEW if asked.quick else TWINS
    asked.say(f"twins: {count} in Chromium")
    found, chance = Twins(), random.Random(f"{asked.seed} twins")
    async with async_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or chromium()
        browser = await playwright.chromium.launch(executable_path=path, args=chromium_args())
        found.browser = browser.version
        while found.played < count:
            await _poll(browser, found, min(A_POLL, count - found.played), chance)
        await browser.close()
    asked.say(f"{found.agreed} of {found.played} agree")
    return found


async def _poll(browser: Any, found: Twins, count: int, chance: random.Random) -> None:
    hall, context = Hall(chance), await browser.new_context()
    await context.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page = await context.new_page()
    await page.expose_function("signs", hall.signs)
    await page.expose_function("takes", hall.takes)
    await page.expose_function("lists", hall.lists)
    await page.goto(HOME)
    await page.add_script_tag(content=(STATIC / "js" / "blind.js").read_text())
    for _voter in range(count):
        choice = ">".join(chance.sample(hall.handles, chance.randint(1, len(hall.handles))))
        found.played += 1
        try:
            wrong = hall.differs(await page.evaluate(VOTE, [hall.text, frozen.EVERYBODY, choice]), choice)
        except Exception as problem:  # whatever either half says: it is told, and the others go on
            wrong = [f"{type(problem).__name__}: {problem}"]
        found.agreed += not wrong
        found.wrong += wrong
    await context.close()


def reached(found: Twins) -> list[Reach]:
    return [Reach("round trips between Python and the browser that agree", found.agreed, found.played, least=True)]


def tables(found: Twins) -> list[Table]:
    rows = [[each] for each in sorted(set(found.wrong))[:20]]
    return [Table("In what twins differ", ["what"], rows)] if rows else []

"""Voters of a blind poll: their secrets, the phones that fetch their tokens, and their way to the ballot box."""

from __future__ import annotations

import asyncio
import html
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from deliberate.bench.product import NotReady, Product
from deliberate.rehearsal.phone import Door, Member, Phone
from polls.ballots.blind import formats, frozen
from polls.ballots.blind.voter import Voter

#: By what the clients of the linkage bench would be known, wherever it was written down.
AGENT, ADDRESS, NETWORK = "Telltale-Phone/7.3", "127.77", "2001:db8:5e1f"
#: The part of every phone that holds what was frozen.
PICTURE = "ballots.frozen"
_definition = re.compile(r' data-definition="([^"]*)"')


@dataclass
class Casting:
    """One voter of one poll. `number`: of the seat. `octets`: the ballot; `receipt`: what the box said to it."""

    number: int
    voter: Voter
    token: bytes = b""
    choice: str = ""
    octets: bytes = b""
    receipt: bytes = b""
    refused: str = ""

    def sign(self, choice: str, number: int = 1) -> bytes:
        self.choice = choice
        self.octets = self.voter.ballot(self.token, choice, number)
        return self.octets


def castings(definition: str, seats: Sequence[int]) -> list[Casting]:
    """A voter for each of these seats, with a seed of its own."""
    return [Casting(number, Voter(definition, frozen.EVERYBODY, secrets.token_bytes(32))) for number in seats]


def choices(definition: str) -> list[str]:
    """The handles of a poll's options."""
    return [handle for handle, _text in json.loads(definition)["options"]]


def definition_in(picture: str) -> str:
    """The definition that a phone is shown in the picture of an open blind poll."""
    found = _definition.search(picture)
    if found is None:
        raise NotReady("What was frozen holds no definition.")
    return html.unescape(found.group(1))


def telltale(number: int) -> dict[str, str]:
    """Headers of the client of a seat: what would tell whose it is."""
    return {"User-Agent": f"{AGENT} (seat {number})", "X-Forwarded-For": f"{NETWORK}::{number + 1:x}"}


def address_of(number: int) -> str:
    """The address that the client of a seat speaks from; all of 127/8 is this machine."""
    return f"{ADDRESS}.{number // 200 + 1}.{number % 200 + 20}"


@dataclass
class Phones:
    """Phones with lines, one a seat; `known`: they are to be known by header and address."""

    product: Product
    count: int
    known: bool = False
    lines: dict[int, Phone] = field(default_factory=dict)

    async def __aenter__(self) -> Phones:
        gate = asyncio.Semaphore(40)
        await asyncio.gather(*(self._sit(number, gate) for number in range(self.count)))
        return self

    async def __aexit__(self, *_why: object) -> None:
        await asyncio.gather(*(phone.close() for phone in self.lines.values()))

    async def _sit(self, number: int, gate: asyncio.Semaphore) -> None:
        seat = self.product.seats[number]
        phone = Phone(self.product.door, (PICTURE, "ballots.open", "ballots.turnout"))
        if self.known:
            phone.headers = telltale(number)
            phone.how = {"user_agent_header": None, "local_addr": (address_of(number), 0)}
        self.lines[number] = phone
        async with gate:
            await phone.sit(Member(seat.cookie, seat.base))

    async def shown(self, within_s: float = 120) -> str:
        """Wait until every phone is shown the open poll: its definition."""
        for _look in range(int(within_s * 20)):
            pictures = [phone.pictures.get(PICTURE, ("", ""))[1] for phone in self.lines.values()]
            if all(_definition.search(each) for each in pictures):
                [one] = {definition_in(each) for each in pictures}
                return one
            await asyncio.sleep(0.05)
        raise NotReady("Not every phone was shown the open poll.")


async def fetch(phone: Phone, one: Casting, poll: str) -> None:
    """Ask for the token as js/ballot.js does."""
    answer = await phone.act("ballots.token", poll=poll, blinded=formats.to_text(one.voter.blinded))
    if not answer["ok"]:
        raise NotReady(f"A token was refused: {answer['say']}")
    one.token = one.voter.token(formats.from_text(answer["data"]["token"]))


class Box:
    """The ballot box as phones reach it: no cookie, no referrer."""

    def __init__(self, door: Door, *, lines: int = 100) -> None:
        limits = httpx.Limits(max_connections=lines, max_keepalive_connections=lines)
        self.origin = door.origin
        self.http = httpx.AsyncClient(base_url=door.origin, timeout=30, limits=limits, headers={"User-Agent": "Phone"})

    async def put(self, poll: str, one: Casting) -> None:
        """Cast the ballot; its receipt, or why it was refused."""
        answer = await self.http.post(f"/box/{poll}", content=one.octets)
        take(one, answer)

    async def file(self, poll: str) -> bytes:
        """What the closed poll has published."""
        answer = await self.http.get(f"/box/{poll}/ballots.json", timeout=60)
        answer.raise_for_status()
        return answer.content

    async def close(self) -> None:
        await self.http.aclose()


def take(one: Casting, answer: httpx.Response) -> None:
    """Note what the box answered. NotReady where it is neither a receipt nor a refusal."""
    if answer.status_code == 200:
        one.receipt = answer.content
    elif answer.status_code < 500:
        one.refused = str(answer.json()["code"])
    else:
        raise NotReady(f"The box answered {answer.status_code}.")


def receipt_holds(one: Casting) -> bool:
    key = formats.from_text(json.loads(one.voter.definition)["receipts"])
    return formats.receipt_holds(key, one.voter.poll, one.octets, one.receipt)

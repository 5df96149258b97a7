"""A voter's phone without a screen: what blind.js and ballot.js do, for rehearsals and guests."""

from __future__ import annotations

import asyncio
import html as entities
import re
import secrets
from collections.abc import Sequence
from typing import Any

import httpx

from deliberate.rehearsal.phone import Answer, Away, Phone
from polls.ballots.blind import formats, published
from polls.ballots.blind.voter import Voter
from polls.ballots.core import BadChoice, Kind
from polls.ballots.paper import SameRank, read

GROUP = "all"
#: How often what the box or the issuer did not answer is sent again, and the pause before, in seconds.
TRIES, PAUSE_S = 6, 0.5
_ballot = re.compile(r'data-frozen="(\w+)" data-definition="([^"]*)" data-noted="\w*" data-box="([^"]*)"')


async def cast(phone: Phone, choice: object) -> Answer:
    """Vote in the blind poll that the picture of ballots.frozen is of. `choice` as a form sends it: a text, or several."""
    found = _ballot.search(phone.pictures.get("ballots.frozen", ("", ""))[1])
    if found is None:
        raise Away("no blind ballot is shown")
    poll, definition, box = found[1], entities.unescape(found[2]), found[3]
    picked: Sequence[str] = [str(each) for each in choice] if isinstance(choice, (list, tuple)) else [str(choice)]
    voter, question = Voter(definition, GROUP, secrets.token_bytes(32)), published.question(definition)
    if question.kind is Kind.RANKING:
        picked = picked[: question.limit]  # the paper of a small room offers no more ranks
    try:
        key = read(question, picked)
    except (BadChoice, SameRank) as wrong:
        return {"ok": False, "say": str(wrong), "code": "choice"}
    answer = await _token(phone, poll, voter)
    if not answer["ok"]:
        return answer
    octets = voter.ballot(voter.token(formats.from_text(answer["data"]["token"])), key)
    address = f"{phone.door.origin if box.startswith('/') else ''}{box}{poll}"
    return await _put(phone.door.http, address, voter, octets)


async def _token(phone: Phone, poll: str, voter: Voter) -> Answer:
    blinded = formats.to_text(await asyncio.to_thread(lambda: voter.blinded))
    answer = await phone.act("ballots.token", poll=poll, blinded=blinded)
    for _try in range(TRIES):
        if answer.get("code") not in ("away", "limit"):
            break
        await asyncio.sleep(PAUSE_S)
        answer = await phone.act("ballots.token", poll=poll, blinded=blinded)
    return answer


async def _put(http: httpx.AsyncClient, address: str, voter: Voter, octets: bytes) -> Answer:
    said: dict[str, Any] = {}
    for _try in range(TRIES):
        try:
            answer = await http.post(address, content=octets, headers={"Content-Type": "application/octet-stream"})
        except httpx.HTTPError:
            await asyncio.sleep(PAUSE_S)
            continue
        if answer.status_code == 200:
            key = formats.from_text(published.receipts(voter.definition))
            if not formats.receipt_holds(key, voter.poll, octets, answer.content):
                return {"ok": False, "say": "the receipt does not hold", "code": "receipt"}
            return {"ok": True, "say": "", "data": {"tracker": voter.tracker}}
        said = answer.json()
        if said.get("code") != "away":
            break
        await asyncio.sleep(PAUSE_S)
    return {"ok": False, "say": said.get("say", "the ballot box does not answer"), "code": said.get("code", "away")}

"""A statement drawn from what was said and thought, with quotes; people stand for and against it."""

from __future__ import annotations

from typing import Any

from deliberate.rehearsal.plenary import Plenary


async def draft(plenary: Plenary) -> None:
    """Clauses that rest on what was said, on ideas and on a poll; people stand for or against them; it is settled."""
    drafter = plenary.desk["drafter"]
    await plenary.act(drafter, "statements.name", title="Rehearsed statement", preamble="We met and listened.")
    stored = await _segments(plenary)
    spoken = [(f"segment:{each['handle']}", quote(each["text"])) for each in _spread(stored, 6)]
    thought = [(f"idea:{plenary.ideas[key]}", plenary.idea_texts[key]) for key in list(plenary.ideas)[:6]]
    clauses = []
    for number, (source, quoted) in enumerate([*spoken, *thought], start=1):
        added = await plenary.act(drafter, "statements.add_clause", text=f"We hold, {number}: {quoted[:80]}", after="")
        clauses.append(str(added["data"]["clause"]))
        await plenary.act(drafter, "statements.cite", clause=clauses[-1], source=source, quote=quoted)
        plenary.report.citations += 1
    if clauses and (spoken or thought):
        source = (spoken or thought)[0][0]
        wrong = "words that nobody here has ever said, zyx"
        answer = await plenary.act(
            drafter, "statements.cite", refusal="refused", clause=clauses[0], source=source, quote=wrong
        )
        if answer["ok"]:
            plenary.report.citations_not_verbatim += 1
    for place, phone in enumerate(plenary.phones[:50]):
        if not clauses:
            break
        against = place % 7 == 0
        await plenary.act(
            phone,
            "statements.stand",
            clause=clauses[place % len(clauses)],
            value="block" if against else "support",
            reservation="This goes too far for us." if against else "",
        )
    if clauses:
        await plenary.act(drafter, "statements.settle")


async def _segments(plenary: Plenary) -> list[dict[str, Any]]:
    """What was said, as the drafter can read it: a long piece may have become several segments."""
    drafter = plenary.crew.members["drafter"]
    response = await plenary.door.page(drafter, "bundle.json")
    if response.status_code != 200:
        return []
    handle = drafter.base.rstrip("/").rpartition("/")[2]
    found: list[dict[str, Any]] = next(
        room["segments"] for room in response.json()["rooms"] if room["handle"] == handle
    )
    return found


def quote(text: str) -> str:
    """Some words from the middle of a text, verbatim."""
    cut = text[len(text) // 4 : len(text) // 4 + 160]
    inner = cut.partition(" ")[2].rpartition(" ")[0]
    return inner or text


def _spread(items: list[Any], count: int) -> list[Any]:
    """`count` items from all over the list."""
    return items[:: max(1, len(items) // count)][:count] if items else []

"""After a rehearsal: what is stored, read from the exports as anybody could, against what went in."""

from __future__ import annotations

import json
from typing import Any

from deliberate.rehearsal import files
from deliberate.rehearsal.material import words
from deliberate.rehearsal.plenary import Plenary


async def audit(plenary: Plenary) -> None:
    """Fetch every export of the room as the drafter, and fill in the report's figures that come out of them."""
    drafter = plenary.crew.members["drafter"]
    taken = await files.taken(plenary)
    if files.BUNDLE not in taken:
        return
    bundle = json.loads(taken[files.BUNDLE])
    room = next(room for room in bundle["rooms"] if room["handle"] == drafter.base.rstrip("/").rsplit("/", 1)[1])
    files.compare(plenary.report, taken, room, plenary.said)
    _floor(plenary, room)
    _words(plenary, room)
    _ideas(plenary, room)
    _polls(plenary, room)
    _statement(plenary, room)


def _floor(plenary: Plenary, room: dict[str, Any]) -> None:
    report = plenary.report
    report.turns_out = sum(turn["state"] == "done" for turn in room["turns"])
    report.balance("turns", report.turns_in, report.turns_out)


def _words(plenary: Plenary, room: dict[str, Any]) -> None:
    report = plenary.report
    said = [word for piece in plenary.said for word in words(piece)]
    stored = [word for segment in room["segments"] for word in words(segment["text"])]
    report.words_out = len(stored)
    report.balance("words", report.words_in, len(stored))
    if said != stored:
        report.problems.append("the words in the bundle are not the words that were said, in their order")


def _ideas(plenary: Plenary, room: dict[str, Any]) -> None:
    report = plenary.report
    stored = {idea["handle"]: idea for idea in room["ideas"]}
    report.ideas_out = len(stored)
    report.balance("ideas", report.ideas_in, len(stored))
    for comment, handle in plenary.ideas.items():
        idea = stored.get(handle)
        if idea is None or words(idea["text"]) != words(plenary.idea_texts[comment]):
            report.problems.append(f"idea {comment} is not stored as it was posted")
            continue
        counts = {1: idea["agree"], 0: idea["pass"], -1: idea["disagree"]}
        expected = plenary.expected_stances.get(comment, {1: 0, 0: 0, -1: 0})
        report.stances_wrong += sum(abs(counts[value] - expected[value]) for value in counts)
    report.stances_out = sum(idea["agree"] + idea["pass"] + idea["disagree"] for idea in stored.values())
    report.upvotes_out = sum(idea["support"] for idea in stored.values())
    report.balance("stances", report.stances_in, report.stances_out)
    report.balance("upvotes", report.upvotes_in, report.upvotes_out)


def _polls(plenary: Plenary, room: dict[str, Any]) -> None:
    report = plenary.report
    report.polls_out = len(room["polls"])
    report.ballots_out = sum(poll["turnout"] for poll in room["polls"])
    report.balance("ballots", report.ballots_in, report.ballots_out)


def _statement(plenary: Plenary, room: dict[str, Any]) -> None:
    report = plenary.report
    texts = {f"segment:{each['handle']}": each["text"] for each in room["segments"]}
    texts |= {f"idea:{each['handle']}": each["text"] for each in room["ideas"]}
    texts |= {f"poll:{each['handle']}": each["as_text"] for each in room["polls"]}
    cited = [citation for clause in room["statement"]["clauses"] for citation in clause["citations"]]
    report.balance("citations", report.citations, len(cited))
    for citation in cited:
        if " ".join(words(citation["quote"])) not in " ".join(words(texts.get(citation["source"], ""))):
            report.citations_not_verbatim += 1
            report.problems.append(f"a quote does not stand in its source {citation['source']}")

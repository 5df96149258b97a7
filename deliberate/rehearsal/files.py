"""After a rehearsal: every file that a room takes home, held beside the bundle and beside each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from deliberate.rehearsal.material import words
from deliberate.rehearsal.plenary import Plenary
from deliberate.rehearsal.reading import Told, read, readable
from deliberate.rehearsal.report import Report

FORMATS = ("html", "md", "pdf", "docx", "odt", "akn")
OUTCOME = tuple(f"outcome.{ending}" for ending in FORMATS)
RECORD = tuple(f"record.{ending}" for ending in FORMATS)
TRANSCRIPT = ("transcript.vtt", "transcript.srt", "transcript.txt")
BUNDLE = "bundle.json"
ALL = (*OUTCOME, *RECORD, *TRANSCRIPT, BUNDLE)
#: What no parliament's record holds: ideas on a board.
WITHOUT_IDEAS = ("record.akn", *TRANSCRIPT)


async def taken(plenary: Plenary, patience_s: float = 90) -> dict[str, bytes]:
    """Every export of the room as the drafter takes them, by name; whoever is told to wait does so. The report says which
    could not be had."""
    drafter = plenary.crew.members["drafter"]
    found = {}
    for name in ALL:
        until = time.monotonic() + patience_s
        response = await plenary.door.page(drafter, name)
        while response.status_code in (429, 503) and time.monotonic() < until:
            await asyncio.sleep(1)
            response = await plenary.door.page(drafter, name)
        # Captions of a room where nobody spoke are an empty file: the formats write no head.
        if response.status_code == 200 and (response.content or name in TRANSCRIPT):
            found[name] = response.content
            plenary.report.exports.append(name)
        else:
            plenary.report.problems.append(f"{name} could not be exported ({response.status_code})")
    return found


def compare(report: Report, files: Mapping[str, bytes], room: Mapping[str, Any], said: list[str]) -> None:
    """Hold what each file says beside the bundle's `room` and beside what was `said`, piece by piece.

    Outcomes quote the same words, each as often and in its place, and hold every clause; records and transcripts hold all
    that was said, in its order; every quote stands in them word for word."""
    told = dict(_read(report, files))
    for name, content in files.items():
        if name.endswith(".pdf") and not (content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")):
            report.problems.append(f"{name} is no whole PDF")
    for name in (name for name in OUTCOME if name in told):
        _outcome(report, name, files[name], told[name], room)
    spoken = [word for piece in said for word in words(piece)]
    for name in (name for name in (*RECORD, *TRANSCRIPT) if name in told):
        remaining = iter(words(told[name].text))
        if not all(word in remaining for word in spoken):
            report.problems.append(f"{name} lacks words that were said, or has them in another order")
        _verbatim(report, name, told[name], room)


def _read(report: Report, files: Mapping[str, bytes]) -> Iterator[tuple[str, Told]]:
    for name in filter(readable, files):
        try:
            yield name, read(name, files[name])
        except (ValueError, BadZipFile, ParseError) as error:
            report.problems.append(f"{name} can't be read: {error}")


def _outcome(report: Report, name: str, content: bytes, told: Told, room: Mapping[str, Any]) -> None:
    clauses, text = room["statement"]["clauses"], _flat(told.text)
    quotes = [each for clause in clauses for each in _quotes(clause)]
    if [_flat(quote) for quote in told.quotes] != [_flat(quote) for quote in quotes]:
        report.problems.append(f"{name} quotes other words than the bundle, or in another order")
    for clause in clauses:
        if _flat(clause["text"]) not in text:
            report.problems.append(f"{name} lacks the words of clause {clause['number']}")
    for version in room["statement"]["versions"][-1:]:
        if version["hash"] not in text and version["hash"].encode() not in content:
            report.problems.append(f"{name} does not say which version it is")


def _quotes(clause: Mapping[str, Any]) -> Iterator[str]:
    """What stands under a clause in quotation, in its order: its reservations, then what it rests on."""
    yield from (each["text"] for each in clause["support"]["reservations"])
    yield from (citation["quote"] for citation in clause["citations"])


def _verbatim(report: Report, name: str, told: Told, room: Mapping[str, Any]) -> None:
    text = _flat(told.text)
    for clause in room["statement"]["clauses"]:
        for citation in clause["citations"]:
            kind = citation["source"].partition(":")[0]
            if kind == "segment" or (kind == "idea" and name not in WITHOUT_IDEAS):
                report.citations_looked_up += 1
                if _flat(citation["quote"]) not in text:
                    report.citations_not_verbatim += 1
                    report.problems.append(f"a quote of clause {clause['number']} does not stand in {name}")


def _flat(text: str) -> str:
    """Letter for letter, but for white space: each format breaks lines in its own way."""
    return "".join(text.split())

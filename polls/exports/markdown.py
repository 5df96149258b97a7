"""The outcome as Markdown. What people wrote stays what they wrote: nothing in it is read as markup, link or formula."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from polls.exports.outcome import Clause, Outcome

#: Read as markup wherever they stand: emphasis, code, links, HTML, tables, strikethrough, formulas.
_EVERYWHERE = re.compile(r"([\\`*_\[\]<>&|~$])")
#: Read as markup at the beginning of a line: headings, lists, rules, definitions.
_AT_THE_START = re.compile(r"^([#+\-=:])")
_NUMBER = re.compile(r"^(\d+)([.)])")
#: What some readers turn into links by themselves.
_ADDRESS = re.compile(r":(?=//)|(?<=\bwww)\.", re.IGNORECASE)


def escaped(text: str) -> str:
    """One line of plain text that any reader of Markdown shows letter for letter; runs of white space as one space."""
    line = _ADDRESS.sub(r"\\\g<0>", _EVERYWHERE.sub(r"\\\1", " ".join(text.split())))
    return _NUMBER.sub(r"\1\\\2", _AT_THE_START.sub(r"\\\1", line))


def lines(text: str, before: str = "") -> list[str]:
    """A text of several lines as Markdown lines, each behind `before` ("> "): line breaks stay, empty lines part paragraphs."""
    written = [escaped(line) for line in text.split("\n")]
    broken = [
        f"{line}\\" if line and following else line for line, following in zip(written, [*written[1:], ""], strict=True)
    ]
    return [(before + line).rstrip() for line in broken]


def written(outcome: Outcome) -> str:
    """The whole outcome as one Markdown text."""
    page = [f"# {escaped(outcome.title)}", "", f"{escaped(outcome.event)}, {escaped(outcome.room)}", ""]
    page += [f"*{escaped(outcome.state)}*", ""]
    if outcome.hash:
        page += [f"SHA-256: `{outcome.hash}`", ""]
    if outcome.preamble:
        page += [*lines(outcome.preamble), ""]
    for clause in outcome.clauses:
        page += _clause(clause)
    page += [f"## {_('How it came about')}", "", escaped(outcome.counted), ""]
    page += [f"- {escaped(label)}: {figure}" for label, figure in (*outcome.groups, *outcome.process)]
    return "\n".join(page) + "\n"


def _clause(clause: Clause) -> list[str]:
    page = [f"## {_('Clause %(number)d') % {'number': clause.number}}", "", *lines(clause.text), ""]
    page += _support(clause)
    if clause.reservations:
        page += [f"### {_('Reservations')}", ""]
        page += [f"- {escaped(reservation)}" for reservation in clause.reservations] + [""]
    if clause.grounds:
        page += [f"### {_('What it rests on')}", ""]
        for ground in clause.grounds:
            quote = [*lines(ground.quote, "> "), ">"] if ground.quote else []
            page += [*quote, f"> — {escaped(ground.origin)}", ""]
    return page


def _support(clause: Clause) -> list[str]:
    page = [f"### {_('Support')}", "", f"| {_('Group')} | {_('Support')} | {_('Oppose')} |", "| --- | ---: | ---: |"]
    page += [f"| {escaped(cell.groups)} | {cell.support} | {cell.oppose} |" for cell in clause.cells]
    page += [f"| {_('Everybody')} | {clause.support} | {clause.oppose} |", ""]
    if clause.cells_of:
        page += [clause.cells_are_of, ""]
    if clause.earlier:
        page += [clause.reworded, ""]
    return page

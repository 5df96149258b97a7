"""Stands on clauses, who wrote reservations, and who signed versions, out of a bundle."""

from __future__ import annotations

from collections import Counter
from typing import Any

from polls.ballots.models import State as PollState
from polls.endorsements.models import Endorsement, Told
from polls.exports.bringing_rows import Bearers, Kept, checked
from polls.exports.reading import Part
from polls.statements.core import Counts, Majority, Stance
from polls.statements.models import Clause, Reserved, SettledClause, Settling, Statement, Support, Version
from polls.statements.settling import digest_of
from rooms.events.models import Attribution

#: In place of the hash of words that were reworded since a poll was put on them.
REWORDED = "0" * 64


def stands(kept: Kept, rows: list[Part], bearers: Bearers, by: Part) -> None:
    """Stands on a clause: so many of each, the written ones with their words and who wrote them, so many on an earlier
    wording; and which groups were heard."""
    found = []
    for row in rows:
        clause, told = kept.one("clause", row, "handle"), row.part("support")
        written, earlier = told.parts("reservations", kept.most), told.count("earlier_wording")
        counts = Counts(*(told.count(stance) for stance in Stance))
        if Counter(each.text("stand") for each in written) != Counter(
            {"reserve": counts.reserve, "block": counts.block}
        ):
            raise told.wrong("reservations", "whoever is against has written why")
        if earlier and not clause.revision:
            raise told.wrong("earlier_wording", "this clause has no earlier wording")
        signed = by.parts(clause.handle, kept.most) if written else []
        if len(signed) != len(written):
            raise by.wrong(clause.handle, "for each reservation it must stand here who wrote it")
        fields = [
            {"value": each.text("stand"), "reservation": each.text("text"), **_signature(kept, who)}
            for each, who in zip(written, signed, strict=True)
        ]
        fields += [{"value": "support"}] * counts.support + [{"value": "live"}] * counts.live
        for at, (seat, stand) in enumerate(zip(bearers(len(fields)), fields, strict=True)):
            read = clause.revision - 1 if at >= len(fields) - earlier else clause.revision
            found.append(checked(told, Support(clause=clause, seat=seat, revision=read, **stand)))
        silent = told.value.get("not_heard")
        if isinstance(silent, list) and all(isinstance(name, str) for name in silent):  # else by an earlier service
            groups = kept.room.event.groups.exclude(name__in=silent).order_by("handle")
            clause.heard = {"of": list(counts), "groups": list(groups.values_list("handle", flat=True))}
            clause.save(update_fields=["heard"])
    Support.objects.bulk_create(found, batch_size=500)


def settles(kept: Kept, polls: list[Part], statement: Statement | None) -> None:
    """What polls that were open settle if they carry, once the text is there."""
    for row in polls:
        if row.any("settles", (dict, type(None)), "what this poll settles, or null, must stand here") is None:
            continue
        if statement is None or row.text("state") != PollState.OPEN:
            raise row.wrong("settles", "only an open poll settles something, and only a text that is there")
        about = row.part("settles")
        clause = kept.one_or_none("clause", about, "clause")
        fields = {"option": about.text("option"), "majority": about.text("majority")}
        # Without what it is known by, the poll settles nothing: the words were others when it was put.
        fields["digest"] = digest_of(statement, clause) if about.truth("as_put") else REWORDED
        asked = Settling(statement=statement, clause=clause, poll=kept.one("poll", row, "handle"), **fields)
        if asked.majority not in list(Majority):
            raise about.wrong("majority", "this is none of the majorities")
        checked(about, asked).save()


def settled(kept: Kept, rows: list[Part]) -> None:
    """Which wordings of these clauses were settled by themselves."""
    for row in rows:
        for each in row.parts("settled", kept.most):
            _settled(kept, kept.one("clause", row, "handle"), each)


def _settled(kept: Kept, clause: Clause, row: Part) -> None:
    """A wording that was settled by itself, and who wrote its reservations."""
    fields = {"revision": row.number("revision"), "hash": row.text("hash"), "settled_at": row.moment("settled_at")}
    fields |= {"content": row.part("content").value, "quotes": row.part("quotes").value}
    fields |= {"reopened_at": row.moment_or_none("reopened_at"), "reason": row.text("reason")}
    alone = checked(row, SettledClause(clause=clause, **fields), but=("content", "quotes", "reason"))
    alone.save()
    _reserved(kept, {"alone": alone}, row.part("reserved_by"))


def _reserved(kept: Kept, beside: dict[str, Any], by: Part) -> None:
    """Who wrote the reservations of what was settled."""
    Reserved.objects.bulk_create(
        checked(who, Reserved(**beside, clause=clause, place=place, **_signature(kept, who)))
        for clause in by.value
        for place, who in enumerate(by.parts(clause, kept.most))
    )


def _signature(kept: Kept, row: Part) -> dict[str, Any]:
    """Columns level, author and group of what somebody is shown as having written."""
    level, by = row.text("shown_as"), row.text("by")
    author = by if level == Attribution.NAME else ""
    return {"level": level, "author": author, "group": kept.group(by) if level == Attribution.GROUP else None}


def beside_versions(kept: Kept, statement: Statement, rows: list[Part], bearers: Bearers) -> None:
    """Who wrote the reservations of settled versions, and who signed these."""
    versions = {version.number: version for version in Version.objects.filter(statement=statement)}
    for row in rows:
        version, by, signed = versions[row.number("number")], row.part("reserved_by"), row.part("signed")
        _reserved(kept, {"version": version}, by)
        named, people = signed.texts("named"), signed.count("people")
        if len(named) > people:
            raise signed.wrong("people", "more are named than signed")
        seats = bearers(people)
        rows_of = [Endorsement(version=version, organisation=name) for name in signed.texts("organisations")]
        for at, seat in enumerate(seats):
            name = named[at] if at < len(named) else ""
            level = Attribution.NAME if name else Attribution.NOBODY
            rows_of.append(Endorsement(version=version, seat=seat, author=name, level=level.value))
        Endorsement.objects.bulk_create([checked(signed, each) for each in rows_of], batch_size=500)
        if counted := signed.count("counted"):
            cells = [[each.texts("groups"), each.count("people")] for each in signed.parts("by_group", kept.most)]
            Told.objects.create(version=version, cells=cells, people=counted)

"""A published result as templates show it: bars, tables, and the few sentences around them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from polls.ballots import core, queries, sentences
from polls.ballots.models import Kind, Poll
from polls.ballots.outcome import Cell, Figures, Result, Stage, figures


@dataclass(frozen=True, slots=True)
class Bar:
    """One option or step: its votes, and their share of the ballots that chose something, in percent."""

    text: str
    votes: int
    percent: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is about, and a text for each column."""

    text: str
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of groups as a column of a table: its name in words, and its chip. Folded groups share one of no colour."""

    name: str
    initial: str
    colour: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything a template needs of a closed poll. `rounds`: a row an option, a field a round."""

    poll: Poll
    figures: Figures
    bars: list[Bar]
    lines: list[str]
    rounds: list[Row]
    stages: range
    ties: list[str]
    columns: list[Column]
    by_group: list[Row]
    who: list[tuple[str, list[str], int]]
    text: str

    @property
    def bare(self) -> bool:
        """Whether only a verdict is published."""
        return "passed" in queries.result(self.poll)

    @property
    def words(self) -> str:
        """The four words of the published ballots; "" where none are."""
        return queries.result(self.poll).get("words", "")

    @property
    def box(self) -> str:
        """Where the ballots of a blind poll are published."""
        return str(settings.BALLOT_BOX)

    @property
    def sources(self) -> tuple[str, ...]:
        """The name under which its result can be quoted."""
        return (f"poll:{self.poll.handle}",)


def shown(poll: Poll) -> Shown:
    """The result of a closed poll. Refused for one that isn't closed."""
    found, texts = queries.result(queries.as_frozen(poll)), queries.texts(poll)
    return Shown(
        poll=poll,
        figures=found["figures"],
        bars=_bars(poll, texts, found["figures"]),
        lines=_lines(poll, texts, found),
        rounds=_rounds(texts, found),
        stages=range(1, len(found["rounds"]) + 1),
        ties=_ties(texts, found),
        columns=[_column(cell) for cell in found["cells"]],
        by_group=_by_group(poll, texts, found["cells"]),
        who=queries.who_chose(poll),
        text=found["text"],
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What is shown of the votes while a poll runs: of so many ballots, never of all."""

    ballots: int
    bars: list[Bar]


def so_far(poll: Poll) -> Tally | None:
    """The tally of an open blind poll that shows one; None before it has come so far."""
    told = core.rows(poll.tallies.get("shown", ())) if poll.live else ()
    if not told:
        return None
    found = figures(queries.question(poll), core.counts(told))
    return Tally(found["ballots"], _bars(poll, queries.texts(poll), found))


def _percent(votes: int, figures: Figures) -> int:
    choosing = figures["ballots"] - figures["abstained"]
    return round(100 * votes / choosing) if choosing else 0


def _bars(poll: Poll, texts: dict[str, str], figures: Figures) -> list[Bar]:
    """A scale's steps in their order; options with most votes first."""
    bars = [Bar(texts.get(key, key), votes, _percent(votes, figures)) for key, votes in figures["votes"]]
    return bars if poll.kind == Kind.SCALE else sorted(bars, key=lambda bar: -bar.votes)


def _lines(poll: Poll, texts: dict[str, str], found: Result) -> list[str]:
    if "passed" in found:
        return [sentences.passed(texts, found)]
    if poll.kind == Kind.SCALE:
        return [line for line in [sentences.middle(found["figures"])] if line]
    if poll.kind == Kind.RANKING and found["winner"]:
        return [sentences.won(texts, found), sentences.compared(texts, found)]
    return []


def _rounds(texts: dict[str, str], found: Result) -> list[Row]:
    """A row an option, a field a round: its votes, and whether it went out then. Below: ballots that count no longer."""
    stages = found["rounds"]
    rows = [
        Row(texts[handle], [_stage_field(stage, handle) for stage in stages])
        for handle, _first in (found["figures"]["votes"] if stages else [])
    ]
    if any(stage["exhausted"] for stage in stages):
        rows.append(Row(_("No longer counting"), [str(stage["exhausted"]) for stage in stages]))
    return rows


def _stage_field(stage: Stage, handle: str) -> str:
    if handle not in stage["votes"]:
        return ""
    votes = stage["votes"][handle]
    return _("%(n)d, out") % {"n": votes} if stage["out"] == handle else str(votes)


def _ties(texts: dict[str, str], found: Result) -> list[str]:
    return [
        _("Round %(n)d: %(option)s is out") % {"n": place, "option": texts[stage["out"]]} + sentences.tie(stage) + "."
        for place, stage in enumerate(found["rounds"], start=1)
        if stage["tie"] is not None and stage["out"] is not None
    ]


def _column(cell: Cell) -> Column:
    name, (first, *others) = sentences.group_names(cell), cell["groups"]
    if others or not first["handle"]:
        return Column(name, "+" if others else "–", None)
    return Column(name, first["initial"], first["colour"])


def _by_group(poll: Poll, texts: dict[str, str], cells: list[Cell]) -> list[Row]:
    """A row an option with the shares of each cell in percent; for a scale its median and middle half."""
    each = [cell["figures"] for cell in cells]
    if not each:
        return []
    if poll.kind == Kind.SCALE:
        rows = [
            Row(_("Median"), [sentences.number(figures["median"]) for figures in each]),
            Row(_("Middle half"), [_span(figures) for figures in each]),
        ]
    else:
        rows = [
            Row(texts[key], [str(_percent(dict(figures["votes"])[key], figures)) for figures in each])
            for key, _votes in each[0]["votes"]
        ]
    rows.append(Row(_("Abstained (number)"), [str(figures["abstained"]) for figures in each]))
    return [*rows, Row(_("Ballots (number)"), [str(figures["ballots"]) for figures in each])]


def _span(figures: Figures) -> str:
    if figures["lower"] is None:
        return ""
    return _("%(low)s–%(high)s") % {
        "low": sentences.number(figures["lower"]),
        "high": sentences.number(figures["upper"]),
    }

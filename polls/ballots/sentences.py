"""Polls in words: a refused ballot, a choice, and a whole result in plain sentences.

The sentences of a result are written once, at closing, so that what is quoted from them stays where it was."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.ballots.core import ABSTAIN, BadChoice, Kind, Question, Wrong, picks
from polls.ballots.outcome import Cell, Figures, Result, Stage
from polls.ballots.paper import SameRank

#: Texts of the options by handle. A scale's steps are their own texts.
Texts = Mapping[str, str]


def why_not(problem: BadChoice | SameRank) -> str:
    """What is wrong with a choice and what to do, in the voter's language."""
    if isinstance(problem, SameRank):
        return _("Two options are both %(rank)d. Give each number once.") % {"rank": problem.rank}
    match problem.code:
        case Wrong.NOTHING_CHOSEN:
            return _("Nothing is chosen yet. Choose, or abstain.")
        case Wrong.ABSTAINED_AND_CHOSE:
            return _("You abstained and chose as well. Do one of the two.")
        case Wrong.TOO_FEW:
            limit = problem.values["limit"]
            return ngettext("Choose at least %(n)d.", "Choose at least %(n)d.", limit) % {"n": limit}
        case Wrong.TOO_MANY:
            limit = problem.values["limit"]
            return ngettext("Choose only %(n)d.", "Choose at most %(n)d.", limit) % {"n": limit}
        case _:
            return _("That is not on this ballot. Reload the page, then choose again.")


def spelled(question: Question, texts: Texts, key: str) -> str:
    """A choice in words: "Hearings", "Hearings; A fund", "1 Hearings; 2 A fund", "4", "Abstained"."""
    if key == ABSTAIN:
        return _("Abstained")
    chosen = [texts.get(pick, pick) for pick in picks(question, key)]
    if question.kind is Kind.RANKING:
        return "; ".join(f"{place} {text}" for place, text in enumerate(chosen, start=1))
    return "; ".join(chosen)


def told(asked: str, question: Question, texts: Texts, ends: tuple[str, str], secret: bool, result: Result) -> str:
    """The whole result: the question, the turnout, the figures, how a ranking was counted, and the groups.

    `ends`: the words at the low and the high end of a scale, or empty."""
    figures = result["figures"]
    pieces = [_sentence(asked), _turnout(result, secret)]
    if "passed" in result:
        return " ".join([*pieces, passed(texts, result)])
    if question.kind is Kind.SEVERAL:
        pieces.append(_("Each could choose several."))
    if question.kind is Kind.SCALE:
        pieces += [_ends(question, ends), middle(figures)]
    if question.kind is Kind.RANKING:
        pieces += ranked(texts, result)
    else:
        pieces.append(_sentence(_votes(texts, figures)))
    pieces.append(_("Abstained: %(n)d.") % {"n": figures["abstained"]})
    pieces += [_cell(question, texts, cell) for cell in result["cells"]]
    return " ".join(piece for piece in pieces if piece)


def passed(texts: Texts, result: Result) -> str:
    """The verdict, where nothing else is published."""
    first = next(iter(texts.values()), "")
    said = _("“%(option)s” passed.") if result.get("passed") else _("“%(option)s” did not pass.")
    return f"{said % {'option': first}} {_('As so few voted, no more is published.')}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…", "؟", "。")) else f"{text}."


def _turnout(result: Result, secret: bool) -> str:
    count = {"n": result["figures"]["ballots"], "seats": result["eligible"]}
    if secret:
        return _("%(n)d of %(seats)d voted, by secret ballot.") % count
    return _("%(n)d of %(seats)d voted, by open ballot.") % count


def _votes(texts: Texts, figures: Figures) -> str:
    return ". ".join(f"{texts.get(handle, handle)}: {votes}" for handle, votes in figures["votes"])


def _ends(question: Question, ends: tuple[str, str]) -> str:
    words = {"low": question.low, "high": question.high, "least": ends[0], "most": ends[1]}
    if all(ends):
        return _("From %(low)d (%(least)s) to %(high)d (%(most)s).") % words
    return _("From %(low)d to %(high)d.") % words


def middle(figures: Figures) -> str:
    """The median and the spread of a scale in words; empty where nobody chose."""
    if figures["median"] is None:
        return ""
    words = {"median": number(figures["median"]), "low": number(figures["lower"]), "high": number(figures["upper"])}
    return _("Median %(median)s; the middle half chose %(low)s to %(high)s.") % words


def number(value: float | None) -> str:
    """3.0 -> "3", 3.5 -> "3.5"."""
    return f"{value:g}" if value is not None else ""


def ranked(texts: Texts, result: Result) -> list[str]:
    """How a ranking was counted: who won, every round, and whether one beats every other."""
    if result["winner"] is None:
        return [_("Nobody ranked anything.")]
    rounds = [_round(place, stage, texts) for place, stage in enumerate(result["rounds"], start=1)]
    return [won(texts, result), *rounds, compared(texts, result)]


def won(texts: Texts, result: Result) -> str:
    """Who won the instant-runoff, in how many rounds."""
    count = len(result["rounds"])
    words = {"winner": texts[str(result["winner"])], "n": count}
    said = ngettext(
        "%(winner)s wins by instant-runoff, in %(n)d round.",
        "%(winner)s wins by instant-runoff, in %(n)d rounds.",
        count,
    )
    return said % words


def compared(texts: Texts, result: Result) -> str:
    """Whether one option beats every other one to one (the Condorcet winner)."""
    if result["condorcet"] is None:
        return _("No option beats every other one to one.")
    return _("%(option)s beats every other option one to one.") % {"option": texts[result["condorcet"]]}


def _round(place: int, stage: Stage, texts: Texts) -> str:
    votes = ", ".join(f"{texts[handle]} {count}" for handle, count in stage["votes"].items())
    pieces = [_("Round %(n)d: %(votes)s") % {"n": place, "votes": votes}]
    if stage["exhausted"]:
        pieces.append(_("no longer counting %(n)d") % {"n": stage["exhausted"]})
    if stage["out"]:
        pieces.append(_("%(option)s is out") % {"option": texts[stage["out"]]} + tie(stage))
    return "; ".join(pieces) + "."


def tie(stage: Stage) -> str:
    """How a tie for going out was broken, in brackets; empty where there was none."""
    if stage["tie"] is None:
        return ""
    if stage["tie"]["round"] is None:
        return " " + _("(a tie: it stands lowest on the ballot)")
    return " " + _("(a tie: it had fewest votes in round %(n)d)") % {"n": stage["tie"]["round"]}


def group_names(cell: Cell) -> str:
    """ "Youth", or "Artists, Youth and no group together" for groups folded together."""
    names = [group["name"] or _("no group") for group in cell["groups"]]
    names[0] = names[0][:1].upper() + names[0][1:]
    if len(names) == 1:
        return names[0]
    return _("%(some)s and %(last)s together") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def _cell(question: Question, texts: Texts, cell: Cell) -> str:
    figures = cell["figures"]
    who = ngettext("%(group)s, %(n)d ballot", "%(group)s, %(n)d ballots", figures["ballots"])
    if question.kind is Kind.SCALE:
        said = [_("median %(n)s") % {"n": number(figures["median"])}] if figures["median"] is not None else []
    else:
        said = [f"{texts[handle]} {votes}" for handle, votes in figures["votes"]]
    if question.kind is Kind.RANKING:
        said[:1] = [_("first choices %(votes)s") % {"votes": said[0]}]
    said.append(_("abstained %(n)d") % {"n": figures["abstained"]})
    return who % {"group": group_names(cell), "n": figures["ballots"]} + ": " + ", ".join(said) + "."

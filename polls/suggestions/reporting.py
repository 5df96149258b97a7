"""The report of `bench suggestions`: sentences, limits, drawings, tables, and how it was measured."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean, median

from deliberate.bench import plots
from deliberate.bench.result import Asked, Plot, Reach, Result, Table
from deliberate.rehearsal.report import percentile
from polls.suggestions import measuring
from polls.suggestions.measuring import AT, WAYS, Meeting, Recall, Weights

#: The meeting by which the weights in core.py were chosen; the others had no say in them.
CHOSEN_ON = "education_4"
#: Captions a second while the cost is measured.
CAPTIONS_A_SECOND = 10.0
PLAIN, PIECES, WORDS, JOINED = (
    "plain BM25 (turns)",
    "plain BM25 (pieces)",
    "ours, words alone",
    "ours, words and meaning",
)
ASKED_BY = {"question": "asked by the question", "answer": "asked by the answer, which reads like a clause"}


@dataclass
class Cost:
    """What asking costs: milliseconds of each caption's answer before and meanwhile, of each page; MB of the finder."""

    before: list[float]
    meanwhile: list[float]
    first_ms: float
    pages_ms: list[float]
    memory_mb: float
    pieces: int


@dataclass(frozen=True)
class Choice:
    """Weights chosen on one meeting, and mean recall on the others: plain, and with these weights."""

    on: str
    weights: Weights
    plain: Recall
    ours: Recall


def mean_of(some: Sequence[Recall]) -> Recall:
    return {way: {at: mean(each[way][at] for each in some) for at in AT} for way in WAYS}


def result_of(
    asked: Asked,
    meetings: Sequence[Meeting],
    found: dict[str, dict[str, Recall]],
    rotated: Sequence[Choice],
    cost: Cost,
) -> Result:
    result = Result("suggestions", "What is found for a clause, and what looking costs")
    others = [each.name for each in meetings if each.name != CHOSEN_ON] or [CHOSEN_ON]
    beside = {name: mean_of([found[each][name] for each in others]) for name in found[others[0]]}
    ours = JOINED if JOINED in beside else WORDS
    result.told = [
        f"Asked by {sum(len(each.queries) for each in meetings)} questions that people wrote about {len(meetings)} meetings, and marked the answers to: "
        f"in the meetings that had no say in the weights, {beside[ours]['question'][20]:.0%} of the marked turns stand among the first 20 found, "
        f"by plain BM25 {beside[PLAIN]['question'][20]:.0%}. With a text that reads like a clause it is {beside[ours]['answer'][20]:.0%} and {beside[PLAIN]['answer'][20]:.0%}.",
        f"Looking is done by a process of its own that gives way: while somebody asked all the time, 99 of 100 captions were stored within {percentile(cost.meanwhile, 0.99):.0f} ms "
        f"({percentile(cost.before, 0.99):.0f} ms by turns without).",
    ]
    for name in dict.fromkeys((WORDS, ours)):
        for way in WAYS:
            for at in AT:
                best = max(beside[PLAIN][way][at], beside[PIECES][way][at])
                result.reach.append(
                    Reach(
                        f"Recall at {at}, {name}, {ASKED_BY[way].split(',')[0]}: beside the better plain BM25",
                        beside[name][way][at] / best,
                        1.0,
                        "×",
                        least=True,
                    )
                )
    result.reach += [
        Reach(
            "A caption is stored later while somebody asks all the time (99 of 100)",
            percentile(cost.meanwhile, 0.99) - percentile(cost.before, 0.99),
            50,
            "ms",
        ),
        Reach(
            "A caption is stored later while somebody asks all the time (median)",
            median(cost.meanwhile) - median(cost.before),
            25,
            "ms",
        ),
        Reach("Suggestions for a clause, the whole page (95 of 100)", percentile(cost.pages_ms, 0.95), 1000, "ms"),
        Reach("Suggestions for a clause, the first after a start", cost.first_ms, 8000, "ms"),
        Reach("Memory of the finder", cost.memory_mb, 400, "MB"),
    ]
    result.shown = [*_plots(beside, ours), *_tables(meetings, found, rotated, cost)]
    result.how = _how(asked, meetings, others)
    result.raw = {
        "recall": found,
        "chosen": [
            {"on": each.on, "weights": asdict(each.weights), "plain": each.plain, "ours": each.ours} for each in rotated
        ],
        "before_ms": cost.before,
        "meanwhile_ms": cost.meanwhile,
        "pages_ms": cost.pages_ms,
    }
    result.versions = asked.served_by()
    return result


def _plots(beside: dict[str, Recall], ours: str) -> list[Plot]:
    found = []
    for way in WAYS:
        rows = [(f"{name}, first {at}", 100 * recall[way][at]) for at in AT for name, recall in beside.items()]
        title = f"Marked turns among those found, {ASKED_BY[way]}"
        found.append(Plot(title, plots.bars(rows, "%"), "The meetings that the weights were not chosen on."))
    return found


def _tables(
    meetings: Sequence[Meeting], found: dict[str, dict[str, Recall]], rotated: Sequence[Choice], cost: Cost
) -> list[Table]:
    heads = ["", *(f"{way}, {at}" for way in WAYS for at in AT)]
    rows = [
        [f"{each.name}: {name}", *(f"{recall[way][at]:.3f}" for way in WAYS for at in AT)]
        for each in meetings
        for name, recall in found[each.name].items()
    ]
    tables = [Table("Recall at 5, 10 and 20 turns, meeting by meeting", heads, rows)]
    if rotated:
        chosen = []
        for each in rotated:
            told = f"near {each.weights.near}, reach {each.weights.reach}, letters {each.weights.letters or 'all'}, meaning {each.weights.meaning}"
            for name, recall in (("plain BM25", each.plain), (told, each.ours)):
                chosen.append(
                    [f"chosen on {each.on}: {name}", *(f"{recall[way][at]:.3f}" for way in WAYS for at in AT)]
                )
        note = "Whichever meeting the weights are chosen on, the others are found better with them than by plain BM25."
        better = all(each.ours[way][at] >= each.plain[way][at] for each in rotated for way in WAYS for at in AT)
        tables.append(
            Table("Weights chosen on one meeting, tried on the others", heads, chosen, note if better else "")
        )
    spent: list[list[object]] = [
        ["a caption's answer without, median", f"{median(cost.before):.1f} ms"],
        ["a caption's answer while somebody asks, median", f"{median(cost.meanwhile):.1f} ms"],
        ["a caption's answer without, 99 of 100", f"{percentile(cost.before, 0.99):.1f} ms"],
        ["a caption's answer while somebody asks, 99 of 100", f"{percentile(cost.meanwhile, 0.99):.1f} ms"],
        ["suggestions for a clause, median", f"{median(cost.pages_ms):.0f} ms"],
        ["suggestions for a clause, 95 of 100", f"{percentile(cost.pages_ms, 0.95):.0f} ms"],
        [f"the first one after a start, {cost.pieces:,} pieces read", f"{cost.first_ms:.0f} ms"],
        ["memory of the finder", f"{cost.memory_mb:.0f} MB"],
        ["pages asked for meanwhile", len(cost.pages_ms)],
    ]
    return [*tables, Table("What it costs", ["", ""], spent)]


def _how(asked: Asked, meetings: Sequence[Meeting], others: Sequence[str]) -> list[str]:
    turns = ", ".join(
        f"{each.name} {len(each.turns)} turns, {len(each.pieces)} pieces, {len(each.queries)} questions"
        for each in meetings
    )
    return [
        f"The meetings: {turns}. For each question people marked the turns that bear on it; recall at k is the share of them "
        "among the first k turns found. Where more than k are marked, it can't reach 1.",
        "Plain BM25: Okapi, k1 1.2, b 0.75, whole words without capitals and accents, each turn by itself; and each piece by itself, "
        "a turn standing where its best piece does. The better of the two is what ours stands beside.",
        "Ours looks at what the service keeps: pieces of at most some 400 letters. A piece counts with its neighbours (reach, "
        "each step counting near times the one before), words are known by their first letters, and where the extra semantic is "
        "installed, the nearness of meaning is added, both as standard scores. Who spoke plays no part.",
        f"The weights in use were chosen on {CHOSEN_ON} alone, the best mean recall of {len(measuring.NEARS) * len(measuring.REACHES) * (len(measuring.LETTERS) + 1)} "
        f"combinations, then of {len(measuring.MEANINGS)} weights of meaning; the limits are held by {', '.join(others)}. A whole run chooses anew "
        "on each meeting in turn and shows what that gives on the others.",
        f"The cost: a whole service with the largest meeting as its transcript, {CAPTIONS_A_SECOND:.0f} captions a second over a socket, "
        "timed until they are stored, by turns with nobody asking and while one drafter loads the page of suggestions again and again, over HTTP, each time for another "
        f"clause. The finder has {os.cpu_count()} cores to share with the service and the bench.",
    ]

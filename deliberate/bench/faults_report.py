"""What came of all rounds, as a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from deliberate.bench.faults_kinds import FAULTS
from deliberate.bench.faults_round import HEALED_S, LIMIT_MB, LOOKED_AT, Outcome
from deliberate.bench.result import Reach, Result, Table

#: What a whole run is to come to.
ROUNDS, VOTES = 200, 100_000
#: The most sentences of what went wrong that a report holds.
MOST_TOLD = 60
KINDS = {
    "stored": "acts lost, doubled, or stored though refused",
    "screen": "screens that differ from a fresh page",
    "memory": "times memory was not given back",
    "words": "times the moderator was not told",
    "restart": "restarts that did not end",
    "ended": "rounds that could not be played to their end",
}


def line_of(outcome: Outcome, rounds: int) -> str:
    """One round in a line."""
    said = f"{outcome.setup.split(',')[0]} {outcome.number}/{rounds} {outcome.fault}: {outcome.votes} votes"
    said += f", {outcome.acts} acts, {outcome.seconds:.1f} s, {outcome.memory_mb:+.0f} MB"
    if outcome.between:
        said += f", {outcome.between} stored and not answered"
    if outcome.away:
        said += f", {outcome.away} still away"
    if outcome.refused:
        said += f", refused {dict(outcome.refused)}"
    return said + "".join(f"\n    VIOLATION {each}" for each in outcome.wrong[:20])


def report(outcomes: Sequence[Outcome], skipped: dict[str, str], seed: int, part: bool) -> Result:
    """`part`: a short run, or of some faults alone, from which no number of rounds is asked."""
    result = Result("faults", "Faults under a vote storm")
    votes, wrong = sum(each.votes for each in outcomes), sum(len(each.wrong) for each in outcomes)
    acts = sum(each.acts for each in outcomes)
    result.told = [
        f"{len(outcomes)} rounds, {votes:,} ballots and {acts - votes:,} other acts acknowledged; "
        + (f"{wrong} violations." if wrong else "every one is stored exactly once, and nothing else is."),
        *(f"Left out: {name}. Here {why}." for name, why in skipped.items()),
    ]
    if not part:
        result.reach += [
            Reach("rounds", len(outcomes), ROUNDS, least=True),
            Reach("ballots acknowledged", votes, VOTES, least=True),
        ]
    for kind, says in KINDS.items():
        result.reach.append(Reach(says, sum(each.kinds[kind] for each in outcomes), 0))
    result.reach.append(
        Reach("rounds without any violation", sum(not o.wrong for o in outcomes), len(outcomes), least=True)
    )
    result.shown = [_faults(outcomes, setup) for setup in dict.fromkeys(each.setup for each in outcomes)]
    result.shown += [_wrong(outcomes), _words(outcomes)]
    result.how = HOW
    result.raw = {"seed": seed, "skipped": skipped, "rounds": [_raw(each) for each in outcomes]}
    result.versions = {"Seed": str(seed)}
    return result


HOW = [
    "The phones are those of the load client: real sockets that come back with jitter and send an unanswered act again under "
    "its own id, as line.js does. In each round a moderator opens a secret poll over a socket; everybody votes within two "
    "seconds, half of them upvote, take back or take a stance, some post ideas or ask for the floor; the fault comes meanwhile.",
    "Then the database is asked by a process of its own: each acknowledged act must be stored once, none that was refused for "
    "good (any answer but failed, busy and limit), nothing that nobody asked for; ballots by who voted, by choice and by turnout.",
    f"Screens: {HEALED_S:g} s after the fault ended, or after the last act was answered where that is later, every open "
    "phone's pictures are compared by hash with a page that is made anew from the database, and the marks of "
    f"{LOOKED_AT} seats with theirs. A phone that is still waiting for its next try says so on its screen; it is counted as away, "
    "and compared when it is back.",
    f"Memory: proportional set size of all of the service's processes before and after each round, with the same lines open, "
    f"at most {LIMIT_MB:g} MB more than before (or than after two storms without a fault, for workers are young after a fault), "
    "looked at for up to 8 s: nothing asks the processes to collect garbage.",
    "Killed between commit and answer: another process watches the database and kills the worker at the moment one more ballot "
    "is stored; phones whose line broke wait until it is known which of their unanswered ballots are stored, and come back.",
    "Twice and late: every act is sent again after its answer, too, also an upvote or a stance after the same phone's newer word on "
    "the same idea; the newer one must stay.",
    "The moderator must be told in words wherever Redis was away or an act failed, and no more when it is over.",
    "The clock is moved by libfaketime, for the service alone and without the monotonic clock. The disk is a tmpfs.",
]


def _faults(outcomes: Sequence[Outcome], setup: str) -> Table:
    heads = [
        "Fault", "rounds", "ballots", "other acts", "sent again", "failed at first", "stored, not answered", "slowest answer, s",
        "away after 5 s", "most MB more", "violations",
    ]  # fmt: skip
    rows = []
    for name in dict.fromkeys(each.fault for each in sorted(outcomes, key=lambda o: list(FAULTS).index(o.fault))):
        some = [each for each in outcomes if (each.fault, each.setup) == (name, setup)]
        if some:
            rows.append([
                name, len(some), sum(o.votes for o in some), sum(o.acts - o.votes for o in some), sum(o.resent for o in some),
                sum(o.stumbled for o in some), sum(o.between for o in some), round(max(o.slowest_s for o in some), 1),
                sum(o.away for o in some), round(max(o.memory_mb for o in some)), sum(len(o.wrong) for o in some),
            ])  # fmt: skip
    note = " ".join(f"{name}: {FAULTS[name].says}" for name, *_rest in rows if name in FAULTS)
    return Table(setup, heads, rows, note)


def _wrong(outcomes: Sequence[Outcome]) -> Table:
    rows = [[f"{o.setup}, round {o.number}", o.fault, each] for o in outcomes for each in o.wrong]
    more = f"And {len(rows) - MOST_TOLD} more." if len(rows) > MOST_TOLD else ""
    return Table("What should not have been", ["Round", "fault", "what"], rows[:MOST_TOLD] or [["None", "", ""]], more)


def _words(outcomes: Sequence[Outcome]) -> Table:
    found = Counter((o.fault, " ".join(o.words)) for o in outcomes if o.words)
    rows = [[fault, words, count] for (fault, words), count in found.items()]
    return Table("What the moderator read while it lasted", ["Fault", "words", "rounds"], rows or [["None", "", ""]])


def _raw(outcome: Outcome) -> dict[str, object]:
    return {name: value for name, value in vars(outcome).items() if value or name in ("number", "votes")}

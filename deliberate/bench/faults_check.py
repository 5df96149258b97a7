"""What phones were told beside what is stored. Each thing that should not be is a sentence."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from deliberate.bench.faults_phones import Doing
from deliberate.live.trouble import Wrong, words

#: Answers that say "not now", after which nobody knows whether it was stored. Every other refusal is for good.
NOT_NOW = ("failed", "limit")
Found = dict[str, Any]


def told(act: Doing) -> str:
    """What the phone knows of an act: "stored", "refused" (for good), or "open"."""
    if not act.answered or (not act.ok and act.code in NOT_NOW):
        return "open"
    return "stored" if act.ok else "refused"


def violations(acts: Sequence[Doing], handles: Sequence[str], before: Found, after: Found, poll: str) -> list[str]:
    """Everything that differs. `handles`: of the seats, by a phone's number; `before`, `after`: what the witness saw."""
    wrong = [f"{act.command} of phone {act.number} was never answered" for act in acts if not act.answered]
    wrong += ballots([a for a in acts if a.command == "ballots.cast" and a.fields["poll"] == poll], handles, after)
    wrong += turned(acts, handles, before, after, ("ideas.upvote", "ideas.unvote"), "upvotes")
    wrong += turned(acts, handles, before, after, ("opinions.say",), "stances")
    return wrong + posted(acts, handles, before, after) + asked(acts, handles, before, after)


def ballots(acts: Iterable[Doing], handles: Sequence[str], after: Found) -> list[str]:
    """A seat votes once; its choice lies in the box once. Choices are counted: nobody's is known."""
    by = {word: [act for act in acts if told(act) == word] for word in ("stored", "open")} if acts else {}
    stored, unknown = by.get("stored", []), by.get("open", [])
    voted: Counter[str] = Counter(after["voted"])
    sure, may = Counter(handles[act.number] for act in stored), Counter(handles[act.number] for act in unknown)
    box: Counter[str] = Counter(after["box"])
    chosen = Counter(act.fields["choice"] for act in stored)
    perhaps = Counter(act.fields["choice"] for act in unknown)
    wrong = [f"the ballot of {seat} was acknowledged and is not stored" for seat in (sure - voted)]
    wrong += [f"a ballot of {seat} is stored that nobody was told of" for seat in (voted - sure - may)]
    wrong += [f"{n} ballots for {choice} are missing in the box" for choice, n in (chosen - box).items()]
    wrong += [f"{n} ballots for {choice} too many in the box" for choice, n in (box - chosen - perhaps).items()]
    if not after["turnout"] == sum(voted.values()) == sum(box.values()):
        wrong.append(f"turnout {after['turnout']}, {sum(voted.values())} have voted, {sum(box.values())} in the box")
    return wrong


def turned(
    acts: Sequence[Doing], handles: Sequence[str], before: Found, after: Found, commands: Sequence[str], kind: str
) -> list[str]:
    """Upvotes and stances: what is stored is what an act says that no later one, answered, came after."""
    was, now = ({(seat, idea): word for seat, idea, *word in found[kind]} for found in (before, after))
    double = Counter((seat, idea) for seat, idea, *_word in after[kind])
    wrong = [f"{seat} has {n} {kind} on {idea}" for (seat, idea), n in double.items() if n > 1]
    mine: dict[tuple[str, str], list[Doing]] = {}
    for act in acts:
        if act.command in commands and told(act) != "refused":
            mine.setdefault((handles[act.number], act.fields["idea"]), []).append(act)
    for key, several in mine.items():
        sure = [act for act in several if told(act) == "stored"]
        last = [act for act in several if not any(act.answered and act.answered < each.sent for each in sure)]
        may = [_says(act) for act in last] + ([] if sure else [was.get(key)])
        if now.get(key) not in may:
            wrong.append(f"{kind} of {key[0]} on {key[1]}: stored {now.get(key)}, told {may}")
    wrong += [
        f"{kind} of {key[0]} on {key[1]} changed by nobody" for key in was.keys() | now.keys()
        if key not in mine and was.get(key) != now.get(key)
    ]  # fmt: skip
    return wrong


def _says(act: Doing) -> list[str] | None:
    return {"ideas.upvote": [], "ideas.unvote": None}.get(act.command, [act.fields.get("value", "")])


def posted(acts: Sequence[Doing], handles: Sequence[str], before: Found, after: Found) -> list[str]:
    """Each idea that was acknowledged stands once; none that was refused."""
    new = Counter(map(tuple, after["ideas"])) - Counter(map(tuple, before["ideas"]))
    wrong = []
    for act in acts:
        if act.command == "ideas.post":
            count, word = new.pop((handles[act.number], act.fields["text"]), 0), told(act)
            if count > 1 or (word, count) in (("stored", 0), ("refused", 1)):
                wrong.append(f"the idea {act.fields['text']!r} was {word} and stands {count} times")
    return wrong + [f"the idea {text!r} of {seat} came from nowhere" for seat, text in new]


def asked(acts: Sequence[Doing], handles: Sequence[str], before: Found, after: Found) -> list[str]:
    """Each request for the floor that was acknowledged is one row; withdrawn once that was acknowledged."""
    was = {turn for _seat, turn, _state in before["turns"]}
    new = {turn: (seat, state) for seat, turn, state in after["turns"] if turn not in was}
    wrong = []
    mine = Counter(seat for seat, _state in new.values())
    for act in acts:
        seat = handles[act.number]
        if act.command == "floor.ask" and told(act) == "stored":
            row = new.get(act.data.get("turn", ""))
            if row is None or row[0] != seat:
                wrong.append(f"{seat} was told to be on the list and is not")
        if act.command == "floor.ask" and told(act) != "refused":
            mine[seat] -= 1
        if act.command == "floor.withdraw" and told(act) == "stored":
            wrong += [
                f"{seat} withdrew and still waits" for who, state in new.values() if (who, state) == (seat, "waiting")
            ]
    return wrong + [f"{n} requests of {seat} too many" for seat, n in mine.items() if n > 0]


def still_wrong(said: list[str]) -> list[str]:
    """What the console says and should not any more. That the service is overloaded is true where the machine has more to do
    than it has cores, whatever the fault was."""
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    return [each for each in said if not (busy and each == words(Wrong.LATE, "en"))]

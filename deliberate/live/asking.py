"""From the event loop to the door: who stands there, what they ask, what they hold. Many at once share the work."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.db import Error, InterfaceError, OperationalError

from deliberate.door.entrance import Door, Place, entrance
from deliberate.door.perform import Fields, perform
from deliberate.door.registry import Answer, Command, commands
from deliberate.door.together import MOST, Asking, do_together
from deliberate.live import hints, marks, threads
from deliberate.live.gather import Gather
from deliberate.live.trouble import trouble
from deliberate.roles import PARTICIPANT

#: In a rush, so long one waits for the next, in seconds.
BREATH_S = 0.015
#: The same for whoever comes in: they wait for a page anyway.
ENTRY_S = 0.1
Marks = dict[str, list[str]]
#: What is done after commits, beside all else: by so many threads, for so many askers at once.
_beside, MOST_BESIDE = ThreadPoolExecutor(2, thread_name_prefix="beside"), 32
_afterwards: dict[str, Gather[Answer, Answer]] = {}
_crowd: Gather[Asking, Answer] = Gather(do_together, threads.acts, most=MOST, breath_s=BREATH_S)


def _entered(doors: list[Door]) -> list[Place | BaseException | None]:
    """Who stands at each door. What can't be looked up is for whoever asked it: the others are looked up without."""
    try:
        return [*entrance().enter(doors)]
    except (OperationalError, InterfaceError):  # the database is away: trying each alone would only take longer
        raise
    except Exception as problem:
        if len(doors) == 1:
            return [problem]
        half = len(doors) // 2  # a crowd with one bad door in it is not asked for one by one
        return [*_entered(doors[:half]), *_entered(doors[half:])]


_doors: Gather[Door, Place | None] = Gather(_entered, threads.reads, breath_s=ENTRY_S)
_marks: Gather[Place, Marks] = Gather(marks.every_of, threads.reads, breath_s=ENTRY_S)


async def enter(door: Door) -> Place | None:
    """Who stands at the door: None where the cookie names no living seat of that event and role."""
    return await _doors.ask(door)


async def held(place: Place) -> Marks:
    """All marks of the seat at `place`, by feature."""
    return await _marks.ask(place)


async def ask(place: Place, name: str, fields: Fields, act: str) -> Answer:
    """Do an act (door/perform.py), with the acts of others where a whole room does it at once. Raises Refused."""
    asked = commands.get(name)
    try:
        if asked is not None and asked.crowd:
            answer = await _crowd.ask(Asking(place, name, fields, act))
            return answer if asked.afterwards is None else await _finished(asked).ask(answer)
        crew = place.seat.role != PARTICIPANT
        return await threads.act(lambda: perform(place, name, fields, act), first=crew)
    except Error as problem:
        trouble.found(problem)
        raise


def _finished(asked: Command) -> Gather[Answer, Answer]:
    """Where what a command does after the commit is done, for many at once and beside all else."""
    if asked.name not in _afterwards:
        work = asked.afterwards
        assert work is not None
        _afterwards[asked.name] = Gather(lambda answers: work(answers), _beside, most=MOST_BESIDE)
    return _afterwards[asked.name]


async def learnt(place: Place, name: str, answer: Answer) -> dict[str, object]:
    """What the phone must learn of its marks after an act (marks.after)."""
    known = marks.known_after(commands[name], answer)
    return known if known is not None else await threads.read(lambda: marks.after(commands[name], place, answer))


def ask_from_thread(place: Place, name: str, fields: Fields, act: str) -> Answer:
    """The same for a view, which has a thread of its own; without a running hub it is done in that thread."""
    loop = hints.here.loop
    if loop is None or not loop.is_running():
        return perform(place, name, fields, act)
    return asyncio.run_coroutine_threadsafe(ask(place, name, fields, act), loop).result()

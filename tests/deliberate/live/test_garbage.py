"""Lines leave nothing behind; for what else does, everything is looked at when it is due, and only while nothing waits."""

from __future__ import annotations

import ast
import asyncio
import gc
import signal
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from deliberate.bench.servers.guarded import free_port
from deliberate.live import garbage, load
from deliberate.live.garbage import BRIEF, OF_A_LINE, OVERDUE, YOUNG
from deliberate.rehearsal.phone import Door, Phone
from tests.service import ROOT, Service, bare
from tests.waiting import came


class Loop:
    """Refers to itself, as a connection and its protocol do."""

    def __init__(self) -> None:
        self.me = self


def left() -> weakref.ref[Loop]:
    return weakref.ref(Loop())


#: So many lines have as many objects as BRIEF looks find new ones.
AS_MUCH = BRIEF * YOUNG // OF_A_LINE


@pytest.mark.parametrize(
    ("looks", "living", "late_s", "looked"),
    [
        (BRIEF, 0, 0.0, True),
        (BRIEF - 1, 0, 0.0, False),
        (BRIEF, AS_MUCH, 0.0, False),
        (2 * BRIEF, AS_MUCH, 0.0, True),
        (BRIEF, 0, 0.2, False),
        (OVERDUE * BRIEF, 0, 0.2, True),
    ],
)
def test_when_everything_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, looks: int, living: int, late_s: float, looked: bool
) -> None:
    monkeypatch.setattr(load, "lateness", lambda: late_s)
    gc.collect()
    gc.disable()
    try:
        rest = left()
        monkeypatch.setattr(gc, "get_count", lambda: (0, looks, 0))
        assert rest() is not None
        assert garbage.look(living) is looked
        assert (rest() is None) is looked
    finally:
        gc.enable()


#: `deliberate`, in which Python looks for nothing by itself; told by SIGUSR1, it writes down what nobody refers to.
COUNTING = """
import collections, gc, pathlib, signal, sys
gc.disable()
def look(*_):
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    found = collections.Counter(f"{type(each).__module__}.{type(each).__name__}" for each in gc.garbage)
    written = pathlib.Path(sys.argv[-1], "writing")
    written.write_text(repr(dict(found)))
    written.rename(written.with_name("found"))
signal.signal(signal.SIGUSR1, look)
from deliberate.management import main
main()
"""


async def test_a_line_that_is_gone_leaves_nothing_to_look_for(tmp_path: Path) -> None:
    def begin() -> subprocess.Popen[str]:
        words = [sys.executable, "-c", COUNTING, "demo", "--port", str(port), "--data", str(tmp_path)]
        return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, env=bare())

    port = free_port()
    with (tmp_path / "log").open("w") as log:
        service = Service(begin, port, tmp_path / "log")
    try:
        service.find_links()
        door = Door(service.url)
        for _number in range(5):
            phone = Phone(door, ("events.now",))
            await phone.sit(await door.join(service.links["participant"]))
            assert (await phone.act("floor.ask", kind="point"))["ok"]
            await phone.close()
        await door.close()
        await asyncio.sleep(0.5)
        service.process.send_signal(signal.SIGUSR1)
        await came((tmp_path / "found").exists)
        said = (tmp_path / "found").read_text()
    finally:
        service.stop()
    found = ast.literal_eval(said)
    assert not [name for name in found if name.startswith(("deliberate.live", "websockets"))]
    assert any(name.endswith("HttpToolsProtocol") for name in found)  # it did look: uvicorn's own leaves something

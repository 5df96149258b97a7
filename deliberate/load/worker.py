"""One process of the load client: `python -m deliberate.load.worker FILE`. The file says what the crowd is; orders come as lines of JSON on its input, and
what it tells goes as lines of JSON to its output. It imports neither Django nor anything of the service."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from deliberate.load.crowd import Crowd
from deliberate.load.phone import compared


class Worker:
    """Hears orders and tells how its crowd does.

    Orders: {"arrive": seconds} {"gather": at once} {"vote": seconds} {"drop": true} {"mark": true} {"tell": true}
    {"compare": {part: hash}} {"flush": true} {"stop": true}. Told: {"at": {...}} four times a second, {"told": figures},
    {"compared": {...}}, and "marked", "flushed", "stopped"."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.stopped = False
        self._half = b""
        os.set_blocking(0, False)
        crowd.net.listen(0, self._read)
        crowd.net.at(time.monotonic(), self._progress)

    def run(self) -> None:
        while not self.stopped:
            self.crowd.net.turn()
        self.crowd.voting.unanswered()
        self.crowd.ledger.flush()
        self._tell("stopped", True)

    def _read(self) -> None:
        data = os.read(0, 1 << 20)
        if not data:
            self.stopped = True
        *lines, self._half = (self._half + data).split(b"\n")
        for line in lines:
            for name, value in json.loads(line).items():
                self._do(name, value)

    def _do(self, name: str, value: Any) -> None:
        crowd, net = self.crowd, self.crowd.net
        match name:
            case "arrive":
                crowd.arrive(value)
            case "gather":
                crowd.gather(value)
            case "vote":
                crowd.voting.begin(value)
            case "drop":
                crowd.drop_all()
            case "mark":
                crowd.ledger.mark(net.received, net.sent)
                self._tell("marked", time.monotonic())
            case "tell":
                self._tell("told", crowd.ledger.told(net.received, net.sent))
            case "compare":
                self._tell("compared", compared(crowd.lines, value))
            case "flush":
                crowd.voting.unanswered()
                crowd.ledger.flush()
                self._tell("flushed", True)
            case "stop":
                self.stopped = True

    def _tell(self, name: str, value: object) -> None:
        sys.stdout.write(json.dumps({name: value}, separators=(",", ":")) + "\n")
        sys.stdout.flush()

    def _progress(self) -> None:
        crowd, figures = self.crowd, self.crowd.ledger.figures
        at = {
            "open": crowd.open,
            "ready": crowd.ready,
            "pictures": figures.pictures,
            "sent": figures.sent,
            "answered": figures.answered,
            "reconnects": figures.reconnects,
        }
        self._tell("at", at)
        crowd.net.at(time.monotonic() + 0.25, self._progress)


def main() -> None:
    """Gather the crowd, and serve orders until told to stop or until nobody is there to order."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hasattr(os, "sched_setaffinity") and (cores := os.environ.get("LOAD_CORES")):
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    order = json.loads(Path(sys.argv[1]).read_bytes())
    crowd = Crowd(order)
    gc.collect()
    gc.freeze()
    gc.disable()  # ten thousand phones that live to the end: nothing to be found, and looking takes long
    Worker(crowd).run()


if __name__ == "__main__":
    main()

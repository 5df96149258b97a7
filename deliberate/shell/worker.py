"""One of several processes on a machine, as workers.py starts it: python -m deliberate.shell.worker SOCKET TELL SERVER.

SOCKET is the descriptor of an open socket, TELL that of a pipe to the parent: "r" once this process serves, then "." every
second for as long as its event loop turns."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

BEAT_S = 1.0


async def _beat(tell: int) -> None:
    """Let the parent hear that this process is well. Where there is no parent any more, end: nobody would replace it."""
    word = b"r"
    while True:
        try:
            os.write(tell, word)
            word = b"."
        except BlockingIOError:
            pass  # the parent is busy
        except OSError:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        await asyncio.sleep(BEAT_S)


def main(listening: int, tell: int, server: str) -> None:
    """Serve on the socket until told to end."""
    # Until it serves, a signal simply ends it; Ctrl+C reaches all processes of a terminal at once, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")
    import django

    django.setup()
    from deliberate.shell.server import serve_on

    os.set_blocking(tell, False)
    beats: list[asyncio.Task[None]] = []

    def ready() -> None:
        beats.append(asyncio.get_running_loop().create_task(_beat(tell)))

    serve_on(socket.socket(fileno=listening), server=server, ready=ready)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])

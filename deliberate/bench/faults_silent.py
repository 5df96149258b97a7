"""Phones that open a line, ask for every picture, and never read."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from typing import Any

from deliberate.bench.faults_round import LIMIT_MB, Round
from deliberate.load.frames import masked, upgrade
from deliberate.load.news import parts_of


async def silent_readers(now: Round) -> None:
    """They sit there while pictures change ten times a second; memory is looked at all the while."""
    stage = now.stage
    before, most = stage.memory_mb(), 0.0
    parts = parts_of(await stage.fresh())
    watch = masked(json.dumps({"watch": dict.fromkeys(parts, ""), "marks": True}).encode())
    socks = [await _opened(stage.service.port, seat, watch) for seat in stage.silent]
    end, number = time.monotonic() + now.lasts_s, 0
    try:
        while time.monotonic() < end:
            number += 1
            said = f"Picture {number} of many: " + "the water stands a hand below the second step, and rises. " * 4
            await stage.captions.act("transcript.interim", text=said)
            most = max(most, stage.memory_mb())
            await asyncio.sleep(0.1)
    finally:
        for sock in socks:
            sock.close()
    await stage.captions.act("transcript.interim", text="")
    if most - before > LIMIT_MB:
        now.outcome.add("memory", f"{most - before:.0f} MB more while {len(socks)} never read")
    now.outcome.note = f"{most - before:+.0f} MB while {len(socks)} never read {number} pictures"


async def _opened(port: int, seat: Any, watch: bytes) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, ("127.0.0.1", port))
    headers = f"Origin: http://127.0.0.1:{port}\r\nCookie: seat={seat.cookie}\r\n"
    await loop.sock_sendall(sock, upgrade(f"127.0.0.1:{port}", seat.base + "live", headers, False))
    await asyncio.wait_for(loop.sock_recv(sock, 512), 20)  # the handshake's answer, and then never again
    await loop.sock_sendall(sock, watch)
    return sock

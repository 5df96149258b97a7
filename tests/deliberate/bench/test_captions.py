from __future__ import annotations

import wave
from pathlib import Path

import pytest

from deliberate.bench import captions
from deliberate.bench.captions_live import seen
from deliberate.bench.captions_words import errors, plain
from deliberate.bench.crew import PACE
from deliberate.bench.product import NotReady, Product
from deliberate.bench.result import Asked
from tests.rooms.captions.sounds import silence, tone

TONES = "tests.rooms.captions.engines:Tones"


def test_words_are_compared_without_capitals_punctuation_and_hyphens() -> None:
    assert plain("And Mr. O’Hara's well-known “ask”: 3") == ["and", "mister", "o'hara's", "well", "known", "ask", "3"]


@pytest.mark.parametrize(
    ("heard", "wrong"), [("a b c", 0), ("a c", 1), ("a x b c", 1), ("a x c", 1), ("", 3), ("x y z a", 4)]
)
def test_words_put_in_left_out_and_changed_are_wrong(heard: str, wrong: int) -> None:
    assert errors(["a", "b", "c"], heard.split()) == wrong


def test_a_word_is_shown_when_it_reads_as_it_was_settled() -> None:
    """A wrong guess of a word doesn't count, nor that a later word like it was already read."""
    words = [("we", 0.5), ("are", 1.0), ("ready", 1.5), ("are", 4.0), ("you", 4.5)]
    pictures: list[tuple[float, dict[str, str], str]] = [
        (0.75, {}, "He"),
        (1.25, {}, "We are"),
        (2.0, {}, "We are red"),
        (3.0, {"a": "We are ready."}, ""),
        (5.0, {"a": "We are ready."}, "Or you"),
        (6.0, {"b": "Are you?"}, ""),
    ]
    found = seen(pictures, words)
    assert found.text == "We are ready. Are you?"
    assert found.shown_s == [0.75, 0.25, 1.5, 2.0, 0.5]
    assert found.settled_s == [1.5, 1.5]


def test_words_that_the_engine_alone_heard_otherwise_are_not_timed() -> None:
    found = seen([(2.0, {"a": "one too three"}, "")], [("one", 0.5), ("two", 1.0), ("three", 1.25)])
    assert found.shown_s == [1.5, 0.75]
    assert found.settled_s == [0.75]


def recorded(folder: Path, name: str, sound: bytes, text: str, rate: int = 16_000) -> None:
    with wave.open(str(folder / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound)
    (folder / f"{name}.txt").write_text(text)


async def test_a_recording_is_played_and_what_a_phone_shows_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an engine that hears tones: four words are said, one of the text's is another."""
    monkeypatch.setenv("CAPTIONS_ENGINE", TONES)
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    recorded(tmp_path, "tone", silence(0.5) + tone(2), "one two three five")
    recorded(tmp_path, "alone", tone(1), "")
    (tmp_path / "alone.txt").unlink()
    told: list[str] = []
    async with Product(2, environment=PACE) as product:
        asked = Asked(say=told.append, repeats=1, product=product, audio=tmp_path)
        result = await captions.bench(asked)
    assert any("No text lies beside alone:" in each for each in result.how)
    assert list(result.raw) == ["tone", "alone"], "those with a text first"
    assert result.raw["alone"]["wrong"] == []
    assert len(result.raw["alone"]["settled_s"]) == 1
    assert result.raw["tone"]["wrong"] == [1]
    assert result.raw["tone"]["heard"] == "one two three four"
    assert len(result.raw["tone"]["shown_s"]) == 4
    assert len(result.raw["tone"]["settled_s"]) == 1
    assert {each.name: each.value for each in result.reach}["word error rate"] == 0.25


def test_a_folder_without_recordings_and_one_of_another_kind_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="no recordings"):
        captions.read(tmp_path)
    recorded(tmp_path, "fast", tone(0.1), "one", rate=48_000)
    with pytest.raises(NotReady, match="16 kHz"):
        captions.read(tmp_path)

from __future__ import annotations

import pytest

from rooms.captions.engine import Options, Spoken, Unfit, installed
from rooms.captions.whisper import Whisper, _joined

HERE = installed("rooms.captions.whisper:Whisper")


def test_an_engine_is_installed_where_all_that_it_needs_can_be_imported() -> None:
    assert installed("tests.rooms.captions.engines:Tones")
    assert not installed("tests.rooms.captions.engines:Nobody")
    assert not installed("nowhere:Tones")


def test_what_begins_without_a_space_belongs_to_the_word_before_it() -> None:
    words = [Spoken(" cold", 0, 5), Spoken("-hearted", 5, 9), Spoken(" and", 9, 12)]
    assert list(_joined(words)) == [Spoken(" cold-hearted", 0, 9), Spoken(" and", 9, 12)]


@pytest.mark.skipif(not HERE, reason="deliberate[captions] is not installed")
def test_a_model_that_is_not_there_is_named_and_never_fetched() -> None:
    with pytest.raises(Unfit, match="no-such-model"):
        Whisper(Options(model="no-such-model"))


@pytest.mark.skipif(not HERE, reason="deliberate[captions] is not installed")
def test_silence_and_a_hum_are_no_words() -> None:
    engine = Whisper(Options())
    found = [*engine.hear(b"\0\0" * 48_000), *engine.hear(b"\x20\x03\xe0\xfc" * 24_000), *engine.end()]
    assert not [each for each in found if getattr(each, "words", getattr(each, "text", ""))]
    assert engine.free > 0

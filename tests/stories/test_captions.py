"""A recording is played into the podium's microphone (Chromium takes a file for one), and captions appear on two phones."""

from __future__ import annotations

import math
import os
import struct
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from deliberate.roles import CAPTIONER, MODERATOR, PARTICIPANT
from rooms.captions.engine import installed
from tests import servers
from tests.service import Service, running
from tests.stories.browser import LAPTOP, PHONE, Eye
from tests.stories.stage import Hand, sit

TONES = "tests.rooms.captions.engines:Tones"
WHISPER = "rooms.captions.whisper:Whisper"
#: A folder of recordings of speech; the project holds none.
SPEECH = os.environ.get("SPEECH", "")


def tone(path: Path) -> Path:
    """A recording of a tone of two seconds and a silence of three, as Chromium plays it over and over."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        loud = [int(9000 * math.sin(2 * math.pi * 330 * at / 48_000)) for at in range(2 * 48_000)]
        file.writeframes(struct.pack(f"<{len(loud)}h", *loud) + b"\0\0" * 3 * 48_000)
    return path


class Podium:
    """A browser whose microphone is a recording, and two with phones, all in one room."""

    def __init__(self, service: Service, recording: Path, play: object) -> None:
        chromium = play.chromium  # type: ignore[attr-defined]
        fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        fake.append(f"--use-file-for-fake-audio-capture={recording}")
        self.browser = chromium.launch(executable_path=servers.chromium(), args=[*servers.chromium_args(), *fake])
        self.service = service
        self.eyes: list[Eye] = []
        self.page = self._window(CAPTIONER, "podium/", LAPTOP)
        self.phones = [self._window(PARTICIPANT, "", PHONE) for _phone in range(2)]

    def _window(self, role: str, screen: str, size: object) -> Page:
        context = self.browser.new_context(viewport=size)
        self.eyes.append(Eye(context, self.service.url))
        return sit(context, self.service.links[role], screen)

    def take(self) -> None:
        self.page.get_by_role("button", name="Take the microphone").click()
        expect(self.page.get_by_text("What is said is written down.")).to_be_visible(timeout=60_000)

    def close(self) -> None:
        self.browser.close()


@contextmanager
def podium(tmp_path: Path, recording: Path, **settings: str) -> Iterator[Podium]:
    with running(tmp_path / "service", PYTHONPATH=str(Path.cwd()), **settings) as service, sync_playwright() as play:
        found = Podium(service, recording, play)
        try:
            yield found
            assert [wrong for eye in found.eyes for wrong in eye.wrong] == []
        finally:
            found.close()


def test_what_is_said_at_the_podium_appears_on_two_phones(tmp_path: Path) -> None:
    with podium(tmp_path, tone(tmp_path / "tone.wav"), CAPTIONS_ENGINE=TONES) as here:
        moderator = Hand(here.service.links[MODERATOR])
        moderator.do("floor.add", name="Asha", group="", place="hall", kind="point")
        moderator.do("floor.call_next")
        moderator.do("floor.start")
        here.take()
        for phone in here.phones:
            live = phone.locator("#part-transcript-live")
            expect(live.get_by_text("one two three four").first).to_be_visible()
            expect(live.get_by_text("Written by a machine")).to_be_visible()
            expect(live.locator("[role=log] > div").first).to_be_visible()
        # It belongs to the turn: whoever reads the transcript sees it under the speaker's, and a captioner corrects it.
        desk = here.page.context.new_page()
        desk.goto(here.page.url.replace("podium/", ""))
        desk.get_by_role("link", name="Correct", exact=True).first.click()
        desk.get_by_label("Correct these words").fill("We were promised a well.")
        desk.get_by_role("button", name="Save the correction").click()
        expect(here.phones[0].locator("#part-transcript-live").get_by_text("promised a well")).to_be_visible()
        here.page.get_by_role("button", name="Stop").click()
        expect(here.page.get_by_text("The microphone is off.")).to_be_visible()
        for phone in here.phones:
            expect(phone.get_by_text("Written by a machine")).to_have_count(0)


def test_an_engine_that_dies_begins_again_and_nothing_else_does(tmp_path: Path) -> None:
    mark = tmp_path / "died"
    settings = {"CAPTIONS_ENGINE": TONES.replace("Tones", "Mortal"), "CAPTIONS_MODEL": str(mark)}
    with podium(tmp_path, tone(tmp_path / "tone.wav"), **settings) as here:
        here.page.get_by_role("button", name="Take the microphone").click()
        expect(
            here.phones[0].locator("#part-transcript-live [role=log]").get_by_text("one two three four").first
        ).to_be_visible()
        assert mark.exists()
        assert httpx.get(here.service.url + "/ready").status_code == 200


def test_a_moderator_switches_the_microphone_off_and_its_page_lets_go_of_it(tmp_path: Path) -> None:
    with podium(tmp_path, tone(tmp_path / "tone.wav"), CAPTIONS_ENGINE=TONES) as here:
        here.take()
        expect(here.phones[0].get_by_text("one two").first).to_be_visible()
        Hand(here.service.links[MODERATOR]).do("captions.stop")
        expect(here.page.get_by_text("somebody switched it off")).to_be_visible()
        expect(here.page.get_by_role("button", name="Take the microphone")).to_be_visible()
        expect(here.phones[0].get_by_text("Written by a machine")).to_have_count(0)


def test_no_other_page_may_ask_for_the_microphone(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        hand = Hand(service.links[CAPTIONER])
        assert "microphone=(self)" in hand.http.get(f"{hand.base}podium/").headers["Permissions-Policy"]
        for page in ("", "strike/", "text/"):
            assert "microphone=()" in hand.http.get(f"{hand.base}{page}").headers["Permissions-Policy"]


@pytest.mark.skipif(not installed(WHISPER), reason="deliberate[captions] is not installed")
@pytest.mark.skipif(not SPEECH, reason="no recordings: SPEECH names no folder with jfk.wav in it")
def test_a_recording_of_speech_is_read_on_two_phones(tmp_path: Path) -> None:
    with podium(tmp_path, Path(SPEECH) / "jfk.wav") as here:
        here.take()
        for phone in here.phones:
            settled = phone.locator("#part-transcript-live [role=log]")
            expect(settled.get_by_text("what you can do for your country").first).to_be_visible(timeout=60_000)

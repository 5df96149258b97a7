"""A recording is played into the podium's microphone (Chromium takes a file for one), and captions appear on two phones."""

from __future__ import annotations

import math
import os
import struct
import wave
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from deliberate.roles import CAPTIONER, HOST, MODERATOR, PARTICIPANT
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

    def room_of(self, role: str) -> Page:
        """One more window, of this role."""
        return self._window(role, "", LAPTOP)

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


def test_a_host_who_keeps_the_sound_can_be_listened_to_and_taken_away(tmp_path: Path) -> None:
    with podium(tmp_path, tone(tmp_path / "tone.wav"), CAPTIONS_ENGINE=TONES) as here:
        desk = here.room_of(HOST)
        expect(desk.get_by_label("Keep the sound of what is said")).not_to_be_checked()
        desk.get_by_label("Keep the sound of what is said").check()
        desk.get_by_label("Name:").check()
        desk.get_by_role("button", name="Save").click()
        expect(desk.get_by_text("Saved.").first).to_be_visible()
        expect(here.phones[0].get_by_text("Its sound is kept as long as it stands under your name.")).to_be_visible()
        speaker, moderator = here.phones[0], Hand(here.service.links[MODERATOR])
        speaker.get_by_role("button", name="Ask to speak").click()
        expect(speaker.get_by_text("You are on the list").first).to_be_visible()
        moderator.do("floor.call_next")
        moderator.do("floor.start")
        here.page.reload()
        expect(here.page.get_by_text("The host keeps it")).to_be_visible()
        here.take()
        expect(here.phones[1].get_by_text("The sound of what is said under a name is kept.")).to_be_visible()
        expect(here.phones[1].locator("[role=log]").get_by_text("one two three four").first).to_be_visible()
        captioner = here.page.context.new_page()
        captioner.goto(here.page.url.replace("podium/", ""))
        captioner.get_by_role("link", name="Correct", exact=True).first.click()
        assert 1.5 < listened(captioner) < 4
        here.page.get_by_role("button", name="Stop").click()
        moderator.do("floor.end")
        speaker.goto(speaker.url + "say/")
        assert 1.5 < listened(speaker) < 4
        desk.goto(desk.url + "sound/")
        with desk.expect_download() as saved:
            desk.get_by_role("link", name="Download it").click()
        with zipfile.ZipFile(saved.value.path()) as archive:
            assert archive.testzip() is None
            names = archive.namelist()
            assert [name.rpartition(".")[2] for name in names] == ["wav", "vtt"]
            with wave.open(archive.open(names[0])) as file:
                samples = struct.unpack(f"<{file.getnframes()}h", file.readframes(file.getnframes()))
                assert max(samples) > 5000, "the tone is in it"
        speaker.get_by_text("Withdraw the whole turn").first.click()
        speaker.get_by_label("Yes, withdraw all of it").check()
        speaker.get_by_role("button", name="Withdraw the whole turn").click()
        expect(speaker.get_by_text("All of these words are withdrawn.")).to_be_visible()
        desk.reload()
        expect(desk.get_by_text("No sound of this room is kept.")).to_be_visible()


def listened(page: Page) -> float:
    """Seconds of the first piece that can be listened to, as the browser reads it."""
    page.get_by_text("Listen to it").first.click()
    audio = page.locator("audio").first
    expect(audio).to_be_visible()
    audio.evaluate(
        "audio => new Promise((done, failed) => Object.assign(audio, {onloadedmetadata: done, onerror: failed}).load())"
    )
    return float(audio.evaluate("audio => audio.duration"))


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

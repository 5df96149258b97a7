"""What a frame says is understood once; the waits are those of the phones' own script."""

from __future__ import annotations

import json
import re
from pathlib import Path

from deliberate.load import news, phone

LINE = Path(__file__).parents[3] / "frontend" / "static" / "js" / "line.js"
BALLOT = (
    '<form class="ballot" method="post" data-command="ballots.cast"><input type="hidden" name="poll" value="p7">'
    '<input type="radio" name="choice" value="a1" required><input type="radio" name="choice" value="abstain"></form>'
)


def test_pictures_tell_their_hashes_their_signs_and_an_open_poll() -> None:
    frame = {"p": {"transcript.live": ["h1", "<p>mark-c3 mark-c12</p>"], "ballots.open": ["h2", BALLOT]}}
    heard = news.of_deliberate(json.dumps(frame))
    assert heard.pictures == 2
    assert heard.hashes == {"transcript.live": "h1", "ballots.open": "h2"}
    assert heard.signs == (("c", 12),)
    assert heard.poll == ("p7", ("a1", "abstain"))


def test_a_ping_is_said_back_and_an_answer_kept() -> None:
    assert news.of_deliberate('{"ping":"word"}').reply
    assert news.of_deliberate('{"a":{"id":"1","ok":true}}').answer == {"id": "1", "ok": True}
    assert not news.of_deliberate('{"marks":{}}').reply


def test_a_page_of_a_seat_tells_its_parts_and_another_page_none() -> None:
    page = b'<body data-marks="{}"><div id="part-a" data-part="a.b" data-hash="x1" class="c"></div></body>'
    assert news.parts_of(page) == {"a.b": "x1"}
    assert news.parts_of(b"<body>Your seat has ended.</body>") == {}


def test_phones_here_wait_as_real_ones_do() -> None:
    script = LINE.read_text()
    waits = re.search(r"between\(([\d]+), Math\.min\((\d+), (\d+) \* 2 \*\* tries\)\)", script)
    assert waits is not None
    assert [float(each) / 1000 for each in waits.groups()] == [phone.LEAST_WAIT, phone.LONGEST_WAIT, phone.FIRST_WAIT]
    patience = re.search(r"PATIENCE = (\d+), LASTING = (\d+)", script)
    assert patience is not None
    assert [float(each) / 1000 for each in patience.groups()] == [phone.PATIENCE, phone.LASTING]
    assert "heard > 20000" in script
    assert phone.QUIET == 20

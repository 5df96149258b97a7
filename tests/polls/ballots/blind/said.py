"""The sentences of a recount, one for each check, and which of them do not hold for a file."""

from __future__ import annotations

import json
from typing import Any

from polls.ballots.blind.verify_poll import Report, verify

FORM = "The file and the poll's definition have their form"
CHAIN = "The journal's chain holds, from the room's first entry on"
NOTED = "The journal has the poll's hash, the tokens issued, and the closing hash"
KIND = "Every ballot is of this poll and of one of its groups, and as long as all others there"
CLOSING = "The closing hash is that of these ballots"
ORDER = "Ballots stand in the order of their trackers, and no tracker comes twice"
ONCE = "No key and no token comes twice"
TOKEN = "Every token is signed by the key of its group"
SIGNED = "Every ballot is signed by the key that its token is for"
CHOICE = "Every choice is one that could be made"
NUMBERS = "No group has more ballots than tokens, or more tokens than people who were eligible"
RESULT = "The result is what follows from these ballots"
CHECKS = [FORM, CHAIN, NOTED, KIND, CLOSING, ORDER, ONCE, TOKEN, SIGNED, CHOICE, NUMBERS, RESULT]


def recount(file: Any) -> Report:
    """Of a file's text, or of what is to be written into one."""
    return verify((file if isinstance(file, str) else json.dumps(file)).encode())


def wrong(file: Any) -> set[str]:
    """The sentences that do not hold."""
    return {line.partition(": WRONG: ")[0] for line in recount(file) if ": WRONG: " in line}

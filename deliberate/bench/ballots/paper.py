"""What is asked in every poll of this bench."""

from __future__ import annotations

QUESTION, OPTIONS = "Shall we adopt the text as it stands?", ("Yes", "No", "Not yet")
#: Fields of a poll as `ballots.prepare` takes them.
PAPER = {"question": QUESTION, "kind": "one", "options": "\n".join(OPTIONS), "secret": "blind"}

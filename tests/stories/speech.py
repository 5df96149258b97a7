"""A recording of speech for the podium's microphone: the project's own (NOTICE.md says how it was made)."""

from __future__ import annotations

from pathlib import Path

RECORDING = Path(__file__).parent / "speech.wav"
#: What is said in it. The smallest model mishears one word: "builds".
SAID = "Nobody asked the people who live by the river. The second visit is what builds trust."

"""What a rehearsal replays: a meeting's transcript, and a Polis export."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path


class Unreadable(Exception):
    """A file that is not what it should be. The text says which and why."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of a meeting: who, and their words (may be empty)."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A stance on a comment: 1 agree, -1 disagree, 0 pass."""

    comment: str
    value: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A Polis export: comments (id -> (author, text)), and each voter's votes in the order they were cast."""

    comments: dict[str, tuple[str, str]]
    votes: dict[str, list[Vote]]

    def last(self) -> dict[tuple[str, str], int]:
        """(voter, comment) -> the vote that counts: the last one."""
        return {(voter, vote.comment): vote.value for voter, cast in self.votes.items() for vote in cast}


def words(text: str) -> list[str]:
    """The words of a text, as white space divides them."""
    return text.split()


def meeting(path: Path) -> list[Said]:
    """The turns in a meeting JSON: {"meeting_transcripts": [{"speaker", "content"}, ...]}. Unreadable if it is not that."""
    try:
        turns = json.loads(path.read_text(encoding="utf-8"))["meeting_transcripts"]
        return [Said(str(turn["speaker"]).strip(), str(turn["content"]).strip()) for turn in turns]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{path} is not a meeting transcript: {error}") from None


def conversation(folder: Path) -> Conversation:
    """The comments.csv and votes.csv of a Polis export. Unreadable if they are missing or lack columns."""
    try:
        with (folder / "comments.csv").open(newline="", encoding="utf-8") as file:
            comments = {
                row["comment-id"]: (row["author-id"], row["comment-body"].strip()) for row in csv.DictReader(file)
            }
        with (folder / "votes.csv").open(newline="", encoding="utf-8") as file:
            rows = sorted(csv.DictReader(file), key=lambda row: int(row["timestamp"]))
        votes: dict[str, list[Vote]] = {}
        for row in rows:
            if row["comment-id"] in comments:
                votes.setdefault(row["voter-id"], []).append(Vote(row["comment-id"], int(row["vote"])))
        return Conversation(comments, votes)
    except (OSError, ValueError, KeyError) as error:
        raise Unreadable(f"{folder} is not a Polis export: {error}") from None

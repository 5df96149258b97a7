"""What is measured of suggestions: recall as it is defined, plain BM25 as the books have it, and a short run of the bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deliberate.bench.machine import described
from deliberate.bench.page import as_json, page
from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked
from polls.suggestions import measuring
from polls.suggestions.bench import bench
from polls.suggestions.measuring import AT, WAYS, Weights

TURNS = [
    "I call this meeting to order. We have two points today.",
    "What about the wells in the northern villages?",
    "They are fifty years old. Nobody has repaired them since the flood.",
    "And who would pay for that?",
    "The province, if it wants to. The ministry said so last year.",
    "Thank you. The second point is the school.",
    "Teachers leave because they are paid late.",
    "Could the county pay them directly, without the ministry?",
    "It could. The law was changed in spring.",
    "Then let us write that down. Thank you all.",
]
QUERIES: list[dict[str, Any]] = [
    {"query": "What was said about the wells?", "answer": "The wells are old.", "relevant_text_span": [["1", "4"]]},
    {"query": "Who could pay the teachers?", "answer": "The county could.", "relevant_text_span": [["6", "8"]]},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two meetings, the second with its turns the other way round."""
    for name, turns in (("education_4", TURNS), ("other", TURNS[::-1])):
        last = len(turns) - 1
        queries = QUERIES if turns is TURNS else [_turned(each, last) for each in QUERIES]
        found = {"meeting_transcripts": [{"speaker": "A", "content": text} for text in turns]}
        (tmp_path / f"{name}.json").write_text(json.dumps(found | {"specific_query_list": queries}))
    return tmp_path


def _turned(query: dict[str, Any], last: int) -> dict[str, Any]:
    return query | {
        "relevant_text_span": [[str(last - int(b)), str(last - int(a))] for a, b in query["relevant_text_span"]]
    }


def test_recall_is_the_share_of_the_wanted_among_the_first_found() -> None:
    assert measuring.recall([3, 1, 2], {1, 2}, 2) == 0.5
    assert measuring.recall([3, 1, 2], {1, 2}, 5) == 1
    assert measuring.recall([], {1}, 5) == 0


def test_a_turn_stands_where_the_best_of_its_pieces_does() -> None:
    assert measuring.in_order([4, 0, 3, 1], of=[0, 0, 1, 1, 2]) == [2, 0, 1]


def test_a_meeting_is_read_with_its_marked_turns(folder: Path) -> None:
    meeting = measuring.read(folder / "education_4.json")
    assert meeting.turns == TURNS
    assert [query.turns for query in meeting.queries] == [{1, 2, 3, 4}, {6, 7, 8}]
    assert meeting.of == list(range(len(TURNS)))


def test_plain_bm25_looks_at_each_turn_by_itself_and_ours_at_the_passage(folder: Path) -> None:
    meeting = measuring.read(folder / "education_4.json")
    question = "wells"
    assert measuring.plain(meeting, by_turn=True)(question)[0] == 1
    ours = measuring.weighed(meeting, Weights())(question)
    assert 4 in ours, "what answers it stands three turns on"
    assert 4 not in measuring.plain(meeting, by_turn=True)(question)[:1]
    found = measuring.measured(meeting, measuring.weighed(meeting, Weights()))
    assert found.keys() == set(WAYS)
    assert all(set(by_depth) == set(AT) for by_depth in found.values())


def test_weights_are_chosen_by_what_finds_most(folder: Path) -> None:
    meeting = measuring.read(folder / "education_4.json")
    best = measuring.overall(measuring.measured(meeting, measuring.weighed(meeting, measuring.chosen(meeting))))
    tried = measuring.weighed(meeting, Weights(near=0.3, reach=1, letters=0))
    assert best >= measuring.overall(measuring.measured(meeting, tried))


async def test_a_short_run_of_the_bench_writes_its_report(folder: Path) -> None:
    result = await bench(Asked(say=lambda _text: None, quick=True, seconds=0.8, meetings=folder))
    html = page(result, described())
    assert html.count('<div class="one ') == len(result.reach) > 10
    assert "<script" not in html
    reach = json.loads(as_json(result, {}))["reach"]
    assert all(set(each) == {"name", "value", "limit", "ok"} for each in reach)
    assert len(result.raw["before_ms"]) == len(result.raw["meanwhile_ms"]) > 0
    assert result.raw["recall"].keys() == {"education_4", "other"}


@pytest.mark.parametrize("holds", ["nothing", "nonsense"])
async def test_a_folder_without_meetings_is_said_in_words(tmp_path: Path, holds: str) -> None:
    if holds == "nonsense":
        (tmp_path / "a.json").write_text("[]")
    with pytest.raises(NotReady, match="meeting"):
        await bench(Asked(say=lambda _text: None, meetings=tmp_path))

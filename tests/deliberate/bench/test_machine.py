"""What a report says of the machine names no place on it."""

from __future__ import annotations

import pytest

from deliberate.bench.machine import command


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "bench fanout --seconds 4 --node-modules /home/ann/node_modules",
            "bench fanout --seconds 4 --node-modules node_modules",
        ),
        ("bench weight --json /tmp/w.json --report=/tmp/rep --quick", "bench weight --quick"),
        ("bench captions --audio ../data/audio --json", "bench captions --audio audio"),
        ("bench storm", "bench storm"),
    ],
)
def test_the_command_is_one_that_others_can_give(asked: str, said: str) -> None:
    assert command(asked.split()) == f"deliberate {said}"

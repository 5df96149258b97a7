from __future__ import annotations

import pytest

from tests.polls.ballots.blind.made import Key, Made, poll


@pytest.fixture(scope="session")
def keys() -> list[Key]:
    return [Key(), Key()]


@pytest.fixture(scope="session")
def large(keys: list[Key]) -> Made:
    """200 ballots of two groups."""
    return poll(keys, 200)


@pytest.fixture(scope="session")
def small(keys: list[Key]) -> Made:
    """Six ballots of two groups, with the options ranked, that could be changed."""
    return poll(keys, 6, "ranking", change=True)

"""A signer of one's own, in a folder that is thrown away; and polls that were held, to recount."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from polls.ballots.blind.keys import Keys
from polls.ballots.blind.signing import Signing
from tests.polls.ballots.blind.made import Key, Made, poll

WRAPPING = bytes(range(32))
#: Keys that wait in the pool of every such folder: they take longest to make.
STOCK = 2


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stock")
    for _key in range(STOCK):
        Keys(folder, WRAPPING).make()
    return folder


@pytest.fixture
def service(tmp_path: Path, stock: Path) -> Iterator[Callable[..., Signing]]:
    """Makes what a process that serves has: a way to the one signer. Its folder, and how full its pool is kept, may be said."""
    made: list[Signing] = []

    def make(folder: Path = tmp_path, *, wrapping: bytes = WRAPPING, pool: int = 0) -> Signing:
        if not made:
            shutil.copytree(stock, folder / "keys")
        made.append(Signing(folder / "signer", folder / "keys", wrapping, pool))
        return made[-1]

    yield make
    for each in made:  # without a line to it the signer ends by itself
        each.close()


@pytest.fixture
def signing(service: Callable[..., Signing]) -> Signing:
    return service()


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

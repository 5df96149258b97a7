"""A signer of one's own, in a folder that is thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from polls.ballots.blind.keys import Keys
from polls.ballots.blind.signing import Signing

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

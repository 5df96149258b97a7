"""Real servers and a real browser, started when the first test asks for them."""

from collections.abc import AsyncIterator, Iterator

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from deliberate.door import perform
from deliberate.rehearsal.phone import Door
from polls.ballots.blind import signing
from tests import servers
from tests.service import Service

# Two busy cores: how long an example takes says nothing.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories first: they take longest, and the many short tests then fill what time is left at either worker."""
    items.sort(key=lambda item: "stories" not in item.path.parts)


@pytest.fixture(autouse=True)
def rested() -> None:
    """Rows of different tests may have the same key: nobody starts tired from another test."""
    perform.rest()


@pytest.fixture(scope="session", autouse=True)
def signer_let_go() -> Iterator[None]:
    """The process that signs tokens ends with whoever started it."""
    yield
    signing.signer().close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with servers.redis() as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return servers.chromium()


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """A browser without a window, one for each module."""
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium_path, args=servers.chromium_args())
        yield found
        found.close()


@pytest.fixture
async def door(service: Service) -> AsyncIterator[Door]:
    """The way into the service that a module's own fixture `service` runs."""
    found = Door(service.url)
    yield found
    await found.close()

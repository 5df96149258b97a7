"""One service and one browser a file of stories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service import Service, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """As `make run` starts it; a file that needs other settings, or a service for each test, has its own."""
    with running(tmp_path_factory.mktemp("service")) as found:
        yield found

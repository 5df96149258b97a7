"""Several processes behind one PostgreSQL and one Redis: the same acts, the same pictures, whoever serves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deliberate.rehearsal.phone import Door, Phone, parts_of
from deliberate.shell.server import DEFAULT
from tests.service import Service, several, workers
from tests.waiting import until


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres_url: str, redis_url: str) -> Iterator[list[Service]]:
    with workers(2, tmp_path_factory.mktemp("workers"), postgres_url, redis_url) as services:
        yield services


async def test_an_act_at_one_process_is_painted_by_the_other_at_once(pair: list[Service]) -> None:
    one, other = (Door(service.links["host"]) for service in pair)
    watcher = Phone(other, ("seats.presence",))
    await watcher.sit(await other.join(pair[1].links["participant"]))
    await until(watcher, "seats.presence", "1 person")
    # The sweep would heal a lost hint after fifteen seconds; within two it must have been the hint itself.
    await one.join(pair[0].links["participant"])
    await until(watcher, "seats.presence", "2 people", within_s=2)
    await watcher.close()
    for door in (one, other):
        await door.close()


async def test_a_seat_taken_at_one_process_is_a_seat_at_the_other(pair: list[Service]) -> None:
    one, other = (Door(service.links["host"]) for service in pair)
    member = await one.join(pair[0].links["participant"])
    here, there = [parts_of((await door.page(member)).text) for door in (one, other)]
    assert here == there
    assert here
    for door in (one, other):
        await door.close()


async def test_both_processes_are_ready_and_say_so(pair: list[Service]) -> None:
    for service in pair:
        door = Door(service.url)
        assert (await door.http.get("/ready")).json() == {"ready": True, "failed": []}
        await door.close()


def test_the_workers_of_a_machine_let_no_more_guesses_through_than_one_would(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    limits = {"LIMIT_GUESSES_PER_MINUTE": "6", "LIMIT_ALL_GUESSES_PER_MINUTE": "60"}
    with several(2, DEFAULT, tmp_path, postgres_url, redis_url, **limits) as service:
        # Each over a line of its own: the kernel spreads them over the workers.
        went = Counter(httpx.post(f"{service.url}/join/", data={"code": f"ZZZ{n:03}"}).status_code for n in range(60))
    # In the seconds that this takes a few come back.
    assert 6 <= went[404] <= 9
    assert went[404] + went[429] == 60

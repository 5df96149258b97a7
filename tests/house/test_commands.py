"""Every command has roles and a form, and every role that is not among them is refused: over HTTP and over the socket."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
import websockets

from deliberate.door.registry import commands
from deliberate.rehearsal.phone import Door, Member
from deliberate.roles import ROLES
from tests.digest import stored_in
from tests.service import Service, running

MAY = [(role, name) for name, command in sorted(commands.items()) for role in ROLES if role in command.who]
MAY_NOT = [(role, name) for name, command in sorted(commands.items()) for role in ROLES if role not in command.who]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("matrix"), LIMIT_FACTOR="10000") as found:
        yield found


def test_every_command_says_who_may_and_is_named_feature_dot_verb() -> None:
    assert len(commands) > 30
    for name, command in commands.items():
        assert command.who, name
        assert command.who <= set(ROLES), name
        feature, dot, verb = name.partition(".")
        assert (feature.isidentifier(), dot, verb.isidentifier()) == (True, ".", True)
        assert command.action.__module__.split(".")[1] == feature, name


def test_the_wall_may_do_nothing() -> None:
    assert [name for name, command in commands.items() if "wall" in command.who] == []


class Crew:
    """Somebody in every role, who asks for commands by both ways in."""

    def __init__(self, service: Service, door: Door, members: dict[str, Member]) -> None:
        self.service, self.door, self.members = service, door, members

    async def by_http(self, role: str, name: str, fields: dict[str, str]) -> tuple[int, str]:
        """The status and the code of the answer to a plain form, asked as a script does."""
        member = self.members[role]
        answer = await self.door.http.post(
            f"{member.base}do/{name}",
            data=fields,
            headers={"Cookie": f"seat={member.cookie}", "Accept": "application/json", "Origin": self.service.url},
        )
        return answer.status_code, answer.json().get("code", "done")

    @asynccontextmanager
    async def socket(self, role: str) -> AsyncIterator[Callable[[str, dict[str, str]], Awaitable[str]]]:
        """Over one line of the role: (command, fields) -> the code of the answer."""
        member = self.members[role]
        headers = {"Cookie": f"seat={member.cookie}", "Origin": self.service.url}
        url = self.service.url.replace("http", "ws") + member.base + "live"
        async with websockets.connect(url, additional_headers=headers, proxy=None) as line:

            async def ask(name: str, fields: dict[str, str]) -> str:
                await line.send(json.dumps({"do": name, "with": fields, "id": f"matrix-{role}"}))
                while "a" not in (frame := json.loads(await line.recv())):
                    pass
                return str(frame["a"].get("code", "done"))

            yield ask


@pytest.fixture
async def crew(service: Service) -> AsyncIterator[Crew]:
    door = Door(service.url)
    yield Crew(service, door, {role: await door.join(service.links[role]) for role in ROLES})
    await door.close()


def test_the_matrix_holds_every_role_and_every_command() -> None:
    """Half of it is refused, the other half let through; a new command or role stands in one of the two by itself."""
    assert set(MAY_NOT) | set(MAY) == set(itertools.product(ROLES, commands))
    assert not set(MAY_NOT) & set(MAY)


async def test_a_role_that_may_not_is_refused_over_http_and_changes_nothing(service: Service, crew: Crew) -> None:
    before = stored_in(service.log.parent)
    for role, name in MAY_NOT:
        assert await crew.by_http(role, name, {}) == (403, "role"), f"{role} may {name}"
    assert stored_in(service.log.parent) == before


async def test_a_role_that_may_not_is_refused_over_the_socket_and_changes_nothing(service: Service, crew: Crew) -> None:
    before = stored_in(service.log.parent)
    for role in ROLES:
        async with crew.socket(role) as ask:
            for name in [name for theirs, name in MAY_NOT if theirs == role]:
                assert await ask(name, {}) == "role", f"{role} may {name}"
    assert stored_in(service.log.parent) == before


async def test_who_may_is_let_through_to_the_form_by_both_ways(service: Service, crew: Crew) -> None:
    """The other half of the matrix: a role among `who` never hears that its seat may not."""
    before = stored_in(service.log.parent)
    for role in ROLES:
        async with crew.socket(role) as ask:
            for name in [name for theirs, name in MAY if theirs == role]:
                assert await ask(name, {"surprise": "1"}) == "unknown_field", f"{role} {name}"
                assert await crew.by_http(role, name, {"surprise": "1"}) == (422, "unknown_field"), f"{role} {name}"
    assert stored_in(service.log.parent) == before

"""Every command has roles and a form, and every role that is not among them is refused: over HTTP and over the socket."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
import websockets

from deliberate.door.registry import commands
from deliberate.rehearsal.phone import Door, Member
from deliberate.roles import ROLES
from tests.service import Service, running

MATRIX = [(role, name) for role, name in itertools.product(ROLES, sorted(commands)) if role not in commands[name].who]


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


async def _members(service: Service, door: Door) -> dict[str, Member]:
    return {role: await door.join(service.links[role]) for role in ROLES}


async def test_a_role_that_may_not_is_refused_over_http(service: Service) -> None:
    door = Door(service.url)
    members = await _members(service, door)
    for role, name in MATRIX:
        member = members[role]
        answer = await door.http.post(
            f"{member.base}do/{name}",
            data={},
            headers={"Cookie": f"seat={member.cookie}", "Accept": "application/json", "Origin": service.url},
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "role"), f"{role} may {name}"
    await door.close()


async def test_a_role_that_may_not_is_refused_over_the_socket(service: Service) -> None:
    door = Door(service.url)
    for role, member in (await _members(service, door)).items():
        url = service.url.replace("http", "ws") + member.base + "live"
        headers = {"Cookie": f"seat={member.cookie}", "Origin": service.url}
        async with websockets.connect(url, additional_headers=headers, proxy=None) as socket:
            for name in sorted(name for theirs, name in MATRIX if theirs == role):
                await socket.send(json.dumps({"do": name, "with": {}, "id": f"matrix-{role}"}))
                answer = json.loads(await socket.recv())["a"]
                assert answer["code"] == "role", f"{role} may {name}"
    await door.close()


async def test_who_may_is_let_through_to_the_form(service: Service) -> None:
    """The other half of the matrix: a role among `who` never hears that its seat may not."""
    door = Door(service.url)
    members = await _members(service, door)
    for name, command in sorted(commands.items()):
        for role in sorted(command.who):
            if name == "seats.erase":
                continue  # would end the seat that the rest needs
            answer = await door.http.post(
                f"{members[role].base}do/{name}",
                data={"surprise": "1"},
                headers={"Cookie": f"seat={members[role].cookie}", "Accept": "application/json", "Origin": service.url},
            )
            assert answer.json()["code"] == "unknown_field", f"{role} {name}"
    await door.close()

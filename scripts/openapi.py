"""What the door takes and answers, as OpenAPI: made from the registry, for programs that try it. See scripts/audit.py."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="deliberate-openapi-"))

import django

django.setup()

from django import forms  # noqa: E402

from deliberate.door.registry import commands  # noqa: E402
from deliberate.rehearsal.phone import Door, Member  # noqa: E402
from deliberate.roles import ROLES  # noqa: E402

if TYPE_CHECKING:
    from tests.service import Service

#: They end the seat or the event that the rest needs.
ENDING = {"seats.erase", "events.delete", "events.revoke_link"}
SAID = {
    "type": "object",
    "required": ["ok", "say"],
    "properties": {"ok": {"type": "boolean"}, "say": {"type": "string"}},
}
DONE = {**SAID, "properties": {**SAID["properties"], "data": {"type": "object"}}}  # type: ignore[dict-item]
REFUSED = {
    "type": "object",
    "required": ["ok", "say", "code"],
    "properties": {"ok": {"const": False}, "say": {"type": "string", "minLength": 5}, "code": {"type": "string"}},
}


def described(service: Service) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each role: its name, the cookie of a new seat in it, and what it may ask for and be answered."""
    for role in ROLES:
        member = asyncio.run(_join(service, role))
        yield role, member.cookie, document(role, member.base)


async def _join(service: Service, role: str) -> Member:
    door = Door(service.url)
    try:
        return await door.join(service.links[role])
    finally:
        await door.close()


def document(role: str, base: str) -> dict[str, Any]:
    """OpenAPI of all commands for a seat of `role` whose pages lie under `base`, and of the looks at the process."""
    paths: dict[str, Any] = {
        "/health": {"get": {"responses": {"200": {"description": "alive", "content": {"text/plain": {}}}}}},
        "/ready": {"get": {"responses": {"200": {"description": "ready", "content": {"application/json": {}}}}}},
    }
    for name, command in sorted(commands.items()):
        if name not in ENDING:
            fields = {each: _schema(field) for each, field in command.form.base_fields.items()}
            body = {"type": "object", "properties": fields, "additionalProperties": False}
            refusals = ("401", "422", "429") if role in command.who else ("401", "403", "429")
            answers = {
                "200": _json("done", DONE),
                "400": {"description": "not a request"},
                "413": {"description": "too long"},
            }
            paths[f"{base}do/{name}"] = {
                "post": {
                    "operationId": name,
                    "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": body}}},
                    "responses": {**(answers if role in command.who else {"400": answers["400"], "413": answers["413"]}),
                                  **{status: _json("refused in words", REFUSED) for status in refusals}},
                }
            }  # fmt: skip
    return {"openapi": "3.1.0", "info": {"title": "deliberate", "version": "1"}, "paths": paths}


def _json(why: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": why, "content": {"application/json": {"schema": schema}}}


def _schema(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, forms.IntegerField):
        return {"type": "integer"}
    if isinstance(field, forms.BooleanField):
        return {"type": "string", "enum": ["on"]}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return {"type": "string", "enum": [str(value) for value, _label in field.choices]}  # type: ignore[union-attr,misc]
    return {"type": "string", "maxLength": getattr(field, "max_length", None) or 200}

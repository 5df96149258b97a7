"""What stands on a page: its forms, filled in at random as a person would, its links, and how it differs from another."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random

Fields = dict[str, object]
WORDS = [
    "water",
    "land",
    "trust",
    "village",
    "river",
    "court",
    "school",
    "promise",
    "border",
    "radio",
    "youth",
    "bridge",
]
#: What a form as it stands on a page can't be refused for, whatever is typed into it.
BROKEN = {"unknown", "unknown_field", "role", "shape", "json", "size", "failed"}
#: Fields of a page that belong to plain forms alone.
PLAIN = {"act", "next"}


@dataclass
class Field:
    """One named field: `kind` is hidden, radio, checkbox, select, number, text or a type such as date."""

    name: str
    kind: str
    values: list[str]
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass
class Form:
    """A form by the command it asks for. `buttons`: what each button adds (name, value), ("", "") for a bare one."""

    command: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.open: Form | None = None
        self.select: Field | None = None
        self.text: Field | None = None
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        if tag == "a" and has.get("href", "").startswith("?"):
            self.links.append(has["href"])
        elif tag == "form":
            command = re.search(r"/do/([\w.]+)$", has.get("action", ""))
            self.open = Form(command.group(1) if command else "")
            self.forms.append(self.open)
            self.by_id[has.get("id", "")] = self.open
        elif tag == "option" and self.select is not None:
            self.select.values.append(has.get("value", ""))
        elif tag in ("input", "select", "textarea", "button"):
            form = self.by_id.get(has["form"]) if "form" in has else self.open
            if form is not None:
                self._control(form, tag, has)

    def _control(self, form: Form, tag: str, has: dict[str, str]) -> None:
        name, value = has.get("name", ""), has.get("value", "")
        if tag == "button":
            form.buttons.append((name, value))
            return
        if not name or name in PLAIN or "disabled" in has:
            return
        kind = has.get("type", "text") if tag == "input" else tag
        if kind in ("radio", "checkbox"):
            known = next((each for each in form.fields if (each.name, each.kind) == (name, kind)), None)
            if known is not None:
                known.values.append(value or "on")
                return
            value = value or "on"
        made = Field(name, "text" if kind == "textarea" else kind, [] if tag == "select" else [value], has)
        form.fields.append(made)
        if tag == "select":
            self.select = made
        elif tag == "textarea":
            self.text = made

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.values[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None


def forms_of(page: str) -> list[Form]:
    """The forms of a page that ask for a command."""
    parser = _Forms()
    parser.feed(page)
    return [form for form in parser.forms if form.command]


def links_of(page: str) -> list[str]:
    """Links to other views of the same page ("?page=2")."""
    parser = _Forms()
    parser.feed(page)
    return parser.links


def filled(form: Form, chance: Random) -> Fields:
    """The fields of a form as somebody might send them; one of its buttons is pressed."""
    found: Fields = {}
    ranks = chance.sample(range(1, len(form.fields) + 1), len(form.fields))
    for each, rank in zip(form.fields, ranks, strict=True):
        if each.kind == "select" and [one.name for one in form.fields].count(each.name) > 1:
            value: str | list[str] | None = each.values[rank % len(each.values)]  # a ranking: each its own, or none
        else:
            value = _value(each, chance)
        if value is None:
            continue
        if each.name in found:  # several fields of one name, as in a ranking: a list
            before = found[each.name]
            value = [*(before if isinstance(before, list) else [str(before)]), str(value)]
        found[each.name] = value
    name, pressed = chance.choice(form.buttons or [("", "")])
    return {**found, name: pressed} if name else found


def words(chance: Random, most: int = 8) -> str:
    """Some words."""
    return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))


#: What is typed into fields whose words must have a shape.
TYPED: dict[str, Callable[[Random], str]] = {
    "options": lambda chance: "\n".join(chance.sample(WORDS, chance.randint(2, 4))),
    "letters": lambda chance: chance.choice(["", chance.choice("ABCDEFGHXYZ")]),
    "into": lambda chance: str(chance.randint(1, 6)),
    "least": lambda chance: chance.choice(["", "1"]),
    "most": lambda chance: chance.choice(["", "2", "5"]),
    "retention_until": lambda chance: f"21{chance.randint(10, 99)}-01-01",
    "exit_url": lambda chance: chance.choice(["", "https://weather.example/"]),
    "k": lambda chance: str(chance.randint(2, 4)),
}


def _value(one: Field, chance: Random) -> str | list[str] | None:
    if one.kind == "hidden":
        return one.values[0]
    if one.kind in ("radio", "select"):
        return chance.choice(one.values)
    if one.kind == "checkbox":
        return [value for value in one.values if chance.random() < 0.5] or None
    if one.values[0] and chance.random() < 0.4:
        return one.values[0]
    if one.name in TYPED:
        return TYPED[one.name](chance)
    if one.kind == "number":
        low, high = (int(one.attributes.get(edge, usual)) for edge, usual in (("min", "0"), ("max", "100")))
        return str(chance.randint(low, high))
    if one.name == "quote":
        said = one.values[0].split()
        start = chance.randrange(len(said)) if said else 0
        return " ".join(said[start : start + chance.randint(1, 5)])
    return words(chance)[: int(one.attributes.get("maxlength", "280"))]


#: Commands that pages ask for without a form of their own: while typing, from the notice after an act, and for a program.
WITHOUT: dict[str, Callable[[Random], Fields]] = {
    "transcript.interim": lambda chance: {"text": chance.choice(["", words(chance)])},
    "captions.feed": lambda chance: {"text": words(chance)},
    "wall.undo": lambda chance: {},
}


def difference(shown: str, stored: str) -> str:
    """Two pieces of HTML, tag by tag, where they differ."""
    before, after = (re.sub(r"(<[^/])", r"\n\1", html).splitlines() for html in (shown, stored))
    return "\n".join(difflib.unified_diff(before, after, "shown", "stored", n=1, lineterm=""))

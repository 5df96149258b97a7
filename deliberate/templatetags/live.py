"""Tags of pages and parts: {% part %}, {% when %}, {% unless %}, {% told %}, {% checked_when %}. Filters: |day, |moment."""

from __future__ import annotations

import json
from typing import Any, cast

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.live.times import day_text, moment_text

register = template.Library()
register.filter("day", day_text)
register.filter("moment", moment_text)


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str, element: str = "section", label: Any = "", css: str = "") -> SafeString:
    """The live part `name`, painted, in an element that the phone morphs when a newer picture comes."""
    live = context["live"]
    html = live.part(name)
    named = format_html(' aria-label="{}"', label) if label else ""
    classed = format_html(' class="{}"', css) if css else ""
    return format_html(
        '<{} id="part-{}" data-part="{}" data-hash="{}"{}{}>{}</{}>',
        element,
        name.replace(".", "-").replace("/", "-"),
        name,
        live.shown[-1].hash,
        named,
        classed,
        html,
        element,
    )


def _names(pairs: tuple[Any, ...]) -> str:
    return ":".join(str(piece) for piece in pairs)


@register.simple_tag
def when(*pieces: Any) -> SafeString:
    """Shown to whoever has the mark piece:piece:..., hidden from everybody else."""
    return format_html('data-when="{}" hidden', _names(pieces))


@register.simple_tag
def unless(*pieces: Any) -> SafeString:
    """Hidden from whoever has the mark."""
    return format_html('data-unless="{}"', _names(pieces))


@register.simple_tag
def told(*pieces: Any) -> SafeString:
    """On an empty element: it holds the words of the mark piece:piece:...=words, for whoever has it."""
    return format_html('data-told="{}"', _names(pieces))


@register.simple_tag
def checked_when(*pieces: Any) -> SafeString:
    """A radio button or box that is checked for whoever has the mark."""
    return format_html('data-checked-when="{}"', _names(pieces))


@register.simple_tag
def left(deadline: Any) -> SafeString:
    """A countdown to an aware datetime, counted on the phone."""
    from deliberate.clock import epoch_ms

    return (
        format_html('<time class="left" data-left="{}" role="timer"></time>', epoch_ms(deadline))
        if deadline
        else mark_safe("")
    )


@register.simple_tag
def as_json(value: Any) -> str:
    """A value as JSON in an attribute (escaped by the template); a text that is safe as it is stays so."""
    if isinstance(value, SafeString):
        return value
    return json.dumps(value, separators=(",", ":"))


@register.simple_tag
def line_words() -> str:
    """The few words that the phone's script says by itself, in the page's language."""
    return json.dumps(
        {
            "live": _("live"),
            "away": _("reconnecting"),
            "full": _("full, trying again"),
            "behind": _("%d min behind"),
            "ahead": _("%d min ahead"),
            "onTime": _("on time"),
            "minutes": _("%d min left"),
            "up": _("The time is up."),
            "waits": _("The service is away. What you did is kept on this phone, and sent when it is back."),
            "failed": _("This could not be stored. Please try again later."),
        },
        ensure_ascii=False,
    )


@register.filter
def spaced(code: str) -> str:
    """A code to type, as people read it."""
    return tokens.spaced(code)


@register.simple_tag
def role_welcome(role: str) -> str:
    """What a role is for, in a sentence."""
    return {
        "moderator": _("This link is for the moderator: you call speakers, open polls and choose what the wall shows."),
        "captioner": _("This link is for the captioner: you write down what is said, as it is said."),
        "drafter": _("This link is for the drafter: you write the statement, clause by clause."),
        "wall": _("This link is for the wall: open it on the computer behind the projector."),
        "host": _("This link is for the host: you set up the event, its groups, rooms, agenda and links."),
    }.get(role, "")


@register.simple_tag(takes_context=True)
def facts(context: template.Context, kind: str, handle: str) -> list[str]:
    """What later features say of a row: `{% facts "idea" idea.handle as said %}`. Asked of the database once a picture."""
    from deliberate.live.facts import known

    cache: dict[str, dict[str, list[str]]] = cast(Any, context.render_context).setdefault("facts", {})
    if kind not in cache:
        cache[kind] = known(kind, context["room"])
    return cache[kind].get(handle, [])


@register.simple_tag(takes_context=True)
def act(context: template.Context, command: str) -> SafeString:
    """The attributes of a form that asks for `command`: a plain POST without scripts, an act over the line with them."""
    return format_html('method="post" action="{}do/{}" data-command="{}"', _base(context), command, command)


@register.simple_tag(takes_context=True)
def at(context: template.Context, screen: str = "") -> str:
    """The address of a screen of this room, for the role that looks: `{% at "ideas" %}`."""
    return f"{_base(context)}{screen}/" if screen else _base(context)


def _base(context: template.Context) -> str:
    room = context["room"]
    role = context.get("audience") or context["seat"].role
    return f"/at/{room.event.handle}/{role}/{room.handle}/"

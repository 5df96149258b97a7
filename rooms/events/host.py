"""The host's screens: what each shows beside its forms. They are plain pages; every act brings the page anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest

from deliberate.door.entrance import Place
from rooms.events import forms, queries
from rooms.events.folding import alone
from rooms.events.models import AgendaItem, Event, Group, RoleLink
from rooms.events.qr import Qr, qr


def event_screen(request: HttpRequest, place: Place) -> dict[str, Any]:
    return {"form": forms.SettingsForm(initial=vars(place.event) | {"keeps_sound": place.event.keeps_sound})}


# ---- groups ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with the form that changes it. `seats` is None where its number could give a small group away."""

    group: Group
    seats: int | None
    form: forms.EditGroupForm


def groups_screen(request: HttpRequest, place: Place) -> dict[str, Any]:
    sizes = queries.group_sizes(place.event)
    named = alone(sizes, place.event.k)
    rows = [
        GroupRow(
            group,
            sizes[group.handle] if group.handle in named else None,
            forms.EditGroupForm(
                initial={"group": group.handle, "name": group.name, "letters": group.initial},
                auto_id=f"{group.handle}-%s",
            ),
        )
        for group in place.event.groups.all()
    ]
    together = sum(count for group, count in sizes.items() if group not in named)
    return {"rows": rows, "together": together, "form": forms.GroupForm()}


# ---- rooms and agenda ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A point of the agenda with the form that changes it, and whether it can still be moved or removed."""

    item: AgendaItem
    form: forms.EditItemForm
    ahead: bool


def rooms_screen(request: HttpRequest, place: Place) -> dict[str, Any]:
    rows = [
        ItemRow(
            item,
            forms.EditItemForm(
                initial={"item": item.handle, "title": item.title, "minutes": item.minutes},
                auto_id=f"{item.handle}-%s",
            ),
            item.state == AgendaItem.State.AHEAD,
        )
        for item in place.room.agenda.all()
    ]
    return {
        "rooms": place.event.rooms.all(),
        "rows": rows,
        "minutes": sum(row.item.minutes for row in rows),
        "item_form": forms.ItemForm(auto_id="item-%s", initial={"minutes": 15}),
        "room_form": forms.RoomForm(auto_id="room-%s", initial={"name": place.room.name}),
        "new_room_form": forms.RoomForm(auto_id="new-room-%s"),
    }


# ---- links -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A living link: where it leads, its picture, how many seats it gave, and whether the host came by it."""

    link: RoleLink
    role: str
    address: str
    qr: Qr
    seats: int
    mine: bool


def links_screen(request: HttpRequest, place: Place) -> dict[str, Any]:
    rooms = list(place.event.rooms.all())
    return {"rows": _link_rows(request, place), "rooms": rooms, "roles": forms.ROLE_CHOICES, "where": where(request)}


def print_screen(request: HttpRequest, place: Place) -> dict[str, Any]:
    """The sheets to print: of one link (?link=its handle), or of all."""
    asked = request.GET.get("link", "")
    rows = [row for row in _link_rows(request, place) if asked in ("", row.link.handle)]
    return {"rows": rows, "where": where(request)}


def _link_rows(request: HttpRequest, place: Place) -> list[LinkRow]:
    event: Event = place.event
    links = event.links.filter(revoked_at=None).select_related("room")
    order = [role for role, _title in forms.ROLE_CHOICES]
    titles = dict(forms.ROLE_CHOICES)
    rows = []
    for link in links.annotate(seats=Count("seat", filter=Q(seat__ended=False))):
        address = where(request) + queries.path_of(link)
        mine = link.pk == place.seat.link_id
        rows.append(LinkRow(link, str(titles[link.role]), address, qr(address), link.seats, mine))
    return sorted(rows, key=lambda row: order.index(row.link.role))


def where(request: HttpRequest) -> str:
    """Scheme and host as people reach this service."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


# ---- retention -------------------------------------------------------------------------------------------------------


def retention_screen(request: HttpRequest, place: Place) -> dict[str, Any]:
    initial = {"retention_until": place.event.retention_until}
    return {"form": forms.RetentionForm(initial=initial), "delete_form": forms.DeleteForm(auto_id="delete-%s")}

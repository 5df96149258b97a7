"""`deliberate seats N FILE`: seats made in the database at once, for a load test of one's own deployment."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from deliberate.management.stored import tables_are_there
from deliberate.roles import PARTICIPANT, ROLES


class Command(BaseCommand):
    help = "Make an event with so many participants and one seat a role, and write their cookies to a file of your own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int, help="how many participants")
        parser.add_argument(
            "file", type=Path, help="where the seats are written; whoever reads it can sit down on them"
        )
        parser.add_argument("--title", default="Load test")
        parser.add_argument("--data", help="the folder with the data, without DATABASE_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        from rooms.events.actions import create_event
        from rooms.events.queries import home_room, path_of
        from rooms.seats.actions import take
        from rooms.seats.models import Seat
        from rooms.seats.queries import cookie_of

        if options["count"] < 1:
            raise CommandError("At least one participant, please.")
        tables_are_there()
        agenda = [("Opening", 15), ("Discussion", 45), ("Decisions", 30)]
        groups = ["Fieldworkers", "Diplomats", "Youth"]
        event = create_event(title=options["title"], groups=groups, room="Hall", agenda=agenda)
        room, links = home_room(event), {link.role: link for link in event.links.all()}

        def base(role: str) -> str:
            return f"/at/{event.handle}/{role}/{room.handle}/"

        theirs = list(event.groups.all())
        people = [
            Seat(
                event=event,
                role=PARTICIPANT,
                link=links[PARTICIPANT],
                room=room,
                name=f"Phone {number + 1}",
                group=theirs[number % len(theirs)],
            )
            for number in range(options["count"])
        ]
        Seat.objects.bulk_create(people, batch_size=500)
        crew = {role: take(link=links[role]) for role in ROLES if role != PARTICIPANT}
        made = {
            "event": event.handle,
            "room": room.handle,
            "join": path_of(links[PARTICIPANT]),
            "crew": {role: {"cookie": cookie_of(seat), "base": base(role)} for role, seat in crew.items()},
            "seats": [{"cookie": cookie_of(seat), "base": base(PARTICIPANT), "handle": seat.handle} for seat in people],
        }
        with open(os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
            json.dump(made, file)
        self.stdout.write(f"{options['count']} seats in {options['file']}")

"""`deliberate account NAME`: an account for a host who keeps many events at /desk/."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from deliberate.management.stored import tables_are_there


class Command(BaseCommand):
    help = "Make an account for the desk, or give it a new password. The password is asked for, or read from a pipe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the host types to log in; needs not be a real name")
        parser.add_argument(
            "--remove", action="store_true", help="remove the account; its events stay until their time"
        )
        parser.add_argument("--data", help="the folder with the data (without DATABASE_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        tables_are_there()
        name = options["name"]
        found = User.objects.filter(username=name).first()
        if options["remove"]:
            if found is None:
                raise CommandError(f"There is no account called {name}.")
            found.delete()
            self.stdout.write(f"The account {name} is gone.")
            return
        user = found or User(username=name)
        try:
            user.full_clean(exclude=["password"])
            password = self._password()
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.set_password(password)
        user.save()
        self.stdout.write(f"{'A new password for' if found else 'The account'} {name} is ready: log in at /desk/")

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass.getpass("Password (12 letters at least): ")
        if getpass.getpass("Once more: ") != first:
            raise CommandError("The two differ. Nothing was changed.")
        return first

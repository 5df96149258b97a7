from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens


class Where(models.TextChoices):
    """From where somebody takes part."""

    HALL = "hall", _("In the hall")
    REMOTE = "remote", _("Remote")


class Seat(models.Model):
    """One person (or screen) in one event in one role. No account, no address, no time of arrival: a pseudonym at most."""

    event = models.ForeignKey("rooms.Event", on_delete=models.CASCADE, related_name="seats")
    link = models.ForeignKey("rooms.RoleLink", null=True, on_delete=models.SET_NULL)
    role = models.CharField(max_length=16)
    #: Where they sit now, not where they were: it counts them into that room's turnout and shares, and is shown nowhere.
    room = models.ForeignKey("rooms.Room", null=True, on_delete=models.SET_NULL, related_name="seats")
    handle = models.SlugField(max_length=16, unique=True, default=tokens.handle, editable=False)
    name = models.CharField(max_length=60, blank=True)
    group = models.ForeignKey("rooms.Group", null=True, blank=True, on_delete=models.SET_NULL)
    place = models.CharField(max_length=8, choices=Where.choices, default=Where.HALL)
    language = models.CharField(max_length=8, default="en")
    #: Raised to end every cookie given so far.
    epoch = models.PositiveIntegerField(default=0)
    #: Erased, or ended by the hosts: keeps acts countable, gives no access.
    ended = models.BooleanField(default=False)
    #: Ended by a moderator or the host, so that its page can say so.
    ended_by_hosts = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["event", "role"]), models.Index(fields=["room", "role"])]


class Pairing(models.Model):
    """A short code, used once within minutes, by which a second device takes the same seat. Kept as a keyed hash."""

    seat = models.OneToOneField(Seat, on_delete=models.CASCADE, related_name="pairing")
    code_hash = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()

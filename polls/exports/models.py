from __future__ import annotations

from django.db import models


class Carried(models.Model):
    """How many took part in an event that was brought in from a bundle: seats are not carried, their number is.

    `people`: {"all": number, "rooms": {handle: {"all": number, "by_group": [{"groups": names, "people": number}]}}}."""

    event = models.OneToOneField("rooms.Event", on_delete=models.CASCADE, related_name="carried")
    people = models.JSONField()

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One fact of a room's life in its journal: a verb and the handle of what it was done to, chained by hashes.

    Neither names nor words stand here, so that somebody can be erased without breaking the chain. Acts of a whole
    room (ballots, upvotes, stances) are never noted: their order would tell who did what."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="journal")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    role = models.CharField(max_length=16)
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="journal_one_entry_a_number")]
        ordering = ["room", "number"]

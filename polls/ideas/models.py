from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens


class State(models.TextChoices):
    WAITING = "waiting", _("Waits for approval")
    SHOWN = "shown", _("Shown")
    HIDDEN = "hidden", _("Hidden")
    MERGED = "merged", _("Merged")


class Idea(models.Model):
    """A thought for the room, at most 280 characters. Its author is shown only if they chose so."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="ideas")
    item = models.ForeignKey("rooms.AgendaItem", null=True, blank=True, on_delete=models.SET_NULL)
    seat = models.ForeignKey("rooms.Seat", null=True, blank=True, on_delete=models.SET_NULL, related_name="ideas")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    text = models.CharField(max_length=280)
    show_author = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)
    reason = models.CharField(max_length=160, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    pinned = models.BooleanField(default=False)
    taken_up = models.BooleanField(default=False)
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["room", "state"])]
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="ideas_one_idea_a_number")]


class Upvote(models.Model):
    """That a seat supports an idea, once."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="upvotes")
    seat = models.ForeignKey("rooms.Seat", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "seat"], name="ideas_one_upvote_a_seat")]

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens


class Kind(models.TextChoices):
    """What somebody asks the floor for."""

    POINT = "point", _("New point")
    REPLY = "reply", _("Direct reply")
    QUESTION = "question", _("Question")
    ORDER = "point_of_order", _("Point of order")


class State(models.TextChoices):
    """Waiting in the list; called to the floor; speaking; paused while speaking; done; withdrawn from the list."""

    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("Called")
    SPEAKING = "speaking", _("Speaking")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ON_FLOOR = (State.CALLED, State.SPEAKING, State.PAUSED)


class Turn(models.Model):
    """One request to speak and the turn it becomes.

    `name`, `group` and `place` are copied when asked: they may be of somebody without a phone (no seat), and an erased
    seat must leave nothing here."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="turns")
    item = models.ForeignKey("rooms.AgendaItem", null=True, blank=True, on_delete=models.SET_NULL, related_name="turns")
    seat = models.ForeignKey("rooms.Seat", null=True, blank=True, on_delete=models.SET_NULL, related_name="turns")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    name = models.CharField(max_length=60, blank=True)
    group = models.ForeignKey("rooms.Group", null=True, blank=True, on_delete=models.SET_NULL, related_name="turns")
    place = models.CharField(max_length=8, default="hall")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.POINT)
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: While speaking: when the time is up. While paused: empty, and `left_s` holds what was left.
    deadline = models.DateTimeField(null=True, blank=True)
    left_s = models.IntegerField(null=True, blank=True)
    #: Seconds the turn is meant to last, extensions included.
    seconds = models.PositiveIntegerField(default=120)
    #: Seconds spent paused so far, so that speaking time can be told from the two ends.
    paused_s = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    #: Why this turn was called: the rule's code and parameters, or the moderator's own words.
    why = models.JSONField(default=dict, blank=True)
    #: How many times others were called while this request waited.
    passed_over = models.PositiveIntegerField(default=0)
    #: The attribution chosen for this turn's words; empty: the event's. The speaker may lower it, never raise it.
    attribution = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["room", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["room"],
                condition=models.Q(state__in=["called", "speaking", "paused"]),
                name="floor_one_turn_on_the_floor",
            ),
            models.UniqueConstraint(
                fields=["room", "seat"],
                condition=models.Q(state="waiting"),
                name="floor_one_request_a_seat",
            ),
        ]

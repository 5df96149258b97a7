from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens
from rooms.floor.timer import State as Phase
from rooms.floor.timer import Timer


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
_STATES = {
    Phase.READY: State.CALLED,
    Phase.RUNNING: State.SPEAKING,
    Phase.PAUSED: State.PAUSED,
    Phase.ENDED: State.DONE,
}


class Turn(models.Model):
    """One request to speak and the turn it becomes.

    `name`, `group` and `place` are copied when asked: they may be of somebody without a phone (no seat), and an erased
    seat must leave nothing here."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="turns")
    #: The agenda item in which the turn was called.
    item = models.ForeignKey("rooms.AgendaItem", null=True, blank=True, on_delete=models.SET_NULL, related_name="turns")
    seat = models.ForeignKey("rooms.Seat", null=True, blank=True, on_delete=models.SET_NULL, related_name="turns")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    #: The turn's name wherever its words stand, and in the journal. The list shows the handle beside a name, so the handle
    #: beside words would say who spoke them.
    words = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
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
    #: Seconds granted, extensions included.
    seconds = models.PositiveIntegerField(default=120)
    #: When the pause that is on began, and the seconds of those that are over.
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_s = models.FloatField(default=0)
    #: Why this turn was called: {"code", "values"} of the rule's reason, or {"words"} of the moderator. Why a request was
    #: taken off the list: {"removed": the moderator's words, or ""}.
    why = models.JSONField(default=dict, blank=True)
    #: The attribution chosen for this turn's words; empty: the event's. The speaker may lower it, never raise it.
    attribution = models.CharField(max_length=8, blank=True)
    #: What silence on its words means, where the event's policy was another when the turn was called; empty: the event's.
    silence = models.CharField(max_length=8, blank=True)
    #: When all that had been said in it was withdrawn: words that began to be said before are kept no more.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    #: Who may see the name at most, where it was asked for while the event showed names to fewer; empty: the event's.
    names_on_list = models.CharField(max_length=12, blank=True)
    #: Whether the group had k seats in the room whenever words of this turn were taken down; nothing before the first.
    group_named = models.BooleanField(null=True, editable=False)

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

    @property
    def timer(self) -> Timer:
        """The turn's time as plain values; its rules are in timer.py."""
        return Timer(
            planned_s=self.seconds,
            started=self.started_at,
            paused=self.paused_at,
            paused_s=self.paused_s,
            ended=self.ended_at,
        )

    def keep(self, time: Timer) -> None:
        """Store a time of this turn that has been called, and the state that follows from it."""
        self.seconds, self.state = round(time.granted_s), _STATES[time.state]
        self.started_at, self.ended_at = time.started, time.ended
        self.paused_at, self.paused_s = time.paused, time.paused_s
        self.save(update_fields=["seconds", "state", "started_at", "ended_at", "paused_at", "paused_s"])

    @property
    def deadline(self) -> datetime | None:
        """When the time is up; None while it does not run."""
        return self.timer.deadline

    @property
    def spoken_s(self) -> float:
        """Seconds of speech of a turn that stands still (ended, paused or not begun); 0 while it runs."""
        until = self.ended_at or self.paused_at
        return self.timer.spoken(until) if until else 0.0

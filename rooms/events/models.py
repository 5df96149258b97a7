from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens
from rooms.events import folding


class Names(models.TextChoices):
    """Who sees names on the list of speakers."""

    ALL = "all", _("Everybody")
    MODERATORS = "moderators", _("Moderators only")
    NOBODY = "nobody", _("Nobody")


class Attribution(models.TextChoices):
    """How far words are tied to who spoke them, from most to least."""

    NAME = "name", _("Name")
    ROLE = "role", _("Role")
    GROUP = "group", _("Group")
    NOBODY = "nobody", _("Nobody (Chatham House rule)")


class Silence(models.TextChoices):
    """When words of a turn may be quoted and taken out of the room, where whoever spoke says nothing to them."""

    STANDS = "stands", _("At once")
    LATER = "later", _("Ten minutes after the turn")
    APPROVED = "approved", _("Never: only approved words")


def default_rule() -> dict[str, Any]:
    """Settings of the floor's rule that differ from its defaults (rooms/floor/core.py)."""
    return {}


class Event(models.Model):
    """A conference or meeting: what a host sets up. Everything else belongs to one event and goes with it."""

    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    title = models.CharField(max_length=160)
    #: Shown in titles and link previews in place of the event's own name, where that would endanger people.
    neutral = models.BooleanField(default=False)
    neutral_title = models.CharField(max_length=80, blank=True)
    #: Where "Exit" leads. Empty: this service's own blank page.
    exit_url = models.URLField(blank=True)
    #: Everything of the event is deleted after this day.
    retention_until = models.DateField()
    k = models.PositiveSmallIntegerField(default=folding.K, validators=[MinValueValidator(2), MaxValueValidator(50)])
    names_on_list = models.CharField(max_length=12, choices=Names.choices, default=Names.ALL)
    attribution = models.CharField(max_length=8, choices=Attribution.choices, default=Attribution.NOBODY)
    #: What it means that a speaker says nothing to their words; of turns begun under another policy, see Turn.silence.
    silence = models.CharField(max_length=8, choices=Silence.choices, default=Silence.STANDS)
    #: Since when the sound of what is said under a name is kept; nothing where it isn't.
    sound_since = models.DateTimeField(null=True, blank=True)
    #: An idea waits for a moderator's approval before others see it.
    approve_ideas = models.BooleanField(default=False)
    rule = models.JSONField(default=default_rule, blank=True)
    #: Seconds a turn lasts, by kind.
    seconds_point = models.PositiveSmallIntegerField(default=120)
    seconds_reply = models.PositiveSmallIntegerField(default=60)
    seconds_question = models.PositiveSmallIntegerField(default=60)
    seconds_order = models.PositiveSmallIntegerField(default=60)
    #: The account that keeps this event on its desk; none for an event made by a command.
    keeper = models.ForeignKey("auth.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="events")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def keeps_sound(self) -> bool:
        """Whether the sound of what is said under a name is kept."""
        return self.sound_since is not None

    def told_of_sound(self, asked: datetime) -> bool:
        """Whether sound is kept, and whoever asked to speak at that moment was told so."""
        return self.sound_since is not None and asked >= self.sound_since

    @property
    def shown_title(self) -> str:
        """What may stand in a browser's title bar and in a link's preview."""
        return (self.neutral_title or str(_("Meeting"))) if self.neutral else self.title


class Group(models.Model):
    """A stakeholder group that people may say they belong to."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="groups")
    handle = models.SlugField(max_length=12, default=tokens.handle, editable=False, unique=True)
    name = models.CharField(max_length=60)
    initial = models.CharField(max_length=2)
    #: Which of the ten group colours (0 to 9).
    colour = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(9)])
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "name"], name="group_one_name_an_event"),
            models.UniqueConstraint(fields=["event", "initial"], name="group_one_initial_an_event"),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """Where people meet: a plenary hall or a workshop. Floor, polls, words and text belong to a room."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rooms")
    handle = models.SlugField(max_length=12, default=tokens.handle, editable=False, unique=True)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    list_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class AgendaItem(models.Model):
    """One point of a room's agenda with the minutes planned for it."""

    class State(models.TextChoices):
        AHEAD = "ahead", _("Ahead")
        CURRENT = "current", _("Now")
        DONE = "done", _("Done")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="agenda")
    handle = models.SlugField(max_length=12, default=tokens.handle, editable=False, unique=True)
    title = models.CharField(max_length=160)
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(600)])
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.AHEAD)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=models.Q(state="current"), name="agenda_one_current_item_a_room"
            )
        ]

    def __str__(self) -> str:
        return self.title


class RoleLink(models.Model):
    """A link that gives one role in one event: signed, for that role alone, and revocable with all seats it gave."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="links")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.CASCADE)
    role = models.CharField(max_length=16)
    handle = models.SlugField(max_length=16, unique=True, editable=False)
    #: The short code people type; only links of participants have one.
    code = models.CharField(max_length=12, unique=True, null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

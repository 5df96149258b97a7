from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """How it is with a room's microphone: the engine begins; it hears; it is behind; it died and begins anew; it can't
    begin; the page at the podium is away; it is off."""

    STARTING = "starting"
    ON = "on"
    LATE = "late"
    AGAIN = "again"
    UNFIT = "unfit"
    AWAY = "away"
    OFF = "off"


class Microphone(models.Model):
    """A room's microphone: how it is, and which line of which page brings its sound. Its sound
    is stored nowhere but beside words, where the host says so (rooms/transcript/sound.py)."""

    room = models.OneToOneField("rooms.Room", on_delete=models.CASCADE, related_name="microphone")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFF)
    #: A random word of the line that is heard; another that begins takes its place.
    line = models.SlugField(max_length=32, blank=True)
    #: The number of the last phrase of this line that was kept.
    kept = models.PositiveIntegerField(default=0)
    #: The same of the line before it, whose last words may still be on their way.
    line_before = models.SlugField(max_length=32, blank=True)
    kept_before = models.PositiveIntegerField(default=0)
    #: When it was last heard of.
    seen_at = models.DateTimeField()


class Feed(models.Model):
    """An address at which a program brings captions, on behalf of a captioner's seat. Its key is kept as a hash."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="feeds")
    seat = models.ForeignKey("rooms.Seat", on_delete=models.CASCADE, related_name="feeds")
    key_hash = models.CharField(max_length=64, unique=True)
    #: The number of what came last, as the program counts.
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seat"], name="captions_one_feed_a_seat")]

from __future__ import annotations

from django.db import models

from deliberate import tokens


class Sound(models.Model):
    """What a phrase sounded like, where the host keeps that (sound.py): signed 16 bit, little-endian, 16 kHz, mono."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="sounds")
    started_at = models.DateTimeField()
    octets = models.BinaryField()


class Segment(models.Model):
    """A settled piece of what was said: words tied to the item and the turn they were said in."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="segments")
    item = models.ForeignKey(
        "rooms.AgendaItem", null=True, blank=True, on_delete=models.SET_NULL, related_name="segments"
    )
    turn = models.ForeignKey("rooms.Turn", null=True, blank=True, on_delete=models.SET_NULL, related_name="segments")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    #: Order within the room.
    number = models.PositiveIntegerField()
    text = models.TextField()
    #: The text as it is searched: without capitals and accents.
    folded = models.TextField(default="", editable=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    #: How often the text was corrected; earlier texts are kept as revisions.
    revision = models.PositiveIntegerField(default=0)
    #: The revision that whoever spoke approved, or had approved for them; nothing before they did.
    approved = models.PositiveIntegerField(null=True, blank=True)
    #: Whether it reads as whoever spoke corrected it.
    mended = models.BooleanField(default=False)
    #: When each of its words was said, [from, to] in milliseconds after started_at, where that was measured; nothing once the
    #: text was changed.
    times = models.JSONField(null=True, blank=True, editable=False)
    #: The sound of the phrase in which it was said, where that is kept.
    sound = models.ForeignKey(
        Sound, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="segments"
    )

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="transcript_one_segment_a_number")]


class Revision(models.Model):
    """An earlier text of a segment."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["segment", "number"]
        constraints = [models.UniqueConstraint(fields=["segment", "number"], name="transcript_one_revision_a_number")]


class Interim(models.Model):
    """What is being said right now and not settled yet: one a room, with the turn it began in and when."""

    room = models.OneToOneField("rooms.Room", on_delete=models.CASCADE, related_name="interim")
    turn = models.ForeignKey("rooms.Turn", null=True, blank=True, on_delete=models.SET_NULL)
    text = models.TextField(blank=True)
    since = models.DateTimeField(null=True, blank=True)
    #: In the place of words whose turn was withdrawn meanwhile: a keyed hash of their first `letters` (sealed.py).
    sealed = models.CharField(max_length=64, blank=True)
    letters = models.PositiveSmallIntegerField(default=0)

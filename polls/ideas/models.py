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
    """A thought for the room, at most 280 characters.

    When it was posted is not kept: a moment could point at whoever was typing. `number` gives the order."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="ideas")
    item = models.ForeignKey("rooms.AgendaItem", null=True, blank=True, on_delete=models.SET_NULL)
    #: Of an idea that was posted under its author's name; of every other its pseudonym.
    seat = models.ForeignKey("rooms.Seat", null=True, blank=True, on_delete=models.SET_NULL, related_name="ideas")
    pseudonym = models.ForeignKey("polls.Pseudonym", null=True, on_delete=models.SET_NULL, related_name="ideas")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    #: Order within the room, and what people call it by: "idea 12".
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=280)
    #: The pseudonym it was posted under; empty where its author did not want it shown.
    author = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)
    #: The state it comes back to when hiding or merging is undone.
    before = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)
    #: Why it was hidden.
    reason = models.CharField(max_length=160, blank=True)
    #: Upvotes and stances stay with the idea they were given to; whatever counts them follows this.
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="merged")
    pinned = models.BooleanField(default=False)
    taken_up = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["room", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="ideas_one_idea_a_number"),
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | models.Q(~models.Q(state="merged"), merged_into__isnull=True),
                name="ideas_merged_says_into_what",
            ),
            models.CheckConstraint(
                condition=models.Q(seat=None) | models.Q(pseudonym=None), name="ideas_seat_or_pseudonym"
            ),
            models.CheckConstraint(condition=~models.Q(state="hidden", reason=""), name="ideas_hidden_says_why"),
        ]


class Upvote(models.Model):
    """That a pseudonym supports an idea, once."""

    # The constraint's index serves the idea's key too.
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="upvotes", db_index=False)
    pseudonym = models.ForeignKey("polls.Pseudonym", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "pseudonym"], name="ideas_one_upvote_a_pseudonym")]

from __future__ import annotations

from django.db import models

from deliberate import tokens


class Pad(models.Model):
    """The shared document behind a clause, in which several drafters write at the same time.

    `state` holds the strokes up to number `base`. Its text is that of the clause's wording `revision`: so whatever else
    changes the clause is told from what was typed. Who typed what is not kept."""

    clause = models.OneToOneField("polls.Clause", on_delete=models.CASCADE, related_name="pad")
    #: Names this document: a copy of another one, of the same clause, must not be merged into it.
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    state = models.BinaryField()
    base = models.PositiveIntegerField(default=0)
    #: Of the newest stroke.
    number = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField()
    #: When words that were typed here last became the clause's.
    folded_at = models.DateTimeField(null=True)


class Stroke(models.Model):
    """What was typed within a breath, as a Yjs update. Deleted soon after it is in the pad's state."""

    pad = models.ForeignKey(Pad, on_delete=models.CASCADE, related_name="strokes")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["pad", "number"], name="statements_one_stroke_a_number")]

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens


class Rules(models.Model):
    """How an event decides on its texts. An event without a row has the defaults."""

    class Majority(models.TextChoices):
        HALF = "half", _("More votes for than against")
        TWO_THIRDS = "two_thirds", _("Two thirds of those for and against")
        THREE_QUARTERS = "three_quarters", _("Three quarters of those for and against")

    event = models.OneToOneField("rooms.Event", on_delete=models.CASCADE, related_name="text_rules")
    #: What a poll on the text needs to carry.
    majority = models.CharField(max_length=16, choices=Majority.choices, default=Majority.HALF)


class Statement(models.Model):
    """The outcome text of a room: one a room, drafted in clauses, settled in versions."""

    room = models.OneToOneField("rooms.Room", on_delete=models.CASCADE, related_name="statement")
    title = models.CharField(max_length=160)
    preamble = models.TextField(blank=True)


class Clause(models.Model):
    """One numbered clause. `revision` counts its texts; earlier ones are kept as ClauseRevision."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="clauses")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    position = models.PositiveIntegerField()
    text = models.TextField()
    revision = models.PositiveIntegerField(default=0)
    removed = models.BooleanField(default=False)
    #: When its words last changed: the wall shows the one that was worked on last.
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "pk"]


class ClauseRevision(models.Model):
    """An earlier text of a clause."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["clause", "number"]
        constraints = [models.UniqueConstraint(fields=["clause", "number"], name="statements_one_revision_a_number")]


def _one_source() -> models.Q:
    segment, idea, poll = (f"{name}__isnull" for name in ("segment", "idea", "poll"))
    return (
        models.Q(**{segment: False, idea: True, poll: True})
        | models.Q(**{segment: True, idea: False, poll: True})
        | models.Q(**{segment: True, idea: True, poll: False})
    )


class Citation(models.Model):
    """What a clause rests on: words quoted verbatim from a segment, an idea or a closed poll."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="citations")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    segment = models.ForeignKey(
        "rooms.Segment", null=True, blank=True, on_delete=models.CASCADE, related_name="citations"
    )
    idea = models.ForeignKey("polls.Idea", null=True, blank=True, on_delete=models.CASCADE, related_name="citations")
    poll = models.ForeignKey("polls.Poll", null=True, blank=True, on_delete=models.CASCADE, related_name="citations")
    quote = models.TextField()
    #: Where the quote stands in the source's text of `source_revision`: code points from and to.
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    source_revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=_one_source(), name="statements_citation_has_one_source")]


class Proposal(models.Model):
    """ "This belongs in the statement": somebody points the drafters at a source."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CITED = "cited", _("Cited")
        DECLINED = "declined", _("Declined")

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="proposals")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    seat = models.ForeignKey("rooms.Seat", null=True, blank=True, on_delete=models.SET_NULL)
    segment = models.ForeignKey(
        "rooms.Segment", null=True, blank=True, on_delete=models.CASCADE, related_name="proposals"
    )
    idea = models.ForeignKey("polls.Idea", null=True, blank=True, on_delete=models.CASCADE, related_name="proposals")
    poll = models.ForeignKey("polls.Poll", null=True, blank=True, on_delete=models.CASCADE, related_name="proposals")
    note = models.CharField(max_length=280, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=_one_source(), name="statements_proposal_has_one_source")]


class Support(models.Model):
    """Where a seat stands on a clause. Opposing asks for a written reservation. The last one counts.

    `revision` is the wording that the person had before them: support is never carried over to other words unseen."""

    class Value(models.TextChoices):
        SUPPORT = "support", _("I support this")
        OPPOSE = "oppose", _("I oppose this")

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="supports")
    seat = models.ForeignKey("rooms.Seat", on_delete=models.CASCADE)
    value = models.CharField(max_length=8, choices=Value.choices)
    reservation = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clause", "seat"], name="statements_one_support_a_seat"),
            models.CheckConstraint(
                condition=~models.Q(value="oppose", reservation=""), name="statements_opposing_says_why"
            ),
        ]


class Version(models.Model):
    """A settled text, frozen with its citations and support, named by its hash. Never changed afterwards.

    In `content` a quote is its seal; `quotes` holds by the seal what it covers: {"salt", "quote"}. So a quote can be
    withheld while its source is off the board, and the version still be checked. Where words were struck from the source,
    "place" is where the quote stands in it since, and one that lost words has no salt and is "struck". `content` holds no
    names: a citation names its source, and who is shown as having said it is asked anew each time."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    settled_at = models.DateTimeField()
    content = models.JSONField()
    quotes = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="statements_one_version_a_number")]

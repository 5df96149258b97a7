from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens


class Rules(models.Model):
    """How an event decides on its texts. An event without a row has the defaults."""

    class Majority(models.TextChoices):
        HALF = "half", _("More votes for than against")
        TWO_THIRDS = "two_thirds", _("Two thirds of those for and against")
        THREE_QUARTERS = "three_quarters", _("Three quarters of those for and against")

    class Way(models.TextChoices):
        DRAFTERS = "drafters", _("The drafters, when they see fit")
        CONSENSUS = "consensus", _("Consensus: nobody says they can’t accept it")
        CONSENT = "consent", _("Enough support it or can live with it, by the majority above")
        POLL = "poll", _("A poll, by the majority above")

    class Signed(models.TextChoices):
        NAME = "name", _("The name of whoever wrote it")
        GROUP = "group", _("Their group, where it is large enough")
        NOBODY = "nobody", _("Nothing: the words alone")

    event = models.OneToOneField("rooms.Event", on_delete=models.CASCADE, related_name="text_rules")
    #: What a poll on the text needs to carry.
    majority = models.CharField(max_length=16, choices=Majority.choices, default=Majority.HALF)
    #: How a text is settled, and how many percent of those in the room must have taken a stand for consensus or consent.
    settle_by = models.CharField(max_length=16, choices=Way.choices, default=Way.DRAFTERS)
    quorum = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    #: A settled version has a page that anybody with its address can read.
    public = models.BooleanField(default=False)
    #: What reservations are signed with at most.
    reservations = models.CharField(max_length=8, choices=Signed.choices, default=Signed.NOBODY)


class Statement(models.Model):
    """The outcome text of a room: one a room, drafted in clauses, settled in versions."""

    room = models.OneToOneField("rooms.Room", on_delete=models.CASCADE, related_name="statement")
    title = models.CharField(max_length=160)
    preamble = models.TextField(blank=True)
    #: Somebody took back words that stand in its title or preamble, and no drafter has said yet that they are out.
    to_reword = models.BooleanField(default=False)
    #: How often a note on a proposal was taken back or written anew: not when, nor whose.
    notes_gone = models.PositiveIntegerField(default=0, editable=False)


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
    #: As Statement.to_reword, for its text; and the revision at which it held such words last, where that is known.
    to_reword = models.BooleanField(default=False)
    to_reword_at = models.PositiveIntegerField(null=True, editable=False)
    #: When who has been heard on it was told last (heard.py): {"of": the totals then, "groups": handles of those that had},
    #: and how often it was.
    heard = models.JSONField(default=dict, editable=False)
    heard_told = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position", "pk"]

    @property
    def as_then(self) -> bool:
        """Whether it still reads as it did when words in it were taken back, where that is known."""
        return self.revision == self.to_reword_at


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


class FormerCitation(models.Model):
    """Where a quote stood that was taken from under a clause, without its words: they may have been copied into the text, and
    leave the clause's earlier wordings when they are taken back."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="former_citations")
    segment = models.ForeignKey("rooms.Segment", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    idea = models.ForeignKey("polls.Idea", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    source_revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(segment__isnull=False, idea__isnull=True)
                | models.Q(segment__isnull=True, idea__isnull=False),
                name="statements_former_citation_has_one_source",
            )
        ]


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
    """Where a seat stands on a clause. A reservation, and that one cannot accept it, are written. The last one counts.

    `revision` is the wording that the person had before them: support is never carried over to other words unseen.
    `level`, `author` and `group`: what the written words may be signed with (signing.py)."""

    class Value(models.TextChoices):
        SUPPORT = "support", _("I support it")
        LIVE = "live", _("I can live with it")
        RESERVE = "reserve", _("I have a reservation")
        BLOCK = "block", _("I can’t accept it")

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="supports")
    seat = models.ForeignKey("rooms.Seat", on_delete=models.CASCADE)
    value = models.CharField(max_length=8, choices=Value.choices)
    reservation = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=8, default="nobody")
    author = models.CharField(max_length=60, blank=True)
    group = models.ForeignKey("rooms.Group", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clause", "seat"], name="statements_one_support_a_seat"),
            models.CheckConstraint(
                condition=~models.Q(value__in=("reserve", "block"), reservation=""), name="statements_against_says_why"
            ),
        ]


class Sealed(models.Model):
    """What is settled, frozen with its citations and support, named by its hash. In force until the host reopens it; it is
    kept afterwards, too, and never changed.

    In `content` a quote is its seal; `quotes` holds by the seal what it covers: {"salt", "quote"}. So a quote can be
    withheld while its source is off the board, and the version still be checked. Where words were struck from the source,
    "place" is where the quote stands in it since, and one that lost words has no salt and is "struck". `content` holds no
    names: a citation names its source, and who is shown as having said it is asked anew each time."""

    settled_at = models.DateTimeField()
    content = models.JSONField(default=dict)
    quotes = models.JSONField(default=dict)
    #: SHA-256 of `content` as canonical JSON: it stands in the journal, too.
    hash = models.CharField(max_length=64)
    #: When the host reopened it, and why; None while it is in force.
    reopened_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=280, blank=True)

    class Meta:
        abstract = True


class Version(Sealed):
    """The whole text as it was settled."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="statements_one_version_a_number")]


class SettledClause(Sealed):
    """One wording of a clause that was settled by itself: its `content` is a text with this clause alone."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="settlings")
    revision = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clause", "revision"],
                condition=models.Q(reopened_at=None),
                name="statements_one_settling_a_wording",
            )
        ]


class Reserved(models.Model):
    """Who a reservation in a settled version, or in a clause settled by itself, is shown as written by. It stands beside them,
    whose hash covers the words alone: so a name can be taken away later, and they still be checked."""

    version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.CASCADE, related_name="reserved")
    alone = models.ForeignKey(SettledClause, null=True, blank=True, on_delete=models.CASCADE, related_name="reserved")
    clause = models.SlugField(max_length=12)
    #: Which of the clause's reservations, from 0.
    place = models.PositiveIntegerField()
    seat = models.ForeignKey("rooms.Seat", null=True, blank=True, on_delete=models.SET_NULL)
    level = models.CharField(max_length=8, default="nobody")
    author = models.CharField(max_length=60, blank=True)
    group = models.ForeignKey("rooms.Group", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "clause", "place"], name="statements_one_writer_a_reservation"),
            models.UniqueConstraint(fields=["alone", "place"], name="statements_one_writer_alone"),
            models.CheckConstraint(
                condition=models.Q(version__isnull=True, alone__isnull=False)
                | models.Q(version__isnull=False, alone__isnull=True),
                name="statements_reserved_in_one",
            ),
        ]


class Settling(models.Model):
    """What a poll settles when it carries: a clause, or without one the whole text, as it read when the poll was put."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="settlings")
    clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    poll = models.OneToOneField("polls.Poll", on_delete=models.CASCADE, related_name="settling")
    #: Names the words that were put: if they are others when the poll closes, it settles nothing.
    digest = models.CharField(max_length=64)
    #: The text of the option for it, and what that needs to carry.
    option = models.CharField(max_length=160)
    majority = models.CharField(max_length=16)

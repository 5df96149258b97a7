from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens


class Kind(models.TextChoices):
    ONE = "one", _("One choice")
    SEVERAL = "several", _("Several choices")
    SCALE = "scale", _("A scale")
    RANKING = "ranking", _("A ranking")


class State(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Poll(models.Model):
    """A question put to the room. Secret unless the moderator says otherwise."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="polls")
    item = models.ForeignKey("rooms.AgendaItem", null=True, blank=True, on_delete=models.SET_NULL)
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    question = models.CharField(max_length=280)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.ONE)
    secret = models.BooleanField(default=True)
    #: Of a secret poll: that its ballots carry blind tokens (docs/ballots.md). Else it is a sealed one.
    blind = models.BooleanField(default=False)
    #: Of a blind poll: that a ballot may be changed until it closes.
    change = models.BooleanField(default=False)
    #: Of a blind poll whose ballots can't be changed: that tallies are shown while it runs (polls/ballots/blind/tallies.py).
    live = models.BooleanField(default=False)
    #: Of a blind poll with one choice: that fewer than VERDICT_BELOW ballots publish only whether the first option passed.
    verdict = models.BooleanField(default=False)
    #: The tally that is shown by now, and the one that is held back: {"shown": rows, "held": rows}.
    tallies = models.JSONField(default=dict)
    #: Of a blind poll: what was frozen when it opened, as text (docs/decisions/0010-blind-ballots.md). Never written anew.
    definition = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PREPARED)
    #: For several choices: how many at least and at most. For a scale: its lowest and highest step.
    least = models.SmallIntegerField(default=1)
    most = models.SmallIntegerField(default=1)
    low_label = models.CharField(max_length=40, blank=True)
    high_label = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    #: Ballots cast so far; a count in place of rows.
    turnout = models.PositiveIntegerField(default=0)
    #: Seats that could vote when it closed.
    eligible = models.PositiveIntegerField(default=0)
    #: What is published at closing (polls/ballots/outcome.py: Result). Empty before, never changed afterwards.
    result = models.JSONField(null=True, blank=True)
    #: Order among the room's polls: as they were prepared.
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=models.Q(state="open"), name="ballots_one_open_poll_a_room"
            )
        ]


class Option(models.Model):
    """One of the answers a poll offers."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    handle = models.SlugField(max_length=12, default=tokens.handle, editable=False)
    text = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["poll", "position"], name="ballots_one_option_a_position")]


class Participation(models.Model):
    """That a seat has voted, nothing else: no time, no choice. Deleted when the poll closes."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="participations")
    seat = models.ForeignKey("rooms.Seat", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "seat"], name="ballots_one_ballot_a_seat")]


class BallotBox(models.Model):
    """The ballots of a secret poll as one counted multiset: sorted rows [group's handle, choice, count], rewritten whole.

    There is no row a ballot, so neither keys nor times nor row order can join a ballot to a seat. Made when the poll
    opens; deleted when it closes, for its rows of one would tell more than the result does."""

    poll = models.OneToOneField(Poll, on_delete=models.CASCADE, related_name="box")
    contents = models.JSONField(default=list)
    #: Of a blind poll: by which seats are hashed in its vouchers, 32 octets as hex. Gone with this row.
    salt = models.CharField(max_length=64, blank=True)


class NamedBallot(models.Model):
    """A ballot of an open poll, like a show of hands. May be changed while the poll is open.

    `name` is the voter's at the time, emptied when the seat is erased; `choice` is a key of polls/ballots/core.py."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="named_ballots")
    seat = models.ForeignKey("rooms.Seat", on_delete=models.CASCADE)
    name = models.CharField(max_length=60, blank=True)
    choice = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "seat"], name="ballots_one_named_ballot_a_seat")]


class Voucher(models.Model):
    """That a seat may have a token of a blind poll, and for which blinded message it was given. Made for every seat that may
    vote when the poll opens, and for none later; deleted when it closes. No time; nothing of the ballot.

    `seat`: HMAC-SHA-256 of the seat's key by the box's salt; `asked`: SHA-256 of the blinded message, empty before. Both hex."""

    seat = models.CharField(max_length=64, primary_key=True)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="vouchers")
    group = models.CharField(max_length=32, db_column="in_group")
    asked = models.CharField(max_length=64, blank=True)


class BlindBallot(models.Model):
    """A ballot in the box of a blind poll, the last one of its key. Published and deleted when the poll closes.

    `octets`: the ballot in base64url. Nothing here was ever seen together with a seat."""

    id = models.BigIntegerField(primary_key=True)  # random
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="blind_ballots")
    tracker = models.CharField(max_length=12)
    number = models.BigIntegerField()
    octets = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "tracker"], name="ballots_one_ballot_a_tracker")]


class Published(models.Model):
    """What a closed blind poll published: the file that anybody can recount (docs/ballots-format.md)."""

    poll = models.OneToOneField(Poll, on_delete=models.CASCADE, related_name="published")
    text = models.TextField()

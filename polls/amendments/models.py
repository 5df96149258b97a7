from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliberate import tokens


class Kind(models.TextChoices):
    CHANGE = "change", _("Change the wording")
    BEFORE = "before", _("A new clause before it")
    AFTER = "after", _("A new clause after it")
    DELETE = "delete", _("Delete the clause")


class State(models.TextChoices):
    OPEN = "open", _("Open")
    #: Carried by a poll, but it did not fit into the text as that stood (its words had changed, or there was no room for one
    #: more clause): the drafters put it in by hand.
    CARRIED = "carried", _("Carried by the room")
    ACCEPTED = "accepted", _("Accepted")
    MERGED = "merged", _("Merged")
    DECLINED = "declined", _("Declined")
    HIDDEN = "hidden", _("Hidden")


class Amendment(models.Model):
    """A change of one clause that somebody proposes, with a reason.

    `revision` is the wording that it amends, so that what it changes can be shown and carried over when the clause was
    reworded since. Who proposed it is shown as far as they chose and the event allows now; when it came is not kept."""

    statement = models.ForeignKey("polls.Statement", on_delete=models.CASCADE, related_name="amendments")
    clause = models.ForeignKey("polls.Clause", on_delete=models.CASCADE, related_name="amendments")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    #: What people call it by: "amendment 3".
    number = models.PositiveIntegerField()
    seat = models.ForeignKey("rooms.Seat", null=True, blank=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    #: The clause as it shall read, or the new clause; empty to delete one, and where its words were taken back.
    text = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    #: Words that were taken back stand in its text: so they do in the clause that it is put into.
    to_reword = models.BooleanField(default=False, editable=False)
    revision = models.PositiveIntegerField(default=0)
    #: What its proposer may be called by: nothing, a group that stood alone then, or the pseudonym of then.
    level = models.CharField(max_length=8, default="nobody")
    author = models.CharField(max_length=60, blank=True)
    group = models.ForeignKey("rooms.Group", null=True, blank=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    #: Why it was declined, or what became of it when it was merged.
    answer = models.CharField(max_length=280, blank=True)
    #: Of one that is hidden: the state that it comes back to, answer and all; and why it was hidden, for its proposer.
    before = models.CharField(max_length=8, choices=State.choices, blank=True)
    hidden_for = models.CharField(max_length=280, blank=True)
    #: The poll that decides it, and the text of the option that adopts it.
    poll = models.ForeignKey("polls.Poll", null=True, blank=True, on_delete=models.SET_NULL, related_name="amendments")
    option = models.CharField(max_length=160, blank=True)
    #: What that poll needs to carry: the host's rule when it was put.
    majority = models.CharField(max_length=16, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    #: The clause that its words stand in now.
    made = models.ForeignKey("polls.Clause", null=True, blank=True, on_delete=models.SET_NULL, related_name="credits")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="amendments_one_amendment_a_number"),
            models.CheckConstraint(
                condition=~models.Q(models.Q(state="declined") | models.Q(before="declined"), answer=""),
                name="amendments_no_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(~models.Q(state="hidden"), before="", hidden_for="")
                | models.Q(~models.Q(hidden_for=""), state="hidden", before__in=("open", "declined")),
                name="amendments_hidden_comes_back",
            ),
        ]


class CoSignature(models.Model):
    """That a seat stands behind an amendment of somebody else, once."""

    amendment = models.ForeignKey(Amendment, on_delete=models.CASCADE, related_name="cosignatures", db_index=False)
    seat = models.ForeignKey("rooms.Seat", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["amendment", "seat"], name="amendments_one_signature_a_seat")]

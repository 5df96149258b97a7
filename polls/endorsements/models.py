from __future__ import annotations

from django.db import models

from deliberate import tokens


class Endorsement(models.Model):
    """That a person, or an organisation that a person speaks for, signs a settled version.

    When is not kept. `level`, `author` and `group`: what a person is named by (polls/statements/signing.py); an
    organisation is named, for that is what signing for it means. `organisation` is empty for a person."""

    version = models.ForeignKey("polls.Version", on_delete=models.CASCADE, related_name="endorsements")
    handle = models.SlugField(max_length=12, unique=True, default=tokens.handle, editable=False)
    #: None once its person is gone from the event: a signature stays.
    seat = models.ForeignKey("rooms.Seat", null=True, blank=True, on_delete=models.SET_NULL)
    organisation = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=8, default="nobody")
    author = models.CharField(max_length=60, blank=True)
    group = models.ForeignKey("rooms.Group", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "seat"], condition=models.Q(organisation=""), name="endorsements_one_a_person"
            ),
            models.UniqueConstraint(
                fields=["version", "organisation"],
                condition=~models.Q(organisation=""),
                name="endorsements_one_an_organisation",
            ),
        ]


class Told(models.Model):
    """The signatures of people by group as they are told: [[names of groups], count]. They don't follow each signature."""

    version = models.OneToOneField("polls.Version", on_delete=models.CASCADE, related_name="told")
    cells = models.JSONField(default=list)
    #: How many people had signed by then.
    people = models.PositiveIntegerField(default=0)

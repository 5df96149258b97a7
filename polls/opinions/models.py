from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Value(models.IntegerChoices):
    AGREE = 1, _("Agree")
    PASS = 0, _("Pass")
    DISAGREE = -1, _("Disagree")


class Stance(models.Model):
    """Whether a pseudonym agrees with an idea, disagrees or passes. The last one counts.

    A stance that changes is a new row: where two ideas become one, a pseudonym's row with the higher key was said later."""

    # The constraint's index serves the idea's key too.
    idea = models.ForeignKey("polls.Idea", on_delete=models.CASCADE, related_name="stances", db_index=False)
    pseudonym = models.ForeignKey("polls.Pseudonym", on_delete=models.CASCADE)
    value = models.SmallIntegerField(choices=Value.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "pseudonym"], name="opinions_one_stance_a_pseudonym")]

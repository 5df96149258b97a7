from __future__ import annotations

from django.db import models


class Receipt(models.Model):
    """That an act was done, so that its repetition after a dropped line gets the same answer and does nothing.

    `key` is a hash of seat, the phone's own id for the act, and what was asked; who acted can't be read from it. `scope`
    is the event's handle, with which it goes; otherwise it goes after the day that follows `day`."""

    key = models.CharField(max_length=32, primary_key=True)
    answer = models.JSONField()
    day = models.DateField()
    scope = models.CharField(max_length=16, db_index=True)

    class Meta:
        app_label = "deliberate"

from __future__ import annotations

from django.db import models


class Projection(models.Model):
    """What the moderator put on the wall: a scene's name, or empty where the room's state chooses.

    `before` is the scene to come back to when the last choice is undone."""

    room = models.OneToOneField("rooms.Room", on_delete=models.CASCADE, related_name="projection")
    scene = models.CharField(max_length=20, blank=True)
    #: The handle of the one thing shown (an idea, a poll, a clause), where the scene shows one.
    subject = models.CharField(max_length=12, blank=True)
    before = models.CharField(max_length=20, blank=True)
    before_subject = models.CharField(max_length=12, blank=True)

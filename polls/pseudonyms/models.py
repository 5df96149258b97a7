from __future__ import annotations

from django.db import models


class Issuer(models.Model):
    """By what a room's pseudonyms are issued, one for each seat. Made when the first is asked for; gone with the room."""

    room = models.OneToOneField("rooms.Room", on_delete=models.CASCADE, primary_key=True)
    #: By which seats are hashed in the vouchers: 32 octets as hex.
    salt = models.CharField(max_length=64)
    #: What phones are shown of it (octets.py), empty while no phone has asked. Never written anew.
    definition = models.TextField(blank=True)


class PseudonymVoucher(models.Model):
    """That a seat has its pseudonym in a room, and for which blinded message it was signed. No time, nothing of the pseudonym.

    `seat`: HMAC-SHA-256 of the seat's key by the issuer's salt; `asked`: SHA-256 of the blinded message. Both hex."""

    seat = models.CharField(max_length=64, primary_key=True)
    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="+")
    asked = models.CharField(max_length=64)


class Pseudonym(models.Model):
    """Under which somebody supports ideas, takes stances and posts without a name, in one room. Nothing here was ever stored
    together with a seat."""

    id = models.BigIntegerField(primary_key=True)  # random
    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="pseudonyms")
    #: The public key in base64url.
    key = models.CharField(max_length=43)
    #: Of the last act that was signed by it, and the SHA-256 of that act's octets.
    number = models.BigIntegerField(default=0)
    last = models.CharField(max_length=64, blank=True)
    #: Why a moderator muted it; empty where nobody did.
    muted = models.CharField(max_length=160, blank=True)
    #: That what it did before it was muted does not count, either.
    hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "key"], name="pseudonyms_one_row_a_key"),
            models.CheckConstraint(condition=~models.Q(hidden=True, muted=""), name="pseudonyms_hidden_is_muted"),
        ]

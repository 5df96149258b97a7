from __future__ import annotations

from django import forms

from deliberate.door.registry import NoFields, command
from deliberate.door.veil import keeps_pseudonyms
from deliberate.roles import PARTICIPANT
from polls.ballots.blind import formats
from polls.ballots.commands import Octets
from polls.pseudonyms import actions, issuing, veil


class IssueForm(forms.Form):
    """The blinded message that a phone wants signed."""

    blinded = Octets(octets=formats.MODULUS)


# The door keeps no receipt: the voucher says who has one, and asked twice, the answer is the same.
command(
    "pseudonyms.issue",
    form=IssueForm,
    who=[PARTICIPANT],
    remembered=False,
    crowd=True,
    marks=False,
    afterwards=issuing.sign,
)(issuing.issue)
command(
    "pseudonyms.own",
    form=NoFields,
    who=[PARTICIPANT],
    remembered=False,
    crowd=True,
    marks=False,
    veiled=True,
    muted_too=True,
)(actions.own)
# All lines of the room look up their marks after it.
command(
    "pseudonyms.withdraw",
    form=NoFields,
    who=[PARTICIPANT],
    per_minute=6,
    crowd=True,
    marks=False,
    veiled=True,
    muted_too=True,
)(actions.withdraw)
keeps_pseudonyms(veil)

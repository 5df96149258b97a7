"""The tables of all features under polls/, for Django's registry."""

from polls.amendments.models import Amendment, CoSignature
from polls.ballots.models import (
    BallotBox,
    BlindBallot,
    NamedBallot,
    Option,
    Participation,
    Poll,
    Published,
    Voucher,
)
from polls.endorsements.models import Endorsement, Told
from polls.exports.models import Carried
from polls.ideas.models import Idea, Upvote
from polls.opinions.models import Stance
from polls.pseudonyms.models import Issuer, Pseudonym, PseudonymVoucher
from polls.statements.models import (
    Citation,
    Clause,
    ClauseRevision,
    FormerCitation,
    Proposal,
    Reserved,
    Rules,
    SettledClause,
    Settling,
    Statement,
    Support,
    Version,
)
from polls.statements.pads.models import Pad, Stroke

__all__ = [
    "Amendment",
    "BallotBox",
    "BlindBallot",
    "Carried",
    "Citation",
    "Clause",
    "ClauseRevision",
    "CoSignature",
    "Endorsement",
    "FormerCitation",
    "Idea",
    "Issuer",
    "NamedBallot",
    "Option",
    "Pad",
    "Participation",
    "Poll",
    "Proposal",
    "Pseudonym",
    "PseudonymVoucher",
    "Published",
    "Reserved",
    "Rules",
    "SettledClause",
    "Settling",
    "Stance",
    "Statement",
    "Stroke",
    "Support",
    "Told",
    "Upvote",
    "Version",
    "Voucher",
]

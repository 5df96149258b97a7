"""The tables of all features under polls/, for Django's registry."""

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
from polls.ideas.models import Idea, Upvote
from polls.opinions.models import Stance
from polls.statements.models import Citation, Clause, ClauseRevision, Proposal, Statement, Support, Version

__all__ = [
    "BallotBox",
    "BlindBallot",
    "Citation",
    "Clause",
    "ClauseRevision",
    "Idea",
    "NamedBallot",
    "Option",
    "Participation",
    "Poll",
    "Proposal",
    "Published",
    "Stance",
    "Statement",
    "Support",
    "Upvote",
    "Version",
    "Voucher",
]

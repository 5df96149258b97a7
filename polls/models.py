"""The tables of all features under polls/, for Django's registry."""

from polls.ballots.models import BallotBox, NamedBallot, Option, Participation, Poll
from polls.ideas.models import Idea, Upvote
from polls.opinions.models import Stance
from polls.statements.models import Citation, Clause, ClauseRevision, Proposal, Statement, Support, Version

__all__ = [
    "BallotBox",
    "Citation",
    "Clause",
    "ClauseRevision",
    "Idea",
    "NamedBallot",
    "Option",
    "Participation",
    "Poll",
    "Proposal",
    "Stance",
    "Statement",
    "Support",
    "Upvote",
    "Version",
]

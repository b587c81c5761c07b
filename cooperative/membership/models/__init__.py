"""Unions, co-operatives, members, households, memberships, ballots, posts."""

from cooperative.membership.models.members import Household, Member
from cooperative.membership.models.memberships import Ballot, JoiningDraft, Membership
from cooperative.membership.models.officers import Post
from cooperative.membership.models.organisations import Cooperative, Division, Union
from cooperative.membership.models.roster import Roster, RosterRow

__all__ = [
    "Ballot",
    "Cooperative",
    "Division",
    "Household",
    "JoiningDraft",
    "Member",
    "Membership",
    "Post",
    "Roster",
    "RosterRow",
    "Union",
]

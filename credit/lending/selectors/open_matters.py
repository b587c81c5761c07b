"""What a member has open with others: what keeps them from leaving and their data from erasure."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cooperative.membership.models import Member, Membership
from core.exact import ZERO
from credit.lending.models import HandBack, Pledge, Share
from credit.lending.selectors.requests import open_requests


@dataclass(frozen=True)
class OpenMatters:
    """How many of each. ``returns``: sums still to be given back, overpaid ones to this lender or
    what came of a lapsed share, on either side.
    """

    borrowed: int
    lent: int
    returns: int
    asked: int
    promised: int

    @property
    def loans(self) -> int:
        """Loans on either side."""
        return self.borrowed + self.lent + self.returns

    def __bool__(self) -> bool:
        return bool(self.loans or self.asked or self.promised)


def open_matters_of(member: Member) -> OpenMatters:
    """Of a person, in all unions; six queries."""
    return _open_matters(Q(member=member))


def open_matters_in(membership: Membership) -> OpenMatters:
    """Of one membership; six queries."""
    return _open_matters(Q(pk=membership.pk))


def _open_matters(whose: Q) -> OpenMatters:
    memberships = Membership.objects.filter(whose)
    own = Share.objects.filter(membership__in=memberships)
    borrowed = Share.objects.open().filter(loan__membership__in=memberships)
    return OpenMatters(
        borrowed=borrowed.values("loan").distinct().count(),
        lent=own.open().count(),
        returns=own.filter(state=Share.State.SETTLED, unallocated__gt=ZERO).count()
        + _going_back(memberships).count(),
        asked=open_requests().filter(membership__in=memberships).count(),
        promised=Pledge.objects.filter(
            membership__in=memberships, state=Pledge.State.PLEDGED
        ).count(),
    )


def _going_back(memberships: QuerySet[Membership]) -> QuerySet[HandBack]:
    parties = Q(share__membership__in=memberships) | Q(share__loan__membership__in=memberships)
    return HandBack.objects.filter(parties).exclude(state=HandBack.State.RETURNED)

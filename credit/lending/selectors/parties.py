"""Where a member stands as a borrower or a lender."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Min, Q

from cooperative.membership.models import Member, Membership
from cooperative.membership.rules.identity import IdentityProblem, comes_of_age_on
from credit.lending.models import Share
from credit.lending.rules.eligibility import Standing


def standing_of(membership: Membership, today: date) -> Standing:
    """Where one member stands; one query more than the row with its member."""
    return standings_of([membership], today)[membership.pk]


def standings_of(memberships: Iterable[Membership], today: date) -> dict[int, Standing]:
    """Where each stands, by membership; one query. The rows come with their members."""
    rows = list(memberships)
    late = overdue_since([row.member_id for row in rows], today)
    return {
        row.pk: Standing(
            is_admitted=row.state == Membership.State.ADMITTED,
            waiting_ends_on=row.waiting_ends_on,
            comes_of_age_on=_of_age(row.member),
            overdue_days=(today - late[row.member_id]).days if row.member_id in late else 0,
            is_erased=row.member.erased_at is not None,
        )
        for row in rows
    }


def overdue_since(member_ids: Iterable[int], today: date) -> dict[int, date]:
    """The day since which each of these owes an instalment; those who owe none are left out."""
    unpaid = Q(instalments__settled_on__isnull=True, instalments__due_on__lt=today)
    rows = (
        Share.objects.filter(state=Share.State.FORMED, loan__membership__member__in=member_ids)
        .values("loan__membership__member")
        .annotate(instalment=Min("instalments__due_on", filter=unpaid), noted=Min("overdue_since"))
        .values_list("loan__membership__member", "instalment", "noted")
        .order_by("loan__membership__member")
    )
    found = {}
    for member_id, instalment, noted in rows:
        days = [day for day in (instalment, noted) if day is not None]
        if days:
            found[member_id] = min(days)
    return found


def _of_age(member: Member) -> date | None:
    if member.kind != Member.Kind.PERSON or not member.identity_number:
        return None
    try:
        return comes_of_age_on(member.identity_number)
    except IdentityProblem:  # a number that was taken over from an old list
        return None

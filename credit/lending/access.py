"""Which member may open which row: absent and foreign ones look the same."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

from cooperative.membership.models import Member
from core.errors import NotFound
from credit.lending.models import (
    Cost,
    Extension,
    HandBack,
    Loan,
    LoanRequest,
    Pledge,
    Repayment,
    Share,
)

RowT = TypeVar("RowT", bound=models.Model)


def access_own_request(member: Member, pk: int) -> LoanRequest:
    """The member's own request, with membership and union.

    Raises:
        NotFound: absent, or another member's.
    """
    rows = LoanRequest.objects.select_related("membership__member", "membership__union")
    return _the_one(rows.filter(membership__member=member), pk)


def access_invitation(member: Member, pk: int) -> Pledge:
    """An invitation to this member, with its request and the borrower.

    Raises:
        NotFound: absent, or to another member.
    """
    rows = Pledge.objects.select_related(
        "membership__member",
        "membership__union",
        "spare_money",
        "request__membership__member__division",
        "request__membership__union",
    )
    return _the_one(rows.filter(membership__member=member), pk)


def access_own_loan(member: Member, pk: int) -> Loan:
    """A loan that the member borrowed.

    Raises:
        NotFound: absent, or borrowed by another.
    """
    return _the_one(_loans().filter(membership__member=member), pk)


def access_party_loan(member: Member, pk: int) -> Loan:
    """A loan of which the member is borrower or lender.

    Raises:
        NotFound: absent, or of others.
    """
    lends = Share.objects.filter(membership__member=member).values("loan")
    return _the_one(_loans().filter(Q(membership__member=member) | Q(pk__in=lends)), pk)


def access_lent_share(member: Member, pk: int) -> Share:
    """A share that the member lends, with its loan and the borrower.

    Raises:
        NotFound: absent, or lent by another.
    """
    return _the_one(_shares().filter(membership__member=member), pk)


def access_borrowed_share(member: Member, pk: int) -> Share:
    """A share that the member borrows, with its loan and the lender.

    Raises:
        NotFound: absent, or borrowed by another.
    """
    return _the_one(_shares().filter(loan__membership__member=member), pk)


def access_party_repayment(member: Member, pk: int) -> Repayment:
    """A repayment which the member made or received.

    Raises:
        NotFound: absent, or between others.
    """
    return _the_one(_of_share(Repayment.objects, member, "slip"), pk)


def access_party_extension(member: Member, pk: int) -> Extension:
    """A prolongation of a loan of which the member is borrower or lender.

    Raises:
        NotFound: absent, or of others.
    """
    lends = Share.objects.filter(membership__member=member).values("loan")
    rows = Extension.objects.select_related("loan__membership__member", "loan__union")
    return _the_one(rows.filter(Q(loan__membership__member=member) | Q(loan__in=lends)), pk)


def access_party_cost(member: Member, pk: int) -> Cost:
    """A cost on a share which the member borrows or lends.

    Raises:
        NotFound: absent, or between others.
    """
    return _the_one(_of_share(Cost.objects, member, "evidence"), pk)


def access_hand_back(member: Member, pk: int) -> HandBack:
    """A sum that goes back to a lender, for who borrows or lends.

    Raises:
        NotFound: absent, or between others.
    """
    return _the_one(_of_share(HandBack.objects, member, "slip"), pk)


def _of_share(rows: Any, member: Member, file: str) -> Any:
    """What belongs to a share that the member borrows or lends, with its parties and its file."""
    party = Q(share__membership__member=member) | Q(share__loan__membership__member=member)
    return rows.filter(party).select_related(
        "share__membership__member",
        "share__loan__membership__member",
        "share__loan__union",
        file,
    )


def _loans() -> models.QuerySet[Loan]:
    return Loan.objects.select_related("request", "union", "membership__member", "drawn_by")


def _shares() -> models.QuerySet[Share]:
    return Share.objects.select_related(
        "membership__member",
        "slip",
        "loan__membership__member__division",
        "loan__union",
        "loan__request",
    )


def _the_one(rows: models.QuerySet[RowT], pk: int) -> RowT:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row

"""Rows of a running loan, locked in the one order: Loan, Shares, Repayment (``docs/locks.md``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import access_row
from cooperative.membership.models import Member
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused
from credit.lending.models import Loan, Repayment, Share
from credit.lending.rules.states import Actor, may_move

DoneT = TypeVar("DoneT")
RowT = TypeVar("RowT", bound=models.Model)


def lock_loan(loan_id: int) -> Loan:
    """The loan with its union and borrower, locked."""
    rows = Loan.objects.locked().select_related("union", "membership__member__user")
    return rows.get(pk=loan_id)


def lock_share(share_id: int) -> Share:
    """A share with its loan, union and both parties; only the share is locked."""
    return _shares().get(pk=share_id)


def lock_shares(loan: Loan) -> list[Share]:
    """All shares of a loan in the order of their keys, locked."""
    return list(_shares().filter(loan=loan))


def _shares() -> models.QuerySet[Share]:
    return Share.objects.locked().select_related(
        "loan__union", "loan__membership__member__user", "membership__member__user"
    )


def lock_repayment(repayment_id: int, share: Share) -> Repayment:
    """A repayment of a locked share, locked as well."""
    repayment = Repayment.objects.locked().select_related("slip").get(pk=repayment_id)
    repayment.share = share
    return repayment


class LoanLockNeeded(Exception):
    """The last share may be settled: the loan has to be locked, and it comes before its shares."""


def with_loan_if_needed(do: Callable[..., DoneT]) -> DoneT:
    """Run ``do(loan_is_locked=False)``; if it finds that it needs the loan, again with it locked.

    Each in a transaction of its own: so a payment locks its own share alone, unless it ends it.
    """
    with busy_is_refused():
        try:
            with transaction.atomic():
                return do(loan_is_locked=False)
        except LoanLockNeeded:
            with transaction.atomic():
                return do(loan_is_locked=True)


def check_move(table: Any, old: Any, new: Any, actor: Actor, refusal: Refused) -> None:
    """Let only moves of a table pass.

    Raises:
        Refused: the one given.
    """
    if not may_move(table, type(new)(old), new, actor):
        raise refusal


def officers_row(
    rows: models.QuerySet[RowT], pk: int, by: Any, permission: str, at: Any, *, loan: str
) -> RowT:
    """A row for an officer who holds the permission in the union of its loan.

    ``loan`` is the lookup from the row to its loan. Officers do not decide where they are a party.

    Raises:
        NotFound: absent, or of a union out of reach.
        Refused: ``own_matter``.
    """
    union = f"{loan}__union" if loan else "union"
    row = access_row(rows, pk, by, permission, business_date(at), union=union)
    found = row
    for step in filter(None, loan.split("__")):
        found = getattr(found, step)
    assert isinstance(found, Loan)
    check_no_party(found, by)
    return row


def check_no_party(loan: Loan, by: Any) -> None:
    """Who decides is neither borrower nor lender of the loan (I17).

    Raises:
        Refused: ``own_matter``.
    """
    own = Member.objects.filter(user=by).filter(
        models.Q(memberships__loans=loan) | models.Q(memberships__shares__loan=loan)
    )
    if own.exists():
        raise Refused(
            "own_matter",
            _("您是合同 %(number)s 的一方，不能由您办理。") % {"number": loan.number},
            way_on=_("请另一位同事办理。"),
        )


def member_behind(by: Any) -> Member:
    """The member whose account this is.

    Raises:
        NotFound: an account without a member is no party of anything.
    """
    member = Member.objects.filter(user=by, erased_at__isnull=True).first()
    if member is None:
        raise NotFound
    return member

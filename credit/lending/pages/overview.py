"""All that a member borrows and lends, in lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperative.membership.models import Member, Membership
from core.exact import ZERO
from core.formats import format_day, format_yuan_short
from credit.lending.models import Loan, LoanRequest, Share, SpareMoney
from credit.lending.pages.spare import Line, invitation_line
from credit.lending.pages.texts import LOAN_TONES, REQUEST_TONES, SHARE_TONES
from credit.lending.selectors import overview


@dataclass(frozen=True)
class LendingPage:
    """Requests, loans, shares and invitations of a member; open ones first."""

    spare: SpareMoney | None
    invitations: list[Line]
    requests: list[Line]
    loans: list[Line]
    shares: list[Line]
    owed: Decimal
    lent: Decimal

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.spare or self.invitations or self.requests or self.loans or self.shares)


def lending_page(member: Member, membership: Membership | None, today: date) -> LendingPage:
    """The page; five queries."""
    loans = list(overview.loans_of(member))
    shares = list(overview.lent_shares_of(member))
    requests = [row for row in overview.requests_of(member) if row.state != "contracted"]
    return LendingPage(
        spare=overview.open_spare_money(membership) if membership else None,
        invitations=[invitation_line(row, today) for row in overview.invitations_of(member)],
        requests=[request_line(row, today) for row in requests],
        loans=[loan_line(row, today) for row in loans],
        shares=[share_line(row, today) for row in shares],
        owed=sum((_outstanding(row) for row in loans), ZERO),
        lent=sum((row.principal_outstanding for row in shares), ZERO),
    )


def _outstanding(loan: Loan) -> Decimal:
    found: Decimal | None = loan.outstanding  # type: ignore[attr-defined]
    return found or ZERO


def request_line(row: LoanRequest, today: date) -> Line:
    """A request in a list."""
    return Line(
        title=_("想借 %(amount)s 元") % {"amount": format_yuan_short(row.amount)},
        note=_("%(purpose)s，%(day)s提交")
        % {
            "purpose": row.get_purpose_display(),
            "day": format_day(row.submitted_at, today),  # type: ignore[arg-type]
        },
        url=reverse("my_request", args=[row.pk]),
        state=row.get_state_display(),
        tone=REQUEST_TONES[row.state],
    )


def loan_line(row: Loan, today: date) -> Line:
    """A loan that the member borrowed."""
    note: Any = _("%(day)s到期") % {"day": format_day(row.ends_on, today)}
    if _outstanding(row):
        note = _("还欠本金 %(amount)s 元，%(day)s到期") % {
            "amount": format_yuan_short(_outstanding(row)),
            "day": format_day(row.ends_on, today),
        }
    return Line(
        title=_("借入 %(amount)s 元") % {"amount": format_yuan_short(row.principal)},
        note=note,
        url=reverse("loan", args=[row.pk]),
        state=row.get_state_display(),
        tone=LOAN_TONES[row.state],
    )


def share_line(row: Share, today: date) -> Line:
    """A share that the member lends."""
    loan = row.loan
    stands = loan if loan.state in ("drawn", "cancelled") else row
    tones = LOAN_TONES if stands is loan else SHARE_TONES
    note: Any = _("%(day)s到期") % {"day": format_day(loan.ends_on, today)}
    if row.principal_outstanding:
        note = _("还有 %(amount)s 元本金没还，%(day)s到期") % {
            "amount": format_yuan_short(row.principal_outstanding),
            "day": format_day(loan.ends_on, today),
        }
    is_late = row.overdue_since is not None and row.state == "formed"
    return Line(
        title=_("借给%(name)s %(amount)s 元")
        % {"name": loan.membership.member.name, "amount": format_yuan_short(row.amount)},
        note=note,
        url=reverse("lent_share", args=[row.pk]),
        state=row.get_bucket_display() if is_late else stands.get_state_display(),
        tone="brick" if is_late else tones[stands.state],
    )

"""What pays a loan off on a day, and how one sum is divided over its lenders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.exact import ZERO
from core.formats import format_day, format_yuan_short
from credit.lending.models import (
    Loan,
    Repayment,
    Share,
)
from credit.lending.rules.replay import payoff_of
from credit.lending.rules.share import Payoff
from credit.lending.rules.split import Claim, split_payment
from credit.lending.selectors.replaying import (
    PENDING,
    histories_of,
)


@dataclass(frozen=True)
class LoanPayoff:
    """What settles each share that still runs on a day; pending payments are not yet taken off."""

    on: date
    shares: tuple[tuple[Share, Payoff], ...]
    pending: Decimal

    @property
    def total(self) -> Decimal:
        """All together."""
        return sum((payoff.total for _share, payoff in self.shares), ZERO)

    @property
    def costs(self) -> Decimal:
        """Of it costs of realising the claim."""
        return sum((payoff.costs for _share, payoff in self.shares), ZERO)

    @property
    def principal(self) -> Decimal:
        """Of it principal."""
        return sum((payoff.principal for _share, payoff in self.shares), ZERO)

    @property
    def interest(self) -> Decimal:
        """Of it interest of the term to that day."""
        return sum((payoff.interest for _share, payoff in self.shares), ZERO)

    @property
    def overdue_interest(self) -> Decimal:
        """Of it interest for being late."""
        return sum((payoff.overdue_interest for _share, payoff in self.shares), ZERO)


def payoff_of_loan(loan: Loan, on: date) -> LoanPayoff:
    """What pays a loan off on a day, lender by lender, in three queries.

    Raises:
        Refused: ``payoff_too_early``: before a share was delivered.
    """
    shares = list(
        Share.objects.filter(loan=loan, state=Share.State.FORMED)
        .select_related("membership__member")
        .order_by("pk")
    )
    histories = histories_of(shares)
    for share in shares:
        _check_delivered(share, on)
    quotes = tuple((share, payoff_of(histories[share.pk].on(on))) for share in shares)
    pending = sum(pending_amounts([share.pk for share in shares]).values(), ZERO)
    return LoanPayoff(on, quotes, pending)


def _check_delivered(share: Share, on: date) -> None:
    if share.delivered_on is not None and on < share.delivered_on:
        raise Refused(
            "payoff_too_early",
            _("这笔借款%(delivered)s才到账，请选这天或以后的日子。")
            % {"delivered": format_day(share.delivered_on)},
        )


def pending_amounts(share_ids: Iterable[int]) -> dict[int, Decimal]:
    """By share, what is declared or disputed and does not count yet; nothing is chased for it."""
    rows = Repayment.objects.filter(share__in=list(share_ids), state__in=PENDING)
    sums = rows.values("share").annotate(sum=Sum("amount")).order_by("share")
    return {row["share"]: row["sum"] for row in sums}


def split_of(
    shares: Sequence[Share], amount: Decimal, paid_on: date
) -> list[tuple[Share, Decimal]]:
    """What each running share of a loan gets of one sum; declared payments are taken off before.

    First what is due on that day, in proportion; then the rest in proportion to what is owed.

    Raises:
        Refused: ``nothing_owed``, or ``more_than_owed``: it would be too much for all of them.
    """
    running = [share for share in shares if share.state == Share.State.FORMED]
    histories = histories_of(running)
    pending = pending_amounts([share.pk for share in running])
    claims = []
    for share in running:
        state = histories[share.pk].on(paid_on)
        waiting = pending.get(share.pk, ZERO)
        whole = max(payoff_of(state).total - waiting, ZERO)
        claims.append(Claim(due=min(max(state.due - waiting, ZERO), whole), payoff=whole))
    parts, left = split_payment(amount, claims)
    most = amount - left
    if not most:
        raise Refused(
            "nothing_owed",
            _("这笔借款现在没有要还的钱，或者已登记的还款还在等确认。"),
            way_on=_("请先等出借人确认。"),
        )
    if left:
        raise Refused(
            "more_than_owed",
            _("%(day)s还清只要 %(most)s 元，%(amount)s 元多了 %(left)s 元。")
            % {
                "day": format_day(paid_on),
                "most": format_yuan_short(most),
                "amount": format_yuan_short(amount),
                "left": format_yuan_short(left),
            },
            way_on=_("请改成 %(most)s 元。") % {"most": format_yuan_short(most)},
            most=most,
        )
    return list(zip(running, parts, strict=True))

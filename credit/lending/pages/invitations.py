"""An invitation as the invited lender sees it: enough to decide, and not more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.exact import ZERO
from core.formats import format_day, format_yuan_short
from core.masking import mask_name
from credit.lending.models import Pledge
from credit.lending.pages.quotes import quote_of_part, return_rows
from credit.lending.pages.requests import term_text, terms_of_request
from credit.lending.pages.texts import PLEDGE_TONES, rate_text
from credit.lending.selectors import overview
from credit.lending.selectors.limits import limits_of
from credit.lending.selectors.requests import pledged_to

ROUND = Decimal(1000)


@dataclass(frozen=True)
class InvitationPage:
    """Who asks for what, how much is missing, what would come back of an amount."""

    pledge: Pledge
    borrower: str
    tone: str
    lines: list[tuple[Any, Any]]
    known: list[tuple[Any, Any]]
    missing: Decimal
    quick: list[Decimal]
    is_open: bool

    @property
    def has_pledged(self) -> bool:
        """Whether the member stands by an amount."""
        return self.pledge.state == "pledged"


def invitation_page(pledge: Pledge, today: date) -> InvitationPage:
    """The page; a fixed number of queries."""
    request = pledge.request
    borrower = request.membership.member
    pledged = pledged_to(request)
    missing = max(ZERO, request.amount - pledged + (pledge.amount or ZERO))
    lines: list[tuple[Any, Any]] = [
        (_("用途"), request.get_purpose_display()),
        (_("具体做什么"), request.purpose_note),
        (_("一共要借"), _("%(amount)s 元") % {"amount": format_yuan_short(request.amount)}),
        (_("还差"), _("%(amount)s 元") % {"amount": format_yuan_short(missing)}),
        (_("期限"), term_text(request, today)),
        (_("怎么还"), request.get_method_display()),
        (_("利率"), rate_text(request.rate) if request.rate is not None else ""),
        (_("哪天要用"), format_day(request.wanted_on, today)),
        (_("钱转给"), request.payee_name or _("借款人本人")),
        (_("请在这天以前回话"), format_day(request.expires_on, today)),
    ]
    return InvitationPage(
        pledge=pledge,
        borrower=mask_name(borrower.name),
        tone=PLEDGE_TONES[pledge.state],
        lines=[(label, value) for label, value in lines if value],
        known=_known(pledge, today),
        missing=missing,
        quick=quick_amounts(min(missing, pledge.spare_money.amount)),
        is_open=pledge.state in ("invited", "pledged")
        and request.state in ("convening", "covered"),
    )


def _known(pledge: Pledge, today: date) -> list[tuple[Any, Any]]:
    lender, borrower = pledge.membership.member, pledge.request.membership.member
    dealings = overview.dealings_between(lender, borrower)
    limits = limits_of(pledge.request.membership.union.path, today)
    out = overview.lent_out_of(lender)
    together = _("没有借过您的钱")
    if dealings.together:
        together = _("借过您 %(count)s 笔，还清 %(settled)s 笔") % {
            "count": dealings.together,
            "settled": dealings.together_settled,
        }
    owed = _("没有")
    if dealings.outstanding:
        owed = _("%(amount)s 元，%(lenders)s 位出借人") % {
            "amount": format_yuan_short(dealings.outstanding),
            "lenders": dealings.lenders,
        }
    village = borrower.division.short_name if borrower.division else ""
    known: list[tuple[Any, Any]] = [
        (_("住在"), village),
        (_("和您"), together),
        (_("以前还清的借款"), _("%(count)s 笔") % {"count": dealings.settled}),
        (_("现在没还的"), owed),
        (_("现在有没有逾期"), _("有") if dealings.is_overdue else _("没有")),
        (
            _("您自己已借出"),
            _("%(out)s 元，上限 %(stop)s 元")
            % {
                "out": format_yuan_short(out),
                "stop": format_yuan_short(limits.lender_out.stop),
            },
        ),
    ]
    return [(label, value) for label, value in known if value]


def quick_amounts(most: Decimal) -> list[Decimal]:
    """Round amounts to tap: a quarter, half and all of what fits, without doubles.

    >>> quick_amounts(Decimal(12000))
    [Decimal('3000'), Decimal('6000'), Decimal('12000')]
    """
    found = [(most * part / 4 // ROUND) * ROUND for part in (1, 2)] + [most]
    whole = [amount.normalize() if amount == amount.to_integral() else amount for amount in found]
    return [Decimal(f"{amount:f}") for amount in dict.fromkeys(whole) if amount > 0]


def pledge_quote(pledge: Pledge, amount: Decimal | None, today: date) -> list[tuple[Any, str]]:
    """What would come back of an amount; no rows while there is none, or it is too much."""
    request = pledge.request
    if amount is None or request.rate is None:
        return []
    quote = quote_of_part(terms_of_request(request, max(request.wanted_on, today)), amount)
    return return_rows(quote, request.rate, today)

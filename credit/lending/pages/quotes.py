"""What a loan would cost and what would come back: worked out by the engine, not stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.exact import ZERO
from core.formats import format_day, format_yuan, format_yuan_short
from credit.lending.pages.texts import percent
from credit.lending.rules import BadTerms, CustomDue, Method, Schedule, Terms, check, schedule
from credit.lending.rules.projection import share_terms

SHOWN_LINES = 12


@dataclass(frozen=True)
class Quote:
    """When how much is paid, and what it costs in all."""

    lines: list[tuple[date, Decimal]]
    principal: Decimal
    interest: Decimal

    @property
    def total(self) -> Decimal:
        """All together."""
        return self.principal + self.interest

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.lines[-1][0]


def terms_of(
    *,
    amount: Decimal,
    rate: Decimal,
    method: str,
    term_months: int | None,
    custom_due: Iterable[Mapping[str, Any]],
    starts_on: date,
) -> Terms | None:
    """The convention of a request, or None while it is incomplete or contradicts itself."""
    dues = tuple(
        CustomDue(date.fromisoformat(str(due["on"])), Decimal(str(due["principal"])))
        for due in custom_due
    )
    is_custom = method == Method.CUSTOM
    count = len(dues) if is_custom else term_months or 0
    try:
        terms = Terms.for_loan(
            principal=amount,
            disbursed_on=starts_on,
            annual_rate=rate,
            method=Method(method),
            instalments=count,
            custom_due=dues if is_custom else (),
        )
        check(terms)
    except (BadTerms, ValueError):
        return None
    return terms


def quote_of(terms: Terms | None) -> Quote | None:
    """The whole loan, if there are terms."""
    return None if terms is None else _quote(schedule(terms))


def quote_of_part(terms: Terms | None, amount: Decimal) -> Quote | None:
    """What would come back of a part of the loan, if there are terms and it is a part."""
    if terms is None or not ZERO < amount <= terms.principal:
        return None
    rate = terms.rate
    rest = terms.principal - amount
    own = share_terms(
        terms,
        amounts=[amount, rest] if rest else [amount],
        position=0,
        delivered_on=terms.disbursed_on,
        annual_rate=rate,
        overdue_rate=rate,
        cap_rate=rate,
    )
    lines = [(row.due_on, row.principal + row.interest) for row in own.rows]
    return Quote(
        [(on, sum_) for on, sum_ in lines if sum_],
        own.principal,
        sum((row.interest for row in own.rows), ZERO),
    )


def _quote(plan: Schedule) -> Quote:
    totals = plan.totals
    lines = [(row.due_on, row.total) for row in plan.instalments if row.total]
    return Quote(lines, totals.principal, totals.interest)


def cost_rows(quote: Quote | None, rate: Decimal, today: date) -> list[tuple[Any, str]]:
    """The rows of a live quote for who borrows; none without a quote."""
    if quote is None:
        return []
    return [
        (_("借款"), _yuan(quote.principal)),
        (_("年利率"), percent(rate)),
        *_dated(quote.lines, _("还"), today),
        (_("一共付利息"), _yuan(quote.interest)),
        (_("本金和利息一共还"), _yuan(quote.total)),
    ]


def return_rows(quote: Quote | None, rate: Decimal, today: date) -> list[tuple[Any, str]]:
    """The rows of a live quote for who lends; none without a quote."""
    if quote is None:
        return []
    return [
        (_("借出"), _yuan(quote.principal)),
        (_("年利率"), percent(rate)),
        *_dated(quote.lines, _("还给您"), today),
        (_("其中利息"), _yuan(quote.interest)),
        (_("按时还清一共还给您"), _yuan(quote.total)),
    ]


def cost_sentence(quote: Quote) -> str:
    """The total cost as one sentence."""
    if not quote.interest:
        return _("不付利息，还本金 %(principal)s 元。") % {
            "principal": format_yuan_short(quote.principal)
        }
    return _("一共付利息 %(interest)s 元，连本金还 %(total)s 元。") % {
        "interest": format_yuan_short(quote.interest),
        "total": format_yuan_short(quote.total),
    }


def _dated(lines: Sequence[tuple[date, Decimal]], verb: str, today: date) -> list[tuple[str, str]]:
    shown = [(f"{format_day(on, today)} {verb}", _yuan(sum_)) for on, sum_ in lines[:SHOWN_LINES]]
    if len(lines) > SHOWN_LINES:
        shown.append((_("以后各期见合同"), ""))
    return shown


def _yuan(amount: Decimal) -> str:
    return f"¥{format_yuan(amount)}"

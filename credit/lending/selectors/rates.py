"""The reference rate of a day and the ceiling that follows from it; a missing rate is an error."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.formats import format_day
from core.parameters import value_on
from credit.lending.models import LprRate
from credit.lending.parameters import RATE_MULTIPLE
from credit.lending.rules import publication


def lpr_row_on(day: date) -> LprRate:
    """The checked publication in force on a day.

    Raises:
        Refused: ``lpr_missing`` before the first one, or when another one has been due since:
            never a guess.
    """
    row = (
        LprRate.objects.filter(published_on__lte=day, checked_at__isnull=False)
        .order_by("-published_on")
        .first()
    )
    if row is None:
        raise _missing(day, publication.FIRST_PUBLICATION)
    due_on = publication.next_publication_day(row.published_on)
    if due_on <= day:
        raise _missing(day, due_on)
    return row


def lpr_on(day: date) -> Decimal:
    """The one-year loan prime rate of a day, as a fraction a year. Raises as ``lpr_row_on``."""
    return lpr_row_on(day).one_year_rate


def ceiling_on(day: date, scope: str) -> Decimal:
    """The highest lawful rate of a day, as a fraction a year: a multiple of the reference rate.

    Raises:
        Refused: ``lpr_missing`` or ``parameter_missing``.
    Source: 法释〔2020〕17号 art. 25.
    """
    return ceiling_of(lpr_on(day), value_on(RATE_MULTIPLE, day, scope=scope))


def ceiling_of(lpr: Decimal, multiple: Decimal) -> Decimal:
    """The ceiling of a rate, to the sixth decimal that a contract's rate has."""
    return (lpr * multiple).quantize(Decimal("0.000001"))


def lpr_due_on(today: date) -> date | None:
    """The publication day that has come and whose rate nobody has entered; None if all is there.

    A row that waits for its second officer counts as entered.
    """
    newest = LprRate.objects.order_by("-published_on").first()
    if newest is None:
        return publication.FIRST_PUBLICATION
    due_on = publication.next_publication_day(newest.published_on)
    return due_on if due_on <= today else None


def next_publication_day(today: date) -> date:
    """The next day on which a rate is published, today among them."""
    this = publication.publication_day(today.year, today.month)
    return this if this >= today else publication.next_publication_day(today)


def unconfirmed_rates() -> QuerySet[LprRate]:
    """Rows that wait for a second officer, oldest publication first."""
    return LprRate.objects.filter(checked_at__isnull=True).order_by("published_on")


def _missing(day: date, due_on: date) -> Refused:
    return Refused(
        "lpr_missing",
        _("还没有 %(day)s 适用的贷款市场报价利率：%(due)s 应公布的一期没有登记或没有复核。")
        % {"day": format_day(day), "due": format_day(due_on)},
        way_on=_("请工会先登记并复核，利率上限要按它算，不能估。"),
        day=day,
        due_on=due_on,
    )

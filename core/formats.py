"""How amounts, areas and dates are written for people: one function each, no clock, no float."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats, translation
from django.utils.translation import gettext as _

from core.dates import BUSINESS_ZONE

WEEKDAYS = "一二三四五六日"
MINUS = "−"


def exact(value: Decimal | int | str) -> Decimal:
    """The value as an exact decimal.

    Raises:
        TypeError: a float, which is never an amount here.
    """
    if isinstance(value, float):
        raise TypeError("amounts are never floats")
    return Decimal(value)


def format_yuan(value: Decimal | int | str) -> str:
    """Yuan with grouped thousands and two decimals, rounded half-up to the fen.

    >>> format_yuan(Decimal("1234.5")), format_yuan(Decimal("-0.5")), format_yuan(12000)
    ('1,234.50', '−0.50', '12,000.00')
    """
    amount = exact(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    sign = MINUS if amount < 0 else ""
    return f"{sign}{abs(amount):,.2f}"


def format_yuan_short(value: Decimal | int | str) -> str:
    """Yuan inside a sentence: without decimals when it is a whole number of yuan.

    >>> format_yuan_short(Decimal("5000.00")), format_yuan_short(Decimal("12.50"))
    ('5,000', '12.50')
    """
    return format_yuan(value).removesuffix(".00")


def format_number(value: Decimal | int | str) -> str:
    """A plain number with grouped thousands and no trailing zeros.

    >>> format_number(Decimal("1200.500")), format_number(Decimal("30.00"))
    ('1,200.5', '30')
    """
    text = f"{exact(value):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)


def format_mu(value: Decimal | int | str) -> str:
    """An area in mu (1 mu = 666.67 m²), e.g. ``12.5 亩``."""
    return _("%(area)s 亩") % {"area": format_number(value)}


def format_day(day: date, today: date | None = None) -> str:
    """A date with its weekday; the year is left out when it is the year of ``today``.

    >>> format_day(date(2026, 5, 20), date(2026, 1, 1)), format_day(date(2025, 5, 20))
    ('5月20日（周三）', '2025年5月20日（周二）')
    """
    day = _local(day).date() if isinstance(day, datetime) else day
    this_year = today is not None and today.year == day.year
    if not _chinese():
        return formats.date_format(day, "j M (D)" if this_year else "j M Y (D)")
    year = "" if this_year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def format_moment(moment: datetime, today: date | None = None) -> str:
    """A date and the time of day in Asia/Shanghai, e.g. ``5月20日（周二） 14:05``."""
    local = _local(moment)
    return f"{format_day(local.date(), today)} {local:%H:%M}"


def _local(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(BUSINESS_ZONE)


def _chinese() -> bool:
    return (translation.get_language() or "zh").startswith("zh")

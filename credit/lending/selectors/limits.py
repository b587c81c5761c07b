"""Limits in force, what people have at stake against them, and the counters that pages show."""

from __future__ import annotations

from datetime import date

from core.parameters import values_on
from credit.lending import parameters
from credit.lending.rules.policy import Level, Limits


def limits_of(union_path: str, day: date) -> Limits:
    """The figures in force for a union on a day; one query.

    Raises:
        Refused: ``parameter_missing``.
    """
    levels = [code for name in parameters.LEVELS for code in _pair(name)]
    values = values_on([*levels, *_SINGLE.values()], day, scope=union_path)
    return Limits(
        **{name: Level(*(values[code] for code in _pair(name))) for name in parameters.LEVELS},
        **{
            name: values[code] if name in _EXACT else int(values[code])  # type: ignore[arg-type]
            for name, code in _SINGLE.items()
        },
    )


def _pair(measure: str) -> tuple[str, str]:
    return parameters.warn(measure), parameters.stop(measure)


_EXACT = frozenset({"rate_percent_warn", "rate_multiple", "convener_limit"})
_SINGLE = {
    "lender_loans_months": parameters.LENDER_LOANS_MONTHS,
    "rate_percent_warn": parameters.RATE_PERCENT_WARN,
    "rate_multiple": parameters.RATE_MULTIPLE,
    "convener_limit": parameters.CONVENER_LIMIT,
    "borrower_overdue_days": parameters.BORROWER_OVERDUE_DAYS,
    "request_days": parameters.REQUEST_DAYS,
    "sign_days": parameters.SIGN_DAYS,
    "deliver_days": parameters.DELIVER_DAYS,
}

"""``manage.py quote``: one JSON object in, a schedule out; every mistake told in one sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, Protocol, TextIO, TypeVar

from core.exact import FEN
from credit.lending.rules.amortise import schedule
from credit.lending.rules.check import check, check_amount
from credit.lending.rules.rounding import Mode, Rounding
from credit.lending.rules.running import Future, Payment, run
from credit.lending.rules.terms import (
    MONTHLY,
    BadTerms,
    CustomDue,
    DayCount,
    Disbursement,
    Every,
    Interest,
    Method,
    MonthEnd,
    Terms,
    Unit,
)

FIELDS = frozenset(
    {
        "principal", "annual_rate_percent", "period_rate_percent", "method", "interest",
        "instalments", "every", "disbursed_on", "disbursements", "schedule_from", "first_due_on",
        "day_count", "month_end", "principal_grace", "principal_percent", "down_payment_percent",
        "custom_due", "smooth", "rounding", "payments", "future", "as_of",
    }
)  # fmt: skip
MOST_PAYMENTS = 1000
LONGEST_INPUT = 4_000_000
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_Choice = TypeVar("_Choice", bound=StrEnum)


class Output(Protocol):
    """Where text goes."""

    def write(self, text: str, /) -> object:
        """Take some text."""


def main(given: TextIO, out: Output, problems: Output) -> int:
    """Answer what stands in ``given``: the exit code is 0, or 2 with one sentence in ``problems``."""
    try:
        result = quote(read(getattr(given, "buffer", given).read(LONGEST_INPUT + 1)))
    except BadTerms as refusal:
        problems.write(f"{refusal.message}\n")
        return 2
    out.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    return 0


def read(data: bytes | str) -> dict[str, Any]:
    """The one JSON object of the input.

    Raises:
        BadTerms: empty, too long, not text, not JSON, or not an object.
    """
    if len(data) > LONGEST_INPUT:
        _refuse("input_long", "The input is too long.")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse("input_encoding", "The input is not UTF-8 text.")
    if not text.strip():
        _refuse("input_empty", "Nothing was given: one JSON object is expected on standard input.")
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError):
        _refuse("input_json", "The input is not valid JSON.")
    if not isinstance(found, dict):
        _refuse("input_object", "The input must be one JSON object.")
    return found


def quote(given: Mapping[str, Any]) -> dict[str, Any]:
    """The schedule, its totals and, with ``as_of``, the pay-off.

    Raises:
        BadTerms: anything is wrong with the input.
    """
    terms = terms_of(given)
    if not {"payments", "future", "as_of"} & given.keys():
        return schedule(terms).to_json()
    future = _choice(given, "future", Future, Future.NEXT)
    as_of = _date_or_none(given, "as_of")
    payments = _payments(given, terms, as_of)
    found = run(terms, payments, future, as_of)
    answer = found.schedule.to_json()
    if as_of is not None:
        answer["payoff"] = found.payoff.to_json()
    if found.unallocated:
        answer["unallocated"] = f"{found.unallocated:.2f}"
    return answer


def terms_of(given: Mapping[str, Any]) -> Terms:
    """The terms in a quote's input, checked.

    Raises:
        BadTerms: a field is unknown, missing, of the wrong kind or contradicts another.
    """
    _only(given, FIELDS, "")
    method = _choice(given, "method", Method, None)
    custom_due = _custom_due(given)
    period_rate = _percent(given, "period_rate_percent")
    terms = Terms(
        disbursements=_disbursements(given),
        annual_rate=_percent(given, "annual_rate_percent"),
        period_rate=period_rate,
        method=method,
        interest=_choice(given, "interest", Interest, Interest.DECLINING),
        instalments=_instalments(given, method, custom_due),
        every=_every(given, method),
        schedule_from=_date_or_none(given, "schedule_from"),
        first_due_on=_date_or_none(given, "first_due_on"),
        day_count=_choice(
            given,
            "day_count",
            DayCount,
            DayCount.ACTUAL_365 if period_rate is None else DayCount.PER_PERIOD,
        ),
        month_end=_choice(given, "month_end", MonthEnd, MonthEnd.CLAMP),
        principal_grace=_integer(given, "principal_grace", 0),
        principal_percent=_number_or_none(given, "principal_percent"),
        down_payment_percent=_number_or_none(given, "down_payment_percent"),
        custom_due=custom_due,
        smooth=_boolean(given, "smooth"),
        rounding=_rounding(given),
    )
    check(terms)
    return terms


# Whole fields


def _disbursements(given: Mapping[str, Any]) -> tuple[Disbursement, ...]:
    principal = _number_or_none(given, "principal")
    on = _date_or_none(given, "disbursed_on")
    if "disbursements" not in given:
        if principal is None:
            _refuse("principal_missing", "The principal is missing.")
        if on is None:
            _refuse("disbursed_on_missing", "The date of disbursement (disbursed_on) is missing.")
        check_amount(principal, "principal")
        return (Disbursement(on, principal.quantize(FEN)),)
    found = []
    for part in _list(given, "disbursements"):
        _only(part, {"on", "amount"}, "disbursements")
        amount = _number(part, "amount")
        check_amount(amount, "disbursed amount")
        found.append(Disbursement(_date(part, "on"), amount.quantize(FEN)))
    total = sum((part.amount for part in found), Decimal(0))
    if principal is not None and principal != total:
        _refuse(
            "principal_differs",
            f"The principal is {principal}, but the disbursements add up to {total}.",
        )
    if on is not None and found and on != found[0].on:
        _refuse(
            "disbursed_on_differs",
            f"disbursed_on is {on}, but the first disbursement is on {found[0].on}.",
        )
    return tuple(found)


def _instalments(
    given: Mapping[str, Any], method: Method, custom_due: tuple[CustomDue, ...]
) -> int:
    if "instalments" not in given:
        if method == Method.CUSTOM:
            return len(custom_due)
        if method == Method.BULLET and "first_due_on" in given:
            return 1
        _refuse("instalments_missing", "The number of instalments is missing.")
    return _integer(given, "instalments", 1)


def _every(given: Mapping[str, Any], method: Method) -> Every:
    if "every" not in given:
        if method == Method.CUSTOM or (method == Method.BULLET and "first_due_on" in given):
            return MONTHLY
        _refuse(
            "every_missing",
            'The interval between instalments (every) is missing, such as {"months": 1}.',
        )
    every = given["every"]
    units = {unit.value for unit in Unit}
    if not isinstance(every, dict) or len(every) != 1 or not every.keys() <= units:
        _refuse(
            "every_shape",
            'every must be an object with one of days, weeks or months, such as {"months": 1}.',
        )
    ((unit, _n),) = every.items()
    return Every(Unit(unit), _integer(every, unit, 1))


def _custom_due(given: Mapping[str, Any]) -> tuple[CustomDue, ...]:
    found = []
    for part in _list(given, "custom_due"):
        _only(part, {"on", "principal"}, "custom_due")
        found.append(CustomDue(_date(part, "on"), _number(part, "principal")))
    return tuple(found)


def _rounding(given: Mapping[str, Any]) -> Rounding:
    rounding = given.get("rounding", {})
    if not isinstance(rounding, dict):
        _refuse("rounding_shape", "rounding must be an object with mode and to.")
    _only(rounding, {"mode", "to"}, "rounding")
    to = _number_or_none(rounding, "to")
    return Rounding(_choice(rounding, "mode", Mode, Mode.HALF_UP), FEN if to is None else to)


def _payments(given: Mapping[str, Any], terms: Terms, as_of: date | None) -> list[Payment]:
    found = []
    for part in _list(given, "payments"):
        _only(part, {"on", "amount"}, "payments")
        payment = Payment(_date(part, "on"), _number(part, "amount"))
        check_amount(payment.amount, "paid amount")
        if payment.on < terms.disbursed_on:
            _refuse(
                "payment_early",
                f"The payment on {payment.on} comes before the disbursement on {terms.disbursed_on}.",
            )
        if as_of is not None and payment.on > as_of:
            _refuse("payment_late", f"The payment on {payment.on} lies after as_of, {as_of}.")
        found.append(payment)
    if len(found) > MOST_PAYMENTS:
        _refuse("payments_many", f"There may be at most {MOST_PAYMENTS} payments.")
    if as_of is not None and as_of < terms.disbursed_on:
        _refuse(
            "as_of_early", f"as_of, {as_of}, comes before the disbursement on {terms.disbursed_on}."
        )
    return sorted(found, key=lambda payment: payment.on)


# Single values


def _refuse(code: str, message: str) -> NoReturn:
    raise BadTerms(code, message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        _refuse("field_twice", f"The field {twice} is given twice.")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _only(given: object, known: frozenset[str] | set[str], where: str) -> None:
    if not isinstance(given, dict):
        _refuse("object_expected", f"Each entry of {where} must be an object.")
    unknown = sorted(given.keys() - known)
    if unknown:
        inside = f" in {where}" if where else ""
        _refuse("field_unknown", f"The field {unknown[0]} is not known{inside}.")


def _list(given: Mapping[str, Any], name: str) -> list[Any]:
    found = given.get(name, [])
    if not isinstance(found, list):
        _refuse("list_expected", f"{name} must be a list.")
    return found


def _choice(
    given: Mapping[str, Any], name: str, choices: type[_Choice], default: _Choice | None
) -> _Choice:
    if name not in given and default is not None:
        return default
    values = ", ".join(choice.value for choice in choices)
    if name not in given:
        _refuse("choice_missing", f"{name} is missing; it must be one of {values}.")
    value = given[name]
    if not isinstance(value, str) or value not in set(choices):
        _refuse("choice_unknown", f"{name} must be one of {values}, not {_shown(value)}.")
    return choices(value)


def _optional(
    given: Mapping[str, Any], name: str, read_one: Callable[[Mapping[str, Any], str], Any]
) -> Any:
    return read_one(given, name) if name in given else None


def _number_or_none(given: Mapping[str, Any], name: str) -> Decimal | None:
    found: Decimal | None = _optional(given, name, _number)
    return found


def _date_or_none(given: Mapping[str, Any], name: str) -> date | None:
    found: date | None = _optional(given, name, _date)
    return found


def _percent(given: Mapping[str, Any], name: str) -> Decimal | None:
    percent = _number_or_none(given, name)
    return None if percent is None else percent.scaleb(-2)


def _number(given: Mapping[str, Any], name: str) -> Decimal:
    if name not in given:
        _refuse("field_missing", f"The field {name} is missing.")
    value = given[name]
    if not isinstance(value, str):
        _refuse(
            "number_as_text",
            f'{name} must be a decimal number written as text, such as "12.50", not {_shown(value)}.',
        )
    if not _NUMBER.fullmatch(value):
        _refuse("number_unreadable", f"{name} must be a plain decimal number, not {_shown(value)}.")
    return Decimal(value)


def _integer(given: Mapping[str, Any], name: str, default: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse("integer_expected", f"{name} must be a whole number, not {_shown(value)}.")
    return value


def _boolean(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        _refuse("boolean_expected", f"{name} must be true or false, not {_shown(value)}.")
    return value


def _date(given: Mapping[str, Any], name: str) -> date:
    if name not in given:
        _refuse("field_missing", f"The field {name} is missing.")
    value = given[name]
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    _refuse("date_unreadable", f"{name} must be a date such as 2026-01-31, not {_shown(value)}.")


def _shown(value: object) -> str:
    """A value as JSON, short enough for a sentence."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:37] + "..."

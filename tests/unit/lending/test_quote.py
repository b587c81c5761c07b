"""``manage.py quote``: what goes in, what comes out, and one sentence for every mistake."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from credit.lending.rules.quote import main, quote

PLAIN: dict[str, Any] = {
    "principal": "12000",
    "annual_rate_percent": "6",
    "method": "equal_principal",
    "instalments": 3,
    "every": {"months": 1},
    "disbursed_on": "2026-01-31",
}
HARVEST = [
    {"on": "2026-09-30", "principal": "5000.00"},
    {"on": "2026-11-15", "principal": "7000.00"},
]


def ask(data: bytes | str) -> tuple[int, str, str]:
    given = io.TextIOWrapper(io.BytesIO(data if isinstance(data, bytes) else data.encode()))
    out, problems = io.StringIO(), io.StringIO()
    return main(given, out, problems), out.getvalue(), problems.getvalue()


def asked(**changes: Any) -> dict[str, Any]:
    """A sound request with some fields changed; None takes one away."""
    return {name: value for name, value in (PLAIN | changes).items() if value is not None}


def problem(given: object) -> str:
    code, out, problems = ask(json.dumps(given))
    assert (code, out) == (2, "")
    assert problems.endswith(".\n")
    assert problems.count("\n") == 1
    return problems.strip()


def test_a_quote_has_rows_and_totals_and_no_more() -> None:
    code, out, problems = ask(json.dumps(PLAIN))
    assert (code, problems) == (0, "")
    assert json.loads(out) == {
        "instalments": [
            {
                "number": 1,
                "from_on": "2026-01-31",
                "due_on": "2026-02-28",
                "principal": "4000.00",
                "interest": "55.23",
                "total": "4055.23",
                "balance": "8000.00",
            },
            {
                "number": 2,
                "from_on": "2026-02-28",
                "due_on": "2026-03-31",
                "principal": "4000.00",
                "interest": "40.77",
                "total": "4040.77",
                "balance": "4000.00",
            },
            {
                "number": 3,
                "from_on": "2026-03-31",
                "due_on": "2026-04-30",
                "principal": "4000.00",
                "interest": "19.73",
                "total": "4019.73",
                "balance": "0.00",
            },
        ],
        "totals": {"principal": "12000.00", "interest": "115.73", "total": "12115.73"},
    }


def test_a_running_loan_says_what_pays_it_off() -> None:
    answer = quote(asked(payments=[{"on": "2026-02-28", "amount": "4055.23"}], as_of="2026-03-10"))
    assert answer["payoff"] == {
        "on": "2026-03-10",
        "principal": "8000.00",
        "interest": "13.15",
        "total": "8013.15",
    }


def test_more_than_is_owed_is_shown_apart() -> None:
    answer = quote(asked(payments=[{"on": "2026-02-10", "amount": "20000"}]))
    assert answer["totals"]["principal"] == "12000.00"
    assert answer["unallocated"] == "7980.27"
    assert "payoff" not in answer


def test_payments_may_come_in_any_order() -> None:
    parts = [{"on": "2026-02-28", "amount": "4055.23"}, {"on": "2026-02-10", "amount": "100"}]
    assert quote(asked(payments=parts)) == quote(asked(payments=parts[::-1]))


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        # 到期还本付息: one row, simple interest over the whole term.
        (
            asked(method="bullet", instalments=6),
            [("2026-07-31", "12000.00", "357.04")],
        ),
        (
            asked(method="bullet", instalments=None, every=None, first_due_on="2026-10-31"),
            [("2026-10-31", "12000.00", "538.52")],
        ),
        # 先息后本
        (
            asked(method="interest_only"),
            [
                ("2026-02-28", "0.00", "55.23"),
                ("2026-03-31", "0.00", "61.15"),
                ("2026-04-30", "12000.00", "59.18"),
            ],
        ),
        # Harvest dates set by hand.
        (
            asked(method="custom", instalments=None, every=None, custom_due=HARVEST),
            [("2026-09-30", "5000.00", "477.37"), ("2026-11-15", "7000.00", "52.93")],
        ),
        # A fixed percentage of the principal, the balloon at the end.
        (
            asked(method="percent_of_principal", principal_percent="10", day_count="30/360"),
            [
                ("2026-02-28", "1200.00", "60.00"),
                ("2026-03-31", "1200.00", "54.00"),
                ("2026-04-30", "9600.00", "48.00"),
            ],
        ),
        # Flat: 12 000 × 6 % × 89 / 365 over three rows, the residual on the last.
        (
            asked(interest="flat"),
            [
                ("2026-02-28", "4000.00", "58.52"),
                ("2026-03-31", "4000.00", "58.52"),
                ("2026-04-30", "4000.00", "58.52"),
            ],
        ),
        # A rate of the period: 1 % a month, whatever its days.
        (
            asked(annual_rate_percent=None, period_rate_percent="1"),
            [
                ("2026-02-28", "4000.00", "120.00"),
                ("2026-03-31", "4000.00", "80.00"),
                ("2026-04-30", "4000.00", "40.00"),
            ],
        ),
        # A first due day set by hand starts the count of days anew.
        (
            asked(first_due_on="2026-03-15"),
            [
                ("2026-03-15", "4000.00", "84.82"),
                ("2026-04-15", "4000.00", "40.77"),
                ("2026-05-15", "4000.00", "19.73"),
            ],
        ),
        # Unless it is the day the schedule would have had anyway: the 31st comes back.
        (
            asked(first_due_on="2026-02-28"),
            [
                ("2026-02-28", "4000.00", "55.23"),
                ("2026-03-31", "4000.00", "40.77"),
                ("2026-04-30", "4000.00", "19.73"),
            ],
        ),
        # Money that comes within the first period pays for the days it was owed.
        (
            asked(schedule_from="2026-01-01", instalments=2, disbursed_on="2026-01-17"),
            [("2026-02-01", "6000.00", "29.59"), ("2026-03-01", "6000.00", "27.62")],
        ),
        # A schedule that starts after the money came: interest runs from the money.
        (
            asked(schedule_from="2026-02-15", instalments=2),
            [("2026-03-15", "6000.00", "84.82"), ("2026-04-15", "6000.00", "30.58")],
        ),
        # Principal grace: interest only, then equal parts of the whole.
        (
            asked(principal_grace=1, day_count="30/360"),
            [
                ("2026-02-28", "0.00", "60.00"),
                ("2026-03-31", "6000.00", "60.00"),
                ("2026-04-30", "6000.00", "30.00"),
            ],
        ),
        # The residual of rounding falls on the last instalment.
        (
            asked(principal="100", annual_rate_percent="0"),
            [
                ("2026-02-28", "33.33", "0.00"),
                ("2026-03-31", "33.33", "0.00"),
                ("2026-04-30", "33.34", "0.00"),
            ],
        ),
    ],
)
def test_methods_and_options(given: dict[str, Any], rows: list[tuple[str, str, str]]) -> None:
    answer = quote(given)
    assert [
        (row["due_on"], row["principal"], row["interest"]) for row in answer["instalments"]
    ] == rows


@pytest.mark.parametrize(
    ("future", "rows"),
    [
        # 1 200 without interest in four parts, 160 more than due on the first day that falls due:
        # what the schedule asks for stays, only who is paid first differs.
        ("next", ["300.00", "300.00", "300.00", "300.00"]),
        ("last", ["300.00", "300.00", "300.00", "300.00"]),
        ("reamortise", ["300.00", "300.00", "300.00", "300.00"]),
    ],
)
def test_without_interest_money_in_advance_changes_no_row(future: str, rows: list[str]) -> None:
    given = asked(
        principal="1200",
        annual_rate_percent="0",
        method="equal_instalment",
        instalments=4,
        payments=[{"on": "2026-02-28", "amount": "460"}],
        future=future,
        as_of="2026-02-28",
    )
    answer = quote(given)
    assert [row["total"] for row in answer["instalments"]] == rows
    assert answer["payoff"]["total"] == "740.00"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "Nothing was given: one JSON object is expected on standard input."),
        (" \n", "Nothing was given: one JSON object is expected on standard input."),
        ("{", "The input is not valid JSON."),
        ('{"principal": NaN}', "The input is not valid JSON."),
        ("[]", "The input must be one JSON object."),
        ('"principal"', "The input must be one JSON object."),
        ('{"smooth": true, "smooth": true}', "The field smooth is given twice."),
        ("[" * 100_000, "The input is not valid JSON."),
        (b"\xff\xfe{}", "The input is not UTF-8 text."),
        (b" " * 4_000_001, "The input is too long."),
    ],
)
def test_what_is_not_one_json_object_is_refused(given: str | bytes, sentence: str) -> None:
    assert ask(given) == (2, "", f"{sentence}\n")


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"amount": "1"}, "The field amount is not known."),
        ({"principal": None}, "The principal is missing."),
        ({"principal": 12000}, "principal must be a decimal number written as text"),
        ({"principal": 12000.5}, "principal must be a decimal number written as text"),
        ({"principal": "12,000"}, 'must be a plain decimal number, not "12,000".'),
        ({"principal": "1e4"}, "must be a plain decimal number"),
        ({"principal": "0"}, "must be greater than 0"),
        ({"principal": "-1"}, "must be greater than 0, not -1."),
        ({"principal": "0.001"}, "must not be finer than 0.01"),
        ({"principal": "9999999999999"}, "is too large"),
        ({"disbursed_on": None}, "(disbursed_on) is missing"),
        ({"disbursed_on": "31.01.2026"}, "must be a date such as"),
        ({"disbursed_on": "2026-02-30"}, "must be a date such as"),
        ({"disbursed_on": 20260131}, "must be a date such as"),
        ({"disbursed_on": "9999-12-01"}, "too far in the future"),
        ({"annual_rate_percent": None}, "An interest rate is missing"),
        ({"annual_rate_percent": "-1"}, "must not be below 0"),
        ({"annual_rate_percent": "100000"}, "absurdly large"),
        ({"annual_rate_percent": 6}, "written as text"),
        ({"period_rate_percent": "1"}, "either an annual rate or a rate for each period, not both"),
        (
            {"annual_rate_percent": None, "period_rate_percent": "1", "day_count": "actual/365"},
            "needs the day count per_period",
        ),
        ({"method": None}, "method is missing; it must be one of equal_instalment"),
        ({"method": "annuity"}, 'not "annuity".'),
        ({"method": ["bullet"]}, "method must be one of"),
        ({"interest": "compound"}, "interest must be one of declining, flat"),
        ({"instalments": None}, "The number of instalments is missing."),
        ({"instalments": "3"}, 'instalments must be a whole number, not "3".'),
        ({"instalments": 3.5}, "must be a whole number"),
        ({"instalments": True}, "must be a whole number"),
        ({"instalments": 0}, "between 1 and 1200, not 0"),
        ({"instalments": 1201}, "between 1 and 1200, not 1201"),
        ({"every": None}, "(every) is missing"),
        ({"every": {"months": 1, "days": 1}}, "with one of days, weeks or months"),
        ({"every": {"years": 1}}, "with one of days, weeks or months"),
        ({"every": "monthly"}, "with one of days, weeks or months"),
        ({"every": {"months": 0}}, "between 1 and 3650, not 0"),
        ({"every": {"months": "1"}}, "months must be a whole number"),
        ({"day_count": "30/365"}, "day_count must be one of"),
        ({"month_end": "skip"}, "month_end must be one of clamp, roll"),
        ({"schedule_from": "2026-02-28", "first_due_on": "2026-02-10"}, "must come after"),
        ({"schedule_from": "2025-10-31"}, "which is not after the disbursement"),
        ({"first_due_on": "2026-01-31"}, "must come after the start of the schedule"),
        ({"principal_grace": 3}, "less than the 3 instalments, not 3"),
        ({"principal_grace": -1}, "at least 0"),
        ({"method": "bullet", "principal_grace": 1}, "makes no sense with the method bullet"),
        ({"principal_percent": "5"}, "belongs to the method percent_of_principal"),
        ({"method": "percent_of_principal"}, "belongs to the method percent_of_principal"),
        (
            {"method": "percent_of_principal", "principal_percent": "101"},
            "above 0 and at most 100, not 101",
        ),
        ({"down_payment_percent": "100"}, "at least 0 and below 100, not 100"),
        ({"custom_due": HARVEST}, "belong to the method custom"),
        ({"method": "custom", "instalments": None}, "The number of instalments must be"),
        ({"method": "custom", "custom_due": HARVEST}, "2 due dates set by hand but 3 instalments"),
        (
            {"method": "custom", "instalments": None, "custom_due": HARVEST[:1]},
            "adds up to 5000.00, but 12000.00 is owed",
        ),
        (
            {"method": "custom", "instalments": 2, "custom_due": HARVEST[::-1]},
            "must follow one another",
        ),
        (
            {"method": "custom", "instalments": 1, "custom_due": [{"on": "2026-09-30"}]},
            "The field principal is missing.",
        ),
        ({"method": "custom", "custom_due": ["2026-09-30"]}, "must be an object"),
        ({"custom_due": {}}, "custom_due must be a list"),
        ({"smooth": "yes"}, 'smooth must be true or false, not "yes".'),
        ({"smooth": True}, "Only equal instalments"),
        ({"rounding": "0.01"}, "rounding must be an object"),
        ({"rounding": {"mode": "up"}}, "mode must be one of half_up, half_even, ceiling"),
        ({"rounding": {"to": "0.001"}}, "multiple of 0.01, not 0.001"),
        ({"rounding": {"to": "0"}}, "multiple of 0.01, not 0"),
        ({"rounding": {"step": "1"}}, "The field step is not known in rounding."),
        ({"disbursements": [{"on": "2026-01-31", "amount": "1"}]}, "add up to 1.00"),
        (
            {"principal": None, "disbursed_on": None, "disbursements": []},
            "at least one disbursement",
        ),
        (
            {
                "principal": None,
                "disbursed_on": None,
                "disbursements": [
                    {"on": "2026-03-01", "amount": "1"},
                    {"on": "2026-01-31", "amount": "1"},
                ],
            },
            "in the order of their dates",
        ),
        (
            {
                "principal": None,
                "disbursements": [
                    {"on": "2026-01-31", "amount": "1"},
                    {"on": "2026-04-30", "amount": "1"},
                ],
            },
            "must come before the last due date 2026-04-30",
        ),
        (
            {"principal": None, "disbursements": [{"on": "2026-02-01", "amount": "1"}]},
            "disbursed_on is 2026-01-31, but the first disbursement is on 2026-02-01",
        ),
        ({"payments": [{"on": "2026-02-01", "amount": "0"}]}, "must be greater than 0"),
        ({"payments": [{"on": "2026-02-01", "amount": 5}]}, "written as text"),
        ({"payments": [{"on": "2026-01-30", "amount": "5"}]}, "comes before the disbursement"),
        (
            {"payments": [{"on": "2026-03-02", "amount": "5"}], "as_of": "2026-03-01"},
            "lies after as_of, 2026-03-01",
        ),
        ({"as_of": "2026-01-30"}, "comes before the disbursement"),
        ({"as_of": ""}, "must be a date such as"),
        ({"future": "spread"}, "future must be one of next, last, reamortise"),
    ],
)
def test_each_mistake_is_told_in_one_sentence(changes: dict[str, Any], part: str) -> None:
    assert part in problem(asked(**changes))


def test_a_long_value_is_shortened_in_the_sentence() -> None:
    assert len(problem(asked(method="x" * 500))) < 250

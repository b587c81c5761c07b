"""The legal ceiling: the worked examples of the interpretation, and the test at every prefix."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.lending.rules import (
    Change,
    Charge,
    DayCount,
    Disbursement,
    Interest,
    Method,
    Terms,
    bucket,
    cap_rate,
    check_ceiling,
    check_schedule,
    days_overdue,
    most_allowed,
    overdue_interest,
    overdue_rate,
    schedule,
    under_ceiling,
)
from credit.lending.rules.ceiling import principal_of, roll_over, supported

CAP = Decimal("0.12")
LPR = Decimal("0.03")
DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("lpr", "cap"),
    [("0.0310", "0.1240"), ("0.0300", "0.1200"), ("0.0335", "0.1340"), ("0.0385", "0.1540")],
)
def test_the_ceiling_is_four_times_the_rate(lpr: str, cap: str) -> None:
    """法释〔2020〕17号 Art. 25; the pairs are those of reference/rules.md."""
    assert cap_rate(Decimal(lpr)) == Decimal(cap)


def test_principal_is_what_was_delivered() -> None:
    """Art. 26: 500 taken off 10 000 in advance."""
    assert principal_of(Decimal(10_000), Decimal(500)) == Decimal(9_500)


@pytest.mark.parametrize(
    ("rate", "asked", "unsupported"),
    [("0.10", "12100.00", "0.00"), ("0.12", "12544.00", "144.00")],
)
def test_interest_on_interest_stays_within_the_whole_term(
    rate: str, asked: str, unsupported: str
) -> None:
    """Art. 27: twice a year on 10 000."""
    found = roll_over(Decimal(10_000), [Decimal(rate)] * 2, CAP)
    assert (found.asked, found.unsupported) == (Decimal(asked), Decimal(unsupported))


def test_overdue_interest_damages_and_fees_count_together() -> None:
    """Art. 29: 10 % overdue, 0.02 % a day and a fee of 300 on 10 000 for 100 days."""
    overdue = overdue_interest(Decimal(10_000), Decimal("0.10"), DAY, DAY + timedelta(days=100))
    damages = overdue_interest(Decimal(10_000), Decimal("0.073"), DAY, DAY + timedelta(days=100))
    assert (overdue, damages) == (Decimal("273.97"), Decimal("200.00"))
    parts = [overdue, damages, Decimal(300)]
    assert sum(parts) == Decimal("773.97")
    assert supported(Decimal(10_000), parts, CAP, 100) == Decimal("328.77")
    changes = [Change(DAY, Decimal(10_000))]
    until = DAY + timedelta(days=100)
    breach = check_ceiling(changes, [Charge(until, part) for part in parts], CAP)
    assert breach is not None
    assert (breach.on, breach.excess) == (until, Decimal("445.20"))
    assert check_ceiling(changes, [Charge(until, Decimal("328.77"))], CAP) is None


@pytest.mark.parametrize(
    ("agreed", "in_term", "rate"),
    [
        ("0.10", "0.08", "0.10"),  # as agreed
        ("0.18", "0.08", "0.12"),  # as agreed, but not above the ceiling
        (None, "0.08", "0.08"),  # nothing agreed for being late: the rate of the term
        (None, "0.00", "0.00"),  # lent without interest is a rate too
        (None, None, "0.03"),  # no rate agreed at all: the one-year LPR of that time
    ],
)
def test_the_rate_for_being_late(agreed: str | None, in_term: str | None, rate: str) -> None:
    """Art. 28."""
    found = overdue_rate(
        agreed=None if agreed is None else Decimal(agreed),
        in_term=None if in_term is None else Decimal(in_term),
        lpr=LPR,
        cap=CAP,
    )
    assert found == Decimal(rate)


@pytest.mark.parametrize(
    ("on", "days", "name"),
    [
        (date(2025, 1, 30), 0, "current"),
        (date(2025, 1, 31), 0, "current"),
        (date(2025, 2, 2), 2, "1-30"),
        (date(2025, 3, 2), 30, "1-30"),
        (date(2025, 3, 3), 31, "31-60"),
        (date(2025, 4, 5), 64, "61-90"),
        (date(2025, 5, 1), 90, "61-90"),
        (date(2025, 5, 2), 91, "over_90"),
        (date(2025, 7, 5), 155, "over_90"),
    ],
)
def test_days_past_due(on: date, days: int, name: str) -> None:
    """Due 31 January; 2, 64 and 155 days are figures of frappe/lending's tests."""
    assert days_overdue(date(2025, 1, 31), on) == days
    assert bucket(days) == name


def test_nothing_unpaid_is_not_late() -> None:
    assert days_overdue(None, DAY) == 0


def test_interest_asked_at_the_front_passes_the_ceiling() -> None:
    """A fee on the first day is above the ceiling though the year as a whole is not."""
    changes = [Change(DAY, Decimal(10_000))]
    charges = [Charge(DAY + timedelta(days=1), Decimal(300))]
    breach = check_ceiling(changes, charges, CAP)
    assert breach is not None
    assert breach.allowed == Decimal("3.29")
    assert check_ceiling(changes, [Charge(DAY + timedelta(days=365), Decimal(300))], CAP) is None


def test_flat_interest_on_instalments_shows_its_true_price() -> None:
    """8 % on the whole principal all along is above 12 % on what is really owed."""
    made = Terms.for_loan(
        principal=Decimal(12_000),
        disbursed_on=DAY,
        annual_rate=Decimal("0.08"),
        instalments=12,
        interest=Interest.FLAT,
    )
    breach = check_schedule(schedule(made), made.disbursements, CAP)
    assert breach is not None
    assert breach.on.year == 2026
    one = Terms.for_loan(
        principal=Decimal(12_000),
        disbursed_on=DAY,
        annual_rate=Decimal("0.12"),
        instalments=12,
        method=Method.INTEREST_ONLY,
    )
    assert check_schedule(schedule(one), one.disbursements, CAP) is None


loans = st.builds(
    lambda method, count, amount, rate: Terms.for_loan(
        principal=amount,
        disbursed_on=date(2024, 1, 31),
        annual_rate=rate,
        instalments=count,
        method=method,
        day_count=DayCount.ACTUAL_365,
    ),
    st.sampled_from([Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL, Method.INTEREST_ONLY]),
    st.integers(1, 18),
    st.decimals(Decimal(1), Decimal(100_000), places=2),
    st.decimals(Decimal(0), Decimal("0.30"), places=4),
)


@settings(deadline=None)
@given(loans)
def test_a_rate_within_the_ceiling_passes_and_one_above_fails(made: Terms) -> None:
    breach = check_schedule(schedule(made), made.disbursements, CAP)
    assert made.annual_rate is not None
    if made.annual_rate <= CAP:
        assert breach is None
    elif made.principal > 10_000 and made.annual_rate > Decimal("0.13"):
        assert breach is not None


@settings(deadline=None)
@given(loans)
def test_a_schedule_cut_to_the_ceiling_asks_for_no_fen_more(made: Terms) -> None:
    found = under_ceiling(schedule(made), made.disbursements, CAP)
    changes = [Change(part.on, part.amount) for part in made.disbursements]
    changes += [Change(row.due_on, -row.principal) for row in found.instalments]
    charges = [Charge(row.due_on, row.interest) for row in found.instalments]
    assert check_ceiling(changes, charges, CAP) is None
    assert all(
        row.total == row.principal + row.interest
        and row.interest + row.explained.cut == was.interest
        for row, was in zip(found.instalments, schedule(made).instalments, strict=True)
    )


def test_most_allowed_follows_what_is_owed_each_day() -> None:
    changes = [Change(DAY, Decimal(10_000)), Change(DAY + timedelta(days=50), Decimal(-5_000))]
    assert most_allowed(changes, CAP, DAY + timedelta(days=100)) == Decimal("246.58")
    assert most_allowed(changes, CAP, DAY) == 0


def test_disbursements_later_in_time_do_not_count_before() -> None:
    made = (Disbursement(DAY, Decimal(100)), Disbursement(DAY + timedelta(days=10), Decimal(100)))
    changes = [Change(part.on, part.amount) for part in made]
    assert most_allowed(changes, Decimal(1), DAY + timedelta(days=10)) == Decimal("2.74")

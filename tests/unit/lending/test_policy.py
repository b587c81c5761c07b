"""Limits, eligibility and the answers of a request, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.lending.rules import policy
from credit.lending.rules.asking import RequestAnswers, months_between, problem_of
from credit.lending.rules.eligibility import (
    Obstacle,
    Standing,
    obstacle_to_borrow,
    obstacle_to_lend,
)
from credit.lending.rules.policy import Exposure, Level, Limits, Measure, Severity
from credit.lending.rules.terms import CustomDue

TODAY = date(2026, 5, 20)
DAY = timedelta(days=1)


def level(warn, stop):
    return Level(Decimal(warn), Decimal(stop))


LIMITS = Limits(
    borrower_lenders=level(5, 10),
    borrower_outstanding=level(50_000, 100_000),
    borrower_union_percent=level(4, 5),
    lender_loans=level(6, 9),
    lender_out=level(150_000, 200_000),
    term_months=level(10, 12),
    extension_months=level(3, 6),
    union_total=level(3_000_000, 5_000_000),
    lender_loans_months=24,
    rate_percent_warn=Decimal(10),
    rate_multiple=Decimal(4),
    convener_limit=Decimal(20_000),
    basic_limit=Decimal(1_000),
    borrower_overdue_days=30,
    request_days=30,
    sign_days=7,
    deliver_days=7,
)
AMOUNTS = st.decimals(0, 300_000, places=2)
POSITIVE = st.decimals("0.01", 300_000, places=2)
EXPOSURES = st.builds(
    Exposure,
    borrowed=AMOUNTS,
    lenders=st.frozensets(st.integers(1, 30), max_size=14),
    lent=AMOUNTS,
    loans=st.integers(0, 14),
    credit_limit=st.none() | AMOUNTS,
    is_vetoed=st.booleans(),
)


def verdicts(findings):
    return {finding.measure: finding.severity for finding in findings}


@pytest.mark.parametrize(
    ("value", "severity"),
    [("5", "fine"), ("5.01", "warn"), ("10", "warn"), ("10.01", "stop")],
)
def test_up_to_a_level_is_fine_and_beyond_it_is_not(value, severity):
    assert level(5, 10).severity(Decimal(value)).value == severity


@pytest.mark.parametrize(
    ("before", "amount", "severity"),
    [
        ("40000", "10000", None),
        ("40000", "10000.01", Severity.WARN),
        ("40000", "60000", Severity.WARN),
        ("40000", "60000.01", Severity.STOP),
    ],
)
def test_a_borrower_s_outstanding(before, amount, severity):
    found = policy.check_borrower(LIMITS, Exposure(borrowed=Decimal(before)), Decimal(amount))
    assert verdicts(found).get(Measure.BORROWER_OUTSTANDING) == severity


@pytest.mark.parametrize(
    ("limit", "amount", "expected"),
    [
        ("30000", "20000", {}),
        ("30000", "20000.01", {Measure.BORROWER_CREDIT: Severity.STOP}),
        ("0", "10000", {}),
        ("0", "10000.01", {Measure.BORROWER_CREDIT: Severity.STOP}),
        (None, "10000", {}),
        (None, "10000.01", {Measure.BORROWER_UNSCORED: Severity.STOP}),
    ],
)
def test_a_score_s_limit_holds_for_all_that_is_owed(limit, amount, expected):
    limits = replace(LIMITS, basic_limit=Decimal(20_000))
    credit = None if limit is None else Decimal(limit)
    exposure = Exposure(borrowed=Decimal(10_000), credit_limit=credit)
    assert verdicts(policy.check_borrower(limits, exposure, Decimal(amount))) == expected


def test_a_veto_leaves_nothing_to_borrow():
    limits = replace(LIMITS, basic_limit=Decimal(20_000))
    exposure = Exposure(credit_limit=Decimal(0), is_vetoed=True)
    found = verdicts(policy.check_borrower(limits, exposure, Decimal("0.01")))
    assert found == {Measure.BORROWER_CREDIT: Severity.STOP}
    assert policy.room_of_borrower(limits, exposure, Decimal(0)) == 0


@given(EXPOSURES, POSITIVE)
def test_nobody_fares_worse_for_being_scored(exposure, amount):
    scored = replace(exposure, is_vetoed=False)
    without = replace(scored, credit_limit=None)
    assert policy.room_of_borrower(LIMITS, scored, amount) >= policy.room_of_borrower(
        LIMITS, without, amount
    )


@pytest.mark.parametrize(("limit", "room"), [("30000", 20_000), ("5000", 10_000), (None, 10_000)])
def test_the_room_of_a_borrower_ends_at_the_score_s_limit(limit, room):
    limits = replace(LIMITS, basic_limit=Decimal(20_000))
    credit = None if limit is None else Decimal(limit)
    exposure = Exposure(borrowed=Decimal(10_000), credit_limit=credit)
    assert policy.room_of_borrower(limits, exposure, Decimal(0)) == room


@pytest.mark.parametrize(("more", "severity"), [(4, Severity.WARN), (5, Severity.STOP)])
def test_a_lender_who_lends_again_counts_once(more, severity):
    exposure = Exposure(lenders=frozenset(range(6)))
    again = [0, *range(6, 6 + more)]
    found = policy.check_borrower(LIMITS, exposure, Decimal(1), again)
    assert verdicts(found)[Measure.BORROWER_LENDERS] is severity


@pytest.mark.parametrize(("loans", "severity"), [(5, None), (6, "warn"), (8, "warn"), (9, "stop")])
def test_the_tenth_loan_of_a_lender_stops(loans, severity):
    found = verdicts(policy.check_lender(LIMITS, Exposure(loans=loans), Decimal(1)))
    assert found.get(Measure.LENDER_LOANS) == severity


@pytest.mark.parametrize(
    ("rate", "severity"),
    [("0.10", None), ("0.100001", "warn"), ("0.12", "warn"), ("0.120001", "stop")],
)
def test_a_rate_against_the_ceiling(rate, severity):
    found = verdicts(policy.check_rate(LIMITS, Decimal(rate), Decimal("0.12")))
    assert found.get(Measure.RATE_PERCENT) == severity


def test_a_ceiling_below_the_warning_leaves_no_room_to_warn():
    (finding,) = policy.check_rate(LIMITS, Decimal("0.09"), Decimal("0.08"))
    assert (finding.severity, finding.level) == (Severity.STOP, Decimal("8.00"))


@pytest.mark.parametrize(
    ("months", "severity"), [(10, None), (11, "warn"), (12, "warn"), (13, "stop")]
)
def test_a_term(months, severity):
    found = verdicts(policy.check_term(LIMITS, months))
    assert found.get(Measure.TERM_MONTHS) == severity


@given(EXPOSURES, POSITIVE, POSITIVE)
def test_more_is_never_milder(exposure, amount, more):
    """Monotony: who is stopped at an amount is stopped at any greater one."""
    order = [Severity.FINE, Severity.WARN, Severity.STOP]
    for check in (policy.check_borrower, policy.check_lender):
        less = verdicts(check(LIMITS, exposure, amount))
        greater = verdicts(check(LIMITS, exposure, amount + more))
        for measure, severity in less.items():
            assert order.index(greater[measure]) >= order.index(severity)


@given(EXPOSURES, POSITIVE)
def test_a_finding_says_what_is_passed(exposure, amount):
    found = [
        *policy.check_borrower(LIMITS, exposure, amount),
        *policy.check_lender(LIMITS, exposure, amount),
        *policy.check_union(LIMITS, exposure.lent, amount),
    ]
    for finding in found:
        assert finding.value > finding.level
        assert finding.value >= finding.before
        credit, credit_level = policy.credit_level(LIMITS, exposure)
        known = credit_level if finding.measure is credit else LIMITS.level(finding.measure)
        assert finding.level == (known.stop if finding.stops else known.warn)


@given(EXPOSURES, AMOUNTS)
def test_the_room_of_a_borrower_is_all_that_passes(exposure, total):
    """To the fen: the room itself stops nothing, a fen more does."""
    room = policy.room_of_borrower(LIMITS, exposure, total)
    assert room >= 0

    def stopped(amount):
        found = [
            *policy.check_borrower(LIMITS, exposure, amount),
            *policy.check_union(LIMITS, total, amount),
        ]
        return any(f.stops for f in found if f.measure is not Measure.BORROWER_LENDERS)

    assert not room or not stopped(room)
    assert stopped(room + Decimal("0.01"))


@given(EXPOSURES)
def test_the_room_of_a_lender_is_all_that_passes(exposure):
    room = policy.room_of_lender(LIMITS, exposure)
    assert room >= 0

    def stopped(amount):
        return any(finding.stops for finding in policy.check_lender(LIMITS, exposure, amount))

    assert not room or not stopped(room)
    assert stopped(room + Decimal("0.01"))


# eligibility

GOOD = Standing(is_admitted=True, waiting_ends_on=TODAY)


@pytest.mark.parametrize(
    ("standing", "obstacle"),
    [
        (GOOD, None),
        (replace(GOOD, is_erased=True), Obstacle.ERASED),
        (replace(GOOD, is_admitted=False), Obstacle.NOT_ADMITTED),
        (replace(GOOD, waiting_ends_on=None), Obstacle.NOT_ADMITTED),
        (replace(GOOD, waiting_ends_on=TODAY + DAY), Obstacle.WAITING),
        (replace(GOOD, comes_of_age_on=TODAY + DAY), Obstacle.UNDER_AGE),
        (replace(GOOD, comes_of_age_on=TODAY), None),
    ],
)
def test_who_may_borrow_and_lend(standing, obstacle):
    """I9."""
    assert obstacle_to_borrow(standing, TODAY, 30) is obstacle
    assert obstacle_to_lend(standing, TODAY) is obstacle


@pytest.mark.parametrize(
    ("days", "borrows", "lends"),
    [(0, True, True), (1, True, False), (30, True, False), (31, False, False)],
)
def test_arrears(days, borrows, lends):
    standing = replace(GOOD, overdue_days=days)
    assert (obstacle_to_borrow(standing, TODAY, 30) is None) == borrows
    assert (obstacle_to_lend(standing, TODAY) is None) == lends


@given(
    st.builds(
        Standing,
        is_admitted=st.booleans(),
        waiting_ends_on=st.none() | st.dates(TODAY - 9 * DAY, TODAY + 9 * DAY),
        comes_of_age_on=st.none() | st.dates(TODAY - 9 * DAY, TODAY + 9 * DAY),
        overdue_days=st.integers(0, 60),
        is_erased=st.booleans(),
    )
)
def test_who_may_lend_may_borrow(standing):
    if obstacle_to_lend(standing, TODAY) is None:
        assert obstacle_to_borrow(standing, TODAY, 30) is None


# answers


def answered(**change):
    values = {
        "purpose": "seed",
        "amount": Decimal("100.00"),
        "method": "bullet",
        "highest_rate": Decimal(0),
        "wanted_on": TODAY,
        "account_holder": "王秋实",
        "account_bank": "农业银行",
        "account_number": "6228480402564890018",
        "term_months": 1,
        "own_use": True,
    }
    return RequestAnswers(**(values | change))


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(1, 700))
def test_a_term_covers_its_last_day(start, days):
    end = start + timedelta(days=days)
    months = months_between(start, end)
    assert months >= 1
    assert months_between(start, end + DAY) >= months
    assert abs(months - days / 30.44) < 2


@given(st.lists(st.decimals("0.01", 1000, places=2), min_size=1, max_size=5))
def test_harvest_parts_must_sum_to_the_whole(parts):
    dues = tuple(
        CustomDue(TODAY + timedelta(days=30 * (place + 1)), part)
        for place, part in enumerate(parts)
    )
    whole = answered(method="custom", amount=sum(parts), custom_due=dues)
    assert problem_of(whole, TODAY, TODAY) is None
    more = replace(whole, amount=whole.amount + Decimal("0.01"))
    assert problem_of(more, TODAY, TODAY) == "due_sum"


def test_harvest_days_go_forward():
    dues = (CustomDue(TODAY + DAY, Decimal(50)), CustomDue(TODAY + DAY, Decimal(50)))
    assert problem_of(answered(method="custom", custom_due=dues), TODAY, TODAY) == "due_days"
    assert problem_of(answered(custom_due=dues), TODAY, TODAY) == "due_days"
    first = (CustomDue(TODAY, Decimal(100)),)
    assert problem_of(answered(method="custom", custom_due=first), TODAY, TODAY) == "due_days"

"""What holds of every schedule, whatever its terms."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from credit.lending.rules import (
    CustomDue,
    DayCount,
    Disbursement,
    Every,
    Interest,
    Method,
    Mode,
    MonthEnd,
    Rounding,
    Terms,
    Unit,
    check,
    schedule,
)
from credit.lending.rules.running import Future, Payment, run

ZERO = Decimal(0)
engine = settings(max_examples=50, deadline=None)
FEN = Decimal("0.01")
days = st.dates(date(2019, 1, 1), date(2031, 12, 31))
amounts = st.decimals(Decimal("1.00"), Decimal(200_000), places=2)
rates = st.decimals(Decimal(0), Decimal("0.36"), places=4)
intervals = st.builds(Every, st.sampled_from(Unit), st.integers(1, 14))


@st.composite
def terms(draw: st.DrawFn, **fixed: Any) -> Terms:
    """Any sound terms: every method, day count, calendar, delivery in parts, grace, percentage."""
    on = draw(days)
    method = draw(st.sampled_from(Method))
    count = draw(st.integers(1, 14))
    first = Disbursement(on, draw(amounts))
    options: dict[str, Any] = {
        "disbursements": (first,),
        "annual_rate": draw(rates),
        "method": method,
        "instalments": count,
        "every": draw(intervals),
        "day_count": draw(st.sampled_from(DayCount)),
        "month_end": draw(st.sampled_from(MonthEnd)),
        "interest": draw(st.sampled_from(Interest)),
        "rounding": Rounding(
            draw(st.sampled_from(Mode)),
            draw(st.sampled_from([FEN, Decimal("0.10"), Decimal(1), Decimal(100)])),
        ),
    }
    if method == Method.CUSTOM:
        gaps = draw(st.lists(st.integers(1, 90), min_size=count, max_size=count))
        parts = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
        whole = max(sum(parts), 1)
        shares = [(first.amount * part / whole).quantize(FEN) for part in parts]
        shares[-1] += first.amount - sum(shares, ZERO)
        if shares[-1] < 0:
            shares = [ZERO] * (count - 1) + [first.amount]
        due, when = [], on
        for gap, share in zip(gaps, shares, strict=True):
            when += timedelta(days=gap)
            due.append(CustomDue(when, share))
        options["custom_due"] = tuple(due)
    elif draw(st.booleans()):
        options["down_payment_percent"] = draw(st.decimals(Decimal(0), Decimal(90), places=1))
    if method == Method.PERCENT_OF_PRINCIPAL:
        options["principal_percent"] = draw(st.decimals(Decimal("0.5"), Decimal(100), places=1))
    if method in (Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL):
        options["principal_grace"] = draw(st.integers(0, count - 1))
    if method == Method.EQUAL_INSTALMENT and options["interest"] == Interest.DECLINING:
        options["smooth"] = draw(st.booleans())
    if method != Method.CUSTOM and draw(st.booleans()):
        whole_term = replace(Terms(**options), method=Method.EQUAL_PRINCIPAL)
        length = (
            schedule(replace(whole_term, down_payment_percent=None)).instalments[-1].due_on - on
        ).days
        later = on + timedelta(days=draw(st.integers(0, max(length - 1, 0))))
        options["disbursements"] = (first, Disbursement(later, draw(amounts)))
    made = Terms(**options | fixed)
    check(made)
    return made


@engine
@given(terms())
def test_principal_is_what_was_delivered_and_nothing_is_left(made: Terms) -> None:
    rows = schedule(made).instalments
    assert sum((row.principal for row in rows), ZERO) == made.principal
    assert rows[-1].balance == 0


@engine
@given(terms())
def test_rows_are_sums_of_their_parts_and_never_negative(made: Terms) -> None:
    found = schedule(made)
    for row in found.instalments:
        assert row.total == row.principal + row.interest
        assert row.principal >= 0
        assert row.interest >= 0
        assert row.balance >= 0
        assert row.principal == row.principal.quantize(FEN)
        assert row.interest == row.interest.quantize(FEN)
    totals = found.totals
    assert totals.total == totals.principal + totals.interest


@engine
@given(terms())
def test_rows_are_numbered_and_follow_one_another(made: Terms) -> None:
    rows = schedule(made).instalments
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    assert all(row.from_on <= row.due_on for row in rows)


@engine
@given(terms(), rates)
def test_a_higher_rate_never_costs_less(made: Terms, more: Decimal) -> None:
    made = replace(made, smooth=False, rounding=Rounding())
    assert made.annual_rate is not None
    dearer = replace(made, annual_rate=made.annual_rate + more)
    cheap, dear = schedule(made), schedule(dearer)
    slack = FEN * len(cheap.instalments)  # each line is rounded on its own
    assert dear.totals.interest >= cheap.totals.interest - slack


@engine
@given(terms())
def test_terms_survive_a_contract(made: Terms) -> None:
    kept = json.loads(json.dumps(made.to_json()))
    assert Terms.from_json(kept) == made
    assert schedule(Terms.from_json(kept)) == schedule(made)


@engine
@given(terms())
def test_every_row_can_be_computed_again_from_what_it_explains(made: Terms) -> None:
    for row in schedule(made).instalments:
        told = row.explained
        if told.formula == "balance":
            again = sum(
                (
                    span.balance * told.rate * span.numerator / span.denominator
                    for span in told.spans
                ),
                ZERO,
            )
            assert abs(again - told.unrounded) < Decimal("1e-12")
            assert row.from_on == told.spans[0].from_on
            assert row.due_on == told.spans[-1].to_on
        if told.formula == "balance" and not told.carried and row.total != told.regular:
            assert row.interest == told.rounding(told.unrounded)


@engine
@given(terms())
def test_a_loan_without_payments_keeps_its_schedule(made: Terms) -> None:
    plain = schedule(made)
    found = run(replace(made, down_payment_percent=None), (), Future.NEXT, made.disbursed_on)
    assert found.payoff.principal == sum(
        (part.amount for part in made.disbursements if part.on == made.disbursed_on), ZERO
    )
    if not made.down_payment_percent:
        keys = ("number", "from_on", "due_on", "principal", "interest", "total", "balance")
        for was, now in zip(plain.instalments, found.schedule.instalments, strict=True):
            assert [getattr(was, key) for key in keys] == [getattr(now, key) for key in keys]


@engine
@given(
    terms(),
    st.lists(st.tuples(st.integers(0, 500), amounts), max_size=5),
    st.sampled_from(Future),
    st.integers(0, 60),
)
def test_payments_lose_nothing_and_add_nothing(
    made: Terms, moves: list[tuple[int, Decimal]], future: Future, wait: int
) -> None:
    payments = [
        Payment(made.disbursed_on + timedelta(days=after), amount)
        for after, amount in sorted(moves)
    ]
    last = payments[-1].on if payments else made.disbursed_on
    found = run(made, payments, future, last + timedelta(days=wait))
    rows = found.schedule.instalments
    assert sum((row.principal for row in rows), ZERO) == made.principal
    assert rows[-1].balance == 0
    assert all(row.principal >= 0 and row.interest >= 0 for row in rows)
    assert 0 <= found.unallocated <= sum((payment.amount for payment in payments), ZERO)
    assert found.payoff.principal >= 0
    assert found.payoff.interest >= 0


@engine
@given(terms(), st.integers(1, 400), st.sampled_from(Future))
def test_paying_the_payoff_settles_the_loan(made: Terms, after: int, future: Future) -> None:
    on = made.disbursed_on + timedelta(days=after)
    made = replace(made, disbursements=made.disbursements[:1], custom_due=made.custom_due)
    if made.custom_due and made.disbursements[0].amount != sum(
        (due.principal for due in made.custom_due), ZERO
    ):
        return
    owed = run(made, (), future, on).payoff
    if not owed.total:
        return
    found = run(made, [Payment(on, owed.total)], future, on)
    assert found.payoff.total == 0
    assert found.unallocated == 0
    assert sum((row.total for row in found.schedule.instalments), ZERO) == owed.total

"""The close of a business date: once, in pieces, in any order, for one date or for sixty (I15)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperative.membership.desk import last_jobs
from core.errors import Busy, Refused
from core.jobs import kinds, progress_of, run_job_now, start_job
from core.jobs.running import plan_job, run_chunk
from core.models import JobChunk, JobFailure, JobRun
from credit.lending.models import Loan, NightMark, Share, UnionDay
from credit.lending.rules.overdue import bucket
from credit.lending.selectors.nights import (
    CLOSE,
    UNION_DAYS,
    last_close,
    night_state,
    overdue_by_bucket,
)
from credit.lending.services.nightly import close_day, closing
from credit.lending.services.nightly.steps import STEPS, bucket_sql, next_step_sql
from credit.lending.services.projecting import BUCKETS, stored_equals_replay
from tests.factories.membership import officer
from tests.factories.nights import (
    as_before,
    close,
    marks,
    morning_after,
    shares_due,
    standings,
)
from tests.factories.running import Parties, paid, running_loan

pytestmark = pytest.mark.django_db
DUE = date(2026, 5, 20)


def days(n: int) -> timedelta:
    return timedelta(days=n)


def asked(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


# The rule, twice


def test_sql_and_python_put_every_number_of_days_into_the_same_bucket():
    rows = asked(f"SELECT n, {bucket_sql('n')} FROM generate_series(-400, 4000) n ORDER BY n")
    assert rows == [(n, BUCKETS[bucket(n)].value) for n in range(-400, 4001)]


def test_sql_goes_deeper_on_the_day_python_does():
    for place in Share.Bucket.values:
        ((deeper,),) = asked(f"SELECT {next_step_sql('x')} FROM (VALUES (%s)) v (x)", place)
        last = max(n for n in range(500) if BUCKETS[bucket(n)].value == place)
        assert deeper == (None if last == 499 else last + 1)


# One date


def test_a_night_marks_what_happened_and_leaves_the_healthy_alone():
    due, late, later, healthy = shares_due([DUE, DUE - days(1), DUE - days(31), DUE + days(1)])
    close(DUE - days(1))
    NightMark.objects.all().delete()
    before = Share.objects.get(pk=healthy.pk)
    run = close(DUE)
    assert (run.state, run.parameters["after"]) == ("done", "2026-05-19")
    assert marks() == [
        (due.pk, DUE, "due", Decimal("1000.00"), "current"),
        (late.pk, DUE, "overdue", Decimal("1000.00"), "days_1_30"),
        (later.pk, DUE, "bucket", Decimal("1000.00"), "days_31_60"),
    ]
    assert standings() == [
        (due.pk, DUE, None, "current"),
        (late.pk, DUE - days(1), DUE - days(1), "days_1_30"),
        (later.pk, DUE - days(31), DUE - days(31), "days_31_60"),
        (healthy.pk, DUE + days(1), None, "current"),
    ]
    after = Share.objects.get(pk=healthy.pk)
    assert {f.attname: getattr(after, f.attname) for f in Share._meta.concrete_fields} == {
        f.attname: getattr(before, f.attname) for f in Share._meta.concrete_fields
    }


@pytest.mark.parametrize(
    ("due_on", "steps"),
    [
        # month ends
        (date(2026, 1, 31), ["2026-01-31", "2026-02-01", "2026-03-03", "2026-04-02", "2026-05-02"]),
        # the year end, and 29 February after it
        (
            date(2027, 12, 31),
            ["2027-12-31", "2028-01-01", "2028-01-31", "2028-03-01", "2028-03-31"],
        ),
        # the leap day itself
        (date(2028, 2, 29), ["2028-02-29", "2028-03-01", "2028-03-31", "2028-04-30", "2028-05-30"]),
    ],
)
def test_steps_fall_on_the_right_dates(due_on: date, steps: list[str]):
    shares_due([due_on])
    close(due_on + days(120))
    assert [on.isoformat() for _share, on, *_rest in marks()] == steps
    assert [row[4] for row in marks()] == [step.bucket for step in STEPS]


def test_the_same_date_again_is_refused_and_changes_nothing():
    shares_due([DUE, DUE - days(1)])
    close(DUE)
    before = (marks(), standings(), list(UnionDay.objects.order_by("pk").values()))
    for day in (DUE, DUE - days(1)):
        with pytest.raises(Refused) as refused:
            close_day(on=day, at=morning_after(DUE))
        assert refused.value.code == "day_closed"
    assert (marks(), standings(), list(UnionDay.objects.order_by("pk").values())) == before
    assert JobRun.objects.filter(kind=CLOSE).count() == 1


def test_a_day_that_is_not_over_is_refused():
    for day in (DUE, DUE + days(1)):
        with pytest.raises(Refused) as refused:
            close_day(on=day, at=morning_after(DUE - days(1)))
        assert refused.value.code == "day_not_over"
    assert not JobRun.objects.exists()


def test_a_bucket_that_was_projected_later_is_not_made_milder():
    """A payment on a later day has put the share where it is on that day; marks come all the same."""
    (share,) = shares_due([DUE - days(30)])
    Share.objects.update(overdue_since=share.next_due_on, bucket="days_31_60")
    close(DUE)
    assert standings() == [(share.pk, DUE - days(30), DUE - days(30), "days_31_60")]
    assert [row[2] for row in marks()] == ["due", "overdue"]


def test_shares_that_are_not_running_are_left_alone():
    (share,) = shares_due([DUE])
    Share.objects.update(state="written_off", written_off=share.amount, principal_outstanding=0)
    close(DUE + days(40))
    assert marks() == []
    assert standings() == [(share.pk, DUE, None, "current")]


# Many dates, pieces, order


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_catching_up_gives_what_day_by_day_gives(data: st.DataObject, book: list[Share]):
    """Any dates, 1 to 60 days missed, chunks of any size done in any order."""
    as_before(book)
    for share in book:
        share.next_due_on = DUE + days(data.draw(st.integers(-100, 70)))
    as_before(book)
    start, missed = DUE + days(data.draw(st.integers(-3, 3))), data.draw(st.integers(1, 60))
    close(start)
    for n in range(missed):
        night(start + days(n), start + days(n + 1))
    daily = (marks(), standings())
    as_before(book)
    close(start)
    chunk, seed = data.draw(st.integers(1, 12)), data.draw(st.integers(0, 99))
    close(start + days(missed), chunk=chunk, order=lambda run: in_any_order(run, seed))
    assert (marks(), standings()) == daily


def night(after: date, on: date) -> None:
    """A night's statements without the run around them."""
    figures = {"after": after.isoformat(), "on": on.isoformat(), "first": 0, "again": False}
    closing.do_shares(JobRun(parameters=figures), 0, 2**31)


@pytest.fixture
def book() -> list[Share]:
    return shares_due([DUE] * 10)


def in_any_order(run: JobRun, seed: int) -> None:
    plan_job(run.pk)
    chunks = list(JobChunk.objects.filter(run=run).order_by("pk").values_list("pk", flat=True))
    random.Random(seed).shuffle(chunks)
    for chunk in chunks:
        assert run_chunk(chunk)


def test_the_first_close_goes_back_to_the_first_delivery():
    (share,) = shares_due([DUE], delivered_on=date(2026, 5, 1))
    run = close(DUE + days(40))
    assert run.parameters["after"] == "2026-04-30"
    assert [(on, kind) for _pk, on, kind, *_rest in marks()] == [
        (DUE, "due"),
        (DUE + days(1), "overdue"),
        (DUE + days(31), "bucket"),
    ]
    assert standings() == [(share.pk, DUE, DUE, "days_31_60")]


# What goes wrong


def break_share(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION break_share() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.id = {pk} THEN RAISE 'broken'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER break_share BEFORE UPDATE ON lending_share"
            " FOR EACH ROW EXECUTE FUNCTION break_share();"
        )


def mend_share() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER break_share ON lending_share; DROP FUNCTION break_share()")


def test_a_share_that_fails_is_alone_told_and_done_again_the_next_night():
    shares = shares_due([DUE - days(n % 3) for n in range(9)])
    close(DUE)
    close(DUE + days(5))
    whole = (marks(), standings())
    as_before(shares)
    close(DUE)
    break_share(shares[3].pk)
    run = close(DUE + days(1))
    assert run.state == "done_with_failures"
    failure = JobFailure.objects.get()
    assert closing.KIND.describe_item(run, failure.item) == f"出借份额 {shares[3].pk}"
    assert Share.objects.get(pk=shares[3].pk).overdue_since is None
    assert last_close() == DUE + days(1)
    assert night_state(DUE + days(2)).failures == 1
    mend_share()
    again = close(DUE + days(5))
    assert (again.parameters["after"], again.parameters["again"]) == ("2026-05-20", True)
    assert (marks(), standings()) == whole


def test_a_run_that_failed_as_a_whole_is_run_anew():
    shares = shares_due([DUE, DUE - days(1)])
    close(DUE)
    whole = (marks(), standings())
    as_before(shares)
    kind = replace(closing.KIND, finish=mock.Mock(side_effect=Refused("no", "收尾没有成功。")))
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        assert run_job_now(close_day(on=DUE, at=morning_after(DUE))).state == "failed"
    assert last_close() is None
    run = close(DUE)
    assert (run.key, run.state) == ("2026-05-20/2", "done")
    assert (marks(), standings()) == whole


def test_a_later_close_waits_until_an_earlier_one_has_ended():
    shares_due([DUE])
    first = close_day(on=DUE, at=morning_after(DUE))
    plan_job(first.pk)
    second = close_day(on=DUE + days(1), at=morning_after(DUE + days(1)))
    with pytest.raises(Busy):
        plan_job(second.pk)
    assert progress_of(second.pk).state == "queued"
    run_job_now(first)
    run_job_now(second)
    second.refresh_from_db()
    assert second.parameters["after"] == DUE.isoformat()
    assert [row[2] for row in marks()] == ["due", "overdue"]


# Figures


def test_a_unions_figures_are_those_of_its_shares():
    shares = shares_due([DUE + days(1), DUE, DUE - days(1), DUE - days(31), DUE - days(61)])
    far = shares_due([DUE - days(91)])
    close(DUE)
    day = UnionDay.objects.get(union=shares[0].loan.union)
    assert (day.on, day.loans, day.borrowers, day.lenders) == (DUE, 5, 1, 1)
    assert day.outstanding == Decimal("5000.00")
    overdue = (day.overdue_1_30, day.overdue_31_60, day.overdue_61_90, day.overdue_over_90)
    assert overdue == (Decimal(1000), Decimal(1000), Decimal(1000), Decimal(0))
    assert UnionDay.objects.get(union=far[0].loan.union).overdue_over_90 == Decimal(1000)
    shown = overdue_by_bucket([shares[0].loan.union_id])
    assert [(row.bucket, row.shares, row.outstanding) for row in shown] == [
        ("days_1_30", 1, Decimal("1000.00")),
        ("days_31_60", 1, Decimal("1000.00")),
        ("days_61_90", 1, Decimal("1000.00")),
        ("over_90", 0, Decimal("0.00")),
    ]


def test_a_union_that_is_owed_nothing_any_more_has_a_day_of_zeros():
    (share,) = shares_due([DUE])
    Share.objects.update(
        state="settled", principal_outstanding=0, principal_paid=share.amount, settled_on=DUE
    )
    Loan.objects.update(state="settled", ended_at=morning_after(DUE))
    close(DUE)
    day = UnionDay.objects.get()
    assert (day.loans, day.borrowers, day.lenders, day.outstanding) == (0, 0, 0, Decimal("0.00"))


def test_the_state_of_the_night_says_how_far_behind_we_are():
    assert night_state(DUE).last_close is None
    shares_due([DUE])
    close(DUE)
    state = night_state(DUE + days(4))
    assert (state.last_close, state.lag_days, state.running) == (DUE, 3, False)
    start_job(kind=UNION_DAYS, key="x", by=None, at=morning_after(DUE), parameters={"on": "x"})
    assert night_state(DUE + days(4)).running


def test_nights_stand_on_the_desk_of_administrators_only():
    (share,) = shares_due([DUE])
    close(DUE)
    found = {
        role: [job.kind for job in last_jobs(officer(role, share.loan.union), DUE)]
        for role in ("administrator", "convener")
    }
    assert found == {"administrator": [UNION_DAYS, CLOSE], "convener": []}


# With real loans


@pytest.mark.parametrize("amount", ["100.00", "2000.00"])
def test_nights_and_payments_together_store_what_replay_gives(amount: str):
    """I6: on each day of a quarter, before and after a payment."""
    loan = running_loan("6000.00", "4000.00", method="equal_principal", months=3)
    day = date(2026, 2, 1)
    for n in (0, 8, 9, 10, 11, 39, 40, 41, 60, 71, 99):
        close(day + days(n))
        if n == 60:
            paid(Parties(loan).shares()[0], amount, day + days(n), at=morning_after(day + days(n)))
        for share in Parties(loan).shares():
            assert stored_equals_replay(share) == [], (day + days(n), share.bucket)
    assert {share.bucket for share in Parties(loan).shares()} <= {"days_61_90", "days_31_60"}
    late = Parties(loan).shares()[1]
    assert late.overdue_since == date(2026, 2, 10)


# The door


def test_the_command_closes_shows_progress_and_has_nothing_to_do_the_second_time(time_machine):
    shares_due([DUE])
    time_machine.move_to(morning_after(DUE))
    told = StringIO()
    call_command("close_day", stdout=told)
    assert "1 / 1" in told.getvalue()
    assert "日终 2026-05-20：已完成" in told.getvalue()
    again = StringIO()
    call_command("close_day", date=DUE, stdout=again)
    assert "已经日终，没有要办的" in again.getvalue()
    with pytest.raises(CommandError, match="还没有过完"):
        call_command("close_day", "--date=2026-05-21")

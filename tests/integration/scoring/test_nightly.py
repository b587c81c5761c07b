"""The nightly scores: who is scored, what is written, what a second run changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from cooperative.consent.models import Consent
from cooperative.membership.models import Member, Membership
from core import audit
from core.errors import Refused
from core.jobs import kinds, run_job_now
from core.jobs.running import plan_job
from core.models import JobRun
from credit.scoring.models import Score
from credit.scoring.rules.card import card_from_json
from credit.scoring.rules.evaluating import evaluate
from credit.scoring.services import nightly
from tests.factories.accounts import UserFactory
from tests.factories.farming import PlotFactory, YearlyIncomeFactory
from tests.factories.lending import LoanFactory, PartyFactory
from tests.factories.membership import MembershipFactory
from tests.factories.nights import share_due
from tests.factories.scoring import CARD, DAY, ScorecardFactory, after, agree, agreed_members

pytestmark = pytest.mark.django_db


def scored(day: date = DAY, *, full: bool = False, chunk: int = 20_000) -> JobRun:
    """Score a date in this process."""
    kind = replace(nightly.KIND, chunk_size=chunk)
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        run = nightly.score_members(on=day, full=full, at=after(day))
        run_job_now(run)
    run.refresh_from_db()
    return run


def maker() -> Any:
    """Who stated a fact."""
    return UserFactory()


def current(member: Any) -> Score:
    return Score.objects.current().get(member=getattr(member, "member", member))


def rows() -> list[tuple[Any, ...]]:
    return list(Score.objects.order_by("pk").values_list())


def test_facts_become_points_total_grade_and_limit() -> None:
    card = ScorecardFactory(active=True)
    (one,) = agreed_members("2020-05-20")
    PlotFactory(member=one.member, made_by=maker(), confirmed=True, area_mu=Decimal("60.50"))
    run = scored()
    assert (run.state, run.size) == ("done", 1)
    score = current(one)
    assert score.scorecard == card
    assert (score.as_of, score.confirmed_on) == (DAY, DAY)
    assert score.inputs == [Decimal("6.0000"), Decimal("60.5000"), None, None, None]
    assert score.points == [Decimal("50.00"), Decimal("50.00")]
    assert (score.total, score.grade) == (Decimal("100.00"), "aaa")
    assert (score.limit_amount, score.vetoes) == (Decimal("100000.00"), [])


def test_a_score_can_be_computed_again_from_its_row() -> None:
    ScorecardFactory(active=True)
    for one in agreed_members("2020-05-20", "2025-01-01", "2023-01-01"):
        PlotFactory(member=one.member, made_by=maker(), confirmed=True, area_mu=Decimal("20"))
    scored()
    for score in Score.objects.select_related("scorecard").order_by("pk"):
        card = card_from_json(score.scorecard.definition)
        again = evaluate(card, dict(zip(card.indicators, score.inputs, strict=True)))
        assert list(again.points) == score.points
        assert (again.total, again.grade, again.limit) == (
            score.total,
            score.grade,
            score.limit_amount,
        )


def test_a_member_without_facts_gets_the_points_of_the_unknown() -> None:
    ScorecardFactory(active=True)
    (one,) = agreed_members("2026-05-19")  # admitted yesterday
    scored()
    score = current(one)
    assert score.inputs[:2] == [Decimal("0.0000"), None]
    assert (score.total, score.grade, score.limit_amount) == (
        Decimal("20.00"),
        "c",
        Decimal("0.00"),
    )


def test_a_veto_takes_the_lowest_grade_and_the_limit() -> None:
    ScorecardFactory(active=True)
    loan = LoanFactory(active=True)
    Membership.objects.filter(pk=loan.membership_id).update(admitted_on=date(2019, 1, 1))
    agree(loan.membership.member)
    share_due(DAY - timedelta(days=91), loan=loan, lender=PartyFactory(union=loan.union))
    scored()
    score = current(loan.membership)
    assert score.inputs[2] == Decimal("91.0000")
    assert (score.total, score.vetoes, score.grade) == (Decimal("60.00"), ["overdue"], "c")
    assert score.limit_amount == Decimal("0.00")


def test_a_date_scored_twice_changes_nothing() -> None:
    ScorecardFactory(active=True)
    agreed_members("2020-05-20", "2025-01-01")
    scored(full=True)
    before = rows()
    assert scored(full=True).key == "2026-05-20/full"
    assert scored().state == "done"
    assert rows() == before


def test_what_did_not_change_is_confirmed_and_not_written_again() -> None:
    ScorecardFactory(active=True)
    one, other = agreed_members("2020-05-19", "2020-03-01")
    scored()
    PlotFactory(member=one.member, made_by=maker(), confirmed=True, area_mu=Decimal("60"))
    scored(date(2026, 6, 1))
    assert [row.as_of for row in Score.objects.filter(member=other.member)] == [DAY]
    assert current(other).confirmed_on == date(2026, 6, 1)
    old, new = Score.objects.filter(member=one.member).order_by("pk")
    assert (old.superseded_on, new.as_of) == (date(2026, 6, 1), date(2026, 6, 1))
    assert (old.total, new.total) == (Decimal("60.00"), Decimal("100.00"))


def test_by_default_only_those_are_scored_of_whom_something_changed() -> None:
    ScorecardFactory(active=True)
    one, other, third = agreed_members("2020-05-19", "2020-03-01", "2021-05-21")
    scored()
    run = scored(DAY + timedelta(days=1))
    assert run.parameters["members"] == [third.member_id]  # its anniversary
    assert current(third).confirmed_on == DAY + timedelta(days=1)
    assert current(one).confirmed_on == current(other).confirmed_on == DAY


def test_the_first_run_of_a_month_and_another_card_score_all() -> None:
    ScorecardFactory(active=True)
    agreed_members("2020-05-19")
    assert scored().parameters["members"] is None
    assert scored(date(2026, 5, 21)).parameters["members"] is not None
    assert scored(date(2026, 6, 2)).parameters["members"] is None


def test_a_member_who_left_has_no_score_any_more() -> None:
    ScorecardFactory(active=True)
    (one,) = agreed_members("2020-05-19")
    scored()
    Membership.objects.filter(pk=one.pk).update(state="left", ended_on=DAY)
    scored(full=True, day=DAY + timedelta(days=1))
    assert not Score.objects.current().exists()
    assert Score.objects.get().superseded_on == DAY + timedelta(days=1)


def test_nobody_is_scored_who_has_not_agreed_or_does_not_any_more() -> None:
    ScorecardFactory(active=True)
    (one,) = agreed_members("2020-05-19")
    MembershipFactory()  # never asked
    scored()
    assert [score.member for score in Score.objects.order_by("pk")] == [one.member]
    consent = Consent.objects.get()
    consent.withdrawn_at, consent.withdrawn_by = after(DAY) + timedelta(hours=1), maker()
    consent.withdrawn_channel = "page"
    consent.save()
    assert scored(DAY + timedelta(days=1)).parameters["members"] == [one.member_id]
    assert not Score.objects.current().exists()


def test_a_member_of_two_unions_is_scored_once() -> None:
    ScorecardFactory(active=True)
    (one,) = agreed_members("2020-05-19")
    MembershipFactory(member=one.member, admitted_on=date(2018, 1, 1))
    scored()
    assert current(one).inputs[0] == Decimal("8.0000")


def test_without_a_card_the_run_says_so() -> None:
    agreed_members("2020-05-19")
    run = scored()
    assert (run.state, run.reason) == ("failed", "还没有在用的评分卡。请先批准并启用一张。")


@pytest.mark.parametrize(("day", "code"), [(DAY + timedelta(days=1), "day_to_come")])
def test_a_day_to_come_is_refused(day: date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        nightly.score_members(on=day, at=after(DAY))
    assert refused.value.code == code


def test_an_earlier_day_is_refused_once_a_later_one_is_scored() -> None:
    ScorecardFactory(active=True)
    scored()
    with pytest.raises(Refused) as refused:
        nightly.score_members(on=DAY - timedelta(days=1), at=after(DAY))
    assert refused.value.code == "day_scored"
    assert JobRun.objects.count() == 1


def test_one_member_that_fails_is_left_out_alone() -> None:
    ScorecardFactory(active=True)
    one, bad, other = agreed_members("2020-05-19", "2020-05-19", "2020-05-19")
    real = nightly.do_members

    def do_members(run: JobRun, first: int, last: int) -> None:
        offset = bad.member_id - run.parameters["first"]
        if first <= offset < last:
            raise Refused("broken", "这一位算不出来。")
        real(run, first, last)

    kind = replace(nightly.KIND, do_items=do_members)
    with mock.patch.object(nightly, "KIND", kind):
        run = scored()
    assert run.state == "done_with_failures"
    assert [failure.reason for failure in run.failures.order_by("pk")] == ["这一位算不出来。"]
    assert set(Score.objects.values_list("member", flat=True)) == {one.member_id, other.member_id}


def test_chunks_of_any_size_give_the_same_scores() -> None:
    ScorecardFactory(active=True)
    for one in agreed_members(*["2020-05-19", "2025-02-03", "2022-01-01"] * 4):
        PlotFactory(member=one.member, made_by=maker(), confirmed=True, area_mu=Decimal("60"))
    scored()
    whole = [row[1:] for row in rows()]
    Score.objects.all().delete()
    JobRun.objects.all().delete()
    scored(chunk=5)
    assert sorted(row[1:] for row in rows()) == sorted(whole)
    assert Member.objects.count() == 12


def test_a_run_keeps_the_card_it_began_with() -> None:
    first = ScorecardFactory(active=True)
    agreed_members("2020-05-19")
    run = nightly.score_members(on=DAY, at=after(DAY))
    plan_job(run.pk)
    first.state, first.retired_at = "retired", after(DAY)
    first.save()
    ScorecardFactory(active=True, definition=CARD | {"title": "另一张"})
    run_job_now(run)
    assert Score.objects.get().scorecard == first


def test_a_member_who_left_today_has_no_score_from_today_on() -> None:
    ScorecardFactory(active=True)
    one, other = agreed_members("2020-05-19", "2020-05-19")
    scored()
    Membership.objects.filter(pk=one.pk).update(state="left", ended_on=DAY + timedelta(days=1))
    audit.record("membership.left", one, by=None, at=after(DAY + timedelta(days=1)))
    run = scored(DAY + timedelta(days=1))
    assert run.parameters["members"] == [one.member_id]
    assert [score.member_id for score in Score.objects.current().order_by("pk")] == [
        other.member_id
    ]
    assert Score.objects.get(member=one.member).superseded_on == DAY + timedelta(days=1)


def test_a_member_who_is_admitted_tomorrow_is_not_scored_today() -> None:
    ScorecardFactory(active=True)
    agreed_members("2026-05-21")
    scored(full=True)
    assert not Score.objects.exists()


def test_contradictory_facts_are_scored_as_they_stand() -> None:
    ScorecardFactory(active=True)
    (one,) = agreed_members("2020-05-19")
    facts = {"member": one.member, "made_by": maker()}
    # Land beyond belief, a correction that waits, a plot that ended, and an income that is a loss.
    old = PlotFactory(**facts, confirmed=True, area_mu=Decimal("99999999.99"))
    PlotFactory(**facts, area_mu=Decimal("0.01"), corrects=old)
    PlotFactory(**facts, confirmed=True, ended_on=DAY - timedelta(days=1))
    YearlyIncomeFactory(**facts, confirmed=True, amount=Decimal(1), costs=Decimal("999999999.99"))
    scored()
    score = current(one)
    assert score.inputs[1] == Decimal("99999999.9900")
    assert (score.inputs[4], score.total) == (Decimal("0.0000"), Decimal("100.00"))
    card = card_from_json(score.scorecard.definition)
    again = evaluate(card, dict(zip(card.indicators, score.inputs, strict=True)))
    assert (again.total, again.grade, again.limit) == (
        score.total,
        score.grade,
        score.limit_amount,
    )


def test_after_a_mass_of_changes_all_are_scored_and_nobody_is_named() -> None:
    ScorecardFactory(active=True)
    members = agreed_members("2020-05-19", "2020-05-19")
    scored()
    for one in members:
        audit.record("membership.suspended", one, by=None, at=after(DAY + timedelta(days=1)))
    with mock.patch.object(nightly, "_MOST_NAMED", 1):
        run = scored(DAY + timedelta(days=1))
    assert run.parameters["members"] is None
    assert {score.confirmed_on for score in Score.objects.order_by("pk")} == {
        DAY + timedelta(days=1)
    }


@pytest.mark.slow
def test_a_year_of_nights_without_changes_writes_no_row() -> None:
    ScorecardFactory(active=True)
    one = MembershipFactory(admitted_on=date(2020, 5, 20), waiting_ends_on=date(2020, 11, 20))
    agree(one.member, valid_until=after(DAY) + timedelta(days=1000))
    PlotFactory(member=one.member, made_by=maker(), confirmed=True, area_mu=Decimal("60"))
    scored()
    before = rows()[0]
    for night in range(1, 365):
        scored(DAY + timedelta(days=night))
    # The first run of each month looked at everybody; no row but its confirmation is another one.
    (after_a_year,) = rows()
    assert Score.objects.get().confirmed_on == date(2027, 5, 1)
    assert [a for a, b in zip(before, after_a_year, strict=True) if a != b] == [DAY]
    # The next night is an anniversary.
    scored(DAY + timedelta(days=365))
    assert list(Score.objects.order_by("pk").values_list("as_of", flat=True)) == [
        DAY,
        DAY + timedelta(days=365),
    ]

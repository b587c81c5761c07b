"""One member scored again at once: what is written, what a second time and a night make of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from cooperative.membership.models import Membership
from core.errors import Refused
from core.jobs import run_job_now
from core.models import AuditRow
from credit.scoring.models import Score, Scorecard
from credit.scoring.selectors.nights import last_night
from credit.scoring.services import nightly
from credit.scoring.services.rescoring import rescore
from tests.factories.accounts import UserFactory
from tests.factories.farming import PlotFactory
from tests.factories.scoring import DAY, ScorecardFactory, after, agreed_members

pytestmark = pytest.mark.django_db
AT = after(DAY)


@pytest.fixture
def one() -> Membership:
    """A member of six years whom the night has scored without land: 60 points."""
    ScorecardFactory(active=True)
    (found,) = agreed_members("2020-05-20")
    night(0)
    return found


def night(days: int) -> None:
    """The scores of DAY and so many days."""
    on = DAY + timedelta(days=days)
    run_job_now(nightly.score_members(on=on, full=True, at=after(on)))


def gains_land(membership: Membership) -> None:
    PlotFactory(
        member=membership.member, made_by=UserFactory(), confirmed=True, area_mu=Decimal("60")
    )


def rows() -> list[tuple[object, ...]]:
    return list(Score.objects.order_by("pk").values_list())


def test_what_was_corrected_counts_at_once(one: Membership) -> None:
    gains_land(one)
    by = UserFactory()
    now = rescore(member=one.member, by=by, at=AT)
    assert now is not None
    old, new = Score.objects.order_by("pk")
    assert new == now
    assert (old.superseded_on, new.as_of, new.confirmed_on) == (DAY, DAY, DAY)
    assert (old.total, new.total) == (Decimal("60.00"), Decimal("100.00"))
    row = AuditRow.objects.get(action="scoring.rescored")
    assert (row.by, row.facts["before"]) == (by, old.pk)


def test_twice_changes_nothing_more(one: Membership) -> None:
    gains_land(one)
    first = rescore(member=one.member, by=None, at=AT)
    before = rows()
    assert rescore(member=one.member, by=None, at=AT) == first
    assert rows() == before
    assert AuditRow.objects.filter(action="scoring.rescored").count() == 1


def test_nothing_corrected_is_nothing_written(one: Membership) -> None:
    before = rows()
    assert rescore(member=one.member, by=None, at=AT) == Score.objects.get()
    assert rows() == before


def test_the_next_night_confirms_it_and_counts_from_the_last_night(one: Membership) -> None:
    gains_land(one)
    told = last_night()
    rescore(member=one.member, by=None, at=AT)
    assert last_night() == told
    night(1)
    current = Score.objects.current().get()
    assert (current.total, current.as_of) == (Decimal("100.00"), DAY)
    assert current.confirmed_on == DAY + timedelta(days=1)
    assert Score.objects.count() == 2


def test_a_night_made_good_later_leaves_a_score_of_a_later_day(one: Membership) -> None:
    """Yesterday's night comes after today's correction: it neither fails nor goes back in time."""
    gains_land(one)
    rescore(member=one.member, by=None, at=after(DAY + timedelta(days=2)))
    Membership.objects.filter(pk=one.pk).update(
        admitted_on=DAY, waiting_ends_on=DAY + timedelta(days=1)
    )  # would score less
    before = rows()
    run = nightly.score_members(
        on=DAY + timedelta(days=1), full=True, at=after(DAY + timedelta(days=2))
    )
    run_job_now(run)
    run.refresh_from_db()
    assert (run.state, run.failures.count()) == ("done", 0)
    assert rows() == before


def test_who_agrees_no_more_has_no_score_any_more(one: Membership) -> None:
    one.member.consents.update(withdrawn_at=AT, withdrawn_by=UserFactory())
    assert rescore(member=one.member, by=None, at=AT + timedelta(minutes=1)) is None
    assert not Score.objects.current().exists()


def test_the_first_score_is_left_to_the_night() -> None:
    ScorecardFactory(active=True)
    (one,) = agreed_members("2020-05-20")
    assert rescore(member=one.member, by=None, at=AT) is None
    assert not Score.objects.exists()


def test_without_a_card_nobody_is_scored(one: Membership) -> None:
    Scorecard.objects.update(state="retired", retired_at=AT)
    with pytest.raises(Refused) as refused:
        rescore(member=one.member, by=None, at=AT)
    assert refused.value.code == "no_card"

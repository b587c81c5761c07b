"""The mean of a panel in the score: from the day it closes to the day it runs out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from cooperative.membership.models import Member
from core.dates import start_of_day
from core.jobs import run_job_now
from core.models import Parameter
from credit.scoring.models import Score, Scorecard
from credit.scoring.parameters import PANEL_MONTHS
from credit.scoring.rules.card import card_from_json
from credit.scoring.services import nightly
from credit.scoring.services.panels.erasing import erase_reviews
from credit.scoring.sources.panel import PANEL
from tests.factories.membership import MemberFactory
from tests.factories.panels import (
    AFTER,
    AT,
    DAY,
    GOOD,
    PanelReviewFactory,
    PanelSubjectFactory,
    neighbourhood,
)
from tests.factories.scoring import CARD, ScorecardFactory

pytestmark = pytest.mark.django_db
D = Decimal
UNTIL = date(2028, 5, 20)


def means(day: date) -> dict[int, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(PANEL.sql.format(chunk="true"), {"day": day})
        return dict(cursor.fetchall())


def changed(after: date, day: date, since: datetime) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(PANEL.changed, {"after": after, "day": day, "since": since})
        return {member for (member,) in cursor.fetchall()}


def result(member: Member, mean: str, decided_on: date, **more: Any) -> Any:
    panel = PanelReviewFactory(closed=True, ended_at=start_of_day(decided_on))
    return PanelSubjectFactory(
        rated=True, panel=panel, member=member, mean=D(mean), decided_on=decided_on, **more
    )


def test_the_latest_result_counts_from_its_day_until_it_runs_out() -> None:
    member = MemberFactory()
    result(member, "3.00", DAY - timedelta(days=400), holds_until=DAY + timedelta(days=30))
    result(member, "5.00", DAY, holds_until=UNTIL)
    assert means(DAY - timedelta(days=401)) == {}
    assert means(DAY - timedelta(days=1)) == {member.pk: D("3.00")}
    assert means(DAY) == {member.pk: D("5.00")}
    assert means(UNTIL - timedelta(days=1)) == {member.pk: D("5.00")}
    assert means(UNTIL) == {}


def test_without_grades_enough_an_older_result_stays() -> None:
    member = MemberFactory()
    result(member, "3.00", DAY - timedelta(days=100), holds_until=UNTIL)
    PanelSubjectFactory(
        panel__closed=True, panel__open=False, member=member, outcome="too_few", decided_on=DAY
    )
    assert means(DAY) == {member.pk: D("3.00")}


def test_a_member_is_scored_again_when_it_closes_and_when_it_runs_out() -> None:
    member = MemberFactory()
    result(member, "5.00", DAY, holds_until=UNTIL)
    long_ago, long_after = AT - timedelta(days=9), AT + timedelta(days=900)
    # by the deed, whatever the day
    assert changed(DAY, DAY, long_ago) == {member.pk}
    assert changed(DAY, DAY, long_after) == set()
    # by time: its first day, and the first day without it
    assert changed(DAY - timedelta(days=1), DAY, long_after) == {member.pk}
    assert changed(UNTIL - timedelta(days=2), UNTIL - timedelta(days=1), long_after) == set()
    assert changed(UNTIL - timedelta(days=1), UNTIL, long_after) == {member.pk}
    assert changed(UNTIL, UNTIL + timedelta(days=1), long_after) == set()


def test_an_erased_result_counts_no_more() -> None:
    member = MemberFactory()
    result(member, "5.00", DAY, holds_until=UNTIL)
    erase_reviews(member=member, at=AT)
    assert means(DAY) == {}


def panel_card() -> Scorecard:
    """The small card with the panel instead of the land."""
    bins = [{"below": "4", "points": "10", "reason": "不到4分"}]
    bins.append({"at_least": "4", "points": "50", "reason": "4分以上"})
    land = {
        **CARD["characteristics"][1],
        "code": "panel_mean",
        "indicator": "panel_mean",
        "bins": bins,
    }
    card: Scorecard = ScorecardFactory(
        active=True, definition={**CARD, "characteristics": [CARD["characteristics"][0], land]}
    )
    return card


def score_of(member: Member, day: date) -> Score:
    at = start_of_day(day) + timedelta(hours=23)
    run_job_now(nightly.score_members(on=day, at=at))
    return Score.objects.current().get(member=member)


def test_the_night_after_closing_scores_with_the_mean_and_after_it_ran_out_without() -> None:
    here, card = neighbourhood(), panel_card()
    # shorter than the consents of the factory hold
    Parameter.objects.filter(code=PANEL_MONTHS).update(value=6)
    place = card_from_json(card.definition).indicators.index("panel_mean")
    member = here.people[0]
    panel = here.opened([member], here.people[3:8])
    here.graded(panel, GOOD)
    assert score_of(member, DAY).inputs[place] is None
    here.closed(panel)
    (subject,) = panel.subjects.all()
    night = score_of(member, subject.decided_on)
    assert night.inputs[place] == D("4.6700")
    assert AFTER.date() == subject.decided_on
    last = subject.holds_until - timedelta(days=1)
    assert score_of(member, last).inputs[place] == D("4.6700")
    assert score_of(member, subject.holds_until).inputs[place] is None

"""Who is told in the morning that the night changed their grade or limit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cooperative.membership.models import Member
from cooperative.notices.models import Notice
from credit.scoring.models import Score
from credit.scoring.services.moved import tell_moved
from tests.factories.membership import MembershipFactory, PhoneUserFactory
from tests.factories.scoring import DAY, ScorecardFactory, ScoreFactory, after

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    found: Member = MembershipFactory(member__user=PhoneUserFactory()).member
    return found


def scored(member: Member, **now: Any) -> Score:
    """40 points until today, then 60."""
    card = ScorecardFactory(active=True)
    ScoreFactory(
        member=member,
        scorecard=card,
        as_of=date(2026, 4, 20),
        confirmed_on=DAY - timedelta(days=1),
        superseded_on=DAY,
        inputs=[Decimal("3"), None, None, None, None],
        points=[Decimal("30"), Decimal("10")],
        total=Decimal("40"),
        grade="c",
        limit_amount=Decimal("0"),
    )
    score: Score = ScoreFactory(member=member, scorecard=card, **now)
    return score


def test_another_grade_is_told_once_with_its_causes(member: Member) -> None:
    score = scored(member)
    assert [tell_moved(at=after(DAY)) for _time in range(2)] == [1, 0]
    notice = Notice.objects.get()
    assert notice.title == "您的信用等级现在是 A（原来 C），额度 50,000 元"
    assert "从 40 分到 60 分，主要因为：入会5年以上（+20 分）。" in notice.body
    assert (notice.subject_id, notice.link) == (score.pk, "/credit/score/")


@pytest.mark.parametrize(
    "now",
    [
        {"grade": "c", "limit_amount": Decimal("0")},
        {"as_of": DAY + timedelta(days=1), "confirmed_on": DAY + timedelta(days=1)},
    ],
)
def test_the_same_grade_or_another_day_is_not_told(member: Member, now: dict[str, Any]) -> None:
    scored(member, **now)
    assert tell_moved(at=after(DAY)) == 0
    assert not Notice.objects.exists()


def test_a_first_score_is_not_told(member: Member) -> None:
    ScoreFactory(member=member)
    assert tell_moved(at=after(DAY)) == 0


def test_many_are_told_in_a_fixed_number_of_queries(django_assert_max_num_queries: Any) -> None:
    card = ScorecardFactory(active=True)
    for _one in range(12):
        person = MembershipFactory(member__user=PhoneUserFactory()).member
        ScoreFactory(
            member=person, scorecard=card, as_of=date(2026, 4, 20), superseded_on=DAY, grade="c"
        )
        ScoreFactory(member=person, scorecard=card)
    with django_assert_max_num_queries(10):
        assert tell_moved(at=after(DAY)) == 12

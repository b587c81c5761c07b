"""Scores of many members at two dates, counted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cooperative.membership.models import Member
from credit.scoring.models import Score
from credit.scoring.pages.figures import figures_page
from credit.scoring.rules import card_from_json
from credit.scoring.selectors.figures import figures
from tests.factories.scoring import (
    CARD,
    ObjectionFactory,
    OverrideFactory,
    ScorecardFactory,
    ScoreFactory,
    after,
)

pytestmark = pytest.mark.django_db
THEN, NOW = date(2026, 4, 1), date(2026, 5, 20)


@pytest.fixture
def card() -> Any:
    return ScorecardFactory(active=True)


def score(card: Any, grade: str, first: date, until: date | None = None, **more: Any) -> Score:
    given = {"total": Decimal("60.00"), "confirmed_on": first, **more}
    row: Score = ScoreFactory(
        scorecard=card, grade=grade, as_of=first, superseded_on=until, **given
    )
    return row


def moved(card: Any, before: str, now: str, **more: Any) -> Score:
    """A member whose score changed in between."""
    changed = date(2026, 5, 1)
    old = score(card, before, date(2026, 3, 1), changed)
    return score(card, now, changed, member=old.member, **more)


def counted() -> Any:
    return figures(Member.objects.all(), then=THEN, now=NOW)


def test_who_moved_who_came_and_who_went(card: Any) -> None:
    moved(card, "c", "a")
    moved(card, "a", "a", total=Decimal("70.00"))
    score(card, "aaa", date(2026, 4, 2))  # came the day after
    score(card, "c", date(2026, 3, 1), date(2026, 5, 20))  # went today
    found = counted()
    assert found.then.grades == {"c": 2, "a": 1}
    assert found.now.grades == {"a": 2, "aaa": 1}
    assert found.now.totals == {Decimal("60.00"): 2, Decimal("70.00"): 1}
    assert found.moved == {("c", "a"): 1, ("a", "a"): 1}
    page = figures_page(found, card_from_json(CARD), then=THEN, now=NOW)
    assert [(line.title, line.now, line.then) for line in page.grades] == [
        ("AAA", 1, 0),
        ("A", 2, 1),
        ("C", 0, 2),
    ]
    assert (page.came, [row.went for row in page.rows]) == ([1, 0, 0], [0, 0, 1])
    assert page.middles[0][1:] == ("63.33", "60")


def test_the_ends_of_a_score_are_half_open(card: Any) -> None:
    score(card, "a", THEN, NOW)
    found = counted()
    assert (found.then.grades, found.now.grades) == ({"a": 1}, {})


def test_overrides_vetoes_and_objections_are_counted(card: Any) -> None:
    row = score(card, "a", THEN)
    score(card, "c", THEN, vetoes=["overdue"])
    score(card, "c", THEN, vetoes=["overdue", "court"])
    OverrideFactory(score=row, confirmed=True, starts_on=NOW, ends_on=NOW + timedelta(days=1))
    OverrideFactory(score=row, confirmed=True, starts_on=THEN, ends_on=NOW)  # over today
    OverrideFactory(score=row)  # only proposed
    ObjectionFactory(score=row)
    ObjectionFactory(score=row, upheld=True)
    ObjectionFactory(score=row, rejected=True, answered_at=after(THEN - timedelta(days=1)))
    found = counted()
    assert found.vetoes == {"overdue": 2, "court": 1}
    assert found.overridden == 1
    assert found.objections == {"raised": 1, "upheld": 1}


def test_a_grade_that_only_an_older_card_knows_stands_for_itself(card: Any) -> None:
    moved(card, "b", "a")
    page = figures_page(counted(), card_from_json(CARD), then=THEN, now=NOW)
    assert page.columns == ["AAA", "A", "C", "b"]


def test_without_scores_there_is_nothing_to_compare(
    card: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(6):
        found = counted()
    page = figures_page(found, None, then=THEN, now=NOW)
    assert (page.index, page.reading) == ("—", "有一个日子没有评分，比不出来。")

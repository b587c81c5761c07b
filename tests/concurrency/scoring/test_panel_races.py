"""Two taps at once, a grade while the panel closes, two panels over one member."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError

from core.errors import Refused
from core.models.base import LockedQuerySet
from credit.scoring.models import PanelRating, PanelReview, PanelSubject
from credit.scoring.rules.panel import trimmed_mean
from credit.scoring.services import panels
from credit.scoring.services.panels import calling, closing, rating
from tests.factories.panels import AT, Neighbourhood, neighbourhood, say
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
LATER = AT + timedelta(hours=1)


def unlocked(rows: Any) -> Any:
    return rows.order_by("pk")


def without_locks() -> Any:
    return mock.patch.object(LockedQuerySet, "locked", unlocked)


def after_reading(module: Any, name: str) -> Any:
    """The step answers, then waits for the other call before anything is written."""
    real = getattr(module, name)

    def step(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        meet()
        return answer

    return mock.patch.object(module, name, step)


@pytest.fixture
def here() -> Neighbourhood:
    return neighbourhood()


@pytest.fixture
def panel(here: Neighbourhood) -> PanelReview:
    return here.opened(here.people[:1], here.people[3:8])


@pytest.fixture
def met() -> Iterator[None]:
    with (
        after_reading(rating, "sheet_of"),
        after_reading(closing, "_grades"),
        after_reading(calling, "check_enough"),
    ):
        yield


def tap_twice(panel: PanelReview, here: Neighbourhood) -> list[Any]:
    (subject,) = panel.subjects.all()
    rater = here.people[3]
    return race(
        lambda: panels.rate(subject_id=subject.pk, points=3, by=rater.user, at=AT),
        lambda: panels.rate(subject_id=subject.pk, points=5, by=rater.user, at=AT),
        errors=(Refused, IntegrityError),
    )


def test_two_taps_at_once_are_one_grade(here: Neighbourhood, panel: PanelReview, met: None) -> None:
    answers = tap_twice(panel, here)
    assert all(isinstance(answer, PanelRating) for answer in answers)
    assert PanelRating.objects.count() == 1
    assert PanelRating.objects.get().points in (3, 5)


def test_without_the_lock_the_second_tap_fails(
    here: Neighbourhood, panel: PanelReview, met: None
) -> None:
    with without_locks():
        answers = tap_twice(panel, here)
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1


def change_while_closing(panel: PanelReview, here: Neighbourhood) -> tuple[list[Any], bool]:
    """A rater changes 4 to 1 as the officer closes; whether the result fits the grades kept."""
    (subject,) = panel.subjects.all()
    answers = race(
        lambda: panels.rate(subject_id=subject.pk, points=1, by=here.people[3].user, at=LATER),
        lambda: panels.close_panel(panel_id=panel.pk, by=here.convener, at=LATER),
        errors=(Refused, IntegrityError),
    )
    kept = PanelRating.objects.values_list("points", flat=True)
    subject = PanelSubject.objects.get(pk=subject.pk)
    fits = subject.mean == trimmed_mean([points or 0 for points in kept], Decimal("0.2"))
    return answers, fits


@pytest.fixture
def answered(here: Neighbourhood, panel: PanelReview) -> None:
    (subject,) = panel.subjects.all()
    for rater, points in zip(here.people[3:8], (4, 2, 2, 5, 6), strict=True):
        say(subject, rater, points)


def test_what_closing_counts_is_what_stays(
    here: Neighbourhood, panel: PanelReview, answered: None, met: None
) -> None:
    answers, fits = change_while_closing(panel, here)
    assert fits
    changed, closed = answers
    assert isinstance(closed, PanelReview)
    assert isinstance(changed, PanelRating) or changed.code == "panel_over"


def test_without_the_locks_a_grade_changes_behind_the_result_or_fails(
    here: Neighbourhood, panel: PanelReview, answered: None, met: None
) -> None:
    with without_locks():
        answers, fits = change_while_closing(panel, here)
    assert not fits or any(isinstance(answer, IntegrityError) for answer in answers)


def call_twice(here: Neighbourhood) -> list[Any]:
    return race(
        lambda: here.called(here.people[:2], here.people[3:8]),
        lambda: here.called(here.people[1:3], here.people[3:8]),
    )


def test_two_officers_at_once_do_not_put_a_member_on_two_panels(
    here: Neighbourhood, met: None
) -> None:
    answers = call_twice(here)
    assert sorted(type(answer).__name__ for answer in answers) == ["PanelReview", "Refused"]
    (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert refused.code == "in_another_panel"
    assert PanelReview.objects.count() == 1


def test_without_the_lock_they_do(here: Neighbourhood, met: None) -> None:
    with without_locks():
        call_twice(here)
    assert PanelSubject.objects.filter(member=here.people[1]).count() == 2


def test_an_officer_and_the_night_close_a_panel_once(
    here: Neighbourhood, panel: PanelReview, answered: None, met: None
) -> None:
    after = AT + timedelta(days=8)
    answers = race(
        lambda: panels.close_panel(panel_id=panel.pk, by=here.convener, at=after),
        lambda: panels.close_due_panels(at=after),
    )
    done = [answer for answer in answers if isinstance(answer, PanelReview) or answer == 1]
    assert len(done) == 1
    panel.refresh_from_db()
    assert panel.state == "closed"

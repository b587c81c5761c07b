"""Two officers at once on the overrides of one member."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, models

from core.errors import Refused, violated_constraint
from core.models import AuditRow
from core.models.base import LockedQuerySet
from credit.scoring.models import Override
from credit.scoring.services import overrides
from tests.factories.correcting import Correcting
from tests.factories.scoring import DAY, OverrideFactory, after
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
AT = after(DAY)


def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """``locked()`` without the lock: the twin that must show the fault."""
    return rows.order_by("pk")


@contextmanager
def meeting_before(name: str) -> Iterator[None]:
    """Each call checks, then meets the other, then writes."""
    write = getattr(overrides, name)

    def meet_first(*args: Any, **kwargs: Any) -> Any:
        meet()
        return write(*args, **kwargs)

    with mock.patch.object(overrides, name, meet_first):
        yield


def proposals(scene: Correcting, count: int) -> list[Override]:
    return [
        OverrideFactory(
            score=scene.score,
            made_by=scene.officer("convener"),
            limit_amount=Decimal(60_000 + 1_000 * number),
            ends_on=date(2026, 7, 1),
        )
        for number in range(count)
    ]


def confirm_both() -> list[Any]:
    """Two proposals for the same time, each confirmed by another officer."""
    scene = Correcting()
    calls = [
        partial(overrides.confirm_override, override_id=row.pk, by=by, at=AT)
        for row, by in zip(
            proposals(scene, 2),
            [scene.officer("reviewer"), scene.officer("reviewer")],
            strict=True,
        )
    ]
    with meeting_before("_decide"):
        return race(*calls, errors=(Refused, IntegrityError))


def test_of_two_confirmed_at_once_one_holds_and_the_other_is_told_why() -> None:
    answers = confirm_both()
    assert [a.code for a in answers if isinstance(a, Refused)] == ["override_stands"]
    assert Override.objects.in_force(DAY).count() == 1


def test_without_the_locks_the_constraint_still_lets_one_hold() -> None:
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        answers = confirm_both()
    assert [a.code for a in answers if isinstance(a, Refused)] == ["override_stands"]
    assert Override.objects.in_force(DAY).count() == 1


def test_without_locks_and_refusal_the_database_says_no() -> None:
    @contextmanager
    def passing(_violations: Any) -> Iterator[None]:
        yield

    with (
        mock.patch.object(LockedQuerySet, "locked", unlocked),
        mock.patch.object(overrides, "refusing", passing),
    ):
        answers = confirm_both()
    failed = [a for a in answers if isinstance(a, IntegrityError)]
    assert [violated_constraint(error) for error in failed] == ["scoring_override_no_overlap"]


def confirm_and_reject() -> list[Any]:
    """One proposal, confirmed by one officer and rejected by another."""
    scene = Correcting()
    (row,) = proposals(scene, 1)
    first, second = scene.officer("reviewer"), scene.officer("reviewer")
    with meeting_before("_decide"):
        return race(
            lambda: overrides.confirm_override(override_id=row.pk, by=first, at=AT),
            lambda: overrides.reject_override(
                override_id=row.pk, remark="凭证不清楚", by=second, at=AT
            ),
            errors=(Refused, IntegrityError),
        )


def decisions() -> int:
    deeds = ["scoring.override_confirmed", "scoring.override_rejected"]
    return AuditRow.objects.filter(action__in=deeds).count()


def test_a_proposal_is_decided_once() -> None:
    answers = confirm_and_reject()
    assert [a.code for a in answers if isinstance(a, Refused)] == ["wrong_state"]
    assert decisions() == 1


def test_without_the_locks_it_is_decided_twice() -> None:
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        answers = confirm_and_reject()
    assert not [a for a in answers if isinstance(a, Refused)]
    assert decisions() == 2

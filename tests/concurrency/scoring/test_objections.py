"""Two at once on one objection: it is answered or taken back once."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, models

from core.errors import Refused
from core.models import AuditRow
from core.models.base import LockedQuerySet
from credit.scoring.models import Objection
from credit.scoring.services import objections
from tests.factories.correcting import Correcting
from tests.factories.scoring import DAY, ObjectionFactory, after
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
AT = after(DAY)
ENDS = ["scoring.objection_upheld", "scoring.objection_rejected"]


def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """``locked()`` without the lock: the twin that must show the fault."""
    return rows.order_by("pk")


def answer_twice() -> list[Any]:
    """One officer upholds what another rejects."""
    scene = Correcting()
    row = ObjectionFactory(score=scene.score)
    first, second = scene.officer("convener"), scene.officer("reviewer")
    write = objections._answer

    def meet_first(*args: Any) -> None:
        meet()
        write(*args)

    with mock.patch.object(objections, "_answer", meet_first):
        return race(
            lambda: objections.uphold_objection(
                objection_id=row.pk, answer="已经更正", by=first, at=AT
            ),
            lambda: objections.reject_objection(
                objection_id=row.pk, answer="没有错", by=second, at=AT
            ),
            errors=(Refused, IntegrityError),
        )


def answers() -> int:
    return AuditRow.objects.filter(action__in=ENDS).count()


def test_an_objection_is_answered_once() -> None:
    found = answer_twice()
    assert [one.code for one in found if isinstance(one, Refused)] == ["wrong_state"]
    assert answers() == 1


def test_without_the_locks_it_is_answered_twice() -> None:
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        found = answer_twice()
    assert not [one for one in found if isinstance(one, Refused)]
    assert answers() == 2


def raise_twice() -> list[Any]:
    scene = Correcting()
    member, user = scene.member, scene.member.user
    return race(
        *[
            lambda: objections.raise_objection(
                member=member, about="land", words="我家的地是60亩", by=user, at=AT
            )
        ]
        * 2
    )


def test_two_taps_raise_one() -> None:
    found = raise_twice()
    assert [one.code for one in found if isinstance(one, Refused)] == ["already_open"]
    assert Objection.objects.count() == 1


def test_without_the_locks_the_constraint_still_lets_one_wait() -> None:
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        found = raise_twice()
    assert [one.code for one in found if isinstance(one, Refused)] == ["already_open"]
    assert Objection.objects.count() == 1

"""Two at once before there is a contract: taps, officers, lenders, promises of the same money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from django.db import models

from cooperative.membership.services import admission
from core.errors import Refused
from core.models import AuditRow
from core.models.base import LockedQuerySet
from credit.lending.models import LoanRequest, Pledge, SpareMoney
from credit.lending.services import convening, requests, reviewing
from tests.factories.lending import PartyFactory, PledgeFactory
from tests.factories.membership import officer
from tests.integration.lending.world import NOON, RATE, World, answers
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@contextmanager
def all_check_first(module: ModuleType, name: str) -> Iterator[None]:
    """Nobody writes before each has checked, unless a lock keeps them from it."""
    check = getattr(module, name)

    def then_meet(*args: Any, **kwargs: Any) -> Any:
        answer = check(*args, **kwargs)
        meet()
        return answer

    with mock.patch.object(module, name, then_meet):
        yield


def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """``locked()`` without the lock: the twin that must show the fault."""
    return rows.order_by("pk")


@contextmanager
def without_locks() -> Iterator[None]:
    """The twin's world."""
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        yield


def codes(found: list[Any]) -> list[str]:
    return [answer.code for answer in found if isinstance(answer, Refused)]


def tap_twice() -> list[Any]:
    world = World()
    own = {"membership": world.borrower, "by": world.borrower.member.user, "at": NOON}
    with all_check_first(requests, "_check_none_open"):
        return race(*[lambda: requests.submit_request(answers=answers(world.borrower), **own)] * 2)


def test_two_taps_make_one_request() -> None:
    assert codes(tap_twice()) == ["request_open"]
    assert LoanRequest.objects.count() == 1


def test_without_the_lock_two_taps_make_two() -> None:
    with without_locks():
        assert codes(tap_twice()) == []
    assert LoanRequest.objects.count() == 2


def convene_twice() -> list[Any]:
    world = World()
    row = world.submit()
    both = [world.convener, officer("convener", world.union)]
    with all_check_first(reviewing, "check_borrower_limits"):
        return race(
            *(
                lambda by=by: reviewing.convene(request_id=row.pk, rate=RATE, by=by, at=NOON)
                for by in both
            )
        )


def test_one_of_two_officers_convenes() -> None:
    assert codes(convene_twice()) == ["wrong_state"]
    assert AuditRow.objects.filter(action="lending.request_convened").count() == 1


def test_without_the_lock_both_convene() -> None:
    with without_locks():
        assert codes(convene_twice()) == []
    assert AuditRow.objects.filter(action="lending.request_convened").count() == 2


def pledge_the_last_twice() -> tuple[list[Any], Decimal]:
    """Two lenders promise the whole sum at once; the answers and what is promised in all."""
    world = World()
    request = world.convening()
    pledges = world.invite(request, world.lender(), world.lender())
    with all_check_first(convening, "_check_amount"):
        found = race(*(lambda row=row: world.pledge(row, "12000.00") for row in pledges))
    return found, Pledge.objects.aggregate(sum=models.Sum("amount"))["sum"]


def test_two_lenders_never_promise_more_than_is_missing() -> None:
    found, total = pledge_the_last_twice()
    assert codes(found) == ["request_covered"]
    assert total == Decimal("12000.00")


def test_without_the_lock_two_lenders_promise_too_much() -> None:
    with without_locks():
        found, total = pledge_the_last_twice()
    assert codes(found) == []
    assert total == Decimal("24000.00")


def pledge_the_same_money_twice() -> tuple[list[Any], Decimal]:
    """One lender answers two requests at once with all they have."""
    world = World()
    lender = world.lender("12000.00")
    spare = SpareMoney.objects.get(membership=lender)
    pledges = [
        PledgeFactory(
            request=world.convening(PartyFactory(union=world.union)),
            membership=lender,
            spare_money=spare,
        )
        for _request in range(2)
    ]
    with all_check_first(convening, "_check_amount"):
        found = race(*(lambda row=row: world.pledge(row, "12000.00") for row in pledges))
    return found, Pledge.objects.aggregate(sum=models.Sum("amount"))["sum"]


def test_the_same_money_is_promised_once() -> None:
    found, total = pledge_the_same_money_twice()
    assert codes(found) == ["pledge_beyond_spare"]
    assert total == Decimal("12000.00")


def test_without_the_lock_the_same_money_is_promised_twice() -> None:
    with without_locks():
        found, total = pledge_the_same_money_twice()
    assert codes(found) == []
    assert total == Decimal("24000.00")


def leave_and_ask() -> tuple[list[Any], bool]:
    """A member asks for money while an officer records that they left; whether both came to be."""
    world = World()
    own = world.borrower
    with (
        all_check_first(admission, "check_may_leave"),
        all_check_first(requests, "_check_none_open"),
    ):
        found = race(
            lambda: world.submit(),
            lambda: admission.leave(
                membership_id=own.pk, reason="本人申请", by=world.reviewer, at=NOON
            ),
        )
    own.refresh_from_db()
    return found, own.state == "left" and LoanRequest.objects.filter(membership=own).exists()


def test_nobody_leaves_in_the_middle_of_asking() -> None:
    found, both = leave_and_ask()
    assert not both
    assert codes(found) in (["not_admitted"], ["open_loans"])


def test_without_the_lock_somebody_leaves_with_a_request() -> None:
    with without_locks():
        found, both = leave_and_ask()
    assert both
    assert codes(found) == []

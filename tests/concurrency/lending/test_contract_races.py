"""Two at once on one contract: drawn, signed last, signed and called off, confirmed; limits hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, models

from core.errors import Refused
from core.models.base import LockedQuerySet
from credit.lending.models import ContractCopy, Loan, LoanEvent, Pledge, Share, Signature
from credit.lending.services import arrival, cancelling, contracts, drawing, signing
from tests.factories.contracting import (
    AT,
    Case,
    covered_case,
    drawn_case,
    quick_pdf,
    rules_in_force,
    signed_case,
)
from tests.factories.core import ParameterFactory
from tests.factories.lending import PartyFactory, PledgeFactory
from tests.factories.membership import officer
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    rules_in_force()
    with quick_pdf():
        yield


def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """``locked()`` without the lock: the twin that must show the fault."""
    return rows.order_by("pk")


def without_locks() -> AbstractContextManager[Any]:
    return mock.patch.object(LockedQuerySet, "locked", unlocked)


def meeting(owner: Any, name: str) -> AbstractContextManager[Any]:
    """Each call meets the others after this step."""
    step = getattr(owner, name)

    def met(*args: Any, **values: Any) -> Any:
        done = step(*args, **values)
        meet()
        return done

    return mock.patch.object(owner, name, met)


def codes_of(answers: list[Any]) -> list[str]:
    return [answer.code for answer in answers if isinstance(answer, Refused)]


# --- two officers draw the same contract ---


def draw_twice() -> list[str]:
    case = covered_case()
    other = officer("convener", case.borrower.union)

    def draw(by: Any) -> Callable[[], Any]:
        return lambda: contracts.draw_contract(request_id=case.request.pk, by=by, at=AT)

    with meeting(drawing._Drawing, "check"):
        answers = race(draw(case.officer), draw(other))
    assert Loan.objects.count() == 1
    assert Share.objects.count() == 2
    return codes_of(answers)


def test_two_officers_draw_one_contract() -> None:
    assert draw_twice() == ["wrong_state"]


def test_without_the_lock_only_the_constraint_stands_between_two_contracts() -> None:
    with without_locks():
        assert draw_twice() == ["drawn_already"]


# --- two contracts of one lender at once ---


def lend_twice() -> tuple[list[str], Decimal]:
    """6 000 yuan each for two borrowers from one member who may have 10 000 out."""
    first, second = covered_case("6000.00"), covered_case()
    union = second.borrower.union
    for scope in (union.path, first.borrower.union.path):
        ParameterFactory(code="lending.lender_out_stop", value=Decimal(10_000), scope=scope)
    member = first.lenders[0].member
    also = PartyFactory(union=union, member=member)
    Pledge.objects.filter(request=second.request).delete()
    PledgeFactory(request=second.request, membership=also, pledged=True, amount=Decimal("12000.00"))
    type(second.request).objects.filter(pk=second.request.pk).update(amount=Decimal("6000.00"))

    def draw(case: Case) -> Callable[[], Any]:
        return lambda: contracts.draw_contract(request_id=case.request.pk, by=case.officer, at=AT)

    with meeting(drawing._Drawing, "check"):
        answers = race(draw(first), draw(second))
    out = Share.objects.open().filter(membership__member=member)
    return codes_of(answers), out.aggregate(sum=models.Sum("amount"))["sum"]


def test_two_contracts_at_once_never_pass_a_lender_s_limit() -> None:
    assert lend_twice() == (["limit_lender_out"], Decimal("6000.00"))


def test_without_the_lock_two_contracts_do_pass_it() -> None:
    with without_locks():
        assert lend_twice() == ([], Decimal("12000.00"))


# --- two sign last ---


def sign_last_together() -> tuple[str, int, int]:
    case = drawn_case()
    case.sign(case.borrower)
    asked = [case.ask(lender) for lender in case.lenders]

    def sign(position: int) -> Callable[[], Any]:
        return lambda: case.sign(case.lenders[position], AT, asked[position])

    with meeting(signing, "_signatures"):
        answers = race(sign(0), sign(1))
    assert codes_of(answers) == []
    copies = ContractCopy.objects.filter(kind="signed").count()
    return case.reload().state, Signature.objects.count(), copies


def test_two_who_sign_last_at_once_make_the_contract_bind_once() -> None:
    assert sign_last_together() == ("signed", 3, 1)


def test_without_the_lock_neither_sees_the_other_s_signature() -> None:
    with without_locks():
        assert sign_last_together() == ("drawn", 3, 0)


# --- one taps twice on signing ---


def sign_twice() -> list[str]:
    case = drawn_case()
    asked = case.ask(case.borrower)
    with meeting(signing, "_check"):
        answers = race(*[lambda: case.sign(case.borrower, AT, asked)] * 2)
    assert Signature.objects.count() == 1
    return codes_of(answers)


def test_two_taps_make_one_signature() -> None:
    assert sign_twice() == ["already_signed"]


def test_without_the_lock_only_the_code_keeps_from_signing_twice() -> None:
    with without_locks():
        assert sign_twice() in (["code_expired"], ["code_gone"])


# --- signed and called off ---


def sign_and_cancel() -> tuple[int, set[str]]:
    """The last lender signs while the borrower calls off; how many of the two are refused."""
    case = drawn_case("12000.00")
    case.sign(case.borrower)
    asked = case.ask(case.lenders[0])
    by = case.borrower.member.user

    with meeting(signing, "_check"), meeting(cancelling, "_check"):
        answers = race(
            lambda: case.sign(case.lenders[0], AT, asked),
            lambda: contracts.cancel_loan(loan_id=case.loan.pk, reason="不借了", by=by, at=AT),
            errors=(Refused, IntegrityError),
        )
    return len(codes_of(answers)), {case.reload().state, *(s.state for s in case.shares())}


def test_a_contract_is_either_signed_or_called_off() -> None:
    refused, states = sign_and_cancel()
    assert refused == 1
    assert states in ({"signed", "agreed"}, {"cancelled", "lapsed"})


def test_without_the_lock_no_rule_keeps_it_from_being_both() -> None:
    with without_locks():
        refused, _states = sign_and_cancel()
    assert refused == 0


# --- one taps twice on arrival ---


def confirm_twice() -> list[Any]:
    case = signed_case("12000.00")
    share = case.send(case.shares()[0])
    with meeting(arrival, "_check_arrived_on"):
        answers = race(*[lambda: case.arrive(share)] * 2, errors=(Refused, IntegrityError))
    assert LoanEvent.objects.count() == 1
    return [answer for answer in answers if isinstance(answer, Exception)]


def test_two_taps_form_one_share() -> None:
    (refused,) = confirm_twice()
    assert refused.code == "share_wrong_state"


def test_without_the_lock_the_second_tap_runs_into_the_first() -> None:
    with without_locks():
        (fault,) = confirm_twice()
    assert isinstance(fault, IntegrityError)

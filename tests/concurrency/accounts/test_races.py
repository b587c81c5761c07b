"""What happens when two ask at the same moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from cooperative.accounts import codes, second_factor
from cooperative.accounts.models import User
from cooperative.accounts.services import signing_in
from core import throttle
from core.errors import Refused
from core.models import AuditRow
from core.throttle import TooOften
from tests.authenticator import code_of
from tests.factories.accounts import SECRET, OfficerFactory
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

AT = datetime(2026, 5, 20, 4, tzinfo=UTC)
PHONE = "13800001234"


@pytest.fixture
def sent(monkeypatch):
    caught = []
    monkeypatch.setattr(codes, "_sender", [lambda **message: caught.append(message)])
    return caught


def ask():
    return codes.send_code(phone=PHONE, purpose="sign_in", address="127.0.0.1", at=AT)


def test_code_used_by_three_at_once_works_for_one(sent):
    name = ask()
    code = sent[0]["text"][4:10]
    answers = race(*[lambda: codes.use_code(name, code, purpose="sign_in", at=AT)] * 3)
    assert answers.count(PHONE) == 1
    assert [type(a) for a in answers].count(Refused) == 2


def test_code_gone_between_two_looks_is_refused_and_no_error(sent, monkeypatch):
    name = ask()
    code = sent[0]["text"][4:10]

    class Late:
        """The cache, as it is when another tap wins after our first look."""

        get, delete, delete_many = cache.get, cache.delete, cache.delete_many

        @staticmethod
        def incr(key):
            cache.delete(key)
            return cache.incr(key)

    monkeypatch.setattr(codes, "cache", Late)
    with pytest.raises(Refused) as caught:
        codes.use_code(name, code, purpose="sign_in", at=AT)
    assert caught.value.code == "code_expired"


def test_code_would_work_for_all_without_the_deletion_that_only_one_wins(sent, monkeypatch):
    name = ask()
    code = sent[0]["text"][4:10]

    class Blind:
        """The cache, when nobody looks whether the deletion found something."""

        get, incr, delete_many = cache.get, cache.incr, cache.delete_many

        @staticmethod
        def delete(key):
            meet()
            cache.delete(key)
            return True

    monkeypatch.setattr(codes, "cache", Blind)
    monkeypatch.setattr(codes, "challenge", lambda *a, **k: codes.Challenge(PHONE, "sign_in", AT))
    answers = race(*[lambda: codes.use_code(name, code, purpose="sign_in", at=AT)] * 3)
    assert answers.count(PHONE) == 3


def test_message_is_sent_once_when_two_ask_at_once(sent):
    answers = race(ask, ask, ask)
    assert len(sent) == 1
    assert [type(a) for a in answers].count(TooOften) == 2


def test_counter_gives_each_its_own_number():
    limit = throttle.Limit("race", 8, 60)
    answers = race(*[lambda: throttle.take(limit, "a", at=AT)] * 8)
    assert sorted(answers) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_account_is_made_once_when_two_prove_the_number_at_once():
    answers = race(*[lambda: signing_in.account_of_phone(phone=PHONE, at=AT)] * 4)
    assert len({user.pk for user in answers}) == 1
    assert User.objects.count() == 1
    assert AuditRow.objects.filter(action="account.created").count() == 1


def test_code_of_an_authenticator_works_for_one():
    officer = OfficerFactory()
    code = code_of(SECRET)
    answers = race(*[lambda: second_factor.check(officer, code)] * 3)
    assert sorted(answers, key=str) == [None, None, "totp"]


def test_recovery_code_works_for_one():
    officer = OfficerFactory()
    recovery = second_factor.recovery_codes_of(officer).get_unused_codes()[0]
    answers = race(*[lambda: second_factor.check(officer, recovery)] * 3)
    assert sorted(answers, key=str) == [None, None, "recovery_codes"]

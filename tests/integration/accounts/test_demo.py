"""The accounts of the demo."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from cooperative.accounts import demo
from cooperative.accounts.models import User
from tests.factories.accounts import SECRET

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 20, 4, tzinfo=UTC)


def test_officer_of_the_demo_signs_in_with_the_code_that_the_inbox_shows(settings):
    settings.DEMO = True
    for _twice in range(2):
        demo.make_officer(username="jingban", name="李春梅", secret=SECRET, at=AT)
    assert User.objects.count() == 1
    (shown,) = demo.current_codes()
    assert (shown.login, shown.name) == ("jingban", "李春梅")
    assert 1 <= shown.seconds <= 30
    client = Client()
    client.post("/officers/sign-in/", {"username": "jingban", "password": demo.PASSWORD})
    assert client.post("/officers/sign-in/code/", {"code": shown.code}).url == "/admin/"


def test_codes_are_shown_in_the_demo_only():
    demo.make_officer(username="jingban", name="李春梅", secret=SECRET, at=AT)
    assert demo.current_codes() == []


def test_phone_accounts_are_made_once():
    people = [("13800001234", "王秋实"), ("13800005678", "赵建国")]
    first = demo.make_phone_accounts(people, at=AT)
    assert demo.make_phone_accounts(people, at=AT) == first
    assert [user.name for user in first] == ["王秋实", "赵建国"]
    assert not first[0].has_usable_password()

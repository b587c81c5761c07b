"""Accounts in the officers' panel: an administrator helps members of the own unions only."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from cooperative.accounts import lockout
from cooperative.accounts.models import User
from tests.factories.membership import (
    MemberFactory,
    MembershipFactory,
    PhoneUserFactory,
    PostFactory,
    UnionFactory,
)

pytestmark = pytest.mark.django_db


def member_of(union):
    user = PhoneUserFactory()
    MembershipFactory(union=union, member=MemberFactory(user=user))
    return user


@pytest.fixture
def union():
    return UnionFactory()


@pytest.fixture
def administrator(union):
    return PostFactory(union=union, role="administrator").user


def page_of(user, deed=""):
    return reverse("admin:accounts_user_change", args=[user.pk]).replace("change/", deed)


def lock(user):
    for _try in range(5):
        key = lockout.keys_of(user)[0]
        lockout.count_wrong(key, user, address="127.0.0.1", at=timezone.now())


def test_list_shows_accounts_within_reach_masked(signed_in, administrator, union):
    ours, foreign = member_of(union), member_of(UnionFactory())
    client = signed_in(administrator, second_factor=True)
    page = client.get(reverse("admin:accounts_user_changelist")).content.decode()
    assert f"{ours.phone[:3]}****{ours.phone[-4:]}" in page
    assert ours.phone not in page
    assert reverse("admin:accounts_user_change", args=[foreign.pk]) not in page


def test_administrator_unlocks(signed_in, administrator, union):
    user = member_of(union)
    lock(user)
    client = signed_in(administrator, second_factor=True)
    page = client.get(page_of(user, "change/")).content.decode()
    assert "锁定，还有 15 分钟" in page
    assert client.get(page_of(user, "unlock/")).status_code == 200
    assert lockout.minutes_locked(user, at=timezone.now()) == 15
    assert client.post(page_of(user, "unlock/"), {"sure": "1"}).status_code == 302
    assert lockout.minutes_locked(user, at=timezone.now()) == 0


def test_account_of_another_union_is_not_found(signed_in, administrator):
    user = member_of(UnionFactory())
    lock(user)
    client = signed_in(administrator, second_factor=True)
    assert client.post(page_of(user, "unlock/"), {"sure": "1"}).status_code == 404
    assert lockout.minutes_locked(user, at=timezone.now()) == 15


@pytest.mark.parametrize("role", ["convener", "reviewer", "auditor"])
def test_other_roles_do_not_see_accounts(signed_in, union, role):
    user = member_of(union)
    client = signed_in(PostFactory(union=union, role=role).user, second_factor=True)
    assert client.get(reverse("admin:accounts_user_changelist")).status_code in {403, 404}
    assert client.post(page_of(user, "close/"), {"sure": "1"}).status_code == 404
    user.refresh_from_db()
    assert user.is_active


def test_panel_opens_only_after_the_second_step(signed_in, administrator):
    client = signed_in(administrator)
    assert client.get("/admin/").status_code == 302
    client = signed_in(administrator, second_factor=True)
    assert client.get("/admin/").status_code == 200


def test_administrator_makes_an_officers_account(signed_in, administrator):
    client = signed_in(administrator, second_factor=True)
    address = reverse("admin:accounts_user_create-officer")
    given = {"username": "zhang", "name": "张卫东", "password": "1234567890"}
    assert "密码不能全是数字" in client.post(address, given).content.decode()
    assert client.post(address, {**given, "password": "lin-shi-2026"}).status_code == 302
    assert User.objects.get(username="zhang").must_change_password

"""What an administrator does for an account, and only for those within reach."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from cooperative.accounts import authority, lockout, second_factor
from cooperative.accounts.models import User
from cooperative.accounts.services import help as helping
from cooperative.accounts.services import signing_in
from cooperative.accounts.tasks import forget_sessions
from core import audit
from core.errors import Forbidden, NotFound, Refused
from tests.factories.accounts import OfficerFactory, UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 20, 4, tzinfo=UTC)


@pytest.fixture
def administrator(monkeypatch):
    """Reaches every account but those called 外人."""
    reach = [lambda officer: User.objects.exclude(name="外人")]
    monkeypatch.setattr(authority, "_reach", reach)
    return OfficerFactory()


def lock(user):
    for _try in range(5):
        lockout.count_wrong(lockout.keys_of(user)[0], user, address="127.0.0.1", at=AT)


def actions_on(user):
    return [row.action for row in audit.trail_of(user)]


def test_unlocked_account_may_try_again_at_once(administrator):
    user = UserFactory()
    lock(user)
    assert lockout.minutes_locked(user, at=AT) == 15
    helping.unlock(user=user, by=administrator, at=AT)
    assert lockout.minutes_locked(user, at=AT) == 0
    lockout.check_may_try(lockout.keys_of(user)[0], address="127.0.0.1", at=AT)
    assert actions_on(user) == ["account.locked", "account.unlocked"]


@pytest.mark.parametrize("deed", ["unlock", "reset_second_step", "close", "reopen"])
def test_account_out_of_reach_is_not_found(administrator, deed):
    user = OfficerFactory(name="外人")
    lock(user)
    with pytest.raises(NotFound):
        getattr(helping, deed)(user=user, by=administrator, at=AT)
    assert actions_on(user) == ["account.locked"]
    assert lockout.minutes_locked(user, at=AT) == 15
    assert second_factor.authenticator_of(user) is not None


@pytest.mark.parametrize("deed", ["reset_second_step", "close", "reopen"])
def test_own_account_is_for_a_colleague(administrator, deed):
    with pytest.raises(Forbidden) as refused:
        getattr(helping, deed)(user=administrator, by=administrator, at=AT)
    assert refused.value.code == "own_account"
    assert actions_on(administrator) == []


def test_reset_takes_authenticator_codes_and_sessions_away(administrator, signed_in):
    officer = OfficerFactory()
    client = signed_in(officer, second_factor=True)
    client.get("/me/")
    helping.reset_second_step(user=officer, by=administrator, at=AT)
    assert second_factor.authenticator_of(officer) is None
    assert second_factor.recovery_codes_of(officer) is None
    assert not UserSession.objects.filter(user=officer).exists()
    assert client.get("/me/").status_code == 302
    assert actions_on(officer) == ["account.second_step_reset", "account.session_ended"]


def test_closed_account_is_out_at_once_until_it_is_opened_again(administrator, signed_in):
    user = UserFactory()
    client = signed_in(user)
    client.get("/me/")
    helping.close(user=user, by=administrator, at=AT)
    assert client.get("/me/").status_code == 302
    user.refresh_from_db()
    with pytest.raises(Refused, match="已经停用"):
        signing_in.check_open(user)
    helping.reopen(user=user, by=administrator, at=AT)
    user.refresh_from_db()
    signing_in.check_open(user)
    assert actions_on(user) == ["account.closed", "account.session_ended", "account.reopened"]


def test_new_officer_has_a_temporary_password(administrator):
    user = helping.create_officer(
        username="zhang", name="张卫东", password="lin-shi-2026", by=administrator, at=AT
    )
    user.refresh_from_db()
    assert user.check_password("lin-shi-2026")
    assert user.must_change_password
    assert actions_on(user) == ["account.created"]


def test_sign_in_name_is_refused_when_it_is_taken(administrator):
    OfficerFactory(username="zhang")
    with pytest.raises(Refused, match="已经有人用“Zhang”这个登录名"):
        helping.create_officer(
            username="Zhang", name="张卫东", password="lin-shi-2026", by=administrator, at=AT
        )
    assert User.objects.filter(username__iexact="zhang").count() == 1


def test_temporary_password_ends_the_old_one_and_all_sessions(administrator, signed_in):
    officer = OfficerFactory()
    client = signed_in(officer, second_factor=True)
    client.get("/me/")
    helping.set_temporary_password(user=officer, password="lin-shi-2026", by=administrator, at=AT)
    officer.refresh_from_db()
    assert officer.check_password("lin-shi-2026")
    assert officer.must_change_password
    assert client.get("/me/").status_code == 302


def test_member_gets_no_temporary_password(administrator):
    user = UserFactory()
    with pytest.raises(Refused, match="社员用短信验证码登录"):
        helping.set_temporary_password(user=user, password="lin-shi-2026", by=administrator, at=AT)
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_command_prints_a_temporary_password():
    out = StringIO()
    call_command("create_officer", "zhang", "张卫东", stdout=out)
    user = User.objects.get(username="zhang")
    assert user.check_password(out.getvalue().strip())
    with pytest.raises(CommandError, match="已经有人用"):
        call_command("create_officer", "zhang", "张卫东", stdout=out)


def test_ended_sessions_are_forgotten(signed_in):
    clients = [signed_in(UserFactory()) for _ in range(2)]
    for client in clients:
        client.get("/me/")
    Session.objects.filter(session_key=clients[0].session.session_key).delete()
    assert forget_sessions() == 1
    assert UserSession.objects.get().session_key == clients[1].session.session_key

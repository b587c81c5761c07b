"""Officers sign in by name, password and authenticator, and set the authenticator up first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from cooperative.accounts import second_factor, sessions
from cooperative.accounts.models import User
from core.models import AuditRow
from tests.authenticator import code_of, wrong_code_of
from tests.factories.accounts import PASSWORD, SECRET, OfficerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(monkeypatch):
    user = OfficerFactory()
    monkeypatch.setattr(second_factor, "_needs", [lambda somebody: somebody == user])
    return user


@pytest.fixture
def newcomer(monkeypatch):
    user = OfficerFactory(authenticator=False)
    monkeypatch.setattr(second_factor, "_needs", [lambda somebody: somebody == user])
    return user


def first_step(client, user, password=PASSWORD, **more):
    given = {"username": user.username, "password": password, **more}
    return client.post("/officers/sign-in/", given)


def second_step(client, code):
    return client.post("/officers/sign-in/code/", {"code": code})


def user_in(client):
    return client.session.get("_auth_user_id")


def actions():
    return list(AuditRow.objects.order_by("pk").values_list("action", flat=True))


def test_both_steps_lead_into_the_panel(client, officer):
    assert client.get("/officers/sign-in/").status_code == 200
    assert first_step(client, officer, next="/me/").url == "/officers/sign-in/code/"
    assert user_in(client) is None
    assert client.get("/officers/sign-in/code/").status_code == 200
    assert second_step(client, code_of(SECRET)).url == "/me/"
    assert user_in(client) == str(officer.pk)
    assert client.session.get_expiry_age() == 1800
    assert actions() == ["account.signed_in"]
    assert AuditRow.objects.get().facts == {"method": "password", "second_step": True}


def test_default_page_after_both_steps_is_the_panel(client, officer):
    first_step(client, officer, next="https://evil.example/")
    assert second_step(client, code_of(SECRET)).url == "/admin/"


def test_second_step_needs_the_first(client, officer):
    assert client.get("/officers/sign-in/code/").url == "/officers/sign-in/"
    assert second_step(client, code_of(SECRET)).url == "/officers/sign-in/"


def test_first_step_is_forgotten_after_ten_minutes(client, officer):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        first_step(client, officer)
        clock.shift(timedelta(minutes=10, seconds=1))
        assert second_step(client, code_of(SECRET)).url == "/officers/sign-in/"


def test_wrong_password_is_told_in_the_trail(client, officer):
    response = first_step(client, officer, "wrong")
    assert response.status_code == 422
    assert "登录名或密码不对。" in response.content.decode()
    row = AuditRow.objects.get()
    assert (row.action, row.subject_id, row.by) == ("account.sign_in_failed", officer.pk, None)
    assert row.facts == {"step": "password"}


def test_unknown_name_reads_like_a_wrong_password(client, db):
    given = {"username": "nobody", "password": "wrong"}
    response = client.post("/officers/sign-in/", given)
    assert "登录名或密码不对。" in response.content.decode()
    assert not AuditRow.objects.exists()


def test_wrong_code_counts_and_the_fifth_locks_both_steps(client, officer):
    first_step(client, officer)
    for _try in range(5):
        response = second_step(client, wrong_code_of(SECRET))
        assert "验证码不对。" in response.content.decode()
    response = second_step(client, code_of(SECRET))
    assert response.status_code == 429
    assert "请等 15 分钟再试。" in response.content.decode()
    assert first_step(Client(), officer).status_code == 429
    assert actions() == ["account.sign_in_failed"] * 5 + ["account.locked"]


def test_code_of_the_authenticator_works_once(client, officer):
    code = code_of(SECRET)
    first_step(client, officer)
    assert second_step(client, code).status_code == 302
    other = Client()
    first_step(other, officer)
    assert second_step(other, code).status_code == 422
    assert user_in(other) is None


def test_recovery_code_works_once(client, officer):
    recovery = second_factor.recovery_codes_of(officer).get_unused_codes()
    assert len(recovery) == 8
    first_step(client, officer)
    assert second_step(client, f"{recovery[3][:4]} {recovery[3][4:]}").status_code == 302
    assert "account.recovery_code_used" in actions()
    other = Client()
    first_step(other, officer)
    assert second_step(other, recovery[3]).status_code == 422


def test_newcomer_sets_the_authenticator_up_before_anything_else(client, newcomer):
    assert first_step(client, newcomer).url == "/officers/sign-in/set-up/"
    assert user_in(client) is None
    assert client.get("/admin/").status_code == 302
    page = client.get("/officers/sign-in/set-up/").content.decode()
    assert 'src="data:image/svg+xml' in page
    key = re.search(r'class="secret figure">([A-Z2-7 ]+)<', page).group(1)
    assert client.get("/officers/sign-in/set-up/").content.decode().count(key) == 1
    secret = key.replace(" ", "")
    wrong = client.post("/officers/sign-in/set-up/", {"code": wrong_code_of(secret)})
    assert "请核对手机时间是否准确" in wrong.content.decode()
    assert not Authenticator.objects.exists()
    response = client.post("/officers/sign-in/set-up/", {"code": code_of(secret)})
    assert response.url == "/me/recovery-codes/"
    assert user_in(client) == str(newcomer.pk)
    assert actions() == ["account.second_step_set", "account.signed_in"]


def test_secret_is_sealed_at_rest(client, newcomer):
    first_step(client, newcomer)
    page = client.get("/officers/sign-in/set-up/").content.decode()
    secret = re.search(r'class="secret figure">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    assert secret not in str(dict(client.session))
    client.post("/officers/sign-in/set-up/", {"code": code_of(secret)})
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_recovery_codes_are_shown_until_they_are_kept_and_never_again(client, newcomer):
    first_step(client, newcomer)
    page = client.get("/officers/sign-in/set-up/").content.decode()
    secret = re.search(r'class="secret figure">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    client.post("/officers/sign-in/set-up/", {"code": code_of(secret)})
    shown = re.findall(
        r"<li>(\d{4}) (\d{4})</li>", client.get("/me/recovery-codes/").content.decode()
    )
    assert len(shown) == 8
    file = client.get("/me/recovery-codes/download/")
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert all(a + b in file.content.decode() for a, b in shown)
    assert client.post("/me/recovery-codes/").url == "/admin/"
    assert client.get("/me/recovery-codes/").url == "/me/"
    assert client.get("/me/recovery-codes/download/").url == "/me/"


def test_set_up_cannot_be_used_to_replace_an_authenticator(client, officer):
    first_step(client, officer)
    assert client.get("/officers/sign-in/set-up/").url == "/officers/sign-in/code/"
    assert client.post("/officers/sign-in/set-up/", {"code": "1"}).url == "/officers/sign-in/code/"
    assert second_factor.check(officer, code_of(SECRET)) == "totp"


def test_officer_moves_to_another_authenticator_after_confirming(client, officer):
    first_step(client, officer)
    second_step(client, code_of(SECRET))
    page = client.get("/me/second-step/").content.decode()
    secret = re.search(r'class="secret figure">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    old = second_factor.recovery_codes_of(officer).get_unused_codes()
    response = client.post("/me/second-step/", {"code": code_of(secret)})
    assert response.url == "/me/recovery-codes/"
    assert second_factor.check(officer, code_of(secret)) == "totp"
    assert second_factor.check(officer, old[0]) is None
    assert actions()[-1] == "account.second_step_set"


def test_stale_session_confirms_with_the_authenticator_first(client, officer):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        first_step(client, officer)
        second_step(client, code_of(SECRET))
        clock.shift(timedelta(minutes=6))
        assert client.get("/me/second-step/").url == "/me/confirm/?next=%2Fme%2Fsecond-step%2F"
        assert client.post("/me/recovery-codes/renew/").status_code == 302
        page = client.get("/me/confirm/", {"next": "/me/second-step/"}).content.decode()
        assert "身份验证器上的 6 位数字" in page
        given = {"code": code_of(SECRET), "next": "/me/second-step/"}
        assert client.post("/me/confirm/", given).url == "/me/second-step/"
        assert client.get("/me/second-step/").status_code == 200
        assert client.post("/me/recovery-codes/renew/").url == "/me/recovery-codes/"


def test_phone_session_is_no_officers_session(officer, signed_in):
    client = signed_in(officer)
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/officers/sign-in/")
    assert response.status_code == 200


def test_somebody_without_a_post_is_told_so(signed_in):
    client = signed_in(UserFactory(officer=True), second_factor=True)
    response = client.get("/officers/sign-in/")
    assert response.status_code == 403
    assert "您现在没有工会岗位。" in response.content.decode()


def test_officers_session_ends_after_half_an_hour_of_idling(client, officer):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        first_step(client, officer)
        second_step(client, code_of(SECRET))
        clock.shift(timedelta(minutes=29))
        assert client.get("/me/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert client.get("/me/").url == "/sign-in/?next=/me/"


def test_members_session_lasts_two_weeks_after_the_last_use(signed_in):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in(UserFactory())
        for _visit in range(3):
            assert client.get("/me/").status_code == 200
            cache.delete(f"seen:{client.session.session_key}")  # its clock does not travel
            clock.shift(timedelta(days=13))
        assert client.get("/me/").status_code == 200
        clock.shift(timedelta(seconds=sessions.MEMBER_IDLE_SECONDS + 1))
        assert client.get("/me/").status_code == 302


def test_temporary_password_is_changed_before_anything_else(client, officer):
    User.objects.filter(pk=officer.pk).update(must_change_password=True)
    first_step(client, officer, next="/me/")
    assert second_step(client, code_of(SECRET)).url == "/me/password/"
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/me/password/"
    assert "换成自己的密码" in client.get("/me/password/").content.decode()
    same = client.post("/me/password/", {"password": PASSWORD, "again": PASSWORD})
    assert "新密码和原来的一样" in same.content.decode()
    given = {"password": "hei-tu-di-2026", "again": "hei-tu-di-2026"}
    assert client.post("/me/password/", given).url == "/me/"
    officer.refresh_from_db()
    assert not officer.must_change_password
    assert client.get("/officers/sign-in/").url == "/admin/"


@pytest.mark.parametrize("page", ["/me/password/", "/me/second-step/", "/me/phone/"])
def test_code_by_sms_leads_to_nothing_an_officer_signs_in_with(client, phones, officer, page):
    officer.set_phone("13800001234", verified_at=timezone.now())
    officer.save()
    client.post("/sign-in/", {"phone": "13800001234"})
    client.post("/sign-in/code/", {"code": phones.code})
    assert user_in(client) == str(officer.pk)
    where = "/officers/sign-in/?next=" + page.replace("/", "%2F")
    assert client.get(page).url == where
    assert client.post(page, {"code": "123456", "phone": "13900001234"}).url == where
    assert client.post("/me/recovery-codes/renew/").status_code == 302
    assert (
        "/me/recovery-codes/" not in client.post("/me/recovery-codes/renew/").url.split("next")[0]
    )


def test_new_officer_without_authenticator_cannot_set_one_up_by_sms(client, phones, newcomer):
    newcomer.set_phone("13800001234", verified_at=timezone.now())
    newcomer.save()
    client.post("/sign-in/", {"phone": "13800001234"})
    client.post("/sign-in/code/", {"code": phones.code})
    assert client.get("/me/second-step/").url.startswith("/officers/sign-in/")
    assert client.get("/me/password/").url.startswith("/officers/sign-in/")

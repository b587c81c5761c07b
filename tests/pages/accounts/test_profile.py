"""我的: what it shows, the password, the number, the devices."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from cooperative.accounts.models import User
from core.models import AuditRow
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

PHONE = "13800001234"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 12; HLK-AL00) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.42"
)


def arrive(phones, phone=PHONE, **environ):
    """A client that signed in by code just now."""
    client = Client(**environ)
    client.post("/sign-in/", {"phone": phone})
    client.post("/sign-in/code/", {"code": phones.code})
    return client


def actions():
    return list(AuditRow.objects.order_by("pk").values_list("action", flat=True))


def test_page_masks_name_and_number(signed_in):
    page = signed_in(UserFactory(phone=PHONE)).get("/me/").content.decode()
    assert "王*实" in page
    assert "138****1234" in page
    assert "王秋实" not in page
    assert PHONE not in page


def test_larger_type_is_a_class_of_the_page(signed_in):
    assert (
        'class="type-large"' in signed_in(UserFactory(large_type=True)).get("/me/").content.decode()
    )


@pytest.mark.parametrize(
    "path",
    ["/me/", "/me/password/", "/me/phone/", "/me/confirm/", "/profile/devices/", "/sign-out/"],
)
def test_visitor_is_sent_to_sign_in_and_comes_back(client, path):
    assert client.get(path).url == f"/sign-in/?next={path}"


def test_password_is_set_right_after_signing_in(phones):
    client = arrive(phones)
    other = arrive_later(phones)
    given = {"password": "hei-tu-di-2026", "again": "hei-tu-di-2026"}
    assert client.post("/me/password/", given).url == "/me/"
    user = User.objects.get()
    assert user.check_password("hei-tu-di-2026")
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302
    assert UserSession.objects.count() == 1
    assert "account.password_set" in actions()


def arrive_later(phones):
    """Another device, after the minute between two messages."""
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        return arrive(phones)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"password": "short", "again": "short"}, "密码太短，至少要 10 位。"),
        ({"password": "8613800001234", "again": "8613800001234"}, "密码不能全是数字"),
        ({"password": "password123", "again": "password123"}, "很多人用这个密码"),
        ({"password": "x13800001234", "again": "x13800001234"}, "密码和您的手机号"),
        ({"password": "hei-tu-di-2026", "again": "hei-tu-di-2027"}, "两次填的不一样。"),
        ({"password": "", "again": ""}, "请填新密码。"),
    ],
)
def test_password_is_refused(phones, given, sentence):
    response = arrive(phones).post("/me/password/", given)
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert "password is" not in page
    assert not User.objects.get().has_usable_password()


def test_stale_session_confirms_by_a_code_to_its_own_number(phones):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = arrive(phones)
        clock.shift(timedelta(minutes=6))
        assert client.get("/me/password/").url == "/me/confirm/?next=%2Fme%2Fpassword%2F"
        page = client.get("/me/confirm/", {"next": "/me/password/"}).content.decode()
        assert "138****1234" in page
        sent = client.post("/me/confirm/send/", {"next": "/me/password/"})
        assert sent.url == "/me/confirm/"
        assert len(phones.sent) == 2
        response = client.post("/me/confirm/", {"code": phones.wrong})
        assert "还可以再试 2 次" in response.content.decode()
        assert client.post("/me/confirm/", {"code": phones.code}).url == "/me/password/"
        assert client.get("/me/password/").status_code == 200


def test_account_without_a_number_confirms_by_password(signed_in):
    client = signed_in(UserFactory(officer=True))
    assert client.get("/me/phone/").url == "/me/confirm/?next=%2Fme%2Fphone%2F"
    response = client.post("/me/confirm/", {"password": "wrong"})
    assert "密码不对。" in response.content.decode()
    response = client.post("/me/confirm/", {"password": PASSWORD, "next": "/me/phone/"})
    assert response.url == "/me/phone/"


def test_code_for_one_purpose_serves_no_other(phones):
    client = arrive(phones)
    client.post("/me/phone/", {"phone": "13900001234"})
    session = client.session
    session["challenge:sign_in"] = session["challenge:change_phone"]
    session.save()
    stranger = Client()
    stranger.cookies = client.cookies.copy()
    assert client.post("/me/confirm/", {"code": phones.code}).status_code == 422


def test_number_is_changed_by_a_code_to_the_new_one(phones):
    client = arrive(phones)
    assert client.post("/me/phone/", {"phone": "13900001234"}).url == "/me/phone/code/"
    assert phones.sent[-1][0] == "13900001234"
    assert "139****1234" in client.get("/me/phone/code/").content.decode()
    assert client.post("/me/phone/code/", {"code": phones.wrong}).status_code == 422
    assert User.objects.get().phone == PHONE
    assert client.post("/me/phone/code/", {"code": phones.code}).url == "/me/"
    assert User.objects.get().phone == "13900001234"
    assert actions()[-1] == "account.phone_changed"
    assert "13900001234" not in str(list(AuditRow.objects.values_list("facts", flat=True)))


def test_number_of_somebody_else_is_refused_after_the_code_only(phones):
    UserFactory(phone="13900001234")
    client = arrive(phones)
    assert client.post("/me/phone/", {"phone": "13900001234"}).url == "/me/phone/code/"
    response = client.post("/me/phone/code/", {"code": phones.code})
    assert "这个手机号已有账号。" in response.content.decode()
    assert User.objects.with_phone(PHONE) is not None


def test_devices_are_listed_in_words_and_signed_out_one_by_one(phones):
    old = arrive(phones, HTTP_USER_AGENT=WECHAT, REMOTE_ADDR="127.0.0.9")
    client = arrive_later(phones)
    page = client.get("/profile/devices/").content.decode()
    assert "安卓手机 · 微信" in page
    assert "127.0.0.9" in page
    assert page.count("就是这台") == 1
    row = UserSession.objects.get(ip="127.0.0.9")
    assert client.post(f"/profile/devices/{row.pk}/end/").url == "/profile/devices/"
    assert old.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200
    assert actions()[-1] == "account.session_ended"


def test_all_other_devices_are_signed_out_at_once(phones):
    old = arrive(phones)
    client = arrive_later(phones)
    response = client.post("/profile/devices/end-others/", follow=True)
    assert "已退出另外 1 台设备。" in response.content.decode()
    assert old.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_device_of_somebody_else_is_not_found(phones, signed_in):
    client = arrive(phones)
    row = UserSession.objects.get()
    assert signed_in(UserFactory()).post(f"/profile/devices/{row.pk}/end/").status_code == 404
    assert client.get("/me/").status_code == 200


def test_activity_is_noted_once_in_five_minutes(phones):
    start = timezone.now()
    client = arrive(phones)
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        client.get("/me/", REMOTE_ADDR="127.0.0.7")
        first = UserSession.objects.get()
        assert first.ip == "127.0.0.7"
        client.get("/me/", REMOTE_ADDR="127.0.0.8")
    assert UserSession.objects.get().ip == "127.0.0.7"


@pytest.mark.parametrize("path", ["/me/", "/profile/devices/", "/me/confirm/", "/sign-out/"])
def test_looking_changes_nothing(phones, path):
    client = arrive(phones)
    before = AuditRow.objects.count()
    assert client.get(path).status_code == 200
    assert AuditRow.objects.count() == before

"""Members sign in: the number, the code, what goes wrong on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cooperative.accounts import codes
from cooperative.accounts.models import User
from core.errors import Refused
from core.models import AuditRow
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

PHONE = "13800001234"


def ask(client, phone=PHONE, **more):
    return client.post("/sign-in/", {"phone": phone, **more})


def give(client, code):
    return client.post("/sign-in/code/", {"code": code})


def user_in(client):
    return client.session.get("_auth_user_id")


def actions():
    return list(AuditRow.objects.order_by("pk").values_list("action", flat=True))


def test_unknown_number_gets_an_account_when_the_code_is_right(client, phones):
    response = client.get("/sign-in/")
    assert 'inputmode="tel"' in response.content.decode()
    response = ask(client, "+86 138-0000-1234")
    assert response.url == "/sign-in/code/"
    assert [(phone, purpose) for phone, _text, purpose in phones.sent] == [(PHONE, "sign_in_code")]
    assert not User.objects.exists()
    page = client.get("/sign-in/code/").content.decode()
    assert "138****1234" in page
    assert "秒后可以重新发送" in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    response = give(client, phones.code)
    assert response.url == "/"
    user = User.objects.get()
    assert user.phone == PHONE
    assert user.phone_verified_at is not None
    assert not user.has_usable_password()
    assert user_in(client) == str(user.pk)
    assert actions() == ["account.created", "account.signed_in"]


def test_known_number_sees_the_same_pages_and_message(phones):
    UserFactory(phone=PHONE)
    answers = []
    for phone in (PHONE, "13900001234"):
        client = Client()
        response = ask(client, phone)
        answers.append((response.status_code, response.url))
    assert answers[0] == answers[1]
    texts = {text.replace(code, "") for _p, text, _u in phones.sent for code in [text[4:10]]}
    assert len(texts) == 1
    client = Client()
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        ask(client)
        give(client, phones.code)
    assert User.objects.count() == 1
    assert user_in(client) == str(User.objects.get().pk)


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("1380000123", "手机号是 11 位数字"),
        ("23800001234", "这不像手机号"),
        ("", "请填手机号"),
    ],
)
def test_number_is_refused_when_it_cannot_be_one(client, phones, phone, sentence):
    response = ask(client, phone)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert phones.sent == []


def test_wrong_code_says_how_many_tries_are_left_and_the_third_ends_it(client, phones):
    ask(client)
    response = give(client, phones.wrong)
    assert response.status_code == 422
    assert "验证码不对。还可以再试 2 次。" in response.content.decode()
    assert "还可以再试 1 次。" in give(client, phones.wrong).content.decode()
    assert (
        "验证码错了 3 次，已经作废。请重新发送一条。" in give(client, phones.wrong).content.decode()
    )
    assert "验证码已经失效" in give(client, phones.code).content.decode()
    assert user_in(client) is None
    assert not User.objects.exists()


def test_code_is_read_as_it_is_typed(client, phones):
    ask(client)
    full_width = phones.code.translate({ord(str(n)): ord("０") + n for n in range(10)})
    assert give(client, f" {full_width[:3]} {full_width[3:]} ").status_code == 302
    assert user_in(client)


def test_code_is_refused_when_it_is_no_code(client, phones):
    ask(client)
    response = give(client, "12ab56")
    assert "验证码是 6 位数字。" in response.content.decode()
    assert give(client, phones.code).status_code == 302


def test_code_expires_after_five_minutes(client, phones):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        ask(client)
        code = phones.code
        clock.move_to(start + timedelta(minutes=5))
        assert "验证码已经失效。请重新发送一条。" in give(client, code).content.decode()
        clock.move_to(start + timedelta(minutes=4, seconds=59))
        assert give(client, code).url == "/"


def test_code_works_once(client, phones):
    ask(client)
    other = Client()
    other.cookies = client.cookies.copy()
    code = phones.code
    assert give(client, code).url == "/"
    other_response = give(other, code)
    assert other_response.status_code in {302, 422}
    assert AuditRow.objects.filter(action="account.signed_in").count() == 1


def test_code_belongs_to_the_browser_that_asked(client, phones):
    ask(client)
    stranger = Client()
    response = give(stranger, phones.code)
    assert response.url == "/sign-in/"
    assert user_in(stranger) is None


def test_another_code_may_be_asked_for_after_a_minute(client, phones):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        ask(client)
        first = phones.code
        clock.move_to(start + timedelta(seconds=59))
        response = client.post("/sign-in/code/again/", follow=True)
        assert "短信发得太勤了。请等 1 秒再试。" in response.content.decode()
        assert len(phones.sent) == 1
        clock.move_to(start + timedelta(seconds=60))
        assert "没有收到？看看短信" in client.get("/sign-in/code/").content.decode()
        response = client.post("/sign-in/code/again/", follow=True)
        assert "新的验证码已经发出" in response.content.decode()
        assert len(phones.sent) == 2
        if first != phones.code:
            assert give(client, first).status_code == 422
        assert give(client, phones.code).status_code == 302


def test_five_messages_an_hour_and_ten_a_day_go_to_one_number(phones):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _turn in range(5):
            assert ask(Client()).status_code == 302
            clock.shift(timedelta(minutes=2))
        response = ask(Client())
        assert response.status_code == 429
        assert "短信发得太勤了。请等 50 分钟再试。" in response.content.decode()
        clock.shift(timedelta(minutes=51))
        for _turn in range(5):
            assert ask(Client()).status_code == 302
            clock.shift(timedelta(minutes=2))
        clock.shift(timedelta(hours=2))
        response = ask(Client())
        assert response.status_code == 429
        assert "请等 21 小时再试" in response.content.decode()
    assert len(phones.sent) == 10


def test_thirty_messages_an_hour_come_from_one_address(phones):
    for number in range(30):
        assert ask(Client(), f"139{number:08d}").status_code == 302
    assert ask(Client(), "13911111111").status_code == 429
    other = Client(REMOTE_ADDR="127.0.0.2")
    assert ask(other, "13911111111").status_code == 302


def test_five_wrong_codes_lock_the_number_known_or_not(phones):
    user = UserFactory(phone=PHONE)
    start = timezone.now()
    for phone in (PHONE, "13900001234"):
        with time_machine.travel(start, tick=False) as clock:
            for tries in (3, 2):
                client = Client()
                ask(client, phone)
                for _try in range(tries):
                    give(client, phones.wrong)
                clock.shift(timedelta(minutes=1))
            response = give(client, phones.code)
            assert response.status_code == 429
            assert "连续填错 5 次，暂时不能登录。请等 14 分钟再试。" in response.content.decode()
            assert ask(Client(), phone).status_code == 429
            clock.shift(timedelta(minutes=15))
            client = Client()
            assert ask(client, phone).status_code == 302
            assert give(client, phones.code).status_code == 302
    locked = AuditRow.objects.get(action="account.locked")
    assert locked.subject_id == user.pk
    assert PHONE not in str(locked.facts)


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_foreign_next_page_is_refused(client, phones, where):
    ask(client, next=where)
    assert give(client, phones.code).url == "/"
    assert client.get("/sign-in/", {"next": where}).url == "/"


def test_next_page_of_ours_is_kept_through_the_code(client, phones):
    page = client.get("/sign-in/", {"next": "/me/?a=1"}).content.decode()
    assert 'name="next" value="/me/?a=1"' in page
    assert "/sign-in/password/?next=%2Fme%2F%3Fa%3D1" in page
    ask(client, next="/me/?a=1")
    assert give(client, phones.code).url == "/me/?a=1"


@pytest.mark.parametrize("page", ["/sign-in/", "/sign-in/code/", "/sign-in/password/"])
def test_looking_writes_nothing(client, phones, page):
    assert client.get(page).status_code in {200, 302}
    assert not User.objects.exists()
    assert not AuditRow.objects.exists()
    assert "sessionid" not in client.cookies


def test_resending_is_a_post(client, phones):
    assert client.get("/sign-in/code/again/").status_code == 405
    assert client.post("/sign-in/code/again/").url == "/sign-in/"


def test_closed_account_is_told_after_the_code_only(client, phones):
    UserFactory(phone=PHONE, is_active=False)
    assert ask(client).status_code == 302
    response = give(client, phones.code)
    assert "这个账号已经停用。请联系工会办公室。" in response.content.decode()
    assert user_in(client) is None


def test_closing_an_account_ends_its_session_at_once(signed_in):
    user = UserFactory()
    client = signed_in(user)
    assert client.get("/me/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/me/").url == "/sign-in/?next=/me/"


def by_password(client, phone, password):
    return client.post("/sign-in/password/", {"phone": phone, "password": password})


def test_password_signs_in(client):
    user = UserFactory(with_password=True, phone=PHONE)
    assert by_password(client, PHONE, PASSWORD).url == "/"
    assert user_in(client) == str(user.pk)


def test_wrong_password_reads_the_same_for_unknown_numbers(client):
    UserFactory(with_password=True, phone=PHONE)
    UserFactory(phone="13800005678")
    for phone in (PHONE, "13800005678", "13999999999"):
        response = by_password(client, phone, "wrong")
        assert response.status_code == 422
        assert "手机号或密码不对。" in response.content.decode()


def test_five_wrong_passwords_lock(client):
    UserFactory(with_password=True, phone=PHONE)
    for _try in range(5):
        assert by_password(client, PHONE, "wrong").status_code == 422
    response = by_password(client, PHONE, PASSWORD)
    assert response.status_code == 429
    assert "请等 15 分钟再试。" in response.content.decode()
    assert "着急的话，请找工会管理员解锁。" in response.content.decode()
    assert user_in(client) is None


def test_right_password_forgives_earlier_mistakes(client):
    UserFactory(with_password=True, phone=PHONE)
    for _round in range(2):
        for _try in range(4):
            by_password(Client(), PHONE, "wrong")
        assert by_password(Client(), PHONE, PASSWORD).status_code == 302


def test_signing_out_asks_first_and_ends_the_session(signed_in):
    client = signed_in(UserFactory())
    client.get("/me/")
    page = client.get("/sign-out/").content.decode()
    assert "退出" in page
    assert user_in(client)
    assert client.post("/sign-out/").url == "/"
    assert user_in(client) is None
    assert actions() == ["account.session_ended"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/login/", "/2fa/"])
def test_pages_of_the_library_are_not_reachable(client, path):
    assert client.get(path).status_code == 404


def test_message_that_cannot_be_sent_is_told(client, monkeypatch):
    def refuse(**_message):
        raise Refused("sms_unavailable", "短信现在发不出去。", way_on="请过一分钟再试一次。")

    monkeypatch.setattr(codes, "_sender", [refuse])
    response = ask(client)
    assert response.status_code == 422
    assert "短信现在发不出去。" in response.content.decode()
    assert "请过一分钟再试一次。" in response.content.decode()
    assert client.get("/sign-in/code/").url == "/sign-in/"

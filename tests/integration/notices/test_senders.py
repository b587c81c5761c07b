"""Console, demo, the choice of adapter, sign-in codes and the start-up checks."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from cooperative.notices import checks, senders
from cooperative.notices.gateway import GatewayPort
from cooperative.notices.models import DemoMessage
from cooperative.notices.sms import Sms, SmsError, SmsRefused, SmsUnavailable
from core.errors import Refused

SMS = Sms("13812345678", "登录验证码 048213。", "sign_in", "key-1")


def test_console_logs_neither_number_nor_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="cooperative.notices"):
        senders.ConsolePort().send(SMS)
    assert "138****5678" in caplog.text
    assert "13812345678" not in caplog.text
    assert "048213" not in caplog.text


@pytest.mark.django_db
def test_demo_keeps_the_message_once_a_key() -> None:
    first = senders.DemoPort().send(SMS)
    assert senders.DemoPort().send(SMS) == first
    row = DemoMessage.objects.get()
    assert (row.phone, row.text) == ("13812345678", "【三位一体】登录验证码 048213。")


def test_settings_choose_the_adapter(settings: Any) -> None:
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN = "https://sms.example.cn/", "x"
    found = {}
    for name in ("console", "demo", "http"):
        settings.SMS_ADAPTER = name
        found[name] = type(senders.current_port())
    assert found == {
        "console": senders.ConsolePort,
        "demo": senders.DemoPort,
        "http": GatewayPort,
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [(SmsUnavailable("timeout"), "sms_unavailable"), (SmsRefused("http_400"), "sms_refused")],
)
def test_code_that_cannot_be_sent_is_a_refusal_people_understand(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: SmsError, code: str
) -> None:
    class Failing:
        def send(self, sms: Sms) -> str:
            raise error

    monkeypatch.setattr(senders, "current_port", Failing)
    with pytest.raises(Refused) as refused:
        senders.send_now(phone="13812345678", text="登录验证码 048213。", purpose="sign_in")
    assert refused.value.code == code
    assert refused.value.way_on
    assert "048213" not in caplog.text
    assert "13812345678" not in caplog.text


@pytest.mark.django_db
def test_code_goes_out_at_once_at_any_hour(settings: Any, time_machine: Any) -> None:
    settings.SMS_ADAPTER = "demo"
    time_machine.move_to("2026-05-20T23:30:00+08:00", tick=False)
    senders.send_now(phone="13812345678", text="登录验证码 048213。", purpose="sign_in")
    assert DemoMessage.objects.get().purpose == "sign_in"


@pytest.mark.django_db
def test_gateway_is_not_called_for_a_code_inside_a_transaction(settings: Any) -> None:
    settings.SMS_ADAPTER = "http"
    with pytest.raises(RuntimeError, match="transaction"):
        senders.send_now(phone="13812345678", text="登录验证码 048213。", purpose="sign_in")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"SMS_ADAPTER": "console"}, []),
        ({"SMS_ADAPTER": "pigeon"}, ["notices.E001"]),
        ({"SMS_ADAPTER": "demo", "DEMO": False}, ["notices.E002"]),
        ({"SMS_ADAPTER": "demo", "DEMO": True}, []),
        ({"SMS_ADAPTER": "http"}, ["notices.E003", "notices.E004"]),
        (
            {
                "SMS_ADAPTER": "http",
                "SMS_GATEWAY_URL": "https://sms.example.cn/",
                "SMS_GATEWAY_TOKEN": "x",
            },
            [],
        ),
    ],
)
def test_start_says_what_is_set_wrong(
    settings: Any, changes: dict[str, Any], found: list[str]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert [message.id for message in checks.sms_settings()] == found


def test_deployment_check_says_that_the_console_sends_nothing(settings: Any) -> None:
    settings.SMS_ADAPTER = "console"
    assert [message.id for message in checks.sms_really_sent()] == ["notices.W001"]
    settings.SMS_ADAPTER = "http"
    assert checks.sms_really_sent() == []

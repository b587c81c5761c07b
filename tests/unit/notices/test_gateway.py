"""The HTTP gateway against a server on this machine that behaves, refuses, lies, drips and sleeps."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cooperative.notices.gateway import GatewayPort, is_safe_url, pause_of
from cooperative.notices.sms import Sms, SmsRefused, SmsUnavailable

SMS = Sms("13812345678", "明天上午办公室开门。", "notice", "key-1")
Answer = Callable[[BaseHTTPRequestHandler], None]


def say(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    """An answer with this status, body and headers."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def say_nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(1)  # until the caller hangs up


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:  # until the caller hangs up
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


class Gateway:
    """A server that remembers what it was asked and answers what the test wants."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.answer: Answer = say(200, b'{"id": "sms-9"}')
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length))
                outer.asked.append((self.path, dict(self.headers), body))
                with suppress(OSError, ValueError):
                    outer.answer(self)

            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers), None))

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/send"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.close()


def port(gateway: Gateway, timeout: float = 60) -> GatewayPort:
    return GatewayPort(url=gateway.url, token="secret", signature="三位一体", timeout=timeout)


def test_message_is_accepted_with_signature_token_and_key(gateway: Gateway) -> None:
    assert port(gateway).send(SMS) == "sms-9"
    [(path, headers, body)] = gateway.asked
    assert path == "/send"
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "key-1"
    assert body == {
        "phone": "13812345678",
        "text": "【三位一体】明天上午办公室开门。",
        "purpose": "notice",
        "idempotency_key": "key-1",
    }


@pytest.mark.parametrize(
    ("answer", "code", "pause"),
    [
        (say(429, Retry_After="120"), "http_429", timedelta(seconds=120)),
        (say(503, Retry_After="soon"), "http_503", None),
        (say(500, b"<html>"), "http_500", None),
        (say(401), "http_401", None),
        (say(404), "http_404", None),
        (say(302, Location="http://127.0.0.1:9/"), "http_302", None),
        (say(200, b'{"id": "sm'), "unreadable_answer", None),
        (say(200, b"[" * 60000), "unreadable_answer", None),
        (say(200, b'["sms-9"]'), "unreadable_answer", None),
        (say(200, b'{"id": ""}'), "unreadable_answer", None),
        (say(200, b'{"id": true}'), "unreadable_answer", None),
        (say(200, b"\xff\xfe"), "unreadable_answer", None),
        (say(200, b" " * 70000), "unreadable_answer", None),
        (say(204, b""), "unreadable_answer", None),
        (say(200, b'{"error": "busy", "retry": true}'), "busy", None),
        (hang_up, "broken_connection", None),
    ],
)
def test_trying_again_may_help_when_the_gateway(
    gateway: Gateway, answer: Answer, code: str, pause: timedelta | None
) -> None:
    gateway.answer = answer
    with pytest.raises(SmsUnavailable) as caught:
        port(gateway).send(SMS)
    assert (caught.value.code, caught.value.pause) == (code, pause)


@pytest.mark.parametrize("answer", [say_nothing, drip])
def test_answer_that_does_not_come_in_time_is_not_waited_for(
    gateway: Gateway, answer: Answer
) -> None:
    gateway.answer = answer
    with pytest.raises(SmsUnavailable) as caught:
        port(gateway, 0.4).send(SMS)
    assert (caught.value.code, caught.value.pause) == ("timeout", None)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (say(400), "http_400"),
        (say(422), "http_422"),
        (say(200, b'{"error": "blacklisted"}'), "blacklisted"),
        (say(200, '{"error": "号码 13812345678 无效"}'.encode()), "gateway_error"),
    ],
)
def test_trying_again_will_not_help_when_the_gateway(
    gateway: Gateway, answer: Answer, code: str
) -> None:
    gateway.answer = answer
    with pytest.raises(SmsRefused) as caught:
        port(gateway).send(SMS)
    assert caught.value.code == code


def test_token_follows_no_redirect(gateway: Gateway) -> None:
    gateway.answer = say(307, Location=gateway.url + "/else")
    with pytest.raises(SmsUnavailable):
        port(gateway).send(SMS)
    assert len(gateway.asked) == 1


def test_nobody_listens_at_the_address() -> None:
    gateway = Gateway()
    gateway.close()
    with pytest.raises(SmsUnavailable) as caught:
        port(gateway).send(SMS)
    assert caught.value.code == "unreachable"


@pytest.mark.parametrize(
    "url", ["http://sms.example.cn/", "ftp://127.0.0.1/", "", "https://", "http://127.0.0.1.cn/"]
)
def test_gateway_is_refused_when_the_way_there_is_not_safe(url: str) -> None:
    assert not is_safe_url(url)
    with pytest.raises(ValueError, match="https"):
        GatewayPort(url=url, token="", signature="")


def test_pause_is_read_from_seconds_and_from_a_date() -> None:
    now = datetime(2026, 5, 20, 4, tzinfo=UTC)
    assert pause_of("7", now) == timedelta(seconds=7)
    assert pause_of("Wed, 20 May 2026 04:01:00 GMT", now) == timedelta(minutes=1)
    assert pause_of("Wed, 20 May 2026 03:00:00 GMT", now) == timedelta()
    assert pause_of("", now) is None
    assert pause_of(None, now) is None
    assert pause_of("-5", now) is None

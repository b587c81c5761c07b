"""SMS through an HTTP gateway, with the standard library's client.

The contract, which a provider fulfils itself or a small relay in front of it fulfils for us:

``POST SMS_GATEWAY_URL`` with ``Authorization: Bearer …`` and ``Idempotency-Key: <key>``, body
``{"phone": "13…", "text": "【三位一体】…", "purpose": "…", "idempotency_key": "<key>"}``.

| answer | meaning |
|---|---|
| 2xx ``{"id": "…"}`` | accepted |
| 2xx ``{"error": "code"}`` | refused for good; with ``"retry": true`` not now |
| 2xx anything else | unknown: tried again under the same key |
| 400 406 410 413 415 422 451 | refused for good |
| 429 503 with ``Retry-After`` | not now, and not before |
| everything else, no answer, too slow | not now: also 401, 403 and 404, which an operator repairs |

The same key must not send twice within a day: that is what closes the gap between a gateway's
acceptance and our writing it down.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from cooperative.notices.sms import Sms, SmsRefused, SmsUnavailable

TIMEOUT_SECONDS = 10.0
_LONGEST_ANSWER = 64 * 1024
_REFUSING = frozenset({400, 406, 410, 413, 415, 422, 451})
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def is_safe_url(url: str) -> bool:
    """Whether a gateway's address is https, or plain http on this very machine.

    >>> is_safe_url("https://sms.example.cn/send"), is_safe_url("http://127.0.0.1:9/")
    (True, True)
    >>> is_safe_url("http://sms.example.cn/send"), is_safe_url("file:///etc/passwd")
    (False, False)
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return bool(host)
    return parts.scheme == "http" and _is_this_machine(host)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class GatewayPort:
    """Posts each message as JSON; see the module for the contract."""

    def __init__(
        self, *, url: str, token: str, signature: str, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        if not is_safe_url(url):
            raise ValueError("SMS_GATEWAY_URL must be https")
        self._url = url
        self._token = token
        self._signature = signature
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_NoRedirect())

    def send(self, sms: Sms) -> str:
        """Hand the message over; the provider's id for it.

        Raises:
            SmsUnavailable: not now, or nobody knows.
            SmsRefused: not ever.
        """
        deadline = time.monotonic() + self._timeout
        try:
            with self._opener.open(self._request(sms), timeout=self._timeout) as response:
                return accepted_id(_read(response, deadline))
        except urllib.error.HTTPError as error:
            with error:
                raise failure_of(error.code, error.headers.get("Retry-After"), _now()) from None
        except TimeoutError:
            raise SmsUnavailable("timeout") from None
        except urllib.error.URLError as error:
            slow = isinstance(error.reason, TimeoutError)
            raise SmsUnavailable("timeout" if slow else "unreachable") from None
        except (OSError, http.client.HTTPException):
            raise SmsUnavailable("broken_connection") from None

    def _request(self, sms: Sms) -> urllib.request.Request:
        body = {
            "phone": sms.phone,
            "text": f"【{self._signature}】{sms.text}",
            "purpose": sms.purpose,
            "idempotency_key": sms.key,
        }
        return urllib.request.Request(  # noqa: S310 - the scheme was checked in __init__
            self._url,
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Accept": "application/json",
                "Authorization": f"Bearer {self._token}",
                "Idempotency-Key": sms.key,
            },
            method="POST",
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The answer's body; a server that drips is cut off at the deadline.

    Raises:
        TimeoutError: not finished in time.
    """
    body = b""
    while len(body) <= _LONGEST_ANSWER:
        if time.monotonic() > deadline:
            raise TimeoutError
        piece = response.read1(8192)
        if not piece:
            return body
        body += piece
    return b""


def accepted_id(body: bytes) -> str:
    """The provider's id in the body of a 2xx answer.

    Raises:
        SmsUnavailable: the body is no such answer, or says ``retry``.
        SmsRefused: the body names an error.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise SmsUnavailable("unreadable_answer") from None
    if not isinstance(answer, dict):
        raise SmsUnavailable("unreadable_answer")
    if answer.get("error"):
        code = _clean(answer["error"])
        raise SmsUnavailable(code) if answer.get("retry") is True else SmsRefused(code)
    identifier = answer.get("id")
    if isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    if not isinstance(identifier, str) or not 0 < len(identifier) <= 120:
        raise SmsUnavailable("unreadable_answer")
    return identifier


def _clean(code: Any) -> str:
    """A foreign error code, unless it is a sentence: sentences may repeat the number or the text."""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "gateway_error"


def failure_of(status: int, retry_after: str | None, now: datetime) -> SmsUnavailable | SmsRefused:
    """What an answer outside 2xx means."""
    if status in _REFUSING:
        return SmsRefused(f"http_{status}")
    return SmsUnavailable(f"http_{status}", pause_of(retry_after, now))


def pause_of(retry_after: str | None, now: datetime) -> timedelta | None:
    """The pause that a Retry-After header asks for: seconds or a date; None if it says nothing.

    >>> pause_of("120", _now()), pause_of("soon", _now())
    (datetime.timedelta(seconds=120), None)
    """
    text = (retry_after or "").strip()
    if re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta())

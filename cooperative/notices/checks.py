"""What must be set for messages to go out, said at the start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from cooperative.notices.gateway import is_safe_url
from cooperative.notices.senders import ADAPTERS


def sms_settings(**_kwargs: Any) -> list[checks.CheckMessage]:
    """The adapter exists, the demo's is only in the demo, a gateway has an address and a token."""
    adapter = settings.SMS_ADAPTER
    if adapter not in ADAPTERS:
        names = ", ".join(sorted(ADAPTERS))
        return [checks.Error(f"SMS_ADAPTER is {adapter!r}, not one of {names}.", id="notices.E001")]
    found: list[checks.CheckMessage] = []
    if adapter == "demo" and not settings.DEMO:
        found.append(
            checks.Error(
                "SMS_ADAPTER=demo would show sign-in codes on a page; it needs DEMO=1.",
                id="notices.E002",
            )
        )
    if adapter == "http" and not is_safe_url(settings.SMS_GATEWAY_URL):
        found.append(checks.Error("SMS_GATEWAY_URL must be an https address.", id="notices.E003"))
    if adapter == "http" and not settings.SMS_GATEWAY_TOKEN:
        found.append(checks.Error("SMS_GATEWAY_TOKEN is empty.", id="notices.E004"))
    return found


def sms_really_sent(**_kwargs: Any) -> list[checks.CheckMessage]:
    """For ``check --deploy``: the console adapter sends nothing."""
    if settings.SMS_ADAPTER == "console":
        return [checks.Warning("SMS_ADAPTER=console sends no message.", id="notices.W001")]
    return []

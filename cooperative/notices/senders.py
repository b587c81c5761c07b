"""The ways out that need no provider, and which way ``settings.SMS_ADAPTER`` names."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperative.notices.gateway import GatewayPort
from cooperative.notices.models import DemoMessage
from cooperative.notices.sms import Sms, SmsPort, SmsRefused, SmsUnavailable
from core.crypto import blind_index
from core.errors import Refused
from core.masking import mask_phone

logger = logging.getLogger(__name__)


class ConsolePort:
    """Writes to the log that a message would have gone out; never the text, never the number."""

    def send(self, sms: Sms) -> str:
        """Always succeeds."""
        logger.info(
            "sms %s to %s: %d characters, not sent (console adapter)",
            sms.purpose,
            mask_phone(sms.phone),
            len(sms.text),
        )
        return ""


class DemoPort:
    """Keeps the message for the demo's inbox page; the same key is kept once, as a gateway would."""

    def send(self, sms: Sms) -> str:
        """Always succeeds."""
        row, _created = DemoMessage.objects.get_or_create(
            key=sms.key,
            defaults={
                "phone": sms.phone,
                "phone_index": blind_index("phone", sms.phone),
                "text": f"【{settings.SMS_SIGNATURE}】{sms.text}",
                "purpose": sms.purpose,
                "at": timezone.now(),
            },
        )
        return f"demo-{row.pk}"


def _http_port() -> SmsPort:
    return GatewayPort(
        url=settings.SMS_GATEWAY_URL,
        token=settings.SMS_GATEWAY_TOKEN,
        signature=settings.SMS_SIGNATURE,
    )


ADAPTERS: Mapping[str, Callable[[], SmsPort]] = {
    "console": ConsolePort,
    "demo": DemoPort,
    "http": _http_port,
}


def current_port() -> SmsPort:
    """The adapter that the settings name.

    Raises:
        KeyError: an adapter nobody wrote (the system check says so at the start).
    """
    return ADAPTERS[settings.SMS_ADAPTER]()


def send_now(*, phone: str, text: str, purpose: str) -> None:
    """Send at once, at any hour, without an outbox: for sign-in codes, which are worthless later.

    Raises:
        Refused: ``sms_unavailable`` or ``sms_refused``; nothing went out as far as is known.
        RuntimeError: called inside a transaction while the gateway is a real one.
    """
    if settings.SMS_ADAPTER == "http" and connection.in_atomic_block:
        raise RuntimeError("a code is sent after the transaction, not inside it")
    sms = Sms(phone=phone, text=text, purpose=purpose)
    try:
        current_port().send(sms)
    except SmsUnavailable as error:
        logger.warning("sms %s unavailable: %s", purpose, error.code)
        raise Refused(
            "sms_unavailable", _("短信现在发不出去。"), way_on=_("请过一分钟再试一次。")
        ) from error
    except SmsRefused as error:
        logger.warning("sms %s refused: %s", purpose, error.code)
        raise Refused(
            "sms_refused",
            _("短信发不到这个手机号。"),
            way_on=_("请看看号码有没有写错，或者给办公室打电话。"),
        ) from error

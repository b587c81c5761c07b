"""What the services of a running loan check of what people write."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.dates import business_date
from core.errors import Refused
from core.formats import format_day

REASON_LENGTH = 300


def clean_reason(reason: str) -> str:
    """A reason that others will read, trimmed.

    Raises:
        Refused: ``reason_missing`` or ``reason_too_long``.
    """
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", _("请写明原因，对方会看到。"))
    if len(reason) > REASON_LENGTH:
        raise Refused("reason_too_long", _("原因最多写 300 个字。"))
    return reason


def check_not_future(on: date, at: datetime) -> None:
    """What is recorded has happened.

    Raises:
        Refused: ``paid_in_future``.
    """
    today = business_date(at)
    if on > today:
        raise Refused(
            "paid_in_future",
            _("日期%(day)s还没有到，今天是%(today)s。")
            % {"day": format_day(on), "today": format_day(today)},
            way_on=_("请填实际转账的那一天。"),
        )

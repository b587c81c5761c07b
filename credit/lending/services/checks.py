"""What the services of a running loan check of what people write."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.dates import business_date
from core.errors import Refused
from core.formats import format_day
from credit.lending.rules.accounts import is_of

REASON_LENGTH = 300
SLIP_LENGTH = 60


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


def clean_slip_number(slip_number: str) -> str:
    """The bank's number of a transfer, without spaces.

    Raises:
        Refused: ``slip_missing`` or ``slip_long``.
    """
    number = "".join(slip_number.split())
    if not number:
        raise Refused(
            "slip_missing",
            _("请填银行流水号，对账要用到它。"),
            way_on=_("手机银行的转账记录里可以查到。"),
        )
    if len(number) > SLIP_LENGTH:
        raise Refused("slip_long", _("银行流水号最多 60 位，请核对。"))
    return number


def check_holder(holder: str, payee: str) -> None:
    """Lenders transfer into an account of the payee's own name.

    Raises:
        Refused: ``account_of_another``.
    Source: Civil Code art. 679; 法释〔2020〕17号 art. 9.
    """
    if is_of(holder, payee):
        return
    raise Refused(
        "account_of_another",
        _(
            "收款账户的户名要和收款方一致：收款方是%(payee)s，户名填的是%(holder)s。钱转进别人的"
            "账户，就证明不了借款人收到了借款（民法典第六百七十九条）。"
        )
        % {"payee": payee, "holder": holder or "—"},
        way_on=_("请换成收款方自己名下的账户；没有的，可以到银行开一个，或把钱转给供货商。"),
    )


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

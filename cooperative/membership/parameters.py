"""Dated figures of membership: declared here, kept as rows with their source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.parameters import ParameterCode, ReferenceValue, register_parameter

WAITING_MONTHS = "membership.waiting_months"
DRAFT_DAYS = "membership.draft_days"
ROSTER_DAYS = "membership.roster_days"

CODES = [
    ParameterCode(
        WAITING_MONTHS, _("入会后多久可以借出和借入"), _("个月"), Decimal(0), Decimal(36)
    ),
    ParameterCode(DRAFT_DAYS, _("入会草稿保留"), _("天"), Decimal(1), Decimal(365)),
    ParameterCode(ROSTER_DAYS, _("名册明细保留"), _("天"), Decimal(1), Decimal(365)),
]

REFERENCE = [
    ReferenceValue(
        WAITING_MONTHS,
        Decimal(6),
        date(2000, 1, 1),
        "公通字〔2014〕16号第三条第二项、法发〔2019〕24号第四条第二项：不得为借贷而吸收外部人员；"
        "本平台据此设六个月等待期",
    ),
    ReferenceValue(
        DRAFT_DAYS,
        Decimal(30),
        date(2000, 1, 1),
        "个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间",
    ),
    ReferenceValue(
        ROSTER_DAYS,
        Decimal(30),
        date(2000, 1, 1),
        "个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间",
    ),
]


def register() -> None:
    """Declare the codes; called once from ``AppConfig.ready``."""
    for code in CODES:
        register_parameter(code)

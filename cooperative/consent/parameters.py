"""The legal clocks: declared here, kept as dated rows with their source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.parameters import ParameterCode, ReferenceValue, register_parameter

DAYS_TO_ANSWER = {
    "access_copy": "consent.access_days",
    "correction": "consent.correction_days",
    "erasure": "consent.erasure_days",
    "objection": "consent.objection_days",
}
LOG_YEARS = "consent.log_years"

CODES = [
    ParameterCode(
        "consent.access_days", _("要一份资料，多少天内给"), _("天"), Decimal(1), Decimal(30)
    ),
    ParameterCode(
        "consent.correction_days", _("更正资料，多少天内答复"), _("天"), Decimal(1), Decimal(30)
    ),
    ParameterCode(
        "consent.erasure_days", _("删除资料，多少天内答复"), _("天"), Decimal(1), Decimal(30)
    ),
    ParameterCode(
        "consent.objection_days", _("提出异议，多少天内答复"), _("天"), Decimal(1), Decimal(30)
    ),
    ParameterCode(LOG_YEARS, _("授权和查看记录至少留多久"), _("年"), Decimal(3), Decimal(30)),
]

_CREDIT_REPORTING = (
    "征信业管理条例（国务院令第631号）第二十五条：收到异议之日起20日内核查、书面答复；"
    "本平台参照采用"
)
_SECURITY_STANDARD = "GB/T 35273-2020 第8.7条：30天内或法律规定的期限内答复"

REFERENCE = [
    ReferenceValue("consent.access_days", Decimal(30), date(2020, 10, 1), _SECURITY_STANDARD),
    ReferenceValue("consent.correction_days", Decimal(20), date(2013, 3, 15), _CREDIT_REPORTING),
    ReferenceValue("consent.erasure_days", Decimal(30), date(2020, 10, 1), _SECURITY_STANDARD),
    ReferenceValue("consent.objection_days", Decimal(20), date(2013, 3, 15), _CREDIT_REPORTING),
    ReferenceValue(
        LOG_YEARS,
        Decimal(3),
        date(2025, 1, 1),
        "网络数据安全管理条例（国务院令第790号）第十二条：处理情况记录至少保存3年",
    ),
]


def register() -> None:
    """Declare the codes; called once from ``AppConfig.ready``."""
    for code in CODES:
        register_parameter(code)

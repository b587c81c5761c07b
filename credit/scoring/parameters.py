"""Dated figures of scoring. Officers propose others for a union; the shipped ones hold until then."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.parameters import ParameterCode, ReferenceValue, register_parameter

PANEL_RATERS = "scoring.panel_raters"
PANEL_TRIM_PERCENT = "scoring.panel_trim_percent"
PANEL_OUTLIER_POINTS = "scoring.panel_outlier_points"
PANEL_OUTLIER_SUBJECTS = "scoring.panel_outlier_subjects"
PANEL_DAYS = "scoring.panel_days"
PANEL_MONTHS = "scoring.panel_months"
OBJECTION_DAYS = "scoring.objection_days"
OVERRIDE_MONTHS = "scoring.override_months"

CODES = [
    # fewer than five would let a voice be guessed; an officer may ask for more
    ParameterCode(PANEL_RATERS, _("邻里评议至少几人打分"), _("人"), Decimal(5), Decimal(15)),
    ParameterCode(PANEL_TRIM_PERCENT, _("邻里评议两头各去掉的比例"), "%", Decimal(0), Decimal(40)),
    ParameterCode(
        PANEL_OUTLIER_POINTS,
        _("评议人与别人平均差多少要留意"),
        _("分"),
        Decimal("0.5"),
        Decimal(5),
    ),
    # fewer than three would let a single grade be worked out
    ParameterCode(
        PANEL_OUTLIER_SUBJECTS, _("至少评了几人才看评议人偏差"), _("人"), Decimal(3), Decimal(20)
    ),
    ParameterCode(PANEL_DAYS, _("邻里评议最多评几天"), _("天"), Decimal(2), Decimal(60)),
    ParameterCode(PANEL_MONTHS, _("邻里评议的结果算多久"), _("个月"), Decimal(6), Decimal(60)),
    ParameterCode(
        OBJECTION_DAYS, _("对信用分提出异议，多少天内答复"), _("天"), Decimal(1), Decimal(20)
    ),
    ParameterCode(OVERRIDE_MONTHS, _("人工调整最多管多久"), _("个月"), Decimal(1), Decimal(12)),
]

_SINCE = date(2000, 1, 1)
_PRACTICE = "整村授信的通行做法：五至七位村民背靠背评议；本平台最少五人"
_HOUSE = "本平台规则，工会可另行规定"
_CREDIT_REPORTING = (
    "征信业管理条例（国务院令第631号）第二十五条：收到异议之日起20日内核查、书面答复；"
    "本平台参照采用"
)

REFERENCE = [
    ReferenceValue(OBJECTION_DAYS, Decimal(20), date(2013, 3, 15), _CREDIT_REPORTING),
    *(
        ReferenceValue(code, Decimal(value), _SINCE, source)
        for code, value, source in (
            (PANEL_RATERS, 5, _PRACTICE),
            (PANEL_TRIM_PERCENT, 20, _HOUSE),
            (PANEL_OUTLIER_POINTS, "1.5", _HOUSE),
            (PANEL_OUTLIER_SUBJECTS, 3, _HOUSE),
            (PANEL_DAYS, 14, _HOUSE),
            (PANEL_MONTHS, 24, _HOUSE),
            (OVERRIDE_MONTHS, 6, _HOUSE),
        )
    ),
]


def register() -> None:
    """Declare the codes; called once from ``AppConfig.ready``."""
    for code in CODES:
        register_parameter(code)

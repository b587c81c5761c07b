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
]

_SINCE = date(2000, 1, 1)
_PRACTICE = "整村授信的通行做法：五至七位村民背靠背评议；本平台最少五人"
_HOUSE = "本平台规则，工会可另行规定"

REFERENCE = [
    ReferenceValue(code, Decimal(value), _SINCE, source)
    for code, value, source in (
        (PANEL_RATERS, 5, _PRACTICE),
        (PANEL_TRIM_PERCENT, 20, _HOUSE),
        (PANEL_OUTLIER_POINTS, "1.5", _HOUSE),
        (PANEL_OUTLIER_SUBJECTS, 3, _HOUSE),
        (PANEL_DAYS, 14, _HOUSE),
        (PANEL_MONTHS, 24, _HOUSE),
    )
]


def register() -> None:
    """Declare the codes; called once from ``AppConfig.ready``."""
    for code in CODES:
        register_parameter(code)

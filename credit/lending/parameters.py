"""Dated figures of lending: limits with a warning and a stop level, clocks, the legal multiple.

A value up to a level is fine, beyond it warns or stops. Officers propose other figures for a
union or for all below it; the shipped ones hold until then.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.parameters import ParameterCode, ReferenceValue, register_parameter

LEVELS = {
    "borrower_lenders": (_("同一借款人同时的出借人数"), _("位")),
    "borrower_outstanding": (_("同一借款人未还本金"), _("元")),
    "borrower_union_percent": (_("同一借款人占工会总额上限的比例"), "%"),
    "lender_loans": (_("同一出借人在计数期内出借笔数"), _("笔")),
    "lender_out": (_("同一出借人借出未收回的本金"), _("元")),
    "term_months": (_("借款期限"), _("个月")),
    "extension_months": (_("展期"), _("个月")),
    "union_total": (_("全工会未还本金"), _("元")),
}

LENDER_LOANS_MONTHS = "lending.lender_loans_months"
RATE_PERCENT_WARN = "lending.rate_percent_warn"
RATE_MULTIPLE = "lending.rate_multiple"
CONVENER_LIMIT = "lending.convener_limit"
BASIC_LIMIT = "lending.basic_limit"
BORROWER_OVERDUE_DAYS = "lending.borrower_overdue_days"
REQUEST_DAYS = "lending.request_days"
SIGN_DAYS = "lending.sign_days"
DELIVER_DAYS = "lending.deliver_days"
ARRIVAL_DAYS = "lending.arrival_days"
EVIDENCE_YEARS = "lending.evidence_years"
CONTACT_FROM_HOUR = "lending.contact_from_hour"
CONTACT_UNTIL_HOUR = "lending.contact_until_hour"
CONTACTS_A_WEEK = "lending.contacts_a_week"


def warn(measure: str) -> str:
    """The code of a measure's warning level."""
    return f"lending.{measure}_warn"


def stop(measure: str) -> str:
    """The code of a measure's stop level."""
    return f"lending.{measure}_stop"


_MOST = {
    "borrower_lenders": 150,  # from here on it is a crime to be examined: 法释〔2022〕5号 art. 3
    "borrower_outstanding": 1_000_000,  # likewise
    "borrower_union_percent": 100,
    "lender_loans": 9,  # the tenth within two years: 法发〔2019〕24号
    "lender_out": 2_000_000,
    "term_months": 60,
    "extension_months": 60,
    "union_total": 100_000_000,
}

CODES = [
    *(
        ParameterCode(
            code(measure), format_lazy(title, name=name), unit, Decimal(1), Decimal(_MOST[measure])
        )
        for measure, (name, unit) in LEVELS.items()
        for code, title in ((warn, _("{name}：预警")), (stop, _("{name}：上限")))
    ),
    ParameterCode(LENDER_LOANS_MONTHS, _("出借笔数的计数期"), _("个月"), Decimal(24), Decimal(120)),
    ParameterCode(RATE_PERCENT_WARN, _("年利率：预警"), "%", Decimal(0), Decimal(24)),
    ParameterCode(
        RATE_MULTIPLE,
        _("年利率上限是一年期贷款市场报价利率的几倍"),
        _("倍"),
        Decimal(1),
        Decimal(4),
    ),
    ParameterCode(
        CONVENER_LIMIT, _("经办人可以自行召集的金额"), _("元"), Decimal(0), Decimal(1_000_000)
    ),
    ParameterCode(
        BASIC_LIMIT, _("基本额度：不看信用分，每人最多欠多少"), _("元"), Decimal(0), Decimal(50_000)
    ),
    ParameterCode(
        BORROWER_OVERDUE_DAYS, _("逾期超过多少天不能再借"), _("天"), Decimal(0), Decimal(90)
    ),
    ParameterCode(REQUEST_DAYS, _("借款申请有效期"), _("天"), Decimal(7), Decimal(180)),
    ParameterCode(SIGN_DAYS, _("起草合同后多少天内签字"), _("天"), Decimal(1), Decimal(60)),
    ParameterCode(DELIVER_DAYS, _("签字后多少天内转款"), _("天"), Decimal(1), Decimal(60)),
    ParameterCode(
        ARRIVAL_DAYS, _("登记转款后多少天没人确认，由工会核实"), _("天"), Decimal(3), Decimal(60)
    ),
    ParameterCode(EVIDENCE_YEARS, _("合同和凭证保存几年"), _("年"), Decimal(3), Decimal(30)),
    ParameterCode(CONTACT_FROM_HOUR, _("联系逾期的人最早几点"), _("点"), Decimal(6), Decimal(12)),
    ParameterCode(CONTACT_UNTIL_HOUR, _("联系逾期的人最晚几点"), _("点"), Decimal(17), Decimal(22)),
    ParameterCode(CONTACTS_A_WEEK, _("联系逾期的人每周最多几次"), _("次"), Decimal(1), Decimal(7)),
]

_SINCE = date(2000, 1, 1)
_DEPOSITS = (
    "法释〔2022〕5号第三条：向 150 人以上或 100 万元以上吸收资金即可立案；本平台远低于此设限"
)
_PILOT = "参照山东省农民专业合作社信用互助业务试点（2015）“小额、分散”原则设定，待主管部门意见"
_LENDING = (
    "法发〔2019〕24号第一条：二年内向不特定多人出借 10 次以上；九民纪要第五十三条职业放贷人；"
    "本平台按更低次数设限"
)
_HOUSE = "本平台规则，工会可另行规定"
_GENTLE = "本平台规则，避免触碰刑法第二百九十三条之一（催收非法债务罪）所列方式；工会可另行规定"

REFERENCE = [
    ReferenceValue(code, Decimal(value), _SINCE, source)
    for code, value, source in (
        (warn("borrower_lenders"), 5, _DEPOSITS),
        (stop("borrower_lenders"), 10, _DEPOSITS),
        (warn("borrower_outstanding"), 50_000, _DEPOSITS),
        (stop("borrower_outstanding"), 100_000, _DEPOSITS),
        (warn("borrower_union_percent"), 4, _PILOT),
        (stop("borrower_union_percent"), 5, _PILOT),
        (warn("lender_loans"), 6, _LENDING),
        (stop("lender_loans"), 9, _LENDING),
        (LENDER_LOANS_MONTHS, 24, _LENDING),
        (warn("lender_out"), 150_000, _LENDING),
        (stop("lender_out"), 200_000, _LENDING),
        (warn("term_months"), 10, _PILOT),
        (stop("term_months"), 12, _PILOT),
        (warn("extension_months"), 3, _HOUSE),
        (stop("extension_months"), 6, _HOUSE),
        (warn("union_total"), 3_000_000, _PILOT),
        (stop("union_total"), 5_000_000, _PILOT),
        (RATE_PERCENT_WARN, 10, _HOUSE),
        (
            RATE_MULTIPLE,
            4,
            "法释〔2020〕17号第二十五条：不超过合同成立时一年期贷款市场报价利率的四倍",
        ),
        (CONVENER_LIMIT, 20_000, _HOUSE),
        (
            BASIC_LIMIT,
            10_000,
            "个人信息保护法第十六条、第二十四条：不同意评分的人也能借；小额，工会可另行规定",
        ),
        (BORROWER_OVERDUE_DAYS, 30, _HOUSE),
        (REQUEST_DAYS, 30, _HOUSE),
        (SIGN_DAYS, 7, _HOUSE),
        (DELIVER_DAYS, 7, _HOUSE),
        (ARRIVAL_DAYS, 10, _HOUSE),
        (
            EVIDENCE_YEARS,
            5,
            "民法典第一百八十八条、第一百八十九条：诉讼时效三年，自最后一期届满起算；本平台留五年",
        ),
        (CONTACT_FROM_HOUR, 8, _GENTLE),
        (CONTACT_UNTIL_HOUR, 21, _GENTLE),
        (CONTACTS_A_WEEK, 3, _GENTLE),
    )
]


def register() -> None:
    """Declare the codes; called once from ``AppConfig.ready``."""
    for code in CODES:
        register_parameter(code)

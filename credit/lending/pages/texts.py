"""Words of the members' pages: what each choice means in plain speech, and how a state looks."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.formats import format_number

HUNDRED = Decimal(100)

PURPOSE_HINTS = {
    "seed": gettext_lazy("玉米、水稻、大豆种子"),
    "fertiliser": gettext_lazy("底肥、追肥、除草剂、杀虫剂"),
    "land": gettext_lazy("流转土地的租金"),
    "machinery": gettext_lazy("拖拉机、播种机、修理和配件"),
    "machine_service": gettext_lazy("请人翻地、播种、收割"),
    "livestock": gettext_lazy("买崽、饲料、圈舍"),
    "building": gettext_lazy("盖或者修"),
    "stock": gettext_lazy("小店进货、收粮收菜"),
    "other_production": gettext_lazy("下一屏写清楚做什么"),
}
METHOD_HINTS = {
    "bullet": gettext_lazy("到最后一天，本金和利息一次还清，中间不用还。"),
    "interest_only": gettext_lazy("每个月只付利息，最后一个月把本金一起还上。"),
    "equal_instalment": gettext_lazy("每个月还的钱一样多，本金和利息都在里面。"),
    "equal_principal": gettext_lazy("每个月还一样多的本金，利息一月比一月少，头几个月还得多些。"),
    "custom": gettext_lazy("还款的日子和每次的本金由您定，利息在还本那天一起付。"),
}
PAYEE_HINTS = {
    "borrower": gettext_lazy("出借人转到您的卡上，您自己去用。"),
    "supplier": gettext_lazy("出借人直接替您把货款付给供货商，您收货。"),
}
REQUEST_TONES = {
    "submitted": "wheat",
    "returned": "brick",
    "proposed": "wheat",
    "convening": "wheat",
    "covered": "field",
    "contracted": "field",
    "refused": "brick",
    "withdrawn": "soft",
    "expired": "soft",
}
PLEDGE_TONES = {
    "invited": "wheat",
    "pledged": "field",
    "contracted": "field",
    "declined": "soft",
    "lapsed": "soft",
}
LOAN_TONES = {
    "drawn": "wheat",
    "signed": "wheat",
    "active": "sky",
    "settled": "field",
    "written_off": "soft",
    "cancelled": "soft",
}
SHARE_TONES = {
    "agreed": "wheat",
    "sent": "wheat",
    "disputed": "brick",
    "formed": "sky",
    "settled": "field",
    "written_off": "soft",
    "lapsed": "soft",
}
REPAYMENT_TONES = {
    "declared": "wheat",
    "confirmed": "field",
    "disputed": "brick",
    "withdrawn": "soft",
    "rejected": "soft",
    "reversed": "soft",
}
COST_TONES = {
    "proposed": "wheat",
    "confirmed": "sky",
    "dropped": "soft",
    "lapsed": "soft",
    "reversed": "soft",
}
HAND_BACK_TONES = {
    "owed": "wheat",
    "declared": "wheat",
    "returned": "field",
}
EXTENSION_TONES = {
    "asked": "wheat",
    "proposed": "wheat",
    "in_force": "field",
    "refused": "soft",
    "withdrawn": "soft",
    "expired": "soft",
}


def percent(rate: Decimal) -> str:
    """A rate as it is read: the fraction 0.06 as 6 and a percent sign.

    >>> percent(Decimal("0.060000"))
    '6%'
    """
    return f"{format_number(rate * HUNDRED)}%"


def rate_text(rate: Decimal) -> str:
    """A yearly rate in a sentence, and what it means for a hundred yuan."""
    if not rate:
        return _("不要利息")
    return _("一年 %(percent)s（每百元一年 %(yuan)s 元）") % {
        "percent": percent(rate),
        "yuan": format_number(rate * HUNDRED),
    }


def tail_text(number: str) -> str:
    """An account by the four digits that tell it apart, for who has no need of the whole."""
    return _("尾号 %(tail)s") % {"tail": number[-4:]}

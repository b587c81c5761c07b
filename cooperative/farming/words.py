"""How facts are called and described to people, the same on members' pages and in the panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.farming.models import Asset, Fact, Plot, QueuedFact, SeasonPlan, YearlyIncome
from cooperative.farming.rules import Doubt, Finding
from core.formats import format_day, format_mu, format_number, format_yuan_short

Text = str | Promise

STATE_TONES: Mapping[str, str] = {
    "stated": "wheat",
    "confirmed": "field",
    "refused": "brick",
    "replaced": "soft",
    "withdrawn": "soft",
}


@dataclass(frozen=True)
class KindWords:
    """What one kind of fact is called. ``category``: its name among the kinds of personal data."""

    title: Text
    add: Text
    edit: Text
    correct: Text
    icon: str
    category: str
    end: Text = ""
    end_question: Text = ""


KIND_WORDS: Mapping[str, KindWords] = {
    "plot": KindWords(
        gettext_lazy("地块"),
        gettext_lazy("添加地块"),
        gettext_lazy("修改地块"),
        gettext_lazy("更正地块"),
        "field",
        "land",
        gettext_lazy("这块地不种了"),
        gettext_lazy("最后种到哪天？"),
    ),
    "plan": KindWords(
        gettext_lazy("种植安排"),
        gettext_lazy("添加种植安排"),
        gettext_lazy("修改种植安排"),
        gettext_lazy("更正种植安排"),
        "crop",
        "crop",
        gettext_lazy("取消这份安排"),
        gettext_lazy("最后种到哪一天？"),
    ),
    "asset": KindWords(
        gettext_lazy("农机和家产"),
        gettext_lazy("添加农机或家产"),
        gettext_lazy("修改农机或家产"),
        gettext_lazy("更正农机或家产"),
        "tractor",
        "assets",
        gettext_lazy("已经卖掉或报废"),
        gettext_lazy("最后一天是哪天？"),
    ),
    "income": KindWords(
        gettext_lazy("年度收入"),
        gettext_lazy("添加年度收入"),
        gettext_lazy("修改年度收入"),
        gettext_lazy("更正年度收入"),
        "coin",
        "income",
    ),
}

STATE_LABEL = gettext_lazy("状态")
MADE_AT_LABEL = gettext_lazy("填报时间")
REASON_LABEL = gettext_lazy("退回原因")

AUDIT_WORDS: Mapping[str, Text] = {
    "fact.stated": gettext_lazy("填报"),
    "fact.edited": gettext_lazy("修改"),
    "fact.corrected": gettext_lazy("填报更正"),
    "fact.ended": gettext_lazy("填报结束日期"),
    "fact.withdrawn": gettext_lazy("撤回"),
    "fact.confirmed": gettext_lazy("核实"),
    "fact.refused": gettext_lazy("退回"),
    "fact.replaced": gettext_lazy("由更正后的内容代替"),
    "fact.evidence_added": gettext_lazy("补充凭证"),
    "fact.imported": gettext_lazy("由名册导入"),
    "farm.erased": gettext_lazy("删除生产情况"),
}


def title_of(fact: Fact) -> str:
    """The fact in a few words: 东甸子地, 2026 年玉米, 拖拉机 2, 2025 年卖粮."""
    match fact:
        case Plot():
            return fact.local_name
        case SeasonPlan():
            return _("%(year)s 年%(crop)s") % {"year": fact.year, "crop": fact.crop.name}
        case Asset():
            return fact.name
        case YearlyIncome():
            return _("%(year)s 年%(source)s") % {
                "year": fact.year,
                "source": fact.get_source_display(),
            }
    raise TypeError(fact)


def value_of(fact: Fact) -> str:
    """The figure that counts, with its unit."""
    match fact:
        case Plot() | SeasonPlan():
            return format_mu(fact.area_mu)
        case Asset():
            return _("%(value)s 元") % {"value": format_yuan_short(fact.value)}
        case YearlyIncome():
            return _("%(value)s 元") % {"value": format_yuan_short(fact.amount)}
    raise TypeError(fact)


def note_of(fact: Fact) -> str:
    """What else one wants to know at a glance, in one line."""
    return " · ".join(str(part) for part in _note_parts(fact) if part)


def _note_parts(fact: Fact) -> list[Any]:
    match fact:
        case Plot():
            until = fact.rented_until and _("租到 %(year)s 年 %(month)s 月") % {
                "year": fact.rented_until.year,
                "month": fact.rented_until.month,
            }
            usual = fact.land in (Plot.Land.DRY, Plot.Land.UNSPECIFIED)
            return [fact.get_tenure_display(), not usual and fact.get_land_display(), until]
        case SeasonPlan():
            return [fact.plot.local_name if fact.plot else _("没有指定地块")]
        case Asset():
            pieces = _("共 %(count)s 件") % {"count": fact.quantity}
            return [fact.get_kind_display(), fact.quantity > 1 and pieces]
        case YearlyIncome():
            return []
    raise TypeError(fact)


def lines_of(fact: Fact) -> list[tuple[Text, Any]]:
    """Everything a fact says, label by label, without what was left empty."""
    lines: list[tuple[Text, Any]] = []
    match fact:
        case Plot():
            until = fact.rented_until and format_day(fact.rented_until)
            lines = [
                (_("面积"), format_mu(fact.area_mu)),
                (_("取得方式"), fact.get_tenure_display()),
                (_("租到哪天"), until),
                (_("地类"), fact.get_land_display()),
                (_("所在的村"), fact.division and fact.division.short_name),
                (_("常种作物"), fact.main_crop and fact.main_crop.name),
            ]
        case SeasonPlan():
            lines = [
                (_("年份"), _("%(year)s 年") % {"year": fact.year}),
                (_("作物"), fact.crop.name),
                (_("面积"), format_mu(fact.area_mu)),
                (_("地块"), fact.plot.local_name if fact.plot else _("没有指定地块")),
            ]
        case Asset():
            lines = [
                (_("类别"), fact.get_kind_display()),
                (_("数量"), format_number(fact.quantity)),
                (_("现值"), value_of(fact)),
                (_("购置日期"), fact.acquired_on and format_day(fact.acquired_on)),
            ]
        case YearlyIncome():
            costs = fact.costs is not None and _("%(value)s 元") % {
                "value": format_yuan_short(fact.costs)
            }
            lines = [
                (_("年份"), _("%(year)s 年") % {"year": fact.year}),
                (_("收入来源"), fact.get_source_display()),
                (_("全年收入"), value_of(fact)),
                (_("生产成本"), costs),
            ]
    ended_on = getattr(fact, "ended_on", None)
    lines.append((_("最后一天"), ended_on and format_day(ended_on)))
    return [(label, value) for label, value in lines if value]


def state_of(fact: Fact) -> str:
    """Where the fact stands, in a word; a waiting correction says that it is one."""
    if fact.state == Fact.State.STATED and fact.corrects_id is not None:
        return _("更正待核实")
    return str(fact.get_state_display())  # type: ignore[attr-defined]


def queued_title(row: QueuedFact) -> str:
    """A row of the officers' queue in a few words; the same as ``title_of`` of its fact."""
    if row.kind == "plan":
        crop = row.crop.name if row.crop else ""
        return _("%(year)s 年%(crop)s") % {"year": row.year, "crop": crop}
    if row.kind == "income":
        source = YearlyIncome.Source(row.variety).label
        return _("%(year)s 年%(source)s") % {"year": row.year, "source": source}
    return row.name


def queued_value(row: QueuedFact) -> str:
    """The figure of a row of the queue with its unit."""
    if row.area_mu is not None:
        return format_mu(row.area_mu)
    return _("%(value)s 元") % {"value": format_yuan_short(row.amount or 0)}


def finding_text(finding: Finding) -> str:
    """A doubt as a sentence for the officer."""
    numbers = {
        "stated": format_number(finding.stated or 0),
        "usual": format_number(finding.usual or 0),
    }
    return str(_DOUBTS[finding.doubt]) % numbers


_DOUBTS: Mapping[Doubt, Text] = {
    Doubt.AREA_FAR_ABOVE_VILLAGE: gettext_lazy(
        "面积 %(stated)s 亩，本村已核实的地块一半以上不到 %(usual)s 亩，请看凭证。"
    ),
    Doubt.SAME_PLOT_NAME: gettext_lazy(
        "本村另有 %(stated)s 条同名地块，请核对是不是同一块地报了两次。"
    ),
    Doubt.RENT_OVER: gettext_lazy("租期已经过了，请核对是不是续租了。"),
    Doubt.INCOME_JUMP: gettext_lazy("比上一年的 %(usual)s 元多了一倍以上，请看凭证。"),
    Doubt.INCOME_DROP: gettext_lazy("不到上一年 %(usual)s 元的一半，请问明原因。"),
    Doubt.GRAIN_ABOVE_LAND: gettext_lazy(
        "卖粮 %(stated)s 元，现有土地 %(usual)s 亩，每亩高于当地常见的产量和价格。"
    ),
}

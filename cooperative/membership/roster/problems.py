"""Everything that can be wrong with a row, in one table: the sentence and how bad it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership.roster.columns import TITLES, Field


@dataclass(frozen=True)
class Kind:
    """A sort of problem. ``stops``: the row is left out; else it is only a warning."""

    title: str | Promise
    sentence: str | Promise
    stops: bool = True


KINDS: Mapping[str, Kind] = {
    "blank": Kind(_("没有填"), _("这一格要填，不能空着。")),
    "formula": Kind(_("公式"), _("这一格是公式，不会计算。请把算好的结果直接填进去。")),
    "formula_ignored": Kind(_("公式"), _("这一格是公式，不会计算，按空白处理。"), stops=False),
    "fault": Kind(_("错误值"), _("这一格是表格软件的错误标记，请重新填写。")),
    "merged": Kind(_("合并单元格"), _("这一格被合并了，请拆开，每行单独填写。")),
    "identity_number_cell": Kind(
        _("号码变成了数字"),
        _("号码被表格软件存成了数字，后几位可能已经变了。请把这一列设为文本后重新填写。"),
    ),
    "identity_length": Kind(_("号码位数不对"), _("号码应是 18 位，这里是 %(length)s 位。")),
    "identity_characters": Kind(_("号码里有别的字"), _("号码里有不该有的字，请核对。")),
    "identity_birth": Kind(_("号码里的生日不对"), _("号码第 7 到 14 位不是真实的日期，请核对。")),
    "identity_check": Kind(_("号码校验不通过"), _("号码最后一位校验不通过，可能有一位写错了。")),
    "identity_two": Kind(_("两种号码都填了"), _("身份证号和统一社会信用代码只能填一种。")),
    "under_age": Kind(_("未满十八岁"), _("未满十八岁，还不能成为正式成员。")),
    "name_odd": Kind(_("姓名不对"), _("姓名里有数字或符号，请核对。")),
    "name_length": Kind(_("姓名长短不对"), _("姓名太短或太长，请核对。")),
    "phone_odd": Kind(_("手机号不对"), _("手机号应是 11 位，以 1 开头，请核对。")),
    "phone_missing": Kind(_("没有手机号"), _("没有手机号，本人还不能用手机登录。"), stops=False),
    "phone_kept": Kind(
        _("手机号没有改"), _("本人已用原来的手机号登录，这里的新号码不会采用。"), stops=False
    ),
    "village_unknown": Kind(_("没有这个村"), _("本工会范围内没有“%(given)s”。")),
    "village_unknown_near": Kind(
        _("没有这个村"), _("本工会范围内没有“%(given)s”，是不是“%(near)s”？")
    ),
    "village_ambiguous": Kind(_("村名有重复"), _("有几个村都叫“%(given)s”，请在前面写上乡镇名。")),
    "cooperative_unknown": Kind(_("没有这个合作社"), _("本工会没有登记“%(given)s”。")),
    "cooperative_unknown_near": Kind(
        _("没有这个合作社"), _("本工会没有登记“%(given)s”，是不是“%(near)s”？")
    ),
    "day_odd": Kind(_("日期看不懂"), _("日期请写成 2021-03-05 这样，年月日都要有。")),
    "day_impossible": Kind(_("没有这一天"), _("没有这一天，请核对。")),
    "day_future": Kind(_("日期在将来"), _("入会日期不能晚于今天。")),
    "day_too_early": Kind(
        _("入会时未成年"), _("按这个日期，入会时还不到十八岁，请核对。"), stops=False
    ),
    "day_guessed": Kind(
        _("日期没有格式"), _("这一格只有一个数，按 %(day)s 理解，请核对。"), stops=False
    ),
    "household_odd": Kind(_("户号太长"), _("户号最多 40 个字，请核对。")),
    "area_odd": Kind(_("亩数看不懂"), _("亩数要是一个数，例如 12.5。")),
    "area_negative": Kind(_("亩数是负的"), _("亩数不能是负数。")),
    "area_absurd": Kind(_("亩数太大"), _("亩数超过十万亩，请核对。")),
    "repeated": Kind(_("重复的行"), _("和第 %(row)s 行完全一样，只采用一次。"), stops=False),
    "repeated_differs": Kind(
        _("同一人两行不同"), _("和第 %(row)s 行是同一个号码，内容却不一样，请合并成一行。")
    ),
    "repeated_other_name": Kind(
        _("同号不同名"), _("和第 %(row)s 行号码相同、姓名不同，请核对是谁的号码。")
    ),
    "name_differs": Kind(
        _("与登记姓名不同"), _("这个号码已经登记，姓名不一样。请核对姓名和号码。")
    ),
    "member_elsewhere": Kind(
        _("已是别处成员"), _("这个人已是其他工会的成员，请先在那边办理退出。")
    ),
    "applying": Kind(_("正在申请入会"), _("这个人正在申请入会，请按申请办理表决。")),
    "left": Kind(_("已经退出"), _("这个人已在名册所写的入会日期之后退出，请按申请重新入会。")),
    "admitted_differs": Kind(
        _("入会日期不同"), _("登记的入会日期是 %(day)s，保留不改。"), stops=False
    ),
    "erased": Kind(_("资料已删除"), _("这个人的资料已按本人要求删除，请由本人重新申请。")),
    "error": Kind(_("没有导入"), _("导入这一行时程序出错，没有导入。请联系管理员。")),
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one cell. ``facts`` fill the sentence; they carry no personal data."""

    column: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the row is left out."""
        return KINDS[self.code].stops

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        return str(KINDS[self.code].sentence) % self.facts

    @property
    def title(self) -> str:
        """The column it stands in, as the officer knows it."""
        return str(TITLES[Field(self.column)]) if self.column else ""

    def stored(self) -> dict[str, Any]:
        """As it is kept in JSON."""
        return {"column": self.column, "code": self.code, "facts": dict(self.facts)}


def problems_from(stored: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Back from JSON; codes that are no longer known are passed over."""
    return [
        Problem(item["column"], item["code"], item["facts"])
        for item in stored
        if item["code"] in KINDS
    ]


def told_in_one_line(problems: Iterable[Problem]) -> str:
    """All problems of a row, each with its column."""
    return "；".join(
        f"{problem.title}：{problem.sentence}".removeprefix("：").rstrip("。")
        for problem in problems
    )

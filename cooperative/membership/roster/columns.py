"""The columns of a roster, by the headers unions write, wherever the header row stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Field(StrEnum):
    """What a column can hold."""

    NAME = "name"
    IDENTITY = "identity"
    CREDIT_CODE = "credit_code"
    PHONE = "phone"
    VILLAGE = "village"
    COOPERATIVE = "cooperative"
    ADMITTED_ON = "admitted_on"
    HOUSEHOLD = "household"
    CONTRACTED_MU = "contracted_mu"
    RENTED_MU = "rented_mu"
    CROP = "crop"


TITLES: Mapping[Field, str | Promise] = {
    Field.NAME: _("姓名"),
    Field.IDENTITY: _("身份证号"),
    Field.CREDIT_CODE: _("统一社会信用代码"),
    Field.PHONE: _("手机号"),
    Field.VILLAGE: _("村"),
    Field.COOPERATIVE: _("合作社"),
    Field.ADMITTED_ON: _("入会日期"),
    Field.HOUSEHOLD: _("户号"),
    Field.CONTRACTED_MU: _("承包地亩数"),
    Field.RENTED_MU: _("流转地亩数"),
    Field.CROP: _("主要作物"),
}

_SYNONYMS: Mapping[Field, str] = {
    Field.NAME: "姓名 成员姓名 社员姓名 会员姓名 职工姓名 农户姓名 名字 名称 姓名或名称 成员名称 成员",
    Field.IDENTITY: "身份证号 身份证号码 身份证 居民身份证号 居民身份证号码 公民身份号码 "
    "证件号码 证件号 证件编号",
    Field.CREDIT_CODE: "统一社会信用代码 社会信用代码 信用代码 统一信用代码",
    Field.PHONE: "手机号 手机 手机号码 联系电话 联系方式 电话 电话号码 移动电话",
    Field.VILLAGE: "村 所在村 村名 行政村 所属村 村屯 村委会 居住村 所在村屯 家庭住址村",
    Field.COOPERATIVE: "合作社 所在合作社 所属合作社 合作社名称 入社名称 社名",
    Field.ADMITTED_ON: "入社日期 入会日期 入社时间 入会时间 加入日期 加入时间 入社年月日 入会年月日",
    Field.HOUSEHOLD: "户号 户编号 家庭户号 户口编号 农户编号 承包户号 户籍编号",
    Field.CONTRACTED_MU: "承包地亩数 承包地 承包面积 承包地面积 承包土地 承包土地面积 自有土地 "
    "自有土地亩数 确权面积 承包亩数",
    Field.RENTED_MU: "流转地亩数 流转地 流转面积 流转土地 流转地面积 流转亩数 流入面积 流转土地面积 "
    "租种面积 租地亩数 转入面积",
    Field.CROP: "主要作物 作物 种植作物 种植品种 主要种植作物 种植种类 主栽作物",
}
_FIELD_BY_HEADER = {
    header: field for field, headers in _SYNONYMS.items() for header in headers.split()
}
# Columns every list carries and nobody misses.
_UNREMARKABLE = frozenset({"序号", "编号", "行号", "no", "序"})
# Within a merged block these mean the same for each of its rows.
SHARED_IN_MERGED = frozenset(
    {Field.VILLAGE, Field.COOPERATIVE, Field.HOUSEHOLD, Field.ADMITTED_ON, Field.CROP}
)
REQUIRED = (Field.NAME, Field.IDENTITY, Field.ADMITTED_ON)
HEADER_WITHIN_ROWS = 30
_FEWEST_HEADERS = 2


@dataclass(frozen=True)
class Header:
    """Where the header stands and what each column is.

    ``number``: the row, from 1, of its last line; ``titles``: the texts of all columns;
    ``fields``: column position, from 0, of each field; ``extra``: titles that are not imported;
    ``missing``: required fields nobody wrote a column for.
    """

    number: int
    titles: tuple[str, ...]
    fields: Mapping[Field, int]
    extra: tuple[str, ...]
    missing: tuple[Field, ...]


def normal_header(text: str) -> str:
    """A header without blanks, stars, units in brackets or colons, half-width.

    >>> normal_header(" 承包地亩数（亩）*"), normal_header("身份证\\n号码：")
    ('承包地亩数', '身份证号码')
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】", "", plain)
    return re.sub(r"[\s*:：;,、.。/]+", "", plain).lower()


def field_of(text: str) -> Field | None:
    """The field a header names, or None."""
    return _FIELD_BY_HEADER.get(normal_header(text))


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header among the first rows of a sheet: the row, or two joined, that names most fields.

    A header of two lines (a group above, its parts below) is read downwards. None when no row
    names two fields.
    """
    found: list[tuple[int, int, Header]] = []
    for index, row in enumerate(rows[:HEADER_WITHIN_ROWS]):
        found.append(_candidate(index + 1, row, depth=1))
        if index + 1 < len(rows):
            below = rows[index + 1]
            width = max(len(row), len(below))
            joined = [
                low if field_of(low) or not high else high
                for high, low in zip(_padded(row, width), _padded(below, width), strict=True)
            ]
            found.append(_candidate(index + 2, joined, depth=2))
    best = max(found, key=lambda item: (item[0], item[1]), default=None)
    return best[2] if best is not None and best[0] >= _FEWEST_HEADERS else None


def _candidate(number: int, row: Sequence[str], *, depth: int) -> tuple[int, int, Header]:
    """Fields named, a preference for one line and for higher rows, and the header itself."""
    fields: dict[Field, int] = {}
    extra: list[str] = []
    for position, text in enumerate(row):
        field = field_of(text)
        if field is not None and field not in fields:
            fields[field] = position
        elif text.strip() and normal_header(text) not in _UNREMARKABLE:
            extra.append(" ".join(text.split()))
    header = Header(number, tuple(row), fields, tuple(extra), _missing(fields))
    return len(fields), -number - 100 * depth, header


def _missing(fields: Mapping[Field, int]) -> tuple[Field, ...]:
    has_number = Field.IDENTITY in fields or Field.CREDIT_CODE in fields
    return tuple(
        field
        for field in REQUIRED
        if field not in fields and not (field is Field.IDENTITY and has_number)
    )


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]

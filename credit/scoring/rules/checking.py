"""What is wrong with a card, by characteristic and bin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from credit.scoring.rules.card import (
    CODE,
    TAKEN,
    Bin,
    Card,
    Characteristic,
    Grade,
    Group,
    LimitFormula,
)

FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in a whole sentence. A card with an error may not be approved, one with a warning may.

    ``characteristic`` is a code, empty for what concerns no single one; ``bin`` counts from 1.
    """

    message: str
    is_error: bool = True
    characteristic: str = ""
    bin: int | None = None


def check_card(card: Card, known: Collection[str]) -> list[Fault]:
    """All faults of a card, in its own order. ``known``: the codes of all registered indicators."""
    return [
        *_card_faults(card),
        *(fault for one in card.characteristics for fault in _characteristic_faults(one, known)),
        *_veto_faults(card, known),
        *_grade_faults(card.grades),
        *_limit_faults(card.limit, known),
    ]


def errors_of(card: Card, known: Collection[str] | None = None) -> list[Fault]:
    """The faults that are more than warnings; without ``known`` any indicator will do."""
    faults = check_card(card, card.indicators if known is None else known)
    return [fault for fault in faults if fault.is_error]


def _card_faults(card: Card) -> Iterator[Fault]:
    if not card.title.strip():
        yield Fault("评分卡没有写名称")
    if not card.source.strip():
        yield Fault("评分卡没有写依据")
    if not card.characteristics:
        yield Fault("评分卡里没有评分项目")
        return
    own = [one.code for one in card.characteristics]
    yield from _code_faults([*own, *(one.code for one in card.vetoes)], own)
    best = sum((one.best for one in card.characteristics if one.bins), Decimal(0))
    if best != FULL:
        yield Fault(f"各项最高分加起来是 {best:f} 分，不是 100 分", is_error=False)


def _code_faults(codes: Iterable[str], characteristics: Collection[str] = ()) -> Iterator[Fault]:
    for code, times in Counter(codes).items():
        where = code if code in characteristics else ""
        if not CODE.fullmatch(code):
            rule = "要以小写字母开头，只用小写字母、数字和下划线，最多 63 个字符"
            yield Fault(f"代码“{code}”{rule}", characteristic=where)
        if times > 1:
            yield Fault(f"代码“{code}”用了 {times} 次", characteristic=where)


def _indicator_faults(
    title: str, code: str, known: Collection[str], where: str = ""
) -> Iterator[Fault]:
    if code not in known or not CODE.fullmatch(code):
        yield Fault(f"“{title}”用的指标“{code}”没有登记", characteristic=where)
    elif TAKEN.fullmatch(code):
        yield Fault(f"“{title}”用的指标“{code}”和计算用的名称相同", characteristic=where)


def _characteristic_faults(one: Characteristic, known: Collection[str]) -> Iterator[Fault]:
    for name, text in (
        ("名称", one.title),
        ("没有记录时的说明", one.missing_reason),
        ("建议", one.advice),
    ):
        if not text.strip():
            yield Fault(f"“{_name(one)}”没有写{name}", characteristic=one.code)
    if one.group not in set(Group):
        yield Fault(f"“{_name(one)}”的分组“{one.group}”不认识", characteristic=one.code)
    yield from _indicator_faults(_name(one), one.indicator, known, one.code)
    if not one.bins:
        yield Fault(f"“{_name(one)}”没有分档", characteristic=one.code)
        return
    for number, row in enumerate(one.bins, 1):
        yield from _bin_faults(one, number, row)
    yield from _joints(one)
    yield from _missing_faults(one)


def _missing_faults(one: Characteristic) -> Iterator[Fault]:
    title = f"“{_name(one)}”没有记录时"
    yield from _points_faults(one, title, one.missing_points, None)
    if one.missing_points > one.best:
        yield Fault(f"{title}比最好的一档得分还多", is_error=False, characteristic=one.code)
    if one.missing_points < min(row.points for row in one.bins):
        yield Fault(f"{title}比最差的一档得分还少", is_error=False, characteristic=one.code)


def _bin_faults(one: Characteristic, number: int, row: Bin) -> Iterator[Fault]:
    title = _bin_name(one, number)
    if not row.reason.strip():
        yield Fault(f"{title}没有写说明", characteristic=one.code, bin=number)
    yield from _points_faults(one, title, row.points, number)
    if row.at_least is not None and row.below is not None and row.at_least >= row.below:
        yield Fault(
            f"{title}{span(row)}里没有数：起点要小于终点", characteristic=one.code, bin=number
        )


def _points_faults(
    one: Characteristic, title: str, points: Decimal, number: int | None
) -> Iterator[Fault]:
    if not 0 <= points <= FULL:
        message = f"{title}的分数要在 0 到 100 之间，不能是 {points:f}"
        yield Fault(message, characteristic=one.code, bin=number)
    if not _has_two_decimals(points):
        message = f"{title}的分数最多写两位小数，不能是 {points:f}"
        yield Fault(message, characteristic=one.code, bin=number)


def _joints(one: Characteristic) -> Iterator[Fault]:
    """What lies before, between and after the bins: each begins where the one before it ends."""
    first, last, count = one.bins[0].at_least, one.bins[-1].below, len(one.bins)
    if first is not None:
        message = f"{_bin_name(one, 1)}{span(one.bins[0])}下面有空档：小于 {first:f} 的没有分数"
        yield Fault(message, characteristic=one.code, bin=1)
    for number, (left, right) in enumerate(pairwise(one.bins), 2):
        problem = _joint(left, right)
        if problem:
            both = f"{_bin_name(one, number - 1)}{span(left)}和第 {number} 档{span(right)}"
            yield Fault(f"{both}{problem}", characteristic=one.code, bin=number)
    if last is not None:
        message = f"{_bin_name(one, count)}{span(one.bins[-1])}上面有空档：{last:f} 起没有分数"
        yield Fault(message, characteristic=one.code, bin=count)


def _joint(left: Bin, right: Bin) -> str:
    if left.at_least is not None and (right.at_least is None or right.at_least < left.at_least):
        return "次序颠倒了，要从小到大排"
    if left.below is None or right.at_least is None or right.at_least < left.below:
        return "有重叠"
    return "之间有空档" if right.at_least > left.below else ""


def _veto_faults(card: Card, known: Collection[str]) -> Iterator[Fault]:
    for one in card.vetoes:
        title = one.title.strip() or one.code
        if not one.title.strip() or not one.reason.strip():
            yield Fault(f"否决项“{title}”的名称和说明都要写")
        yield from _indicator_faults(title, one.indicator, known)


def _grade_faults(grades: tuple[Grade, ...]) -> Iterator[Fault]:
    if not grades:
        yield Fault("评分卡没有等级")
        return
    yield from _code_faults([one.code for one in grades])
    for one in grades:
        if not one.title.strip():
            yield Fault(f"等级“{one.code}”没有写名称")
        yield from _amount_faults(f"等级“{one.title}”的额度基数", one.base)
    for higher, lower in pairwise(grades):
        if higher.at_least <= lower.at_least:
            start = f"“{higher.title}”的 {higher.at_least:f} 分"
            yield Fault(f"等级要从高到低排：“{lower.title}”的起点要低于{start}")
    yield from _lowest_faults(grades[-1])


def _lowest_faults(lowest: Grade) -> Iterator[Fault]:
    if lowest.at_least != 0:
        yield Fault(f"最低的等级“{lowest.title}”要从 0 分起")
    # A veto gives the lowest grade and no limit: so the lowest grade gives none either.
    if lowest.base != 0:
        yield Fault(f"最低的等级“{lowest.title}”的额度基数要是 0 元")


def _limit_faults(limit: LimitFormula, known: Collection[str]) -> Iterator[Fault]:
    for code in dict.fromkeys((limit.assets_indicator, limit.income_indicator)):
        yield from _indicator_faults("额度", code, known)
    for title, share in (("家产", limit.assets_share), ("经营收入", limit.income_share)):
        if not 0 <= share <= 1:
            yield Fault(f"额度里{title}的比例要在 0 到 1 之间，不能是 {share:f}")
    yield from _amount_faults("额度上限", limit.cap)
    yield from _amount_faults("额度的取整单位", limit.step)
    if limit.step == 0:
        yield Fault("额度的取整单位要大于 0 元")


def _amount_faults(title: str, amount: Decimal) -> Iterator[Fault]:
    if amount < 0 or not _has_two_decimals(amount):
        yield Fault(f"{title}不能小于 0 元，最多写两位小数，不能是 {amount:f}")


def span(row: Bin) -> str:
    """A bin's ends as mathematicians write them.

    >>> span(Bin(None, Decimal("0.5"), Decimal(1), "")), span(Bin(Decimal(2), None, Decimal(1), ""))
    ('（…，0.5）', '［2，…）')
    """
    low = "（…" if row.at_least is None else f"［{row.at_least:f}"
    high = "…" if row.below is None else f"{row.below:f}"
    return f"{low}，{high}）"


def _name(one: Characteristic) -> str:
    return one.title.strip() or one.code


def _bin_name(one: Characteristic, number: int) -> str:
    return f"“{_name(one)}”第 {number} 档"


def _has_two_decimals(value: Decimal) -> bool:
    return (Fraction(value) * 100).denominator == 1

"""Findings of the limits in words: what stops as a refusal, what warns as a sentence."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Refused
from core.formats import format_number, format_yuan_short
from credit.lending.rules.policy import Finding, Measure

_IN_YUAN = {
    Measure.BORROWER_OUTSTANDING,
    Measure.BORROWER_CREDIT,
    Measure.BORROWER_UNSCORED,
    Measure.LENDER_OUT,
    Measure.UNION_TOTAL,
}


def stop_of(finding: Finding) -> Refused:
    """The refusal of a finding that stops: the rule, the numbers, the way on."""
    sentence, way_on = _stop_words()[finding.measure]
    numbers = {
        "before": figure(finding.measure, finding.before),
        "value": figure(finding.measure, finding.value),
        "level": figure(finding.measure, finding.level),
    }
    facts = {_("办了以后"): numbers["value"], _("上限"): numbers["level"]}
    if finding.before:
        facts = {_("现在"): numbers["before"], **facts}
    return Refused(
        f"limit_{finding.measure.value}", sentence % numbers, way_on=way_on % numbers, **facts
    )


def warning_of(finding: Finding) -> str:
    """A finding that only warns, as a sentence."""
    return _warning_words()[finding.measure] % {
        "value": figure(finding.measure, finding.value),
        "level": figure(finding.measure, finding.level),
    }


def figure(measure: Measure, value: Decimal) -> str:
    """A value with its unit, as it is read.

    >>> figure(Measure.LENDER_OUT, Decimal("150000.00"))
    '150,000 元'
    """
    if measure in _IN_YUAN:
        return _("%(yuan)s 元") % {"yuan": format_yuan_short(value)}
    number = format_number(value.quantize(Decimal("0.01")))
    if measure in (Measure.BORROWER_UNION_PERCENT, Measure.RATE_PERCENT):
        return f"{number}%"
    if measure in (Measure.TERM_MONTHS, Measure.EXTENSION_MONTHS):
        return months_text(value)
    units = {
        Measure.BORROWER_LENDERS: _("%(number)s 位"),
        Measure.LENDER_LOANS: _("%(number)s 笔"),
    }
    return units[measure] % {"number": number}


def months_text(months: int | Decimal) -> str:
    """How long, in months.

    >>> months_text(6)
    '6 个月'
    """
    number = format_number(Decimal(months).quantize(Decimal("0.01")))
    words = ngettext("%(months)s 个月", "%(months)s 个月", 1 if months == 1 else 2)
    return words % {"months": number}


def title_of(measure: Measure) -> str:
    """What is counted, for a table."""
    return {
        Measure.BORROWER_OUTSTANDING: _("借入未还本金"),
        Measure.BORROWER_UNION_PERCENT: _("占工会总额上限的比例"),
        Measure.BORROWER_CREDIT: _("信用额度用了多少"),
        Measure.BORROWER_UNSCORED: _("没有信用分，借入未还本金"),
        Measure.BORROWER_LENDERS: _("同时的出借人数"),
        Measure.LENDER_OUT: _("借出未收回本金"),
        Measure.LENDER_LOANS: _("计数期内出借笔数"),
        Measure.UNION_TOTAL: _("全工会未还本金"),
        Measure.TERM_MONTHS: _("期限"),
        Measure.EXTENSION_MONTHS: _("展期"),
        Measure.RATE_PERCENT: _("年利率"),
    }[measure]


def _stop_words() -> dict[Measure, tuple[str, str]]:
    return {
        Measure.BORROWER_OUTSTANDING: (
            _("借款人名下没还的本金会到 %(value)s，每人最多 %(level)s。"),
            _("可以少借一些，或先还上一部分。现在名下是 %(before)s。"),
        ),
        Measure.BORROWER_UNION_PERCENT: (
            _("借款人一个人会占到工会总额上限的 %(value)s，每人最多 %(level)s。"),
            _("可以少借一些，或先还上一部分。"),
        ),
        Measure.BORROWER_CREDIT: (
            _("借款人名下没还的本金会到 %(value)s，按信用分最多 %(level)s。"),
            _(
                "可以少借一些，或先还上一部分，现在名下是 %(before)s。觉得分数不对，可以提出异议，"
                "也可以请工会由人来评。"
            ),
        ),
        Measure.BORROWER_UNSCORED: (
            _("借款人还没有信用分，名下没还的本金最多到基本额度 %(level)s，这样会到 %(value)s。"),
            _("可以少借一些；同意评信用以后，按评出的额度算。"),
        ),
        Measure.BORROWER_LENDERS: (
            _("同时借给这位借款人的会有 %(value)s，最多 %(level)s。"),
            _("可以少请几位、每位多借一些，或先还清一笔。"),
        ),
        Measure.LENDER_OUT: (
            _("出借人借出去没收回的本金会到 %(value)s，每人最多 %(level)s。"),
            _("可以少借一些，或等收回一部分再借。现在借出和答应的是 %(before)s。"),
        ),
        Measure.LENDER_LOANS: (
            _("出借人在计数期内会借出 %(value)s，最多 %(level)s。"),
            _("请等早先的几笔满了计数期再借。次数太多会被当成职业放贷。"),
        ),
        Measure.UNION_TOTAL: (
            _("全工会没还的本金会到 %(value)s，最多 %(level)s。"),
            _("请等别人还上一部分再办。现在是 %(before)s。"),
        ),
        Measure.TERM_MONTHS: (
            _("期限是 %(value)s，最长 %(level)s。"),
            _("请改短一些；到期实在还不上可以展期一次。"),
        ),
        Measure.EXTENSION_MONTHS: (
            _("要延 %(value)s，这笔借款最多延 %(level)s。"),
            _("请选早一些的日子；还不上的部分，请和出借人、工会商量。"),
        ),
        Measure.RATE_PERCENT: (
            _("年利率 %(value)s 超过法律保护的上限 %(level)s。"),
            _("请改到 %(level)s 以内。"),
        ),
    }


def _warning_words() -> dict[Measure, str]:
    return {
        Measure.BORROWER_OUTSTANDING: _("借款人名下会有 %(value)s，超过预警 %(level)s。"),
        Measure.BORROWER_UNION_PERCENT: _(
            "借款人会占到工会总额上限的 %(value)s，超过预警 %(level)s。"
        ),
        Measure.BORROWER_CREDIT: _("借款人名下会有 %(value)s，按信用分最多 %(level)s。"),
        Measure.BORROWER_UNSCORED: _("借款人还没有信用分，名下会有 %(value)s，最多 %(level)s。"),
        Measure.BORROWER_LENDERS: _("出借人会有 %(value)s，超过预警 %(level)s。"),
        Measure.LENDER_OUT: _("出借人会借出 %(value)s，超过预警 %(level)s。"),
        Measure.LENDER_LOANS: _("出借人在计数期内会借出 %(value)s，超过预警 %(level)s。"),
        Measure.UNION_TOTAL: _("全工会没还的本金会到 %(value)s，超过预警 %(level)s。"),
        Measure.TERM_MONTHS: _("期限 %(value)s，超过预警 %(level)s。"),
        Measure.EXTENSION_MONTHS: _("要延 %(value)s，超过预警 %(level)s。"),
        Measure.RATE_PERCENT: _("年利率 %(value)s，超过预警 %(level)s。"),
    }

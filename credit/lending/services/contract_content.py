"""What a contract says: the wording of ``data/contract.toml`` filled in with the parties' figures.

Everything a page of it shows is in the data, the wording too, so that the digest of the data binds
the whole text. It is Chinese whatever language somebody reads the site in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from core.exact import ZERO
from core.formats import format_moment, format_number, format_yuan, format_yuan_short
from core.money import amount_in_words
from credit.lending.rules.accounts import PayeeAccount, grouped
from credit.lending.rules.projection import share_terms
from credit.lending.rules.share import ShareTerms
from credit.lending.rules.terms import Terms

_WORDING = Path(__file__).parent.parent / "data" / "contract.toml"
_NUMERALS = "一二三四五六七八九十"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Party:
    """One who signs: the whole name and number stand in the contract, between its parties only."""

    name: str
    identity_label: str
    identity_number: str
    place: str
    contact: str = ""
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Guarantor:
    """Who answers for the borrower. Mode, end of the period and share are never left open.

    Source: Civil Code arts. 686, 692; 法释〔2020〕28号 arts. 13, 32.
    """

    party: Party
    mode: str
    period_ends_on: date
    amount: Decimal


@dataclass(frozen=True)
class Agreed:
    """All that a contract needs to be set. Rates are fractions a year, amounts yuan."""

    union: str
    borrower: Party
    lenders: Sequence[Party]
    purpose: str
    payee_name: str
    account: PayeeAccount
    method: str
    terms: Terms
    overdue_rate: Decimal
    lpr: Decimal
    lpr_on: date
    multiple: Decimal
    ceiling: Decimal
    ends_on: date
    sign_by: date
    deliver_days: int
    guarantors: Sequence[Guarantor] = ()

    @property
    def amounts(self) -> list[Decimal]:
        """What each lender gives, in the order of the contract."""
        return [lender.amount for lender in self.lenders]


@cache
def wording() -> dict[str, Any]:
    """The text as it was last reviewed."""
    return tomllib.loads(_WORDING.read_text(encoding="utf-8"))


def contract_data(agreed: Agreed) -> dict[str, Any]:
    """What the template ``loan_contract`` prints: texts only, final and complete."""
    plans = [_planned(agreed, position) for position in range(len(agreed.lenders))]
    interest = sum((row.interest for plan in plans for row in plan.rows), ZERO)
    facts = _facts(agreed)
    return {
        "version": wording()["version"],
        "lead": wording()["lead"].format(**facts),
        "parties": _parties(agreed),
        "summary": _summary(agreed, facts, interest),
        "account": asdict(agreed.account),
        "articles": [
            article
            for number, source in enumerate(wording()["article"], start=1)
            if (article := _article(number, source, agreed, facts))
        ],
        "guarantors": [_guarantor(one) for one in agreed.guarantors],
        "plans": _plans(agreed, plans),
        "places": _places(agreed),
        "labels": _LABELS,
        "signed": None,
    }


def signed_data(
    data: Mapping[str, Any], *, number: str, sha256: str, signatures: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """The same contract with the page that says who signed which file, when and how."""
    return {**data, "signed": {"number": number, "sha256": sha256, "signatures": list(signatures)}}


def signature_line(
    *, role: str, name: str, at: datetime, phone_tail: str, address: str, device: str
) -> dict[str, str]:
    """One line of the signature page."""
    return {
        "role": role,
        "name": name,
        "at": format_moment(at),
        "phone_tail": phone_tail,
        "address": address,
        "device": device,
    }


def percent(rate: Decimal) -> str:
    """A rate as it stands in a contract: at least two decimals.

    >>> percent(Decimal("0.060000")), percent(Decimal("0.065530"))
    ('6.00%', '6.553%')
    """
    value = (rate * HUNDRED).normalize()
    return f"{max(value, value.quantize(Decimal('0.01')), key=lambda v: -_exponent(v)):f}%"


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def chinese_day(day: date) -> str:
    """A date as it binds.

    >>> chinese_day(date(2026, 5, 20))
    '2026年5月20日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def _planned(agreed: Agreed, position: int) -> ShareTerms:
    """What a lender's part asks for if it arrives on the planned day."""
    assert agreed.terms.annual_rate is not None
    return share_terms(
        agreed.terms,
        amounts=agreed.amounts,
        position=position,
        delivered_on=agreed.terms.disbursed_on,
        annual_rate=agreed.terms.annual_rate,
        overdue_rate=agreed.overdue_rate,
        cap_rate=agreed.ceiling,
    )


def _facts(agreed: Agreed) -> dict[str, str]:
    terms = agreed.terms
    assert terms.annual_rate is not None
    return {
        "union": agreed.union,
        "principal": format_yuan(terms.principal),
        "principal_words": amount_in_words(terms.principal),
        "purpose": agreed.purpose,
        "payee_name": agreed.payee_name,
        "rate": percent(terms.annual_rate),
        "overdue_rate": percent(agreed.overdue_rate),
        "lpr": percent(agreed.lpr),
        "lpr_on": chinese_day(agreed.lpr_on),
        "multiple": format_number(agreed.multiple),
        "ceiling": percent(agreed.ceiling),
        "planned_on": chinese_day(terms.disbursed_on),
        "ends_on": chinese_day(agreed.ends_on),
        "method": agreed.method,
        "sign_by": chinese_day(agreed.sign_by),
        "deliver_days": str(agreed.deliver_days),
    }


def _article(
    number: int, source: Mapping[str, Any], agreed: Agreed, facts: Mapping[str, str]
) -> dict[str, Any]:
    situations = {
        "supplier" if agreed.payee_name else "borrower",
        "guaranteed" if agreed.guarantors else "unsecured",
    }
    paragraphs = [
        {"text": text["text"].format(**facts), "notable": text.get("notable", False)}
        for text in source["paragraphs"]
        if text.get("when") is None or text["when"] in situations
    ]
    return {"title": f"第{_numeral(number)}条　{source['title']}", "paragraphs": paragraphs}


def _numeral(number: int) -> str:
    """A small number in Chinese.

    >>> _numeral(3), _numeral(10), _numeral(15)
    ('三', '十', '十五')
    """
    if number <= len(_NUMERALS):
        return _NUMERALS[number - 1]
    return f"十{_NUMERALS[number - 11]}"


def _lender_role(agreed: Agreed, position: int) -> str:
    """出借人, numbered where there are several."""
    return f"出借人{_numeral(position + 1)}" if len(agreed.lenders) > 1 else "出借人"


def _parties(agreed: Agreed) -> list[dict[str, str]]:
    lenders = [
        {
            "role": _lender_role(agreed, position),
            **_party(lender),
            "amount": f"{format_yuan(lender.amount)} 元",
            "words": amount_in_words(lender.amount),
        }
        for position, lender in enumerate(agreed.lenders)
    ]
    return [{"role": "借款人", **_party(agreed.borrower), "amount": "", "words": ""}, *lenders]


def _party(party: Party) -> dict[str, str]:
    return {
        "name": party.name,
        "identity_label": party.identity_label,
        "identity_number": party.identity_number,
        "place": party.place,
        "contact": party.contact,
    }


def _summary(agreed: Agreed, facts: Mapping[str, str], interest: Decimal) -> list[list[str]]:
    """What one must have seen before anything else."""
    total = agreed.terms.principal + interest
    payee = (
        f"借款人委托直接付给供货商：{agreed.payee_name}"
        if agreed.payee_name
        else "由出借人直接转给借款人本人"
    )
    return [
        ["借款本金", f"{facts['principal']} 元（{facts['principal_words']}）"],
        ["借款用途", facts["purpose"]],
        ["年利率", f"{facts['rate']}（订立当日上限 {facts['ceiling']}）"],
        ["预定到账", facts["planned_on"]],
        ["到期", facts["ends_on"]],
        ["还款方式", agreed.method],
        ["按计划还清", f"利息 {format_yuan(interest)} 元，本息合计 {format_yuan(total)} 元"],
        ["", amount_in_words(total)],
        ["款项去向", payee],
        ["收款账户", account_line(agreed.account)],
        ["担保", "有，见第十条" if agreed.guarantors else "无"],
    ]


def account_line(account: PayeeAccount) -> str:
    """An account in a contract's words, the number grouped as on a card."""
    return f"户名：{account.holder}；开户行：{account.bank}；账号：{grouped(account.number)}"


def _plans(agreed: Agreed, plans: Sequence[ShareTerms]) -> list[dict[str, Any]]:
    """A schedule for each lender and, where there are several, what the borrower pays in all."""
    found = [
        {
            "title": f"{_lender_role(agreed, position)}　{lender.name}",
            **_plan([(row.due_on, row.principal, row.interest) for row in plan.rows]),
        }
        for position, (lender, plan) in enumerate(zip(agreed.lenders, plans, strict=True))
    ]
    if len(plans) > 1:
        sums: dict[date, list[Decimal]] = {}
        for row in (row for plan in plans for row in plan.rows):
            at = sums.setdefault(row.due_on, [ZERO, ZERO])
            at[0] += row.principal
            at[1] += row.interest
        whole = [(day, sums[day][0], sums[day][1]) for day in sorted(sums)]
        found.append({"title": "借款人每期还款合计", **_plan(whole)})
    return found


def _plan(rows: Sequence[tuple[date, Decimal, Decimal]]) -> dict[str, Any]:
    def line(name: str, day: str, principal: Decimal, interest: Decimal) -> list[str]:
        return [name, day, *map(format_yuan, (principal, interest, principal + interest))]

    principal = sum((row[1] for row in rows), ZERO)
    interest = sum((row[2] for row in rows), ZERO)
    return {
        "rows": [line(str(n), chinese_day(row[0]), *row[1:]) for n, row in enumerate(rows, 1)],
        "total": line("合计", "", principal, interest),
    }


def _guarantor(guarantor: Guarantor) -> dict[str, str]:
    return {
        **_party(guarantor.party),
        "mode": guarantor.mode,
        "period_ends_on": chinese_day(guarantor.period_ends_on),
        "amount": f"{format_yuan_short(guarantor.amount)} 元",
        "words": amount_in_words(guarantor.amount),
    }


def _places(agreed: Agreed) -> list[list[str]]:
    """Where each signs, the role beside the name."""
    lenders = [
        [_lender_role(agreed, position), lender.name]
        for position, lender in enumerate(agreed.lenders)
    ]
    guarantors = [["担保人", one.party.name] for one in agreed.guarantors]
    return [["借款人", agreed.borrower.name], *lenders, *guarantors]


_LABELS = {
    "contract": "合同编号",
    "parties": "合同各方",
    "summary": "要点",
    "articles": "约定",
    "plans": "附表　还款计划",
    "plans_note": "按预定到账日计算；利息从实际到账之日起算，到账日不同的，还款日不变，金额按实际天数重新计算。",
    "plan_headings": ["期次", "还款日", "应还本金（元）", "应付利息（元）", "合计（元）"],
    "guarantors": "担保人",
    "guarantor_headings": ["担保人", "保证方式", "担保金额", "保证期间至"],
    "places": "签字",
    "places_note": "各方用手机验证码签字，签字情况印在签署件的签字页上。",
    "place_signature": "签字",
    "place_day": "日期",
    "signed": "签字页",
    "signed_note": "下列各方用发到本人手机的验证码，在所列时间签署了同一份合同文件。",
    "signed_number": "所签合同编号",
    "signed_file": "所签文件防改码",
    "signed_headings": ["身份", "姓名或名称", "签字时间", "手机尾号", "网络地址和设备"],
    "place_of": "住所",
    "contact": "联系人",
    "amount": "出借金额",
}

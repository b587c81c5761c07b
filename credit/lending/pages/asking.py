"""Asking for money: where somebody stands among the questions, and what the answers come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperative.membership.models import Member, Membership
from core.errors import Refused
from core.formats import format_day, format_number, format_yuan_short
from core.sentences import listed
from credit.lending.limit_words import months_text
from credit.lending.models import LoanRequest
from credit.lending.models.requests import Method
from credit.lending.pages.quotes import Quote, quote_of, terms_of
from credit.lending.pages.texts import HUNDRED, percent, rate_text
from credit.lending.rules.accounts import grouped, is_of
from credit.lending.rules.policy import Exposure, Limits, Measure, credit_level, room_of_borrower
from credit.lending.selectors.limits import counted_since, exposure_of, limits_of, union_total
from credit.lending.selectors.rates import ceiling_on

Draft = Mapping[str, Any]
ACCOUNT = ("account_holder", "account_bank", "account_number")

_ANSWERED_BY = {
    "purpose": "purpose",
    "detail": "purpose_note",
    "amount": "amount",
    "when": "wanted_on",
    "method": "method",
    "term": "term_months",
    "dates": "custom_due",
    "rate": "highest_rate",
    "payee": "payee",
    "account": "account_number",
}


def steps_of(draft: Draft) -> list[str]:
    """The questions in order: days by hand instead of a term where one chose so."""
    skipped = "term" if draft.get("method") == Method.CUSTOM else "dates"
    return [step for step in _ANSWERED_BY if step != skipped]


def first_open_step(draft: Draft) -> str:
    """The first question without an answer, or the last screen."""
    for step in steps_of(draft):
        if not draft.get(_ANSWERED_BY[step]):
            return step
    return "check"


def address_of_step(step: str) -> str:
    """Where a question stands."""
    return reverse("ask_check") if step == "check" else reverse("ask_step", args=[step])


def before(step: str, draft: Draft) -> str:
    """The address of the screen before a question."""
    steps = steps_of(draft)
    position = steps.index(step)
    return address_of_step(steps[position - 1]) if position else reverse("ask_for_money")


def payee_of(draft: Draft, member: Member) -> str:
    """In whose name the account must be."""
    return draft.get("payee_name") or member.name


def account_before(draft: Draft, member: Member, membership: Membership) -> dict[str, Any]:
    """What the account's form shows at first: the answer, else the same payee's account of the
    member's last request, else the name alone; one query at most."""
    if draft.get("account_number"):
        return {name: draft.get(name, "") for name in ACCOUNT}
    rows = LoanRequest.objects.filter(
        membership=membership, payee_name=draft.get("payee_name", "")
    ).exclude(account_number="")
    last = rows.order_by("-pk").first()
    holder = payee_of(draft, member)
    if last is None or not is_of(last.account_holder, holder):
        return {"account_holder": holder}
    return {name: getattr(last, name) for name in ACCOUNT}


def without_other_account(draft: Draft, answers: dict[str, Any]) -> dict[str, Any]:
    """The answer whom to pay; of another payee than before it forgets the account."""
    same = all(draft.get(name, "") == answers[name] for name in ("payee", "payee_name"))
    return answers if same else {**answers, **dict.fromkeys(ACCOUNT)}


def initial_of(step: str, draft: Draft) -> dict[str, Any]:
    """What a question's form shows at first: the answer given before."""
    if step == "rate":
        rate = draft.get("highest_rate")
        return {} if rate is None else {"rate_percent": format_number(Decimal(rate) * HUNDRED)}
    if step == "amount" and draft.get("amount"):
        return {"amount": str(draft["amount"]).removesuffix(".00")}
    if step == "when" and draft.get("wanted_on"):
        return {"wanted_on": date.fromisoformat(draft["wanted_on"])}
    return dict(draft)


def answers_of(step: str, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a question as a draft keeps it."""
    if step == "rate":
        return {
            "highest_rate": str((cleaned["rate_percent"] / HUNDRED).quantize(Decimal("0.000001")))
        }
    if step == "method" and cleaned["method"] != Method.CUSTOM:
        return {**cleaned, "custom_due": None}
    kept = {name: str(value) if isinstance(value, date | Decimal) else value
            for name, value in cleaned.items()}  # fmt: skip
    if step == "amount":
        kept["amount"] = f"{cleaned['amount']:.2f}"
    return kept


def quote_of_draft(draft: Draft, rate: Decimal | None = None) -> Quote | None:
    """What the answers so far would cost, at their rate or another; None while one is missing."""
    if rate is None and draft.get("highest_rate"):
        rate = Decimal(draft["highest_rate"])
    needed = ("amount", "method", "wanted_on")
    if rate is None or not all(draft.get(name) for name in needed):
        return None
    return quote_of(
        terms_of(
            amount=Decimal(draft["amount"]),
            rate=rate,
            method=draft["method"],
            term_months=int(draft.get("term_months") or 0),
            custom_due=draft.get("custom_due") or [],
            starts_on=date.fromisoformat(draft["wanted_on"]),
        )
    )


def shown_steps(step: str, draft: Draft) -> list[dict[str, Any]]:
    """All questions as steps, the one on the screen now."""
    names = {
        "purpose": _("做什么用"),
        "detail": _("具体做什么"),
        "amount": _("借多少"),
        "when": _("哪天要用"),
        "method": _("怎么还"),
        "term": _("借多久"),
        "dates": _("哪天还"),
        "rate": _("最高付多少利息"),
        "payee": _("钱转给谁"),
        "account": _("转到哪个账户"),
        "check": _("核对，提交"),
    }

    def state(one: str) -> str:
        if one == step:
            return "now"
        return "done" if draft.get(_ANSWERED_BY.get(one, "")) else "next"

    return [
        {"label": names[one], "state": state(one), "who": "", "detail": ""}
        for one in [*steps_of(draft), "check"]
    ]


@dataclass(frozen=True)
class LimitLine:
    """A limit in words, with what it rests on."""

    label: Any
    value: str
    note: str = ""


@dataclass(frozen=True)
class Room:
    """How much a member may still borrow, and the limits behind it."""

    most: Decimal
    lines: list[LimitLine]


def room_of(member: Member, membership: Membership, today: date) -> Room:
    """What is left for a borrower; a fixed number of queries."""
    limits = limits_of(membership.union.path, today)
    exposure = exposure_of(member, since=counted_since(limits, today), on=today)
    most = room_of_borrower(limits, exposure, union_total(membership.union))

    return Room(
        most,
        [
            LimitLine(_("一个人最多欠"), _yuan(limits.borrower_outstanding.stop)),
            _credit_line(limits, exposure),
            LimitLine(
                _("您现在欠的"),
                _yuan(exposure.borrowed),
                _("%(count)s 位出借人，最多 %(stop)s 位")
                % {
                    "count": len(exposure.lenders),
                    "stop": format_number(limits.borrower_lenders.stop),
                },
            ),
            LimitLine(_("还能借"), _yuan(most)),
        ],
    )


def _credit_line(limits: Limits, exposure: Exposure) -> LimitLine:
    measure, level = credit_level(limits, exposure)
    if measure is Measure.BORROWER_UNSCORED:
        note = _("还没有信用分，先按这个数")
        return LimitLine(_("基本额度"), _yuan(level.stop), note)
    return LimitLine(_("按信用分最多欠"), _yuan(level.stop))


def ceiling_text(membership: Membership, today: date) -> str:
    """The legal ceiling of the day in a sentence; empty while the rate of the day is not known."""
    try:
        ceiling = ceiling_on(today, membership.union.path)
    except Refused:
        return ""
    return _("法定上限现在是 %(ceiling)s，不能比它高。不要利息就填 0。") % {
        "ceiling": percent(ceiling)
    }


def longest_text(membership: Membership, today: date) -> str:
    """The longest term in a sentence."""
    months = limits_of(membership.union.path, today).term_months.stop
    return _("最长 %(term)s。") % {"term": months_text(months)}


@dataclass(frozen=True)
class CheckLine:
    """An answer with the way back to its question."""

    label: Any
    value: str
    url: str
    note: str = ""


def check_lines(draft: Draft, today: date) -> list[CheckLine]:
    """All answers once more."""
    purpose = LoanRequest.Purpose(draft["purpose"]).label
    method = Method(draft["method"]).label
    lines = [
        ("purpose", _("用途"), purpose, ""),
        ("detail", _("具体做什么"), "", str(draft.get("purpose_note", ""))),
        ("amount", _("借多少"), _yuan(draft["amount"]), ""),
        ("when", _("哪天要用"), _day(draft["wanted_on"], today), ""),
        ("method", _("怎么还"), method, ""),
    ]
    if draft["method"] == Method.CUSTOM:
        days = listed(
            f"{_day(due['on'], today)} {_yuan(due['principal'])}" for due in draft["custom_due"]
        )
        lines.append(("dates", _("哪天还"), "", days))
    else:
        months = months_text(int(draft["term_months"]))
        lines.append(("term", _("借多久"), months, ""))
    lines += [
        ("rate", _("最高愿意付"), "", rate_text(Decimal(draft["highest_rate"]))),
        ("payee", _("钱转给"), draft.get("payee_name") or _("您本人"), ""),
        ("account", _("收款账户"), "", account_text(draft)),
    ]
    return [
        CheckLine(label, str(value), f"{address_of_step(step)}?again=1", note)
        for step, label, value, note in lines
    ]


def account_text(draft: Draft) -> str:
    """The account with its number whole: whoever typed it reads it once more."""
    return _("%(holder)s，%(bank)s，%(number)s") % {
        "holder": draft["account_holder"],
        "bank": draft["account_bank"],
        "number": grouped(draft["account_number"]),
    }


def _yuan(amount: Decimal | str) -> str:
    return _("%(amount)s 元") % {"amount": format_yuan_short(Decimal(amount))}


def _day(day: str, today: date) -> str:
    return format_day(date.fromisoformat(day), today)

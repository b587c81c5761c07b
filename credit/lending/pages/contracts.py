"""The contract as a party sees it: in plain words, who has signed, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cooperative.membership.models import Member
from core.exact import ZERO
from core.formats import format_day, format_yuan_short
from core.sentences import listed
from credit.lending.models import Loan, Share, Signature
from credit.lending.pages.quotes import Quote
from credit.lending.pages.texts import LOAN_TONES, percent, rate_text, tail_text
from credit.lending.rules import Terms
from credit.lending.rules.projection import share_terms
from credit.lending.selectors import overview
from credit.lending.services.contract_files import account_of


@dataclass(frozen=True)
class Signer:
    """A party and whether it has signed."""

    name: str
    role: str
    amount: Decimal | None
    signed_at: datetime | None
    is_me: bool


@dataclass(frozen=True)
class ContractPage:
    """A contract for one of its parties; ``share`` is the viewer's own when they lend."""

    loan: Loan
    share: Share | None
    tone: str
    lines: list[tuple[Any, Any]]
    quote: Quote
    payments: list[tuple[str, Decimal]]
    signers: list[Signer]
    steps: list[dict[str, Any]]
    has_signed: bool
    waits_for_me: bool

    @property
    def is_borrower(self) -> bool:
        """Whether the viewer borrows."""
        return self.share is None

    @property
    def amount(self) -> Decimal:
        """What the viewer borrows or lends."""
        return self.loan.principal if self.share is None else self.share.amount

    @property
    def fingerprint(self) -> str:
        """The first sixteen characters of the document's hash in groups of four."""
        digest = self.loan.contract_sha256[:16]
        return " ".join(digest[n : n + 4] for n in range(0, 16, 4))


def contract_page(loan: Loan, member: Member, today: date) -> ContractPage:
    """The page; two queries."""
    shares = overview.shares_of(loan)
    signed = {row.membership_id: row for row in overview.signatures_of(loan)}
    own = next((share for share in shares if share.membership.member_id == member.pk), None)
    quote = planned(loan, shares, own)
    mine = loan.membership_id if own is None else own.membership_id
    return ContractPage(
        loan=loan,
        share=own,
        tone=LOAN_TONES[loan.state],
        lines=_lines(loan, own, today),
        quote=quote,
        payments=[(format_day(on, today), amount) for on, amount in quote.lines],
        signers=_signers(loan, shares, signed, mine),
        steps=contract_steps(loan, shares, signed),
        has_signed=mine in signed,
        waits_for_me=loan.state == "drawn" and mine not in signed,
    )


def planned(loan: Loan, shares: list[Share], own: Share | None) -> Quote:
    """What is paid when, if the money arrives on the planned day: in all, or of one share."""
    terms = Terms.from_json(loan.terms)
    amounts = [share.amount for share in shares]
    sums: dict[date, Decimal] = {}
    principal = interest = ZERO
    for position, share in enumerate(shares):
        if own is not None and share.pk != own.pk:
            continue
        plan = share_terms(
            terms,
            amounts=amounts,
            position=position,
            delivered_on=terms.disbursed_on,
            annual_rate=loan.annual_rate,
            overdue_rate=loan.overdue_rate,
            cap_rate=max(loan.annual_rate, loan.overdue_rate),
        )
        principal += plan.principal
        for row in plan.rows:
            interest += row.interest
            sums[row.due_on] = sums.get(row.due_on, ZERO) + row.principal + row.interest
    return Quote([(on, sums[on]) for on in sorted(sums) if sums[on]], principal, interest)


def _lines(loan: Loan, own: Share | None, today: date) -> list[tuple[Any, Any]]:
    terms = Terms.from_json(loan.terms)
    lines: list[tuple[Any, Any]] = [
        (_("合同编号"), loan.number),
        (_("借款人"), loan.membership.member.name),
        (_("一共借"), _("%(amount)s 元") % {"amount": format_yuan_short(loan.principal)}),
        (_("用途"), loan.request.get_purpose_display()),
        (_("利率"), rate_text(loan.annual_rate)),
        (_("怎么还"), loan.get_method_display()),
        (_("预定到账"), format_day(terms.disbursed_on, today)),
        (_("到期日"), format_day(loan.ends_on, today)),
        (_("逾期后的利率"), percent(loan.overdue_rate)),
        (_("钱转给"), loan.payee_name or loan.membership.member.name),
    ]
    account = account_of(loan)
    if account is not None:
        lines.append((_("收款账户"), f"{account.bank}，{tail_text(account.number)}"))
    if loan.state == "drawn":
        lines.append((_("请在这天以前签字"), format_day(loan.sign_by, today)))
    if loan.state == "signed":
        lines.append((_("最晚转款日"), format_day(loan.deliver_by, today)))
    return lines


def _signers(
    loan: Loan, shares: list[Share], signed: dict[int, Signature], mine: int
) -> list[Signer]:
    parties: list[tuple[int, str, str, Decimal | None]] = [
        (loan.membership_id, loan.membership.member.name, _("借款人"), None)
    ]
    parties += [
        (share.membership_id, share.membership.member.name, _("出借人"), share.amount)
        for share in shares
    ]
    return [
        Signer(name, role, amount, signed[pk].signed_at if pk in signed else None, pk == mine)
        for pk, name, role, amount in parties
    ]


def contract_steps(
    loan: Loan, shares: list[Share], signed: dict[int, Signature]
) -> list[dict[str, Any]]:
    """From the draft to the last repayment: what is done, what is now, who must act."""
    wait = [share.membership.member.name for share in shares if share.membership_id not in signed]
    if loan.membership_id not in signed:
        wait.insert(0, loan.membership.member.name)
    to_send = [share for share in shares if share.state == "agreed"]
    steps = [
        (_("起草合同"), _("工会"), ""),
        (_("各方签字"), listed(wait), _("用短信验证码签")),
        (_("转款"), listed(share.membership.member.name for share in to_send), ""),
        (_("确认到账"), loan.membership.member.name, _("到账那天起算利息")),
        (_("按计划还款"), loan.membership.member.name, _("直接还给每位出借人")),
        (_("还清"), "", ""),
    ]
    if loan.state == "cancelled":
        stop = {"label": _("合同已取消"), "state": "stopped", "who": "", "detail": loan.reason}
        return [_step(steps[0], "done"), stop]
    reached = {"drawn": 1, "signed": 2 if to_send else 3, "active": 4}.get(loan.state, 6)
    return [
        _step(step, "done" if n < reached else "now" if n == reached else "next")
        for n, step in enumerate(steps)
    ]


def _step(step: tuple[str, str, str], state: str) -> dict[str, Any]:
    label, who, detail = step
    return {
        "label": label,
        "who": who if state == "now" else "",
        "detail": detail if state != "done" else "",
        "state": state,
    }

"""A member's own data: lending's section of what is shown, exported, erased, and kept for a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from cooperative.consent.personal_data import Entry, Item
from cooperative.membership.models import Member, Membership
from core.dates import add_months, business_date
from core.errors import Refused
from core.formats import format_day, format_moment, format_number, format_yuan
from core.masking import mask_account, mask_name
from core.parameters import value_on
from core.sentences import listed
from credit.lending.models import (
    Cost,
    HandBack,
    Loan,
    LoanRequest,
    Mediation,
    Pledge,
    Repayment,
    RequestDraft,
    Share,
    Signature,
    SpareMoney,
)
from credit.lending.parameters import EVIDENCE_YEARS
from credit.lending.selectors.open_matters import (
    OpenMatters,
    open_matters_in,
    open_matters_of,
)
from credit.lending.services.personal import erase_lending


def collect(member: Member) -> list[Entry]:
    """Everything stored of a member as borrower and as lender, by kind; a fixed number of queries.

    Schedules and events follow from loans and repayments and are in the statement. An ended loan
    says until when contract and evidence are kept.
    """
    loans = list(_loans(member))
    years = _years_kept(loans)
    return [
        *(_spare(row) for row in _own(SpareMoney, member)),
        *(_draft(row) for row in _own(RequestDraft, member)),
        *(_request(row) for row in _own(LoanRequest, member)),
        *(_answer(row) for row in _own(Pledge, member, "request__membership__member")),
        *(_loan(row, years) for row in loans),
        *(_share(row) for row in _own(Share, member, "loan__membership__member")),
        *(_signature(row) for row in _own(Signature, member, "loan")),
        *(_repayment(row) for row in _of_shares(Repayment, member)),
        *(_mediation(row) for row in _mediations(member)),
        *(_cost(row) for row in _of_shares(Cost, member)),
        *(_hand_back(row) for row in _of_shares(HandBack, member)),
    ]


def erase(member: Member, at: datetime) -> None:
    """Remove what no contract needs."""
    erase_lending(member=member, at=at)


def keeps(member: Member) -> Refused | None:
    """Nothing is erased while something with others is open."""
    open_ = open_matters_of(member)
    if not open_:
        return None
    return Refused(
        "open_loans",
        _("还有没办完的互助借款，现在不能删除：%(what)s。") % {"what": _in_words(open_)},
        way_on=_(
            "借款还清、申请撤回以后就可以删除；合同和凭证按法律要再留几年（民法典第一百八十八条、"
            "个人信息保护法第四十七条）。"
        ),
        **_numbers(open_),
    )


def leave_check(membership: Membership) -> Refused | None:
    """Nobody leaves their union with something open in it."""
    open_ = open_matters_in(membership)
    if not open_:
        return None
    return Refused(
        "open_loans",
        _("这位成员还有没办完的互助借款，现在不能退会：%(what)s。") % {"what": _in_words(open_)},
        way_on=_("请先还清或收回，撤回申请和答应的钱，再办退会。"),
        **_numbers(open_),
    )


def _numbers(open_: OpenMatters) -> dict[str, Any]:
    named = {
        _("借入没还清"): (open_.borrowed, _("%(count)s 笔")),
        _("借出没收回"): (open_.lent, _("%(count)s 笔")),
        _("没退清的钱"): (open_.returns, _("%(count)s 笔")),
        _("在办的申请"): (open_.asked, _("%(count)s 份")),
        _("答应没签的"): (open_.promised, _("%(count)s 份")),
    }
    return {name: text % {"count": count} for name, (count, text) in named.items() if count}


def _in_words(open_: OpenMatters) -> str:
    return listed(f"{name} {count}" for name, count in _numbers(open_).items())


def _own(model: Any, member: Member, *related: str) -> Any:
    rows = model.objects.filter(membership__member=member).select_related(*related)
    return (rows if related else rows.select_related(None)).order_by("pk")


def _loans(member: Member) -> Any:
    rows = Loan.objects.filter(membership__member=member)
    return rows.annotate(outstanding=Sum("shares__principal_outstanding")).order_by("pk")


def _mediations(member: Member) -> Any:
    """Talks about what they borrowed."""
    rows = Mediation.objects.filter(loan__membership__member=member)
    return rows.select_related("loan").order_by("pk")


def _of_shares(rows: Any, member: Member) -> Any:
    """What belongs to shares that they borrow or lend."""
    party = Q(share__loan__membership__member=member) | Q(share__membership__member=member)
    return rows.objects.filter(party).select_related("share__loan").order_by("pk")


def _yuan(amount: Any) -> str:
    return _("%(yuan)s 元") % {"yuan": format_yuan(amount)}


def _percent(rate: Any) -> str:
    return f"{format_number(rate * 100)}%"


def _entry(title: Any, *items: Item) -> Entry:
    return Entry(title, tuple(item for item in items if item.value not in ("", None)))


def _spare(row: SpareMoney) -> Entry:
    until = format_day(row.available_until) if row.available_until else ""
    return _entry(
        _("余钱登记"),
        Item("amount", _("金额"), _yuan(row.amount)),
        Item("available_from", _("哪天起可以用"), format_day(row.available_from)),
        Item("available_until", _("哪天前要收回"), until),
        Item("registered_at", _("登记时间"), format_moment(row.registered_at)),
        Item("ended_at", _("撤下时间"), format_moment(row.ended_at) if row.ended_at else ""),
    )


def _draft(row: RequestDraft) -> Entry:
    answers = listed(value for value in row.answers.values() if value)
    return _entry(
        _("借款草稿"),
        Item("answers", _("已填的内容"), answers),
        _account_number(row.account_number),
        Item("updated_at", _("最后修改"), format_moment(row.updated_at)),
    )


def _account_number(number: str) -> Item:
    """Whole in the member's export, masked on their page."""
    return Item("account_number", _("收款账号"), number, mask_account(number))


def _request(row: LoanRequest) -> Entry:
    return _entry(
        _("借款申请"),
        Item("purpose", _("用途"), row.get_purpose_display()),
        Item("purpose_note", _("具体做什么"), row.purpose_note),
        Item("amount", _("金额"), _yuan(row.amount)),
        Item("term_months", _("期限（月）"), str(row.term_months)),
        Item("method", _("还款方式"), row.get_method_display()),
        Item("highest_rate", _("最高年利率"), _percent(row.highest_rate)),
        Item("payee_name", _("供货商名称"), row.payee_name),
        Item("account_holder", _("收款户名"), row.account_holder),
        Item("account_bank", _("开户行"), row.account_bank),
        _account_number(row.account_number),
        Item("state", _("状态"), row.get_state_display()),
        Item("submitted_at", _("提交时间"), format_moment(row.submitted_at)),
        Item("reason", _("说明"), row.reason),
    )


def _answer(row: Pledge) -> Entry:
    answered = format_moment(row.answered_at) if row.answered_at else ""
    return _entry(
        _("出借邀请"),
        Item("borrower", _("借款人"), mask_name(row.request.membership.member.name)),
        Item("amount", _("答应的金额"), _yuan(row.amount) if row.amount else ""),
        Item("state", _("状态"), row.get_state_display()),
        Item("invited_at", _("邀请时间"), format_moment(row.invited_at)),
        Item("answered_at", _("回话时间"), answered),
        Item("note", _("附言"), row.note),
    )


def _years_kept(loans: list[Any]) -> int:
    """For how long after their end contracts are kept, as of the last end; 0 while none ended."""
    ends = [row.ended_at for row in loans if row.ended_at is not None]
    return int(value_on(EVIDENCE_YEARS, business_date(max(ends)))) if ends else 0


def _loan(row: Any, years: int) -> Entry:
    kept = add_months(business_date(row.ended_at), 12 * years) if row.ended_at else None
    return _entry(
        _("借入"),
        Item("number", _("合同编号"), row.number),
        Item("principal", _("本金"), _yuan(row.principal)),
        Item("annual_rate", _("年利率"), _percent(row.annual_rate)),
        Item("outstanding", _("未还本金"), _yuan(row.outstanding or 0)),
        Item("ends_on", _("到期日"), format_day(row.ends_on)),
        Item("state", _("状态"), row.get_state_display()),
        Item("kept_until", _("合同和凭证保存到"), format_day(kept) if kept else ""),
    )


def _share(row: Share) -> Entry:
    return _entry(
        _("借出"),
        Item("number", _("合同编号"), row.loan.number),
        Item("borrower", _("借款人"), mask_name(row.loan.membership.member.name)),
        Item("amount", _("金额"), _yuan(row.amount)),
        Item("slip_number", _("银行流水号"), row.slip_number),
        Item("delivered_on", _("到账日"), format_day(row.delivered_on) if row.delivered_on else ""),
        Item("principal_outstanding", _("未还本金"), _yuan(row.principal_outstanding)),
        Item("interest_paid", _("已付利息"), _yuan(row.interest_paid)),
        Item("state", _("状态"), row.get_state_display()),
    )


def _signature(row: Signature) -> Entry:
    return _entry(
        _("签字"),
        Item("number", _("合同编号"), row.loan.number),
        Item("role", _("身份"), row.get_role_display()),
        Item("document_sha256", _("所签文件的防改码"), row.document_sha256),
        Item("signed_at", _("签字时间"), format_moment(row.signed_at)),
        Item("phone_tail", _("验证码手机尾号"), row.phone_tail),
        Item("address", _("网络地址"), row.address),
        Item("device", _("设备"), row.device),
    )


def _repayment(row: Repayment) -> Entry:
    return _entry(
        _("还款"),
        Item("number", _("合同编号"), row.share.loan.number),
        Item("amount", _("金额"), _yuan(row.amount)),
        Item("paid_on", _("付款日期"), format_day(row.paid_on)),
        Item("slip_number", _("银行流水号"), row.slip_number),
        Item("state", _("状态"), row.get_state_display()),
        Item("receipt_number", _("收据编号"), row.receipt_number),
        Item("dispute", _("争议说明"), row.dispute),
        Item("resolution", _("处理结果"), row.resolution),
    )


def _mediation(row: Mediation) -> Entry:
    return _entry(
        _("调解记录"),
        Item("number", _("合同编号"), row.loan.number),
        Item("manner", _("方式"), row.get_manner_display()),
        Item("held_at", _("时间"), format_moment(row.held_at)),
        Item("summary", _("谈了什么"), row.summary),
    )


def _cost(row: Cost) -> Entry:
    return _entry(
        _("追款费用"),
        Item("number", _("合同编号"), row.share.loan.number),
        Item("kind", _("种类"), row.get_kind_display()),
        Item("amount", _("金额"), _yuan(row.amount)),
        Item("borne_on", _("哪天花的"), format_day(row.borne_on)),
        Item("reason", _("为什么花"), row.reason),
        Item("objection", _("借款人的话"), row.objection),
        Item("state", _("状态"), row.get_state_display()),
        Item("remark", _("复核意见"), row.remark),
        Item("reversal_reason", _("撤销原因"), row.reversal_reason),
    )


def _hand_back(row: HandBack) -> Entry:
    return _entry(
        _("要退回的转款"),
        Item("number", _("合同编号"), row.share.loan.number),
        Item("amount", _("金额"), _yuan(row.amount)),
        Item("state", _("状态"), row.get_state_display()),
        Item("returned_on", _("退款日期"), format_day(row.returned_on) if row.returned_on else ""),
        Item("slip_number", _("银行流水号"), row.slip_number),
        Item("note", _("说明"), row.note),
    )

"""What lending registers for contract and delivery: notices, documents, slips, todos, waiting lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.membership.access import unions_where
from cooperative.membership.desk import Waiting, register_waiting
from cooperative.membership.models import Member
from cooperative.membership.todo import Todo, register_todo
from cooperative.notices.kinds import register_kind
from core.documents.register import register_kind as register_document
from core.files import register_file_purpose
from core.formats import format_yuan_short
from credit.lending import evidence
from credit.lending.links import panel_list
from credit.lending.models import HandBack, Loan, LoanRequest, Share, Signature
from credit.lending.selectors.transfers import unanswered_transfers
from credit.lending.services.cancelling import CONVENE
from credit.lending.services.contract_files import DOCUMENT_KINDS
from credit.lending.services.contract_notices import NOTICES

_SENDING = (Loan.State.SIGNED, Loan.State.ACTIVE)


def register() -> None:
    """Called by ``registrations.register``."""
    for code, told in NOTICES.items():
        register_kind(code, told.title, sms=told.sms)
    for code, title in DOCUMENT_KINDS.items():
        register_document(code, title)
    register_file_purpose(evidence.PURPOSE, evidence.may_see)
    register_todo(contract_todos)
    register_waiting(contracts_waiting)


def contract_todos(member: Member, today: date) -> list[Todo]:
    """Contracts to sign, money to send, to make good, to look for, to get or give back; five queries."""
    return [
        *_to_sign(member),
        *_to_send(member),
        *_to_make_good(member),
        *_to_confirm(member),
        *_to_hand_back(member),
    ]


def _to_sign(member: Member) -> list[Todo]:
    signed = Signature.objects.filter(loan=OuterRef("pk"), membership__member=member)
    lends = Share.objects.filter(membership__member=member).values("loan")
    loans = Loan.objects.filter(
        Q(membership__member=member) | Q(pk__in=lends), ~Exists(signed), state=Loan.State.DRAWN
    )
    return [
        Todo(
            _("签互助借款合同：共 %(amount)s 元") % {"amount": format_yuan_short(loan.principal)},
            reverse("sign_contract", args=[loan.pk]),
            detail=_("看清再签，不愿意也可以不签。"),
            due_on=loan.sign_by,
            icon="edit",
        )
        for loan in loans.order_by("sign_by", "pk")
    ]


def _to_send(member: Member) -> list[Todo]:
    shares = Share.objects.filter(
        membership__member=member, state=Share.State.AGREED, loan__state__in=_SENDING
    ).select_related("loan__membership__member")
    return [
        Todo(
            _("把 %(amount)s 元转给%(payee)s")
            % {
                "amount": format_yuan_short(share.amount),
                "payee": share.loan.payee_name or share.loan.membership.member.name,
            },
            reverse("transfer", args=[share.pk]),
            detail=_("转完登记银行流水号。"),
            due_on=share.loan.deliver_by,
            icon="coin",
        )
        for share in shares.order_by("loan__deliver_by", "pk")
    ]


def _to_make_good(member: Member) -> list[Todo]:
    """What the borrower says of a transfer: nothing came, or another sum."""
    shares = Share.objects.filter(
        membership__member=member, state=Share.State.DISPUTED
    ).select_related("loan__membership__member")
    return [
        Todo(
            _("%(name)s说您转的 %(amount)s 元有出入")
            % {
                "name": share.loan.membership.member.name,
                "amount": format_yuan_short(share.amount),
            },
            reverse("transfer", args=[share.pk]),
            detail=share.note,
            due_on=share.sent_on,
            tone="brick",
            icon="coin",
        )
        for share in shares.order_by("sent_on", "pk")
    ]


def _to_confirm(member: Member) -> list[Todo]:
    shares = Share.objects.filter(
        loan__membership__member=member, state=Share.State.SENT
    ).select_related("membership__member")
    return [
        Todo(
            _("确认收到%(name)s的 %(amount)s 元")
            % {
                "name": share.membership.member.name,
                "amount": format_yuan_short(share.amount),
            },
            reverse("arrival", args=[share.pk]),
            detail=_("先查账，再确认。"),
            due_on=share.sent_on,
            icon="coin",
        )
        for share in shares.order_by("sent_on", "pk")
    ]


def _to_hand_back(member: Member) -> list[Todo]:
    """Both sides see what goes back until the lender has it."""
    rows = (
        HandBack.objects.exclude(state=HandBack.State.RETURNED)
        .filter(Q(share__membership__member=member) | Q(share__loan__membership__member=member))
        .select_related("share__membership__member", "share__loan__membership__member")
    )
    return [_hand_back(row, member) for row in rows.order_by("opened_at", "pk")]


def _hand_back(row: HandBack, member: Member) -> Todo:
    borrower, lender = row.share.loan.membership.member, row.share.membership.member
    waits = row.state == HandBack.State.DECLARED
    if borrower.pk == member.pk:
        text = _("把先到的 %(amount)s 元退给%(name)s")
        detail = _("已登记，等对方确认。") if waits else _("那一份没有办成，退完登记银行流水号。")
    else:
        text = _("确认收到%(borrower)s退回的 %(amount)s 元")
        detail = _("对方已登记，先查账，再确认。") if waits else _("还没有退的，打个电话问问。")
    words = {
        "amount": format_yuan_short(row.amount),
        "name": lender.name,
        "borrower": borrower.name,
    }
    return Todo(text % words, reverse("hand_back", args=[row.pk]), detail=detail, icon="coin")


def contracts_waiting(user: Any, today: date) -> list[Waiting]:
    """Covered requests without a contract, disputed transfers, and those that nobody confirms."""
    unions = unions_where(user, CONVENE, today)
    covered = LoanRequest.objects.filter(
        membership__union__in=unions, state=LoanRequest.State.COVERED
    ).exclude(membership__member__user=user)
    disputed = Share.objects.filter(loan__union__in=unions, state=Share.State.DISPUTED)
    going_back = HandBack.objects.filter(share__loan__union__in=unions).exclude(
        state=HandBack.State.RETURNED
    )
    return [
        Waiting(
            gettext_lazy("借款已凑齐，等起草合同"),
            covered.count(),
            panel_list("loanrequest", "state__exact=covered"),
            covered.filter(wanted_on__lt=today).count(),
        ),
        Waiting(
            gettext_lazy("转款有争议，等核实"),
            disputed.count(),
            panel_list("share", "state__exact=disputed"),
        ),
        Waiting(
            gettext_lazy("转款登记了一直没人确认，等核实"),
            unanswered := len(unanswered_transfers(unions, today)),
            panel_list("share", "state__exact=sent"),
            unanswered,
        ),
        Waiting(
            gettext_lazy("先到的转款要退回，还没退完"),
            going_back.count(),
            panel_list("handback", "open=yes"),
        ),
    ]

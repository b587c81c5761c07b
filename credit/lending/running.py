"""What lending registers for a running loan: notices, entries, documents, to-dos, waiting lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.ledger.kinds import register_entry_kind
from cooperative.membership.access import unions_where
from cooperative.membership.desk import Waiting, register_waiting
from cooperative.membership.models import Member
from cooperative.membership.todo import Todo, register_todo
from cooperative.notices.kinds import register_kind
from core.documents.register import register_kind as register_document
from core.formats import format_yuan_short
from credit.lending.links import panel_list
from credit.lending.models import (
    Cost,
    Extension,
    ExtensionConsent,
    Repayment,
    Share,
    WriteOff,
)
from credit.lending.selectors.owing import ToPay, loans_to_pay
from credit.lending.services.booking import ENTRY_KINDS
from credit.lending.services.loan_notices import NOTICES

CONVENE = "loan.convene"
APPROVE = "loan.approve"


def register() -> None:
    """Called by ``registrations.register``."""
    for code, told in NOTICES.items():
        register_kind(code, told.title, sms=told.sms)
    for code, title in ENTRY_KINDS.items():
        register_entry_kind(code, title)
    register_document("loan_receipt", gettext_lazy("还款收据"))
    register_document("loan_statement", gettext_lazy("借款对账单"))
    register_todo(running_todos)
    register_waiting(running_waiting)


# Members


def running_todos(member: Member, today: date) -> list[Todo]:
    """What to confirm, to pay, to look at, to answer and to give back; six queries, two more if late."""
    return [
        *_to_confirm(member),
        *_to_pay(member, today),
        *_to_look_at(member),
        *_to_answer(member),
        *_to_give_back(member),
    ]


def _to_confirm(member: Member) -> list[Todo]:
    declared_to_lender = Q(declared_side="borrower", share__membership__member=member)
    declared_to_borrower = Q(declared_side="lender", share__loan__membership__member=member)
    rows = Repayment.objects.filter(
        declared_to_lender | declared_to_borrower, state=Repayment.State.DECLARED
    )
    return [
        Todo(
            _("核对还款 %(amount)s 元") % {"amount": format_yuan_short(row.amount)},
            reverse("repayment", args=[row.pk]),
            detail=_("对方已登记，先查账，再确认。"),
            due_on=row.paid_on,
            icon="coin",
        )
        for row in rows.order_by("paid_on", "pk")
    ]


def _to_pay(member: Member, today: date) -> list[Todo]:
    """Each loan with something due within a week or late, less what waits for confirmation."""
    return [_pay(one, today) for one in loans_to_pay(member, today)]


def _pay(asked: ToPay, today: date) -> Todo:
    late = (today - asked.due_on).days
    if late > 0:
        text, tone = _("借款已逾期 %(days)s 天，要还 %(amount)s 元"), "brick"
        detail = _("逾期利息算到今天，每天还在增加，能还多少先还多少。")
    else:
        text, tone = _("还款 %(amount)s 元"), "wheat"
        detail = _("直接转给出借人，转完登记。")
    return Todo(
        text % {"days": late, "amount": format_yuan_short(asked.amount)},
        reverse("loan", args=[asked.loan_id]),
        detail=detail,
        due_on=asked.due_on,
        tone=tone,
        icon="coin",
    )


def _to_look_at(member: Member) -> list[Todo]:
    """Costs that wait and about which the borrower has said nothing yet."""
    rows = Cost.objects.filter(
        share__loan__membership__member=member,
        state=Cost.State.PROPOSED,
        objected_at__isnull=True,
    )
    return [
        Todo(
            _("看一看登记的%(what)s %(amount)s 元")
            % {"what": row.get_kind_display(), "amount": format_yuan_short(row.amount)},
            reverse("cost", args=[row.pk]),
            detail=_("没有错不用管，有不对的地方请写下来。"),
            icon="coin",
        )
        for row in rows.order_by("made_at", "pk")
    ]


def _to_answer(member: Member) -> list[Todo]:
    answered = ExtensionConsent.objects.filter(
        extension=OuterRef("pk"), share__membership__member=member
    )
    running = Share.objects.filter(
        loan=OuterRef("loan"), membership__member=member, state=Share.State.FORMED
    )
    rows = Extension.objects.filter(
        Exists(running), ~Exists(answered), state=Extension.State.ASKED
    ).select_related("loan__membership__member")
    return [
        Todo(
            _("答复%(name)s的展期") % {"name": row.loan.membership.member.name},
            reverse("extension", args=[row.pk]),
            detail=_("同意不同意都可以。"),
            due_on=row.loan.ends_on,
            icon="calendar",
        )
        for row in rows.order_by("asked_at", "pk")
    ]


def _to_give_back(member: Member) -> list[Todo]:
    rows = Share.objects.filter(membership__member=member, unallocated__gt=0).select_related(
        "loan__membership__member"
    )
    return [
        Todo(
            _("把多收的 %(amount)s 元退给%(name)s")
            % {
                "amount": format_yuan_short(share.unallocated),
                "name": share.loan.membership.member.name,
            },
            reverse("lent_share", args=[share.pk]),
            detail=_("退完登记银行流水号。"),
            icon="coin",
        )
        for share in rows.order_by("pk")
    ]


# Officers


def running_waiting(user: Any, today: date) -> list[Waiting]:
    """Disputes, reversals, extensions, costs and write-offs that this officer can act on."""
    convening = unions_where(user, CONVENE, today)
    approving = unions_where(user, APPROVE, today)
    disputed = Repayment.objects.filter(
        share__loan__union__in=convening, state=Repayment.State.DISPUTED
    )
    reversals = Repayment.objects.filter(
        share__loan__union__in=approving,
        state=Repayment.State.CONFIRMED,
        reversal_proposed_at__isnull=False,
    ).exclude(reversal_proposed_by=user)
    extensions = Extension.objects.filter(
        loan__union__in=approving, state=Extension.State.PROPOSED
    ).exclude(proposed_by=user)
    write_offs = WriteOff.objects.filter(
        loan__union__in=approving, state=WriteOff.State.PROPOSED
    ).exclude(made_by=user)
    costs = Cost.objects.filter(
        share__loan__union__in=approving, state=Cost.State.PROPOSED
    ).exclude(made_by=user)
    cost_reversals = Cost.objects.filter(
        share__loan__union__in=approving,
        state=Cost.State.CONFIRMED,
        reversal_proposed_at__isnull=False,
    ).exclude(reversal_proposed_by=user)
    return [
        _line(gettext_lazy("还款有争议，等核实"), disputed, "repayment", "state__exact=disputed"),
        _line(gettext_lazy("冲正等您复核"), reversals, "repayment", "waits=reversal"),
        _line(
            gettext_lazy("出借人都同意的展期，等提请"),
            agreed_extensions(convening),
            "extension",
            "state__exact=asked",
        ),
        _line(gettext_lazy("展期等您复核"), extensions, "extension", "state__exact=proposed"),
        _line(gettext_lazy("追款费用等您复核"), costs, "cost", "state__exact=proposed"),
        _line(gettext_lazy("撤销费用等您复核"), cost_reversals, "cost", "waits=reversal"),
        _line(gettext_lazy("核销等您复核"), write_offs, "writeoff", "state__exact=proposed"),
    ]


def _line(label: Any, rows: QuerySet[Any], model: str, query: str) -> Waiting:
    return Waiting(label, rows.count(), panel_list(model, query))


def agreed_extensions(unions: Any) -> QuerySet[Extension]:
    """Extensions to which every lender who still has a running share has said yes."""
    agreed = ExtensionConsent.objects.filter(share=OuterRef("pk"), agreed=True).filter(
        extension=OuterRef(OuterRef("pk"))
    )
    silent = Share.objects.filter(~Exists(agreed), loan=OuterRef("loan"), state=Share.State.FORMED)
    return Extension.objects.filter(
        ~Exists(silent), loan__union__in=unions, state=Extension.State.ASKED
    )

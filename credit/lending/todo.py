"""What waits for a member before there is a contract: a request to mend, an invitation to answer."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperative.membership.models import Member
from cooperative.membership.todo import Todo
from core.formats import format_yuan_short
from core.masking import mask_name
from credit.lending.models import LoanRequest, Pledge


def asking_todos(member: Member, today: date) -> list[Todo]:
    """Returned requests and unanswered invitations; two queries."""
    return [*_to_mend(member), *_to_answer(member)]


def _to_mend(member: Member) -> list[Todo]:
    rows = LoanRequest.objects.filter(
        membership__member=member, state=LoanRequest.State.RETURNED
    ).order_by("expires_on", "pk")
    return [
        Todo(
            _("改一改您的 %(amount)s 元借款申请") % {"amount": format_yuan_short(row.amount)},
            reverse("my_request", args=[row.pk]),
            detail=row.reason,
            due_on=row.expires_on,
            tone="brick",
            icon="edit",
        )
        for row in rows
    ]


def _to_answer(member: Member) -> list[Todo]:
    rows = (
        Pledge.objects.filter(
            membership__member=member,
            state=Pledge.State.INVITED,
            request__state=LoanRequest.State.CONVENING,
        )
        .select_related("request__membership__member")
        .order_by("request__expires_on", "pk")
    )
    return [
        Todo(
            _("回个话：%(name)s想借 %(amount)s 元")
            % {
                "name": mask_name(row.request.membership.member.name),
                "amount": format_yuan_short(row.request.amount),
            },
            reverse("invitation", args=[row.pk]),
            detail=str(row.request.get_purpose_display()),
            due_on=row.request.expires_on,
            icon="people",
        )
        for row in rows
    ]

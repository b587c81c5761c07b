"""Who is told of a step before there is a contract; names of other members are masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F, Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Post, Union
from cooperative.membership.roles import roles_with
from cooperative.membership.services.telling import addressee_of
from cooperative.notices.services import notify, to_account
from core.dates import business_date
from core.exact import ZERO
from core.formats import format_day, format_number
from core.masking import mask_name
from core.models import AuditRow
from core.sentences import filled
from credit.lending.limit_words import months_text
from credit.lending.links import panel_row
from credit.lending.models import LoanRequest, Pledge

Text = str | Promise
CONVENE = "loan.convene"
APPROVE = "loan.approve"


@dataclass(frozen=True)
class Told:
    """A kind of notice: its title in lists, the sentence, what follows, whether by SMS too.

    ``permission``: the officers it is for; members without.
    """

    title: Text
    sentence: Text
    body: Text = ""
    sms: bool = False
    permission: str = ""


NOTICES: Mapping[str, Told] = {
    # to officers
    "request_submitted": Told(
        _("借款申请等您看"),
        _("%(borrower)s想借 %(amount)s 元，请看一看"),
        _("用途：%(purpose)s。%(wanted)s要用，申请有效到%(expires)s。"),
        permission=CONVENE,
    ),
    "request_proposed": Told(
        _("借款召集等您复核"),
        _("%(borrower)s借 %(amount)s 元，等您复核后召集"),
        _("金额超过经办人可以自行召集的数额。"),
        permission=APPROVE,
    ),
    "convening_returned": Told(
        _("借款召集被退回"),
        _("%(borrower)s借 %(amount)s 元，复核没有同意召集"),
        _("意见：%(reason)s。"),
        permission=CONVENE,
    ),
    "request_covered": Told(
        _("借款已经凑齐"),
        _("%(borrower)s要借的 %(amount)s 元已经凑齐，可以起草合同"),
        permission=CONVENE,
    ),
    "request_uncovered": Told(
        _("借款又差一部分"),
        _("%(borrower)s要借的 %(amount)s 元又差 %(missing)s 元，请再邀请"),
        permission=CONVENE,
    ),
    "request_withdrawn": Told(
        _("借款申请已撤回"),
        _("%(borrower)s撤回了 %(amount)s 元的借款申请"),
        permission=CONVENE,
    ),
    # to the borrower
    "request_returned": Told(
        _("借款申请要改"),
        _("您的 %(amount)s 元借款申请要改一改"),
        _("工会的意见：%(reason)s。改好再提交就行。"),
        sms=True,
    ),
    "request_refused": Told(
        _("借款没有办成"),
        _("您的 %(amount)s 元借款没有办成"),
        _("原因：%(reason)s。有疑问可以问工会，也可以改了重提。"),
        sms=True,
    ),
    "request_convened": Told(
        _("正在召集"),
        _("工会正在为您的 %(amount)s 元召集出借人"),
        _("年利率 %(rate)s。凑齐了会告诉您，然后签合同。"),
    ),
    "own_request_covered": Told(
        _("您要借的钱凑齐了"),
        _("您要借的 %(amount)s 元已经凑齐"),
        _("工会会起草合同，到时请您签字。"),
        sms=True,
    ),
    "request_expired": Told(
        _("借款申请过期"),
        _("您的 %(amount)s 元借款申请没有凑齐，已经过期"),
        _("还需要的话，可以重新提一份，改小金额或放宽日子更容易凑齐。"),
        sms=True,
    ),
    # to an invited member
    "invited": Told(
        _("有人想请您帮忙"),
        _("%(borrower)s想借 %(amount)s 元，工会问您愿不愿意借一些"),
        _("用途：%(purpose)s，借 %(term)s，年利率 %(rate)s。愿意不愿意都请回个话，%(expires)s前有效。"),
        sms=True,
    ),
    "pledge_lapsed": Told(
        _("这笔借款不办了"),
        _("%(borrower)s借 %(amount)s 元的事不办了，您不用留钱"),
        _("谢谢您愿意帮忙。"),
    ),
    "invitation_cancelled": Told(
        _("邀请已取消"),
        _("工会取消了%(borrower)s借 %(amount)s 元的邀请，您不用留钱"),
        _("谢谢您愿意帮忙。"),
    ),
}  # fmt: skip


def kind(event: str) -> str:
    """The code under which a notice is registered."""
    return f"lending.{event}"


def tell_borrower(
    request: LoanRequest, event: str, *, deed: AuditRow, at: datetime, **facts: Any
) -> None:
    """Tell who asks for the money."""
    told = NOTICES[event]
    words = _words(request, at, facts)
    notify(
        to=addressee_of(request.membership.member),
        kind=kind(event),
        title=filled(told.sentence, **words),
        body=filled(told.body, **words),
        at=at,
        link=reverse("my_request", args=[request.pk]),
        subject=deed,
        scope=request.membership.union.path,
    )


def tell_lender(
    pledge: Pledge,
    event: str,
    *,
    request: LoanRequest,
    deed: AuditRow,
    at: datetime,
    amount: Decimal | None = None,
) -> None:
    """Tell an invited member. ``request`` comes with the borrower."""
    told = NOTICES[event]
    words = _words(request, at, {"own": amount or ZERO})
    notify(
        to=addressee_of(pledge.membership.member),
        kind=kind(event),
        title=filled(told.sentence, **words),
        body=filled(told.body, **words),
        at=at,
        link=reverse("invitation", args=[pledge.pk]),
        subject=deed,
        scope=request.membership.union.path,
    )


def tell_officers(
    request: LoanRequest, event: str, *, deed: AuditRow, at: datetime, **facts: Any
) -> None:
    """Tell the nearest officers who can act: of the borrower's union, else of the next one above.

    An officer who is the borrower is left out.
    """
    told = NOTICES[event]
    words = _words(request, at, facts)
    union = request.membership.union
    for officer in nearest_officers(told.permission, union, business_date(at)):
        if officer.pk == request.membership.member.user_id:
            continue
        notify(
            to=to_account(officer),
            kind=kind(event),
            title=filled(told.sentence, **words),
            body=filled(told.body, **words),
            at=at,
            link=panel_row("loanrequest", request.pk),
            subject=deed,
            scope=union.path,
        )


def nearest_officers(permission: str, union: Union, today: date) -> Iterable[Any]:
    """Who holds the permission in a union: those of the nearest union above it that has any."""
    posts = (
        Post.objects.in_force(today)
        .annotate(asked=Value(union.path))
        .filter(asked__startswith=F("union__path"), role__in=roles_with(permission))
        .select_related("user", "union")
        .order_by("pk")
    )
    rows = list(posts)
    nearest = max((len(post.union.path) for post in rows), default=0)
    found = {post.user_id: post.user for post in rows if len(post.union.path) == nearest}
    return found.values()


def _words(request: LoanRequest, at: datetime, facts: Mapping[str, Any]) -> dict[str, Any]:
    today = business_date(at)
    return {
        "borrower": mask_name(request.membership.member.name),
        "amount": request.amount,
        "purpose": request.get_purpose_display,
        "term": partial(months_text, request.term_months),
        "wanted": partial(format_day, request.wanted_on, today),
        "expires": partial(format_day, request.expires_on, today),
        "rate": f"{format_number((request.rate or ZERO) * 100)}%",
        "reason": request.reason,
        **facts,
    }

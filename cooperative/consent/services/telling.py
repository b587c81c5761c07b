"""What members and officers are told about requests; each thing once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.accounts.models import User
from cooperative.consent.models import DataRequest
from cooperative.consent.rules.requests import RequestState
from cooperative.consent.selectors import clocks_running_out
from cooperative.membership.selectors.officers import nearest_officers
from cooperative.notices.kinds import register_kind
from cooperative.notices.services import notify, to_account, to_person
from core.dates import business_date, days_until
from core.formats import format_day
from core.sentences import filled

ANSWERED = "consent.request_answered"
DUE_SOON = "consent.request_due_soon"
DUE_TOMORROW = "consent.request_due_tomorrow"
OVERDUE = "consent.request_overdue"
_OVERDUE_EVERY = 7


def register() -> None:
    """Declare the kinds of notices; called once from ``AppConfig.ready``."""
    register_kind(ANSWERED, _("资料请求有答复"), sms=True)
    register_kind(DUE_SOON, _("资料请求快到期"))
    register_kind(DUE_TOMORROW, _("资料请求马上到期"), urgent=True)
    register_kind(OVERDUE, _("资料请求已超期"), urgent=True)


def tell_answered(request: DataRequest, *, at: datetime) -> None:
    """Tell the member that the union has answered; the answer itself stands on their page."""
    member = request.member
    title = filled(_("您的请求“%(kind)s”有书面答复了"), kind=request.get_kind_display)
    notify(
        to=to_person(f"member:{member.pk}", account=member.user, phone=member.phone),
        kind=ANSWERED,
        title=title,
        body=_("请在“我的资料”里看答复。不同意，可以再提或找上级工会。"),
        link=f"/my-data/requests/{request.pk}/",
        subject=request,
        scope=request.union.path,
        at=at,
    )


def remind_officers(*, at: datetime) -> int:
    """Remind whoever must act: five days before, one day before, then weekly when overdue.

    Safe to run twice or late: a missed night is made good, nothing is told twice. Returns how
    many requests are running out.
    """
    today = business_date(at)
    urgent = clocks_running_out(today)
    for request in urgent:
        with transaction.atomic():
            _remind(request, today, at)
    return len(urgent)


def _remind(request: DataRequest, today: date, at: datetime) -> None:
    kind, key_day, title = _reminder(request, today)
    for officer in _who_must_act(request, today):
        notify(
            to=to_account(officer),
            kind=kind,
            title=title,
            body=filled(
                _("最晚 %(day)s 书面答复本人。"), day=partial(format_day, request.due_on, today)
            ),
            link=f"/admin/consent/datarequest/{request.pk}/change/",
            subject=request,
            due_on=key_day,
            scope=request.union.path,
            at=at,
        )


def _reminder(request: DataRequest, today: date) -> tuple[str, date, Promise]:
    left = days_until(request.due_on, today)
    what = {"kind": request.get_kind_display, "days": abs(left)}
    if left < 0:
        weeks = (-left - 1) // _OVERDUE_EVERY
        day = request.due_on + timedelta(days=_OVERDUE_EVERY * weeks)
        return OVERDUE, day, filled(_("“%(kind)s”的请求已超期 %(days)s 天"), **what)
    if left <= 1:
        return DUE_TOMORROW, request.due_on, filled(_("“%(kind)s”的请求还剩 %(days)s 天"), **what)
    return DUE_SOON, request.due_on, filled(_("“%(kind)s”的请求还剩 %(days)s 天"), **what)


def _who_must_act(request: DataRequest, today: date) -> list[User]:
    """Those of the nearest union above the member who may answer or confirm."""
    waits_for_second = request.state == RequestState.PROPOSED
    permission = "data_request.confirm" if waits_for_second else "data_request.answer"
    without = request.answered_by_id if waits_for_second else None
    return nearest_officers(request.union.path, permission, today, without=without)

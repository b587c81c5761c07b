"""The clock of objections: officers are reminded before the last day and after it, each once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership.selectors.officers import nearest_officers
from cooperative.notices.services import notify, to_account
from core.dates import business_date, days_until
from core.formats import format_day
from core.sentences import filled
from credit.scoring.access import ANSWER, scope_for
from credit.scoring.models import Objection
from credit.scoring.selectors.objections import clocks_running_out
from credit.scoring.services.telling import DUE_SOON, DUE_TOMORROW, OVERDUE

_OVERDUE_EVERY = 7


def watch_objections(*, at: datetime) -> int:
    """Remind whoever may answer: five days before, one day before, then weekly when overdue.

    Safe to run twice or late: a missed night is made good, nothing is told twice. Returns how
    many objections are running out.
    """
    today = business_date(at)
    urgent = clocks_running_out(today)
    for objection in urgent:
        with transaction.atomic():
            _remind(objection, today, at)
    return len(urgent)


def _remind(objection: Objection, today: date, at: datetime) -> None:
    kind, key_day, title = _reminder(objection, today)
    scope = scope_for(objection.member)
    # Nobody answers an objection of their own.
    own = objection.member.user_id
    for officer in nearest_officers(scope, ANSWER, today, without=own):
        notify(
            to=to_account(officer),
            kind=kind,
            title=title,
            body=filled(
                _("最晚 %(day)s 书面答复本人。"), day=partial(format_day, objection.due_on, today)
            ),
            link=reverse("admin:scoring_objection_change", args=[objection.pk]),
            subject=objection,
            due_on=key_day,
            scope=scope,
            at=at,
        )


def _reminder(objection: Objection, today: date) -> tuple[str, date, Promise]:
    left = days_until(objection.due_on, today)
    if left < 0:
        weeks = (-left - 1) // _OVERDUE_EVERY
        day = objection.due_on + timedelta(days=_OVERDUE_EVERY * weeks)
        return OVERDUE, day, filled(_("一件评分异议已超期 %(days)s 天"), days=-left)
    kind = DUE_TOMORROW if left <= 1 else DUE_SOON
    return kind, objection.due_on, filled(_("一件评分异议还剩 %(days)s 天"), days=left)

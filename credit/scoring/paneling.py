"""What scoring registers for panels: notices, to-dos, waiting lines, a member's own data."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.consent.personal_data import register_personal_data
from cooperative.membership.access import unions_where
from cooperative.membership.desk import Waiting, register_waiting
from cooperative.membership.models import Member
from cooperative.membership.todo import Todo, register_todo
from cooperative.notices.kinds import register_kind
from credit.scoring import panel_data
from credit.scoring.models import PanelReview
from credit.scoring.selectors.panels import due_panels, open_seats_of
from credit.scoring.services.panels.checks import CALL
from credit.scoring.services.panels.telling import NOTICES


def register() -> None:
    """Called by ``registrations.register``."""
    for code, told in NOTICES.items():
        register_kind(code, told.title, sms=told.sms)
    register_todo(panel_todos)
    register_waiting(panels_waiting)
    register_personal_data(
        "scoring.panels",
        gettext_lazy("邻里评议"),
        panel_data.collect,
        panel_data.erase,
        position=60,
    )


def panel_todos(member: Member, today: date) -> list[Todo]:
    """Panels on which the member has somebody left to rate; one query."""
    return [
        Todo(
            _("邻里评议：给几位邻居打分"),
            reverse("panel_review", args=[seat.panel_id]),
            detail=_("不记名，几分钟就能评完。"),
            due_on=seat.panel.closes_on,
            icon="people",
        )
        for seat in open_seats_of(member, today).filter(finished_at__isnull=True)
    ]


def panels_waiting(user: Any, today: date) -> list[Waiting]:
    """Panels to be opened, and those that may be closed; late are those past their last day."""
    unions = unions_where(user, CALL, today)
    called = _not_about(user, PanelReview.objects.filter(state=PanelReview.State.CALLED))
    due = _not_about(user, due_panels(today).filter(union__in=unions))
    listed = reverse("admin:scoring_panelreview_changelist")
    return [
        Waiting(
            gettext_lazy("邻里评议已召集，等您开始"),
            called.filter(union__in=unions).count(),
            f"{listed}?waits=open",
            called.filter(union__in=unions, closes_on__lte=today).count(),
        ),
        Waiting(
            gettext_lazy("邻里评议打分结束，等出结果"),
            due.count(),
            f"{listed}?waits=close",
            due.filter(closes_on__lt=today).count(),
        ),
    ]


def _not_about(user: Any, rows: QuerySet[PanelReview]) -> QuerySet[PanelReview]:
    return rows.exclude(subjects__member__user=user)

"""What lending tells the apps below it of everything before there is a contract."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cooperative.consent.personal_data import register_personal_data
from cooperative.membership.desk import register_waiting
from cooperative.membership.leaving import register_leave_check
from cooperative.membership.todo import register_todo
from cooperative.notices.kinds import register_kind
from credit.lending import desk, personal_data, todo
from credit.lending.services.request_notices import NOTICES, kind


def register() -> None:
    """Declare notices, to-dos and waiting lines; called once from ``registrations``."""
    for event, told in NOTICES.items():
        register_kind(kind(event), told.title, sms=told.sms)
    register_todo(todo.asking_todos)
    register_waiting(desk.requests_waiting)
    register_leave_check(personal_data.leave_check)
    register_personal_data(
        "lending",
        _("互助借款"),
        personal_data.collect,
        personal_data.erase,
        personal_data.keeps,
        position=60,
    )

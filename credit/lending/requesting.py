"""What lending tells the apps below it of everything before there is a contract."""

from __future__ import annotations

from cooperative.membership.desk import register_waiting
from cooperative.membership.todo import register_todo
from cooperative.notices.kinds import register_kind
from credit.lending import desk, todo
from credit.lending.services.request_notices import NOTICES, kind


def register() -> None:
    """Declare notices, to-dos and waiting lines; called once from ``registrations``."""
    for event, told in NOTICES.items():
        register_kind(kind(event), told.title, sms=told.sms)
    register_todo(todo.asking_todos)
    register_waiting(desk.requests_waiting)

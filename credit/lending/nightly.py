"""What lending registers for its nights: the kinds of jobs, the notices of reminders."""

from __future__ import annotations

from cooperative.notices.kinds import register_kind
from core.jobs import register_job
from credit.lending.services import retaining
from credit.lending.services.nightly import closing, reminding, union_days


def register() -> None:
    """Called by ``registrations.register``."""
    for kind in (closing.KIND, union_days.KIND, reminding.KIND, retaining.KIND):
        register_job(kind)
    for code, title in reminding.TITLES.items():
        register_kind(code, title, sms=True)

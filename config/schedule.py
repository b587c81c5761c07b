"""The timetable of the beat, as plain data: what runs when, in Asia/Shanghai.

Each entry is a task's name and its times. A task that finds nothing to do ends at once, and every
task may run twice or late without harm. ``expires`` drops what a stopped worker has missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab


@dataclass(frozen=True)
class Entry:
    """One line of the timetable; ``expires`` in seconds."""

    task: str
    times: crontab
    expires: int


_MINUTE = 55
_HOUR = 55 * 60
_NIGHT = 6 * 3600

TIMETABLE: tuple[Entry, ...] = (
    # every minute
    Entry("notices.deliver_due", crontab(), _MINUTE),
    Entry("core.resume_jobs", crontab(), _MINUTE),
    # every hour from half past midnight on: whoever was off at night catches up by day
    Entry("lending.close_day", crontab(minute="30"), _HOUR),
    Entry("scoring.tell_moved", crontab(hour="7-9", minute="20"), _HOUR),
    # in the morning; what was reminded of is not reminded of again
    Entry("lending.remind_repayments", crontab(hour="7-19", minute="50"), _HOUR),
    # after the close of day; a date that is done is left as it is
    Entry("scoring.score_members", crontab(hour="1-6", minute="45"), _HOUR),
    Entry("scoring.remind_panels", crontab(hour="8-19", minute="20"), _HOUR),
    # every night, one after another; a panel's results are there before the scores are made
    Entry("scoring.close_panels", crontab(hour="0", minute="20"), _NIGHT),
    Entry("membership.purge_drafts", crontab(hour="2", minute="10"), _NIGHT),
    Entry("notices.purge", crontab(hour="2", minute="20"), _NIGHT),
    Entry("lending.expire_contracts", crontab(hour="1", minute="30"), _NIGHT),
    Entry("lending.expire_extensions", crontab(hour="1", minute="35"), _NIGHT),
    Entry("lending.remind_lpr", crontab(hour="3", minute="20"), _NIGHT),
    Entry("lending.expire_requests", crontab(hour="3", minute="25"), _NIGHT),
    # asked every night, works once a month: a night that was missed is made good the next
    Entry("lending.erase_contracts", crontab(hour="3", minute="40"), _NIGHT),
    Entry("consent.watch_clocks", crontab(hour="3", minute="10"), _NIGHT),
    Entry("scoring.watch_objections", crontab(hour="3", minute="15"), _NIGHT),
    Entry("core.sweep_files", crontab(hour="2", minute="40"), _NIGHT),
    Entry("membership.purge_rosters", crontab(hour="2", minute="50"), _NIGHT),
    Entry("house.clear_sessions", crontab(hour="2", minute="30"), _NIGHT),
    Entry("accounts.forget_sessions", crontab(hour="2", minute="35"), _NIGHT),
)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The timetable as Celery's beat wants it."""
    return {
        entry.task: {
            "task": entry.task,
            "schedule": entry.times,
            "options": {"expires": entry.expires},
        }
        for entry in TIMETABLE
    }

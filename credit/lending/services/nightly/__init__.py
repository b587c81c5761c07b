"""What time alone does to loans: the close of a business date, and reminders."""

from credit.lending.services.nightly.closing import close_day, work_off
from credit.lending.services.nightly.reminding import remind

__all__ = ["close_day", "remind", "work_off"]

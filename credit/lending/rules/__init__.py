"""Arithmetic and decisions of mutual loans. Neither Django nor models.

``docs/lending-engine.md`` tells the conventions. Amounts are ``Decimal`` yuan, rates fractions a
year; days run from the first, which is not counted, to the last, which is.
"""

from credit.lending.rules.allocation import Allocation, Owed, Part, allocate
from credit.lending.rules.amortise import schedule
from credit.lending.rules.calendar import due_dates
from credit.lending.rules.ceiling import (
    Breach,
    Change,
    Charge,
    cap_rate,
    check_ceiling,
    check_schedule,
    most_allowed,
    under_ceiling,
)
from credit.lending.rules.check import check
from credit.lending.rules.overdue import (
    Bucket,
    bucket,
    days_overdue,
    overdue_interest,
    overdue_rate,
)
from credit.lending.rules.replay import apply, payoff, payoff_of, project, replay
from credit.lending.rules.rounding import Mode, Rounding
from credit.lending.rules.running import Future, Payment, Running, Settlement, run
from credit.lending.rules.schedule import Explained, Formula, Instalment, Schedule, Span, Totals
from credit.lending.rules.share import (
    CostAdded,
    CostRemoved,
    Event,
    Extended,
    Paid,
    Payoff,
    Reversed,
    RowState,
    ShareRow,
    ShareState,
    ShareTerms,
    WrittenOff,
)
from credit.lending.rules.split import Claim, split_contract, split_payment
from credit.lending.rules.terms import (
    MONTHLY,
    BadTerms,
    CustomDue,
    DayCount,
    Disbursement,
    Every,
    Interest,
    Method,
    MonthEnd,
    Terms,
    Unit,
)

__all__ = [
    "MONTHLY",
    "Allocation",
    "BadTerms",
    "Breach",
    "Bucket",
    "Change",
    "Charge",
    "Claim",
    "CostAdded",
    "CostRemoved",
    "CustomDue",
    "DayCount",
    "Disbursement",
    "Event",
    "Every",
    "Explained",
    "Extended",
    "Formula",
    "Future",
    "Instalment",
    "Interest",
    "Method",
    "Mode",
    "MonthEnd",
    "Owed",
    "Paid",
    "Part",
    "Payment",
    "Payoff",
    "Reversed",
    "Rounding",
    "RowState",
    "Running",
    "Schedule",
    "Settlement",
    "ShareRow",
    "ShareState",
    "ShareTerms",
    "Span",
    "Terms",
    "Totals",
    "Unit",
    "WrittenOff",
    "allocate",
    "apply",
    "bucket",
    "cap_rate",
    "check",
    "check_ceiling",
    "check_schedule",
    "days_overdue",
    "due_dates",
    "most_allowed",
    "overdue_interest",
    "overdue_rate",
    "payoff",
    "payoff_of",
    "project",
    "replay",
    "run",
    "schedule",
    "split_contract",
    "split_payment",
    "under_ceiling",
]

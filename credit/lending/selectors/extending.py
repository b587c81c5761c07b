"""How far a loan may be extended under its union's rules of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from credit.lending.models import Extension, Loan
from credit.lending.rules import policy
from credit.lending.rules.extending import latest_end, months_later
from credit.lending.rules.policy import Finding
from credit.lending.selectors.limits import limits_of


@dataclass(frozen=True)
class Room:
    """The agreed term against its limit, the months an extension may have, and its last day."""

    term_months: int
    most_term_months: int
    most_months: int
    latest: date

    @property
    def term_too_long(self) -> bool:
        """Whether the loan was longer than loans may be, so that it is not extended at all."""
        return self.term_months > self.most_term_months


def room_to_extend(loan: Loan, day: date) -> Room:
    """How far a loan that was not extended yet may be; two queries at most."""
    limits, term = limits_of(loan.union.path, day), loan.request.term_months
    most = int(limits.extension_months.stop)
    latest = latest_end(loan.ends_on, term, most)
    return Room(term, int(limits.term_months.stop), most, latest)


def findings_of(extension: Extension, day: date) -> list[Finding]:
    """What an extension that is not in force yet would carry beyond a level; two queries at most."""
    loan = extension.loan
    months = months_later(loan.ends_on, extension.ends_on)
    limits = limits_of(loan.union.path, day)
    return policy.check_extension(limits, loan.request.term_months, months)

"""Who may borrow and who may lend at all: admitted, past the waiting period, of age, not in arrears.

Kin may help each other: a loan within a household is allowed and marked, for what forbids kin is
the guarantee between them, not the loan.

Source: 公通字〔2014〕16号 §3(2); 法发〔2019〕24号 §4(2); Civil Code arts. 17, 18; invariant I9.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Obstacle(StrEnum):
    """Why somebody may not borrow or lend."""

    ERASED = "erased"
    NOT_ADMITTED = "not_admitted"
    WAITING = "waiting_period"
    UNDER_AGE = "under_age"
    OVERDUE = "own_overdue"


@dataclass(frozen=True)
class Standing:
    """What counts about a member of one union on a day.

    ``overdue_days``: how long the oldest unpaid instalment of their own debts is overdue, 0 for
    none. ``comes_of_age_on`` is None for a business.
    """

    is_admitted: bool
    waiting_ends_on: date | None
    comes_of_age_on: date | None = None
    overdue_days: int = 0
    is_erased: bool = False


def obstacle_to_borrow(standing: Standing, today: date, most_overdue_days: int) -> Obstacle | None:
    """Why somebody may not borrow more, or None; a short delay of an old debt is borne with."""
    return _obstacle(standing, today, most_overdue_days)


def obstacle_to_lend(standing: Standing, today: date) -> Obstacle | None:
    """Why somebody may not lend, or None: who owes overdue money pays that first."""
    return _obstacle(standing, today, 0)


def _obstacle(standing: Standing, today: date, most_overdue_days: int) -> Obstacle | None:
    if standing.is_erased:
        return Obstacle.ERASED
    if not standing.is_admitted or standing.waiting_ends_on is None:
        return Obstacle.NOT_ADMITTED
    if today < standing.waiting_ends_on:
        return Obstacle.WAITING
    if standing.comes_of_age_on is not None and today < standing.comes_of_age_on:
        return Obstacle.UNDER_AGE
    if standing.overdue_days > most_overdue_days:
        return Obstacle.OVERDUE
    return None

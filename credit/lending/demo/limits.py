"""The demo union's own decision on what everybody may owe."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from cooperative.accounts.models import User
from cooperative.membership.models import Union
from core.dates import business_date
from core.parameters import confirm_parameter, propose_parameter
from credit.lending.parameters import BASIC_LIMIT

_BASIC = Decimal(25_000)
_DECIDED_DAYS = 380


def decide_basic_limit(*, union: Union, by: User, checked_by: User, at: datetime) -> None:
    """The union's committee lets everybody owe 25 000 yuan: its members have little on record yet."""
    decided = at - timedelta(days=_DECIDED_DAYS)
    row = propose_parameter(
        code=BASIC_LIMIT,
        value=_BASIC,
        starts_on=business_date(decided),
        source="工会委员会2025年第2次会议决定",
        scope=union.path,
        by=by,
        at=decided,
    )
    confirm_parameter(parameter_id=row.pk, by=checked_by, at=decided)

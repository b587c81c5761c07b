"""What ships with lending and is put in force once: limits, clocks, and the published reference rate.

Idempotent: what officers have since written stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core.parameters import load_reference_values
from credit.lending.parameters import REFERENCE
from credit.lending.services.lpr import load_lpr


def load_reference(*, by: Any, checked_by: Any, at: datetime) -> int:
    """Limits and rates; returns how many rows were added.

    ``by`` and ``checked_by`` are two different users: shipped figures obey four eyes too.
    """
    with transaction.atomic():
        added = load_reference_values(REFERENCE, by=by, checked_by=checked_by, at=at)
        return added + load_lpr(by=by, checked_by=checked_by, at=at)

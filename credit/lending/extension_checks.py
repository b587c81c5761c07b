"""What other apps must agree to before a loan is extended, such as guarantors in writing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from credit.lending.models import Extension

Check = Callable[[Extension, date], None]
_CHECKS: list[Check] = []


def register_extension_check(check: Check) -> None:
    """Add a check from ``AppConfig.ready``: it raises ``Refused`` while something is missing.

    It is asked when an officer proposes and again when another confirms, in the transaction.
    Source: Civil Code 695 (a guarantor who did not agree is not bound by the longer term).
    """
    _CHECKS.append(check)


def check_extension(extension: Extension, day: date) -> None:
    """Ask everybody who has a say.

    Raises:
        Refused: whatever is missing.
    """
    for check in _CHECKS:
        check(extension, day)

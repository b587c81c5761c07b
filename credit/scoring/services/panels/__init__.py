"""Panel reviews: called and opened, rated blind, closed with a result."""

from credit.scoring.services.panels.calling import (
    call_panel,
    cancel_panel,
    change_panel,
    open_panel,
)
from credit.scoring.services.panels.closing import close_due_panels, close_panel
from credit.scoring.services.panels.rating import rate, recuse
from credit.scoring.services.panels.reminding import remind_panels

__all__ = [
    "call_panel",
    "cancel_panel",
    "change_panel",
    "close_due_panels",
    "close_panel",
    "open_panel",
    "rate",
    "recuse",
    "remind_panels",
]

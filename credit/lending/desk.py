"""What waits for an officer before there is a contract: rates, requests, pledges."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import can_anywhere
from cooperative.membership.desk import Waiting
from credit.lending.links import panel_list
from credit.lending.selectors.rates import lpr_due_on, unconfirmed_rates
from credit.lending.services.lpr import CONFIRM, PROPOSE


def lpr_waiting(user: Any, today: date) -> list[Waiting]:
    """A publication whose rate nobody entered, and rates that wait for a second officer."""
    lines = []
    if can_anywhere(user, PROPOSE, today):
        due_on = lpr_due_on(today)
        late = int(due_on is not None and due_on < today)
        lines.append(
            Waiting(_("新的报价利率等登记"), int(due_on is not None), panel_list("lprrate"), late)
        )
    if can_anywhere(user, CONFIRM, today):
        rows = unconfirmed_rates().exclude(made_by=user)
        lines.append(Waiting(_("报价利率等您复核"), rows.count(), panel_list("lprrate")))
    return lines

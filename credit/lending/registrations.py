"""What lending tells the apps below it, once, when it is set up. Each part adds its own lines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cooperative.consent.rules.purposes import Purpose, register_purpose
from cooperative.membership.desk import register_desk_table, register_waiting
from cooperative.notices.kinds import register_kind
from core.audit_words import register_words
from credit.lending import (
    conflicts,
    contracting,
    desk,
    desk_tables,
    indicators,
    nightly,
    parameters,
    requesting,
    running,
)
from credit.lending.services.lpr import DUE_NOTICE
from credit.lending.words import AUDIT_WORDS


def register() -> None:
    """Declare everything; called from ``AppConfig.ready``."""
    parameters.register()
    register_words(AUDIT_WORDS)
    register_kind(DUE_NOTICE, _("报价利率等登记"))
    register_waiting(desk.lpr_waiting)
    register_purpose(Purpose("mutual_loan", _("办理互助借款"), needs_consent=False))
    requesting.register()
    contracting.register()
    conflicts.register()
    running.register()
    nightly.register()
    indicators.register()
    register_desk_table(desk_tables.overdue_table)
    register_desk_table(desk_tables.limits_table)

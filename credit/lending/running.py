"""What lending registers for a running loan: notices, entries, documents, waiting lines, todos."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cooperative.ledger.kinds import register_entry_kind
from cooperative.notices.kinds import register_kind
from core.documents.register import register_kind as register_document
from credit.lending.services.booking import ENTRY_KINDS
from credit.lending.services.loan_notices import NOTICES


def register() -> None:
    """Called by ``registrations.register``."""
    for code, told in NOTICES.items():
        register_kind(code, told.title, sms=told.sms)
    for code, title in ENTRY_KINDS.items():
        register_entry_kind(code, title)
    register_document("loan_receipt", _("还款收据"))
    register_document("loan_statement", _("借款对账单"))

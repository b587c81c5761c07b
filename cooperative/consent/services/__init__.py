"""Changes: give and withdraw, disclose, request and answer, export, erase."""

from cooperative.consent.services.consents import (
    give_consent,
    withdraw_consent,
    withdraw_for_member,
)
from cooperative.consent.services.disclosures import (
    disclose,
    disclose_to,
    record_look,
    record_own_export,
)
from cooperative.consent.services.exporting import export_json, export_pdf
from cooperative.consent.services.papers import (
    confirm_papers,
    record_papers,
    reject_paper,
    take_back_paper,
)
from cooperative.consent.services.requests import (
    answer_request,
    confirm_answer,
    open_request,
    return_answer,
    withdraw_request,
)
from cooperative.consent.services.sheets import issue_sheet
from cooperative.consent.services.telling import remind_officers
from cooperative.consent.services.texts import propose_text, publish_text

__all__ = [
    "answer_request",
    "confirm_answer",
    "confirm_papers",
    "disclose",
    "disclose_to",
    "export_json",
    "export_pdf",
    "give_consent",
    "issue_sheet",
    "open_request",
    "propose_text",
    "publish_text",
    "record_look",
    "record_own_export",
    "record_papers",
    "reject_paper",
    "remind_officers",
    "return_answer",
    "take_back_paper",
    "withdraw_consent",
    "withdraw_for_member",
    "withdraw_request",
]

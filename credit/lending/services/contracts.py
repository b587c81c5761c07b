"""A loan's contract, from a covered request to the last signature, or to its end before that."""

from credit.lending.services.cancelling import cancel_loan
from credit.lending.services.contract_files import contract_pdf, preview_of, record_of
from credit.lending.services.drawing import draw_contract
from credit.lending.services.signing import ask_signing_code, sign_contract

__all__ = [
    "ask_signing_code",
    "cancel_loan",
    "contract_pdf",
    "draw_contract",
    "preview_of",
    "record_of",
    "sign_contract",
]

"""Requests, pledges, loans, shares, repayments, and the reference rate they are measured by."""

from credit.lending.models.contracts import ContractCopy, Signature
from credit.lending.models.costs import Cost
from credit.lending.models.hand_backs import HandBack
from credit.lending.models.loans import Loan
from credit.lending.models.nights import NightMark, UnionDay
from credit.lending.models.rates import LprRate
from credit.lending.models.repayments import Repayment
from credit.lending.models.requests import LoanRequest, Pledge, RequestDraft, SpareMoney
from credit.lending.models.shares import Instalment, LoanEvent, Share
from credit.lending.models.troubles import Extension, ExtensionConsent, Mediation, WriteOff

__all__ = [
    "ContractCopy",
    "Cost",
    "Extension",
    "ExtensionConsent",
    "HandBack",
    "Instalment",
    "Loan",
    "LoanEvent",
    "LoanRequest",
    "LprRate",
    "Mediation",
    "NightMark",
    "Pledge",
    "Repayment",
    "RequestDraft",
    "Share",
    "Signature",
    "SpareMoney",
    "UnionDay",
    "WriteOff",
]

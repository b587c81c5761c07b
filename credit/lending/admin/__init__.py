"""Mutual loans in the officers' panel."""

from credit.lending.admin import figures, loans, rates, repayments, requests, shares, troubles

__all__ = ["figures", "loans", "rates", "repayments", "requests", "shares", "troubles"]

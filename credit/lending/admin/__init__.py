"""Mutual loans in the officers' panel."""

from credit.lending.admin import loans, rates, repayments, requests, shares, troubles

__all__ = ["loans", "rates", "repayments", "requests", "shares", "troubles"]

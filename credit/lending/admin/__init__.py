"""Mutual loans in the officers' panel."""

from credit.lending.admin import (
    costs,
    figures,
    loans,
    rates,
    repayments,
    requests,
    shares,
    troubles,
)

__all__ = ["costs", "figures", "loans", "rates", "repayments", "requests", "shares", "troubles"]

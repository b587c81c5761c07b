"""Mutual loans in the officers' panel."""

from credit.lending.admin import (
    costs,
    figures,
    hand_backs,
    loans,
    pledges,
    rates,
    repayments,
    requests,
    shares,
    troubles,
)

__all__ = [
    "costs",
    "figures",
    "hand_backs",
    "loans",
    "pledges",
    "rates",
    "repayments",
    "requests",
    "shares",
    "troubles",
]

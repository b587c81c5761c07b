"""Scorecards as data: reading, checking, evaluating, explaining, and the same as SQL.

Neither Django nor models. Points, totals, limits and inputs are exact decimals; an input that
nobody knows is None and earns a characteristic's missing points.
"""

from credit.scoring.rules.card import (
    Bin,
    Card,
    Characteristic,
    Grade,
    Group,
    LimitFormula,
    Veto,
    card_from_json,
    card_to_json,
)
from credit.scoring.rules.checking import Fault, check_card
from credit.scoring.rules.compiling import CompiledCard, column, compile_card
from credit.scoring.rules.evaluating import Result, evaluate, what_if
from credit.scoring.rules.reasons import Reason, reasons

__all__ = [
    "Bin",
    "Card",
    "Characteristic",
    "CompiledCard",
    "Fault",
    "Grade",
    "Group",
    "LimitFormula",
    "Reason",
    "Result",
    "Veto",
    "card_from_json",
    "card_to_json",
    "check_card",
    "column",
    "compile_card",
    "evaluate",
    "reasons",
    "what_if",
]

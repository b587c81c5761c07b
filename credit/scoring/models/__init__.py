"""Scorecards in their versions, and the scores they gave."""

from credit.scoring.models.cards import Scorecard
from credit.scoring.models.scores import Score

__all__ = ["Score", "Scorecard"]

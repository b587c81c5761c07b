"""Scorecards in their versions, the scores they gave, and what people made of them."""

from credit.scoring.models.cards import Scorecard
from credit.scoring.models.objections import Objection
from credit.scoring.models.overrides import Override
from credit.scoring.models.scores import Score

__all__ = ["Objection", "Override", "Score", "Scorecard"]

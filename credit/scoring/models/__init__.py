"""Scorecards in their versions, the scores they gave, what people made of them; panels."""

from credit.scoring.models.cards import Scorecard
from credit.scoring.models.objections import Objection
from credit.scoring.models.overrides import Override
from credit.scoring.models.panels import PanelRating, PanelReview, PanelSeat, PanelSubject
from credit.scoring.models.scores import Score

__all__ = [
    "Objection",
    "Override",
    "PanelRating",
    "PanelReview",
    "PanelSeat",
    "PanelSubject",
    "Score",
    "Scorecard",
]

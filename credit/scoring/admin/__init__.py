"""The officers' panel of scoring; each part registers itself."""

from credit.scoring.admin import cards, objections, overrides, panels, scores

__all__ = ["cards", "objections", "overrides", "panels", "scores"]

"""The officers' panel of scoring; each part registers itself."""

from credit.scoring.admin import cards, panels

__all__ = ["cards", "panels"]

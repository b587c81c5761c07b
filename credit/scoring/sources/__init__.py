"""What the apps below credit know of a member, and what scoring itself knows."""

from credit.scoring.sources.farming import ASSETS, INCOMES, LAND
from credit.scoring.sources.membership import MEMBERSHIPS
from credit.scoring.sources.panel import PANEL

SOURCES = (MEMBERSHIPS, LAND, ASSETS, INCOMES, PANEL)

__all__ = ["SOURCES"]

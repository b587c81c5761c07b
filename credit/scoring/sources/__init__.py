"""What the apps below credit know of a member."""

from credit.scoring.sources.farming import ASSETS, INCOMES, LAND
from credit.scoring.sources.membership import MEMBERSHIPS

SOURCES = (MEMBERSHIPS, LAND, ASSETS, INCOMES)

__all__ = ["SOURCES"]

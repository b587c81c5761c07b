"""Facts about a member's production, and the officers' queue over all of them."""

from cooperative.farming.models.base import Fact, Lasting
from cooperative.farming.models.land import Crop, Plot, SeasonPlan
from cooperative.farming.models.queue import QueuedFact
from cooperative.farming.models.wealth import Asset, YearlyIncome

KINDS: dict[str, type[Fact]] = {
    model.KIND: model for model in (Plot, SeasonPlan, Asset, YearlyIncome)
}
"""The four kinds of facts by the word that stands for them in addresses and keys."""

__all__ = [
    "KINDS",
    "Asset",
    "Crop",
    "Fact",
    "Lasting",
    "Plot",
    "QueuedFact",
    "SeasonPlan",
    "YearlyIncome",
]

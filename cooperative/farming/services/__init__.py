"""Changes to facts: one mechanism for the four kinds."""

from cooperative.farming.services.checking import (
    Decided,
    confirm_fact,
    confirm_facts,
    refuse_fact,
    refuse_facts,
)
from cooperative.farming.services.personal import erase_farm
from cooperative.farming.services.reference import load_crops
from cooperative.farming.services.roster import import_roster_plots
from cooperative.farming.services.stating import (
    add_evidence,
    correct_fact,
    edit_fact,
    end_fact,
    state_fact,
    withdraw_fact,
)

__all__ = [
    "Decided",
    "add_evidence",
    "confirm_fact",
    "confirm_facts",
    "correct_fact",
    "edit_fact",
    "end_fact",
    "erase_farm",
    "import_roster_plots",
    "load_crops",
    "refuse_fact",
    "refuse_facts",
    "state_fact",
    "withdraw_fact",
]

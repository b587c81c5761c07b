"""What ships with scoring: its figures and the expert card, put in force once. Idempotent."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from core.parameters import load_reference_values
from credit.scoring.parameters import REFERENCE
from credit.scoring.services.cards import load_card

EXPERT_CARD = Path(__file__).resolve().parent / "data" / "expert_card.json"


def load_reference(*, by: Any, checked_by: Any, at: datetime) -> int:
    """The figures, and the expert card unless there is a card already; how many rows were added.

    ``by`` and ``checked_by`` are two different users: what is shipped obeys four eyes too.
    """
    added = load_reference_values(REFERENCE, by=by, checked_by=checked_by, at=at)
    definition = json.loads(EXPERT_CARD.read_text(encoding="utf-8"))
    return added + load_card(definition=definition, by=by, checked_by=checked_by, at=at)

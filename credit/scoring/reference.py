"""What ships with scoring: the expert card, put in force once. Idempotent."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from credit.scoring.services.cards import load_card

EXPERT_CARD = Path(__file__).resolve().parent / "data" / "expert_card.json"


def load_reference(*, by: Any, checked_by: Any, at: datetime) -> int:
    """The expert card, unless there is a card already; how many were added.

    ``by`` and ``checked_by`` are two different users: a shipped card obeys four eyes too.
    """
    definition = json.loads(EXPERT_CARD.read_text(encoding="utf-8"))
    return load_card(definition=definition, by=by, checked_by=checked_by, at=at)

"""Reference data of this app."""

from __future__ import annotations

import csv
from pathlib import Path

from cooperative.farming.models import Crop

CROPS = Path(__file__).resolve().parent.parent / "data" / "crops.csv"


def load_crops() -> int:
    """Bring the crops up to date with ``data/crops.csv``; returns how many there are.

    Doing it twice changes nothing; a crop that left the file stays for the plans that name it.
    """
    with CROPS.open(encoding="utf-8") as rows:
        crops = [
            Crop(
                code=row["code"],
                name=row["name"],
                group=row["group"],
                position=int(row["position"]),
            )
            for row in csv.DictReader(rows)
        ]
    Crop.objects.bulk_create(
        crops,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "group", "position"],
    )
    return len(crops)

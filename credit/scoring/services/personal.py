"""Erasing what is stored of a member's scores, in the erasure's transaction."""

from __future__ import annotations

from cooperative.membership.models import Member
from core.files import remove_file
from core.models import StoredFile
from credit.scoring.models import Objection, Override, Score


def erase_scores(*, member: Member) -> None:
    """Remove objections, overrides, their evidence and all scores; the caller holds the member."""
    overrides, objections = (
        Override.objects.locked().filter(member=member),
        Objection.objects.locked().filter(member=member),
    )
    kept = [row.evidence_id for row in (*overrides, *objections) if row.evidence_id]
    for model in (Objection, Override, Score):
        model.objects.filter(member=member).delete()
    for file in StoredFile.objects.filter(pk__in=kept).order_by("pk"):
        remove_file(file)

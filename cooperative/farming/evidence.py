"""Files that prove facts: what may be uploaded, and who may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from cooperative.farming.access import VIEW, is_own, reaches
from cooperative.farming.models import KINDS, Fact
from cooperative.farming.selectors import scope_of
from core.dates import today
from core.files import accept_upload
from core.models import StoredFile

PURPOSE = "farming_evidence"
ACCEPTED = ("image", "pdf")


def accept_evidence(*, fact: Fact, upload: UploadedFile, by: Any, at: datetime) -> StoredFile:
    """Keep an upload as evidence of a fact.

    Raises:
        Refused: not a picture or PDF, empty, or too large.
    """
    return accept_upload(
        upload, purpose=PURPOSE, kinds=ACCEPTED, by=by, at=at, scope=scope_of(fact.member)
    )


def may_see(user: Any, file: StoredFile) -> bool:
    """The member whose fact it proves, and officers of the member's unions."""
    for model in KINDS.values():
        facts = model.objects.filter(evidence=file).select_related("member")  # type: ignore[attr-defined]
        fact = facts.order_by("pk").first()
        if fact is not None:
            return is_own(user, fact.member) or reaches(user, VIEW, fact.member, today())
    return False

"""Files that prove what is said about a score: what may be uploaded, and who may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, Q

from cooperative.farming.selectors import scope_of
from cooperative.membership.models import Member
from core.dates import today
from core.files import accept_upload
from core.models import StoredFile
from credit.scoring.access import BELONGED, VIEW, in_reach
from credit.scoring.models import Objection, Override

PURPOSE = "scoring.evidence"
ACCEPTED = ("image", "pdf")


def accept_evidence(
    *, member: Member, upload: UploadedFile[Any], by: Any, at: datetime
) -> StoredFile:
    """Keep an upload that proves something about a member's score.

    Raises:
        Refused: not a picture or PDF, empty, or too large.
    """
    return accept_upload(
        upload, purpose=PURPOSE, kinds=ACCEPTED, by=by, at=at, scope=scope_of(member)
    )


def may_see(user: Any, file: StoredFile) -> bool:
    """The member whose score it is about, and officers of their unions who see scores."""
    about = Q(
        Exists(Objection.objects.filter(evidence=file, member=OuterRef("pk")))
        | Exists(Override.objects.filter(evidence=file, member=OuterRef("pk")))
    )
    members = Member.objects.filter(about, erased_at__isnull=True)
    if members.filter(user=user).exists():
        return True
    reach = in_reach(members, user, VIEW, today(), member="pk", states=BELONGED)
    return reach.exists()

"""Photographs of signed sheets: what may be uploaded, and who may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from cooperative.consent.access import CONFIRM, RECORD, WITHDRAW, handles
from cooperative.consent.models import Consent, PaperConsent
from cooperative.membership.access import can
from cooperative.membership.models import Member
from core.dates import today
from core.files import accept_upload
from core.models import StoredFile

PURPOSE = "consent_sheet"
ACCEPTED = ("image", "pdf")


def accept_sheet(*, upload: UploadedFile[Any], scope: str, by: Any, at: datetime) -> StoredFile:
    """Keep a photograph or PDF of a signed sheet; ``scope`` is the path of the union.

    Raises:
        Refused: not a picture or PDF, empty, or too large.
    """
    return accept_upload(upload, purpose=PURPOSE, kinds=ACCEPTED, by=by, at=at, scope=scope)


def may_see(user: Any, file: StoredFile) -> bool:
    """The member whose sheet it is, and the officers who record and confirm in that union.

    A list with the signatures of several members shows each the others' numbers: only officers
    see it.
    """
    papers = PaperConsent.objects.filter(evidence=file).select_related("union").order_by("pk")
    ended = Consent.objects.filter(withdrawn_evidence=file).select_related("recipient__union")
    if is_alone_on(file, user):
        return True
    day = today()
    return any(
        can(user, permission, paper.union, day) for paper in papers for permission in _OFFICERS
    ) or any(handles(user, WITHDRAW, consent, day) for consent in ended.order_by("pk"))


def is_alone_on(file: StoredFile, user: Any) -> bool:
    """Whether the sheet carries this user's own signature and nobody else's."""
    if not user.is_authenticated:
        return False
    signed = Q(paper_consents__evidence=file) | Q(consents__withdrawn_evidence=file)
    signers = Member.objects.filter(signed).order_by("pk").distinct()
    return [member.user_id for member in signers[:2]] == [user.pk]


_OFFICERS = (RECORD, CONFIRM)

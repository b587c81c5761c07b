"""Slips that prove a transfer or a cost: what may be uploaded, and who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from cooperative.membership.access import unions_where
from cooperative.membership.models import Member
from core.dates import today
from core.files import accept_upload
from core.models import StoredFile
from credit.lending.models import Loan, Share

PURPOSE = "lending.slip"
ACCEPTED = ("image", "pdf")
VIEW = "loan.view"


def accept_slip(*, loan: Loan, upload: UploadedFile[Any], by: Any, at: datetime) -> StoredFile:
    """Keep an upload as a slip of a loan.

    Raises:
        Refused: not a picture or PDF, empty, or too large.
    """
    return accept_upload(
        upload, purpose=PURPOSE, kinds=ACCEPTED, by=by, at=at, scope=loan.union.path
    )


def may_see(user: Any, file: StoredFile) -> bool:
    """Lender and borrower of the share it belongs to, and officers of the union who see loans."""
    shares = Share.objects.filter(
        Q(slip=file) | Q(repayments__slip=file) | Q(costs__evidence=file) | Q(hand_back__slip=file)
    )
    members = Member.objects.filter(user=user, erased_at__isnull=True)
    parties = Q(membership__member__in=members) | Q(loan__membership__member__in=members)
    officers = Q(loan__union__in=unions_where(user, VIEW, today()))
    return shares.filter(parties | officers).exists()

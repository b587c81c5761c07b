"""Erasing what panels hold about a member."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cooperative.membership.models import Member
from credit.scoring.models import PanelRating, PanelSubject


def erase_reviews(*, member: Member, at: datetime) -> None:
    """Empty the results about the member and remove the grades they come from.

    The caller's transaction holds the confirmed request and the member's lock. What the member said
    of others stays, for others' results follow from it; whose seat it was is gone with the name.
    """
    with transaction.atomic():
        rows = PanelSubject.objects.filter(member=member)
        rows.update(
            outcome=PanelSubject.Outcome.ERASED,
            mean=None,
            counted=None,
            spread=None,
            deviation=None,
            holds_until=None,
        )
        PanelRating.objects.filter(subject__member=member).delete()

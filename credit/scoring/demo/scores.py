"""Scores of the demo's members, through the nightly run."""

from __future__ import annotations

from datetime import datetime, timedelta

from cooperative.consent.selectors import offers_for
from cooperative.consent.services import give_consent
from cooperative.consent.vocabulary import SCORING
from cooperative.membership.models import Membership, Union
from core.dates import business_date
from credit.scoring.models import Score
from credit.scoring.services.nightly import score_members, work_off

_AGREED_DAYS = 30


def load_scores(*, union: Union, at: datetime) -> int:
    """Let the members with an account agree, then score; how many are scored."""
    rows = Membership.objects.filter(union=union, state="admitted", member__user__isnull=False)
    for row in rows.select_related("member__user").order_by("pk"):
        _agree(row, at - timedelta(days=_AGREED_DAYS))
    score_members(on=business_date(at), at=at)
    work_off()
    return Score.objects.current().count()


def _agree(row: Membership, at: datetime) -> None:
    """Agree to all that the purpose may look at, unless the member has."""
    for offer in offers_for(row.member, at):
        if offer.text.purpose == SCORING:
            give_consent(
                member=row.member,
                recipient=offer.recipient,
                text=offer.text,
                extra_categories=offer.text.optional_categories,
                by=row.member.user,
                at=at,
            )

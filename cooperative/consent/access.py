"""Which officers may handle a member's consents on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from cooperative.consent.models import Consent
from cooperative.membership.access import unions_where
from cooperative.membership.models import Membership, Union
from core.errors import NotFound

RECORD = "consent.record"
CONFIRM = "consent.confirm"
WITHDRAW = "consent.withdraw"


def access_consent(user: Any, consent_id: int, today: date) -> Consent:
    """A consent that this officer may end because the member says so.

    Raises:
        NotFound: absent, or not for this officer.
    """
    consent = Consent.objects.filter(pk=consent_id).select_related("recipient__union").first()
    if consent is None or not handles(user, WITHDRAW, consent, today):
        raise NotFound()
    return consent


def handles(user: Any, permission: str, consent: Consent, today: date) -> bool:
    """Whether the officer holds the permission where the member belongs, on the recipient's side.

    A member may belong to two unions: what was given to the one is not for the officers of the
    other, whoever has left is still looked after.
    """
    reach = unions_where(user, permission, today)
    unions = Union.objects.filter(
        pk__in=Membership.objects.filter(member=consent.member_id, union__in=reach).values("union")
    )
    return any(_same_side(path, consent) for path in _paths(unions))


def _paths(unions: QuerySet[Union]) -> list[str]:
    return list(unions.order_by("pk").values_list("path", flat=True))


def _same_side(path: str, consent: Consent) -> bool:
    recipient = consent.recipient.union
    return recipient is None or path.startswith(recipient.path) or recipient.path.startswith(path)

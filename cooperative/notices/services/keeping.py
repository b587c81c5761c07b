"""Not keeping more than is needed, nor longer. Source: PIPL arts. 19, 47."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from cooperative.notices import rules
from cooperative.notices.kinds import kind_title
from cooperative.notices.models import Delivery, DemoMessage, Notice
from cooperative.notices.selectors import DEMO_INBOX_AGE

PHONE_KEPT = timedelta(days=180)
_NO_PHONE = {"phone": "", "phone_index": None, "text": ""}


def purge_old(*, at: datetime) -> dict[str, int]:
    """Drop the demo's messages of yesterday, and number and text of SMS ended 180 days ago."""
    demo, _rows = DemoMessage.objects.filter(at__lte=at - DEMO_INBOX_AGE).delete()
    phones = Delivery.objects.filter(
        ~Q(phone=""), state__in=[rules.SENT, rules.FAILED], ended_at__lte=at - PHONE_KEPT
    ).update(**_NO_PHONE)
    return {"demo": demo, "phones": phones}


def forget_person(*, person: str, at: datetime) -> int:
    """Blank what was told to a person, for an erasure that was decided; how many notices.

    That something of a kind was sent on a day stays; words, number and link go. What was not yet
    sent is not sent any more.
    """
    with transaction.atomic():
        deliveries = Delivery.objects.filter(notice__person=person)
        waiting = list(deliveries.filter(state=rules.PENDING).locked())
        Delivery.objects.filter(pk__in=[row.pk for row in waiting]).update(
            state=rules.FAILED, next_attempt_at=None, ended_at=at, error_code="erased", **_NO_PHONE
        )
        deliveries.update(**_NO_PHONE)
        notices = Notice.objects.filter(person=person)
        for kind in set(notices.order_by().values_list("kind", flat=True)):
            notices.filter(kind=kind).update(title=kind_title(kind)[:80], body="", link="")
    return notices.count()

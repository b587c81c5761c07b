"""What waits for an officer here: answers, second looks, texts to publish."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperative.consent.access import CONFIRM
from cooperative.consent.models import ConsentText, DataRequest, PaperConsent
from cooperative.membership.access import can_anywhere, unions_where
from cooperative.membership.desk import Waiting


def consent_waiting(user: Any, today: date) -> list[Waiting]:
    """Requests to answer and to confirm with those past their day, sheets to look at, and unpublished texts."""
    requests = reverse("admin:consent_datarequest_changelist")
    to_answer = DataRequest.objects.filter(
        union__in=unions_where(user, "data_request.answer", today), state="open"
    )
    to_confirm = DataRequest.objects.filter(
        union__in=unions_where(user, "data_request.confirm", today), state="proposed"
    ).exclude(answered_by=user)
    lines = [
        Waiting(_("资料请求等书面答复"), *_counts(to_answer, f"{requests}?waits=answer", today)),
        Waiting(_("资料答复等您复核"), *_counts(to_confirm, f"{requests}?waits=confirm", today)),
    ]
    papers = PaperConsent.objects.filter(
        union__in=unions_where(user, CONFIRM, today), state=PaperConsent.State.PROPOSED
    ).exclude(made_by=user)
    href = reverse("admin:consent_paperconsent_changelist")
    lines.append(Waiting(_("纸面授权等您复核"), papers.count(), f"{href}?state__exact=proposed"))
    if can_anywhere(user, "consent_text.publish", today):
        drafts = ConsentText.objects.filter(published_at__isnull=True).exclude(made_by=user)
        href = reverse("admin:consent_consenttext_changelist")
        lines.append(Waiting(_("授权说明等发布"), drafts.count(), href))
    return lines


def _counts(rows: Any, href: str, today: date) -> tuple[int, str, int]:
    return rows.count(), href, rows.filter(due_on__lt=today).count()

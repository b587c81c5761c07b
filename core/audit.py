"""Writing and reading the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from core.models import AuditRow


def record(
    action: str,
    subject: models.Model,
    *,
    by: Any,
    at: datetime,
    scope: str = "",
    **facts: Any,
) -> AuditRow:
    """Append one row beside the change it tells of, in the same transaction.

    ``facts`` carry ids, codes, amounts and states; never names, phones or identity numbers.
    ``by`` is a user, or None for a job. ``scope`` is the union path that may read the row.
    """
    return AuditRow.objects.create(
        action=action,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        scope=scope,
        facts=facts,
        by=by,
        at=at,
    )


def trail_of(subject: models.Model) -> models.QuerySet[AuditRow]:
    """All that was done to one row, oldest first, with who did it."""
    return (
        AuditRow.objects.filter(
            subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk
        )
        .select_related("by")
        .order_by("pk")
    )

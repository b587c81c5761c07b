"""Who did what to which row: append-only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditRow(models.Model):
    """One change, written by the service that made it. Carries ids and codes, never names.

    The database refuses updates and deletions (trigger in migration 0002).
    """

    # found by either index below that begins with it
    subject_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject_id = models.BigIntegerField()
    scope = models.CharField(_("范围"), max_length=255, blank=True)
    action = models.CharField(_("动作"), max_length=60)
    facts: Any = models.JSONField(_("事实"), default=dict, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("经手人"),
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("操作记录")
        verbose_name_plural = _("操作记录")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="core_auditrow_subject"),
            # A night asks on which rows of a kind there were deeds since the last one.
            models.Index(
                fields=["subject_type", "at"], name="core_auditrow_since", include=["subject_id"]
            ),
            # Officers read the log of their own subtree: scope is a path prefix.
            models.Index(
                fields=["scope"], name="core_auditrow_scope", opclasses=["varchar_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"

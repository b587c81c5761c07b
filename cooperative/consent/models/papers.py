"""Consents that members gave by signing a sheet of paper."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.consent.models.consents import Consent
from cooperative.consent.models.recipients import ConsentText, Recipient
from cooperative.consent.rules.papers import PaperState
from cooperative.membership.models import Member, Union
from core.models import StoredFile
from core.models.base import FourEyes, LockedQuerySet, both_or_neither, four_eyes_constraints

PaperConsentManager = models.Manager.from_queryset(LockedQuerySet["PaperConsent"])


class PaperConsent(FourEyes):
    """One member's signature under the printed text of one purpose, for one recipient.

    It is no consent: a second officer who sees the sheet makes the ``Consent`` from it, so no
    reader of consents ever meets one that only one officer vouches for. Many may have signed one
    sheet: then their rows share the ``evidence``. A confirmed row is never changed (trigger), and
    no consent on paper stands without one (trigger, at commit).

    Source: PIPL arts. 13, 14; rule I17.
    """

    class State(models.TextChoices):
        PROPOSED = PaperState.PROPOSED, _("等复核")
        CONFIRMED = PaperState.CONFIRMED, _("已生效")
        REJECTED = PaperState.REJECTED, _("没有通过")
        WITHDRAWN = PaperState.WITHDRAWN, _("已收回")

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="paper_consents", verbose_name=_("成员")
    )
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="+", verbose_name=_("办理的工会")
    )
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, related_name="+", verbose_name=_("接收方")
    )
    purpose = models.CharField(_("用途代码"), max_length=40)
    text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, related_name="+", verbose_name=_("授权说明")
    )
    categories: Any = ArrayField(models.CharField(max_length=40), verbose_name=_("资料"))
    signed_on = models.DateField(_("签字日期"))
    evidence = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("签字的纸"),
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.PROPOSED
    )
    consent = models.OneToOneField(
        Consent,
        on_delete=models.PROTECT,
        related_name="paper",
        null=True,
        blank=True,
        verbose_name=_("授权"),
    )
    remark = models.CharField(_("原因"), max_length=300, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("收回人"),
    )
    withdrawn_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    objects = PaperConsentManager()

    class Meta:
        verbose_name = _("纸面授权")
        verbose_name_plural = _("纸面授权")
        constraints = [
            *four_eyes_constraints("consent_paperconsent"),
            both_or_neither("consent_paperconsent", "withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                name="consent_paperconsent_state_dated",
                condition=Q(state="proposed", checked_at__isnull=True, withdrawn_at__isnull=True)
                | Q(
                    state__in=["confirmed", "rejected"],
                    checked_at__isnull=False,
                    withdrawn_at__isnull=True,
                )
                | Q(state="withdrawn", checked_at__isnull=True, withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_paperconsent_consent_when_confirmed",
                condition=Q(state="confirmed", consent__isnull=False)
                | (~Q(state="confirmed") & Q(consent__isnull=True)),
            ),
            models.CheckConstraint(
                name="consent_paperconsent_proven",
                condition=Q(evidence__isnull=False) | Q(state__in=["rejected", "withdrawn"]),
                violation_error_message=_("要有签字那张纸的照片。"),
            ),
            models.CheckConstraint(
                name="consent_paperconsent_end_told",
                condition=~Q(state__in=["rejected", "withdrawn"], remark=""),
                violation_error_message=_("要写明原因。"),
            ),
            models.CheckConstraint(
                name="consent_paperconsent_categories_named", condition=Q(categories__len__gt=0)
            ),
            models.UniqueConstraint(
                name="consent_paperconsent_one_waiting",
                fields=["member", "recipient", "purpose"],
                condition=Q(state="proposed"),
                violation_error_message=_("这份纸面授权已经登记过，正等复核。"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.purpose}"

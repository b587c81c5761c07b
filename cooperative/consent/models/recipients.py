"""Who may receive data, and the texts a member says yes to."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Cooperative, Union
from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints


class Recipient(models.Model):
    """Someone who may receive members' data, with all that PIPL 23 asks to be told of them."""

    class Kind(models.TextChoices):
        UNION = "union", _("工会")
        FEDERATION = "federation", _("联合社")
        INSTITUTION = "institution", _("机构")

    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=80)
    contact = models.CharField(_("联系方式"), max_length=120)
    union = models.ForeignKey(
        Union,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("工会"),
    )
    cooperative = models.ForeignKey(
        Cooperative,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("联合社"),
    )

    class Meta:
        verbose_name = _("接收方")
        verbose_name_plural = _("接收方")
        constraints = [
            models.CheckConstraint(
                name="consent_recipient_told_whole",
                condition=~Q(name="") & ~Q(contact=""),
                violation_error_message=_("接收方要有名称和联系方式。"),
            ),
            models.CheckConstraint(
                name="consent_recipient_kind_fits",
                condition=Q(kind="union", union__isnull=False, cooperative__isnull=True)
                | Q(kind="federation", union__isnull=False, cooperative__isnull=False)
                | Q(kind="institution", cooperative__isnull=True),
            ),
            models.UniqueConstraint(
                name="consent_recipient_union_once", fields=["union"], condition=Q(kind="union")
            ),
            models.UniqueConstraint(
                name="consent_recipient_federation_once",
                fields=["cooperative"],
                condition=Q(kind="federation"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConsentTextQuerySet(LockedQuerySet["ConsentText"]):
    """Texts in force."""

    def current(self, at: datetime) -> Self:
        """The newest published version of each purpose, ordered by purpose."""
        return self.filter(published_at__lte=at).order_by("purpose", "-version").distinct("purpose")


ConsentTextManager = models.Manager.from_queryset(ConsentTextQuerySet)


class ConsentText(FourEyes):
    """One version of what a member is told and says yes to. Immutable once published (trigger).

    ``categories`` are needed for the purpose; ``optional_categories`` may be added by the member.
    """

    purpose = models.CharField(_("用途代码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("标题"), max_length=60)
    body = models.TextField(_("做什么用"))
    means = models.TextField(_("怎么处理"))
    categories: Any = ArrayField(models.CharField(max_length=40), verbose_name=_("要用的资料"))
    optional_categories: Any = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name=_("可以另外选的资料"),
    )
    consequences = models.TextField(_("不同意会怎样"))
    retention = models.TextField(_("保存多久"))
    automated_decision = models.TextField(_("自动打分的说明"), blank=True)
    valid_months = models.PositiveSmallIntegerField(_("有效期（月）"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    objects = ConsentTextManager()

    class Meta:
        verbose_name = _("授权说明")
        verbose_name_plural = _("授权说明")
        constraints = [
            *four_eyes_constraints("consent_consenttext"),
            models.UniqueConstraint(
                name="consent_consenttext_version_once",
                fields=["purpose", "version"],
                violation_error_message=_("这个用途已有这一版说明。"),
            ),
            models.CheckConstraint(
                name="consent_consenttext_published_when_checked",
                condition=Q(published_at__isnull=True, checked_at__isnull=True)
                | Q(published_at__isnull=False, checked_at__isnull=False),
                violation_error_message=_("复核以后才能发布。"),
            ),
            models.CheckConstraint(
                name="consent_consenttext_categories_named",
                condition=Q(categories__len__gt=0),
                violation_error_message=_("要写明用哪些资料。"),
            ),
            models.CheckConstraint(
                name="consent_consenttext_told_whole",
                condition=~Q(title="")
                & ~Q(body="")
                & ~Q(means="")
                & ~Q(consequences="")
                & ~Q(retention=""),
                violation_error_message=_("说明的每一项都要写。"),
            ),
            models.CheckConstraint(
                name="consent_consenttext_validity_limited",
                condition=Q(valid_months__gte=1, valid_months__lte=60),
                violation_error_message=_("有效期要在 1 到 60 个月之间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

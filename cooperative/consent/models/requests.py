"""What members ask about their own data, with the legal clock."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.consent.rules.requests import WAITING
from cooperative.membership.models import Member, Union
from core.crypto import SealedTextField
from core.models.base import LockedQuerySet, both_or_neither

_WAITING = sorted(WAITING)


class DataRequestQuerySet(LockedQuerySet["DataRequest"]):
    """Requests by how they stand."""

    def waiting(self) -> Self:
        """Not yet ended: the member's record carries the mark."""
        return self.filter(state__in=_WAITING)


DataRequestManager = models.Manager.from_queryset(DataRequestQuerySet)


class DataRequest(models.Model):
    """A member asks for a copy, a correction, an erasure, or objects. Moves by ``rules.requests``."""

    class Kind(models.TextChoices):
        ACCESS_COPY = "access_copy", _("要一份资料")
        CORRECTION = "correction", _("更正资料")
        ERASURE = "erasure", _("删除资料")
        OBJECTION = "objection", _("提出异议")

    class State(models.TextChoices):
        OPEN = "open", _("等待办理")
        PROPOSED = "proposed", _("等待复核")
        ANSWERED = "answered", _("已办好")
        REFUSED = "refused", _("没有同意")
        WITHDRAWN = "withdrawn", _("本人撤回")

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("同意并办理")
        REFUSED = "refused", _("不同意")

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="data_requests", verbose_name=_("成员")
    )
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="+", verbose_name=_("办理工会")
    )
    kind = models.CharField(_("事项"), max_length=12, choices=Kind.choices)
    section = models.CharField(_("哪一部分"), max_length=40, blank=True)
    details = SealedTextField(_("说明"), blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(_("提出时间"))
    due_on = models.DateField(_("最晚答复"))
    outcome = models.CharField(_("处理意见"), max_length=8, choices=Outcome.choices, blank=True)
    answer = SealedTextField(_("书面答复"), blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("经办人"),
    )
    answered_at = models.DateTimeField(_("经办时间"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("复核人"),
    )
    checked_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    remark = models.CharField(_("退回原因"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    objects = DataRequestManager()

    class Meta:
        verbose_name = _("资料请求")
        verbose_name_plural = _("资料请求")
        constraints = [
            both_or_neither("consent_datarequest", "answered_at", "answered_by"),
            both_or_neither("consent_datarequest", "checked_at", "checked_by"),
            models.CheckConstraint(
                name="consent_datarequest_maker_is_not_checker",
                condition=~Q(checked_by=F("answered_by")),
                violation_error_message=_("经办和复核必须是两个人。"),
            ),
            models.CheckConstraint(
                name="consent_datarequest_second_officer",
                condition=~Q(kind__in=["correction", "erasure"], state__in=["answered", "refused"])
                | Q(checked_at__isnull=False),
                violation_error_message=_("更正和删除要另一位同事复核。"),
            ),
            models.CheckConstraint(
                name="consent_datarequest_closed_when_ended",
                condition=Q(state__in=_WAITING, closed_at__isnull=True)
                | (~Q(state__in=_WAITING) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="consent_datarequest_ended_by_answer",
                condition=~Q(state__in=["proposed", "answered", "refused"])
                | (Q(answered_at__isnull=False) & ~Q(outcome="") & ~Q(answer="")),
                violation_error_message=_("要有书面答复。"),
            ),
            models.UniqueConstraint(
                name="consent_datarequest_one_waiting",
                fields=["member", "kind", "section"],
                condition=Q(state__in=_WAITING),
                violation_error_message=_("这件事您已经提过，还在办理。"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="consent_datarequest_clock",
                condition=Q(state__in=_WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_kind_display()}"

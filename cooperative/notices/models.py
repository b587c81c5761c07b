"""Notices to people, and the SMS that carries one to a phone.

A notice is addressed to a *person*, not to an account: a member in the roster may have a phone and
no account yet. ``person`` is a key that the caller's app keeps stable (``member:42``; without one
``user:7``), so a reminder is the same reminder before and after the person signs in for the first
time, and a new holder of an old phone number never reads what was meant for somebody else.
``recipient`` is the account that may read it here, as soon as there is one. The phone number is
needed only to send, so it stands only on the delivery.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.notices import rules
from core.crypto import BlindIndexField, SealedTextField
from core.models.base import LockedQuerySet


class Notice(models.Model):
    """One thing a person was told: never twice for the same kind, subject and due date."""

    person = models.CharField(_("收件人编号"), max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="notices",
        null=True,
        blank=True,
        verbose_name=_("收件账号"),
    )
    kind = models.CharField(_("类别"), max_length=60)
    subject_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    subject_id = models.BigIntegerField(null=True, blank=True)
    due_on = models.DateField(_("到期日"), null=True, blank=True)
    scope = models.CharField(_("范围"), max_length=255, blank=True)
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    link = models.CharField(_("链接"), max_length=300, blank=True)
    urgent = models.BooleanField(_("要紧"), default=False)
    created_at = models.DateTimeField(_("发出时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        constraints = [
            models.UniqueConstraint(
                name="notices_notice_told_once",
                fields=["person", "kind", "subject_type", "subject_id", "due_on"],
                nulls_distinct=False,
                violation_error_message=_("这条消息已经发过。"),
            ),
            models.CheckConstraint(
                name="notices_notice_subject_whole",
                condition=Q(subject_type__isnull=True, subject_id__isnull=True)
                | Q(subject_type__isnull=False, subject_id__isnull=False),
            ),
            models.CheckConstraint(
                name="notices_notice_has_person_and_title",
                condition=~Q(person="") & ~Q(title="") & ~Q(kind=""),
            ),
            models.CheckConstraint(
                name="notices_notice_link_stays_here",
                condition=Q(link="") | Q(link__regex=r"^/([^/\\]|$)"),
            ),
            models.CheckConstraint(
                name="notices_notice_read_after_created",
                condition=Q(read_at__isnull=True) | Q(read_at__gte=models.F("created_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notices_notice_inbox"),
            models.Index(
                fields=["recipient"],
                name="notices_notice_unread",
                condition=Q(read_at__isnull=True),
            ),
            # Officers list the notices of their own subtree by the paths of its unions.
            models.Index(fields=["scope", "-id"], name="notices_notice_scope"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DeliveryQuerySet(LockedQuerySet["Delivery"]):
    """Messages on their way."""

    def due(self, at: datetime) -> Self:
        """Waiting messages whose time has come, urgent and long-waiting ones first."""
        return self.filter(state=rules.PENDING, next_attempt_at__lte=at).order_by(
            "-urgent", "next_attempt_at", "pk"
        )

    def unclaimed(self) -> Self:
        """Rows locked for this worker; rows another worker is just claiming are left out."""
        return self.select_for_update(of=("self",), no_key=True, skip_locked=True)


DeliveryManager = models.Manager.from_queryset(DeliveryQuerySet)


class Delivery(models.Model):
    """The SMS of one notice: an outbox row until it is sent or given up.

    ``key`` goes to the gateway with every attempt, so that a gateway which honours it sends once
    even if a worker died between sending and writing that down.
    """

    class State(models.TextChoices):
        PENDING = rules.PENDING, _("等待发送")
        SENT = rules.SENT, _("已发送")
        FAILED = rules.FAILED, _("没有发出")

    notice = models.OneToOneField(
        Notice, on_delete=models.CASCADE, related_name="delivery", verbose_name=_("消息")
    )
    phone = SealedTextField(_("手机号"), blank=True, default="")
    phone_index = BlindIndexField(db_index=True)
    text = models.TextField(_("短信内容"), blank=True)
    urgent = models.BooleanField(_("要紧"), default=False)
    key = models.UUIDField(_("防重编号"), default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    tries = models.PositiveSmallIntegerField(_("本轮次数"), default=0)
    next_attempt_at = models.DateTimeField(_("下次发送时间"), null=True, blank=True)
    error_code = models.CharField(_("原因代码"), max_length=60, blank=True)
    refused = models.BooleanField(_("短信平台拒收"), default=False)
    provider_id = models.CharField(_("短信平台编号"), max_length=120, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = DeliveryManager()

    class Meta:
        verbose_name = _("短信")
        verbose_name_plural = _("短信")
        constraints = [
            models.CheckConstraint(
                name="notices_delivery_state_whole",
                condition=Q(
                    state=rules.PENDING,
                    next_attempt_at__isnull=False,
                    ended_at__isnull=True,
                    phone_index__isnull=False,
                )
                | Q(
                    state__in=[rules.SENT, rules.FAILED],
                    next_attempt_at__isnull=True,
                    ended_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="notices_delivery_phone_with_index",
                condition=Q(phone="", phone_index__isnull=True)
                | (~Q(phone="") & Q(phone_index__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-urgent", "next_attempt_at", "id"],
                name="notices_delivery_due",
                condition=Q(state=rules.PENDING),
            ),
            # Officers look at what failed first.
            models.Index(
                fields=["-id"], name="notices_delivery_failed", condition=Q(state=rules.FAILED)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Attempt(models.Model):
    """One try at sending. It is written before the gateway is called and completed after.

    An attempt without an end was cut off: whether the SMS went out is not known to us.
    """

    class Outcome(models.TextChoices):
        STARTED = "started", _("没有记下结果")
        SENT = "sent", _("已发送")
        RETRY = "retry", _("稍后再试")
        REFUSED = "refused", _("拒收")

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="log", verbose_name=_("短信")
    )
    number = models.PositiveSmallIntegerField(_("第几次"))
    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    outcome = models.CharField(
        _("结果"), max_length=10, choices=Outcome.choices, default=Outcome.STARTED
    )
    code = models.CharField(_("原因代码"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("发送记录")
        verbose_name_plural = _("发送记录")
        constraints = [
            models.UniqueConstraint(
                name="notices_attempt_number_once", fields=["delivery", "number"]
            ),
            models.CheckConstraint(
                name="notices_attempt_ended_with_outcome",
                condition=Q(outcome="started", ended_at__isnull=True)
                | (~Q(outcome="started") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}.{self.number} {self.outcome}"


class DemoMessage(models.Model):
    """An SMS of the demo: shown in the demo's inbox instead of being sent. Kept for a day."""

    phone = SealedTextField(_("手机号"))
    phone_index = BlindIndexField(null=False)
    text = models.TextField(_("短信内容"))
    purpose = models.CharField(_("用途"), max_length=40)
    key = models.CharField(_("防重编号"), max_length=64, unique=True)
    at = models.DateTimeField(_("时间"), db_index=True)

    class Meta:
        verbose_name = _("示范短信")
        verbose_name_plural = _("示范短信")

    def __str__(self) -> str:
        return f"#{self.pk} {self.purpose}"

"""When it does not go as agreed: extension, mediation, write-off."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.base import FourEyes, LockedQuerySet, both_or_neither, four_eyes_constraints
from core.money import MoneyField
from credit.lending.models.loans import Loan
from credit.lending.models.shares import Share
from credit.lending.rules.states.extension import ExtensionState

ExtensionManager = models.Manager.from_queryset(LockedQuerySet["Extension"])


class Extension(models.Model):
    """A later end of a loan: asked by the borrower, agreed by every lender, four eyes of officers.

    A loan is extended once. Guarantors, when there are any, must agree in writing too
    (Civil Code art. 695).
    """

    class State(models.TextChoices):
        ASKED = ExtensionState.ASKED, _("等出借人同意")
        PROPOSED = ExtensionState.PROPOSED, _("等复核")
        IN_FORCE = ExtensionState.IN_FORCE, _("已展期")
        REFUSED = ExtensionState.REFUSED, _("没有同意")
        WITHDRAWN = ExtensionState.WITHDRAWN, _("本人撤回")
        EXPIRED = ExtensionState.EXPIRED, _("已过期")

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("互助借款")
    )
    ends_on = models.DateField(_("新的到期日"))
    reason = models.CharField(_("原因"), max_length=300)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("申请人"),
    )
    asked_at = models.DateTimeField(_("申请时间"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("经办人"),
    )
    proposed_at = models.DateTimeField(_("经办时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("复核人"),
    )
    decided_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    remark = models.CharField(_("处理意见"), max_length=300, blank=True)

    objects = ExtensionManager()

    class Meta:
        verbose_name = _("展期")
        verbose_name_plural = _("展期")
        constraints = [
            models.UniqueConstraint(
                name="lending_extension_once",
                fields=["loan"],
                condition=Q(state__in=["asked", "proposed", "in_force"]),
                violation_error_message=_("一笔借款只能展期一次。"),
            ),
            both_or_neither("lending_extension", "proposed_at", "proposed_by"),
            both_or_neither("lending_extension", "decided_at", "decided_by"),
            models.CheckConstraint(
                name="lending_extension_maker_is_not_checker",
                condition=~Q(decided_by=models.F("proposed_by")),
                violation_error_message=_("经办和复核必须是两个人。"),
            ),
            models.CheckConstraint(
                name="lending_extension_in_force_decided",
                condition=~Q(state="in_force")
                | Q(proposed_at__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ExtensionConsent(models.Model):
    """A lender's answer to an extension. Append-only (trigger)."""

    extension = models.ForeignKey(
        Extension, on_delete=models.PROTECT, related_name="consents", verbose_name=_("展期")
    )
    share = models.ForeignKey(
        Share, on_delete=models.PROTECT, related_name="+", verbose_name=_("出借份额")
    )
    agreed = models.BooleanField(_("同意"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("答复人"),
    )
    at = models.DateTimeField(_("答复时间"))

    class Meta:
        verbose_name = _("展期答复")
        verbose_name_plural = _("展期答复")
        constraints = [
            models.UniqueConstraint(
                name="lending_extensionconsent_once",
                fields=["extension", "share"],
                violation_error_message=_("您已经答复过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Mediation(models.Model):
    """An officer's talk or visit about an overdue loan: when, how, what was promised.

    Append-only (trigger). No threats: contacts keep to the day and to a number a week
    (Criminal Law art. 293-1).
    """

    class Manner(models.TextChoices):
        CALL = "call", _("电话")
        VISIT = "visit", _("上门")
        MEETING = "meeting", _("当面调解")

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="mediations", verbose_name=_("互助借款")
    )
    manner = models.CharField(_("方式"), max_length=10, choices=Manner.choices)
    held_at = models.DateTimeField(_("时间"))
    summary = models.CharField(_("谈了什么"), max_length=500)
    promised_on = models.DateField(_("答应哪天还"), null=True, blank=True)
    promised_amount = MoneyField(_("答应还多少"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("经办人"),
    )
    at = models.DateTimeField(_("记录时间"))

    class Meta:
        verbose_name = _("调解记录")
        verbose_name_plural = _("调解记录")
        constraints = [
            models.CheckConstraint(
                name="lending_mediation_promise_whole",
                condition=Q(promised_on__isnull=True, promised_amount__isnull=True)
                | Q(
                    promised_on__isnull=False, promised_amount__isnull=False, promised_amount__gt=0
                ),
                violation_error_message=_("答应的日期和金额要一起写。"),
            ),
            models.CheckConstraint(name="lending_mediation_told", condition=~Q(summary="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


WriteOffManager = models.Manager.from_queryset(LockedQuerySet["WriteOff"])


class WriteOff(FourEyes):
    """What a lender gives up of one share in the books. It frees no guarantor; a later payment
    is still a payment."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("等复核")
        CONFIRMED = "confirmed", _("已核销")
        RETURNED = "returned", _("已退回")

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="write_offs", verbose_name=_("互助借款")
    )
    reason = models.CharField(_("原因"), max_length=300)
    amount = MoneyField(_("核销本金"))
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.PROPOSED
    )
    remark = models.CharField(_("复核意见"), max_length=300, blank=True)

    objects = WriteOffManager()

    class Meta:
        verbose_name = _("核销")
        verbose_name_plural = _("核销")
        constraints = [
            *four_eyes_constraints("lending_writeoff"),
            models.UniqueConstraint(
                name="lending_writeoff_one_open",
                fields=["loan"],
                condition=~Q(state="returned"),
                violation_error_message=_("这笔借款已经提出过核销。"),
            ),
            models.CheckConstraint(
                name="lending_writeoff_amount_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="lending_writeoff_state_checked",
                condition=Q(state="proposed", checked_at__isnull=True)
                | (~Q(state="proposed") & Q(checked_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

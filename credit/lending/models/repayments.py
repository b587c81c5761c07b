"""Payments from the borrower to one lender: declared by one side, confirmed by the other."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.ledger.models import Entry
from core.models import StoredFile
from core.models.base import LockedQuerySet, both_or_neither
from core.money import ZERO, MoneyField
from credit.lending.models.shares import Share
from credit.lending.rules.states.repayment import RepaymentState

RepaymentManager = models.Manager.from_queryset(LockedQuerySet["Repayment"])


class Repayment(models.Model):
    """Money that went from the borrower straight to a lender.

    It counts from ``paid_on`` once confirmed. ``key`` comes from the form that declared it, so
    that two taps make one row. The parts say what it paid (Civil Code art. 561): costs, overdue
    interest, interest, principal; what is left is ``unallocated`` and is given back.
    ``reversal_cause`` is what the books say of a reversal, ``reversal_reason`` what the parties read.
    """

    class State(models.TextChoices):
        DECLARED = RepaymentState.DECLARED, _("等对方确认")
        CONFIRMED = RepaymentState.CONFIRMED, _("已确认")
        DISPUTED = RepaymentState.DISPUTED, _("有争议")
        WITHDRAWN = RepaymentState.WITHDRAWN, _("已撤回")
        REJECTED = RepaymentState.REJECTED, _("没有收到")
        REVERSED = RepaymentState.REVERSED, _("已冲正")

    class Side(models.TextChoices):
        BORROWER = "borrower", _("借款人")
        LENDER = "lender", _("出借人")

    share = models.ForeignKey(
        Share, on_delete=models.PROTECT, related_name="repayments", verbose_name=_("出借份额")
    )
    key = models.UUIDField(_("防重编号"), unique=True)
    amount = MoneyField(_("金额"))
    paid_on = models.DateField(_("付款日期"))
    slip_number = models.CharField(_("银行流水号"), max_length=60, blank=True)
    slip = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("转账凭证"),
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.DECLARED
    )
    declared_side = models.CharField(_("由谁登记"), max_length=10, choices=Side.choices)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("登记人"),
    )
    declared_at = models.DateTimeField(_("登记时间"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("确认人"),
    )
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    dispute = models.CharField(_("争议说明"), max_length=300, blank=True)
    disputed_at = models.DateTimeField(_("提出争议时间"), null=True, blank=True)
    resolution = models.CharField(_("处理结果"), max_length=300, blank=True)
    # four eyes of a reversal
    reversal_cause = models.CharField(
        _("冲正原因"), max_length=20, choices=Entry.Reason.choices, blank=True
    )
    reversal_reason = models.CharField(_("冲正说明"), max_length=300, blank=True)
    reversal_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("冲正经办人"),
    )
    reversal_proposed_at = models.DateTimeField(_("冲正经办时间"), null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("冲正复核人"),
    )
    reversed_at = models.DateTimeField(_("冲正时间"), null=True, blank=True)
    # what it paid, as of the last replay
    costs = MoneyField(_("费用"), default=ZERO)
    overdue_interest = MoneyField(_("逾期利息"), default=ZERO)
    interest = MoneyField(_("利息"), default=ZERO)
    principal = MoneyField(_("本金"), default=ZERO)
    unallocated = MoneyField(_("多付"), default=ZERO)
    receipt_number = models.CharField(_("收据编号"), max_length=30, blank=True)

    objects = RepaymentManager()

    class Meta:
        verbose_name = _("还款")
        verbose_name_plural = _("还款")
        constraints = [
            models.CheckConstraint(
                name="lending_repayment_amount_positive", condition=Q(amount__gt=0)
            ),
            both_or_neither("lending_repayment", "confirmed_at", "confirmed_by"),
            both_or_neither("lending_repayment", "reversal_proposed_at", "reversal_proposed_by"),
            both_or_neither("lending_repayment", "reversed_at", "reversed_by"),
            models.CheckConstraint(
                name="lending_repayment_reversal_caused",
                condition=Q(reversal_proposed_at__isnull=True, reversal_cause="")
                | (Q(reversal_proposed_at__isnull=False) & ~Q(reversal_cause="")),
                violation_error_message=_("冲正要写明原因。"),
            ),
            models.CheckConstraint(
                name="lending_repayment_confirmed_dated",
                condition=Q(state__in=["confirmed", "reversed"], confirmed_at__isnull=False)
                | (~Q(state__in=["confirmed", "reversed"]) & Q(confirmed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="lending_repayment_reversed_dated",
                condition=Q(state="reversed", reversed_at__isnull=False)
                | (~Q(state="reversed") & Q(reversed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="lending_repayment_maker_is_not_checker",
                condition=~Q(confirmed_by=F("declared_by"))
                & ~Q(reversed_by=F("reversal_proposed_by")),
                violation_error_message=_("登记和确认必须是两个人。"),
            ),
            models.CheckConstraint(
                name="lending_repayment_parts_sum",
                condition=Q(confirmed_at__isnull=True)
                | Q(reversed_at__isnull=False)
                | Q(
                    amount=F("costs")
                    + F("overdue_interest")
                    + F("interest")
                    + F("principal")
                    + F("unallocated")
                ),
            ),
            models.CheckConstraint(
                name="lending_repayment_dispute_told",
                condition=~Q(state="disputed") | (Q(disputed_at__isnull=False) & ~Q(dispute="")),
            ),
        ]
        indexes = [
            models.Index(fields=["share", "state", "paid_on"], name="lending_repayment_of_share"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

"""Each lender's share of a contract, its schedule, and what happened to it."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Membership
from core.models import StoredFile
from core.models.base import LockedQuerySet
from core.money import ZERO, MoneyField
from credit.lending.models.loans import Loan
from credit.lending.models.requests import Pledge
from credit.lending.rules.states.share import ShareState

OPEN_SHARE_STATES = ("agreed", "sent", "disputed", "formed")


class ShareQuerySet(LockedQuerySet["Share"]):
    """Shares by where they stand."""

    def open(self) -> Self:
        """Agreed, under way or outstanding: what counts against limits."""
        return self.filter(state__in=OPEN_SHARE_STATES)


ShareManager = models.Manager.from_queryset(ShareQuerySet)


class Share(models.Model):
    """One lender's part of a loan: formed when the transfer has arrived, then paid back by itself.

    ``sent_on`` and what follows tell of the transfer; while nothing is under way they are empty.
    From ``delivered_on`` on, the amounts are a projection of the share's events: replaying them
    gives exactly these values. ``annual_rate`` is the contract's, or the ceiling of the day of
    delivery where that is lower.

    Source: Civil Code art. 679; 法释〔2020〕17号 arts. 9, 25, 26.
    """

    class State(models.TextChoices):
        AGREED = ShareState.AGREED, _("等转款")
        SENT = ShareState.SENT, _("已转款，等确认")
        DISPUTED = ShareState.DISPUTED, _("转款有出入")
        FORMED = ShareState.FORMED, _("借款成立")
        SETTLED = ShareState.SETTLED, _("已还清")
        WRITTEN_OFF = ShareState.WRITTEN_OFF, _("已核销")
        LAPSED = ShareState.LAPSED, _("没有转款")

    class Bucket(models.TextChoices):
        """How long the oldest unpaid instalment is overdue, in days."""

        CURRENT = "current", _("没有逾期")
        DAYS_1_30 = "days_1_30", _("逾期 1 到 30 天")
        DAYS_31_60 = "days_31_60", _("逾期 31 到 60 天")
        DAYS_61_90 = "days_61_90", _("逾期 61 到 90 天")
        OVER_90 = "over_90", _("逾期 90 天以上")

    # found by the unique key, which begins with it
    loan = models.ForeignKey(
        Loan,
        on_delete=models.PROTECT,
        related_name="shares",
        db_index=False,
        verbose_name=_("互助借款"),
    )
    pledge = models.ForeignKey(
        Pledge,
        on_delete=models.PROTECT,
        related_name="shares",
        null=True,
        verbose_name=_("出借意向"),
    )
    # found by the index of a member's shares, which begins with it
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="shares",
        db_index=False,
        verbose_name=_("出借人"),
    )
    amount = MoneyField(_("金额"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.AGREED)
    # the transfer
    sent_on = models.DateField(_("转款日期"), null=True, blank=True)
    slip_number = models.CharField(_("银行流水号"), max_length=60, blank=True)
    slip = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("转账凭证"),
    )
    sent_at = models.DateTimeField(_("出借人登记时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    # what has come of it so far, when it is not the whole sum
    arrived_amount = MoneyField(_("实际到账"), null=True, blank=True)
    # a supplier who was paid gave the borrower this receipt
    receipt_number = models.CharField(_("供货商收据编号"), max_length=60, blank=True)
    # once formed
    delivered_on = models.DateField(_("到账日"), null=True, blank=True)
    formed_at = models.DateTimeField(_("成立时间"), null=True, blank=True)
    annual_rate = models.DecimalField(
        _("执行年利率"), max_digits=7, decimal_places=6, null=True, blank=True
    )
    # the projection of its events
    principal_outstanding = MoneyField(_("未还本金"), default=ZERO)
    principal_paid = MoneyField(_("已还本金"), default=ZERO)
    interest_paid = MoneyField(_("已付利息"), default=ZERO)
    overdue_interest_paid = MoneyField(_("已付逾期利息"), default=ZERO)
    costs_paid = MoneyField(_("已付费用"), default=ZERO)
    unallocated = MoneyField(_("多付待退"), default=ZERO)
    written_off = MoneyField(_("已核销本金"), default=ZERO)
    # the oldest unpaid instalment's day, to come or past: being late follows from it and the date
    next_due_on = models.DateField(_("下一个还款日"), null=True, blank=True)
    overdue_since = models.DateField(_("从哪天起逾期"), null=True, blank=True)
    bucket = models.CharField(
        _("逾期情况"), max_length=10, choices=Bucket.choices, default=Bucket.CURRENT
    )
    events_count = models.PositiveIntegerField(_("事件数"), default=0)
    settled_on = models.DateField(_("还清日期"), null=True, blank=True)
    # the last business date whose close changed this row; a healthy share needs no change
    closed_on = models.DateField(_("日终日期"), null=True, blank=True)

    objects = ShareManager()

    class Meta:
        verbose_name = _("出借份额")
        verbose_name_plural = _("出借份额")
        constraints = [
            # with what the scores of a chunk of borrowers read
            models.UniqueConstraint(
                name="lending_share_once",
                fields=["loan", "membership"],
                include=["id", "state", "next_due_on", "principal_outstanding"],
            ),
            # A contract that was called off leaves the pledge free for another.
            models.UniqueConstraint(
                name="lending_share_pledge_once",
                fields=["pledge"],
                condition=~Q(state="lapsed"),
            ),
            models.CheckConstraint(name="lending_share_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="lending_share_sent_whole",
                condition=Q(state__in=["agreed", "lapsed"])
                | (Q(sent_on__isnull=False, sent_at__isnull=False) & ~Q(slip_number="")),
                violation_error_message=_("要有转款日期和银行流水号。"),
            ),
            models.CheckConstraint(
                name="lending_share_arrived_in_part",
                condition=Q(arrived_amount__isnull=True)
                | Q(arrived_amount__gt=0, delivered_on__isnull=True),
            ),
            models.CheckConstraint(
                name="lending_share_formed_whole",
                condition=Q(
                    state__in=["agreed", "sent", "disputed", "lapsed"],
                    delivered_on__isnull=True,
                    formed_at__isnull=True,
                    annual_rate__isnull=True,
                    principal_outstanding=0,
                )
                | Q(
                    state__in=["formed", "settled", "written_off"],
                    delivered_on__isnull=False,
                    formed_at__isnull=False,
                    annual_rate__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="lending_share_principal_adds_up",
                condition=Q(delivered_on__isnull=True)
                | Q(amount=F("principal_outstanding") + F("principal_paid") + F("written_off")),
            ),
            models.CheckConstraint(
                name="lending_share_settled_dated",
                condition=Q(state="settled", settled_on__isnull=False, principal_outstanding=0)
                | (~Q(state="settled") & Q(settled_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="lending_share_overdue_with_bucket",
                condition=Q(bucket="current", overdue_since__isnull=True)
                | (~Q(bucket="current") & Q(overdue_since__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["membership", "state"], name="lending_share_of_member"),
            # The unions' figures of a night are read from this alone.
            models.Index(
                fields=["membership"],
                name="lending_share_owed_to",
                condition=Q(state="formed"),
                include=["principal_outstanding", "next_due_on"],
            ),
            # Transfers that wait for the borrower's word are few among many shares.
            models.Index(fields=["loan"], name="lending_share_sent", condition=Q(state="sent")),
            # The night looks at what is due or overdue, never at the whole book. What it writes
            # stands in no index, so that its updates stay on their page.
            models.Index(
                fields=["next_due_on", "id"],
                name="lending_share_due",
                condition=Q(state="formed"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


InstalmentManager = models.Manager.from_queryset(LockedQuerySet["Instalment"])


class Instalment(models.Model):
    """What one share asks for on one day, and how much of it is paid. Rewritten by each replay."""

    # found by the unique key, which begins with it
    share = models.ForeignKey(
        Share,
        on_delete=models.CASCADE,
        related_name="instalments",
        db_index=False,
        verbose_name=_("出借份额"),
    )
    number = models.PositiveSmallIntegerField(_("期次"))
    from_on = models.DateField(_("起息日"))
    due_on = models.DateField(_("还款日"))
    principal = MoneyField(_("应还本金"))
    interest = MoneyField(_("应付利息"))
    principal_paid = MoneyField(_("已还本金"), default=ZERO)
    interest_paid = MoneyField(_("已付利息"), default=ZERO)
    settled_on = models.DateField(_("还清日期"), null=True, blank=True)

    objects = InstalmentManager()

    class Meta:
        verbose_name = _("还款计划")
        verbose_name_plural = _("还款计划")
        constraints = [
            models.UniqueConstraint(
                name="lending_instalment_number_once",
                fields=["share", "number"],
                # punctuality is read from this alone
                include=["due_on", "settled_on"],
            ),
            models.CheckConstraint(
                name="lending_instalment_paid_within",
                condition=Q(principal_paid__lte=F("principal"), interest_paid__lte=F("interest")),
            ),
            models.CheckConstraint(
                name="lending_instalment_period_forward",
                condition=Q(due_on__gte=F("from_on")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "share"],
                name="lending_instalment_unpaid",
                condition=Q(settled_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.share_id} {self.number}"


class LoanEvent(models.Model):
    """What happened to a share, in the order it was recorded. Append-only (trigger).

    ``on`` is the business date; replay orders by it, then by ``sequence``. ``facts`` hold what
    the kind needs, amounts as strings, dates as ISO texts.
    """

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("到账")
        PAID = "paid", _("还款")
        REVERSED = "reversed", _("冲正")
        EXTENDED = "extended", _("展期")
        WRITTEN_OFF = "written_off", _("核销")
        RETURNED = "returned", _("退回多付")
        COST_ADDED = "cost_added", _("计入费用")
        COST_REMOVED = "cost_removed", _("撤销费用")

    share = models.ForeignKey(
        Share, on_delete=models.PROTECT, related_name="events", verbose_name=_("出借份额")
    )
    sequence = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("事件"), max_length=12, choices=Kind.choices)
    on = models.DateField(_("业务日期"))
    amount = MoneyField(_("金额"), default=ZERO)
    repayment = models.ForeignKey(
        "lending.Repayment",
        on_delete=models.PROTECT,
        related_name="events",
        null=True,
        blank=True,
        verbose_name=_("还款"),
    )
    facts: Any = models.JSONField(_("内容"), default=dict, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("经手人"),
    )
    at = models.DateTimeField(_("记录时间"))

    class Meta:
        verbose_name = _("借款事件")
        verbose_name_plural = _("借款事件")
        constraints = [
            models.UniqueConstraint(
                name="lending_loanevent_sequence_once", fields=["share", "sequence"]
            ),
            models.CheckConstraint(
                name="lending_loanevent_payment_named",
                condition=~Q(kind__in=["paid", "reversed"]) | Q(repayment__isnull=False),
            ),
        ]
        indexes = [
            # what was recorded since the last night
            models.Index(fields=["at"], name="lending_loanevent_since"),
        ]

    def __str__(self) -> str:
        return f"#{self.share_id} {self.sequence} {self.kind}"

"""What a lender spent to get back money that was late."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile
from core.models.base import FourEyes, LockedQuerySet, both_or_neither, four_eyes_constraints
from core.money import MoneyField
from credit.lending.models.shares import Share
from credit.lending.rules.states.cost import CostState

CostManager = models.Manager.from_queryset(LockedQuerySet["Cost"])


class Cost(FourEyes):
    """A cost of realising a claim that a lender bore on an overdue share.

    It is owed from the day on which a second officer confirmed it, under the ceiling together with
    all interest. The borrower may object while it waits. It lapses when its share ends before. Two
    officers may take a confirmed one back while nothing of it is paid. What a court awards is not
    recorded here.

    Source: Civil Code art. 561; 法释〔2020〕17号 art. 29.
    """

    class Kind(models.TextChoices):
        COURT = "court", _("诉讼费")
        NOTARY = "notary", _("公证费")
        LETTER = "letter", _("信函费")
        TRAVEL = "travel", _("交通费")
        OTHER = "other", _("其他费用")

    class State(models.TextChoices):
        PROPOSED = CostState.PROPOSED, _("等复核")
        CONFIRMED = CostState.CONFIRMED, _("已计入")
        DROPPED = CostState.DROPPED, _("没有计入")
        LAPSED = CostState.LAPSED, _("不再计入")
        REVERSED = CostState.REVERSED, _("已撤销")

    share = models.ForeignKey(
        Share, on_delete=models.PROTECT, related_name="costs", verbose_name=_("出借份额")
    )
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices)
    amount = MoneyField(_("金额"))
    borne_on = models.DateField(_("哪天花的"))
    reason = models.CharField(_("为什么花"), max_length=300)
    evidence = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("票据")
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.PROPOSED
    )
    objection = models.CharField(_("借款人的话"), max_length=300, blank=True)
    objected_at = models.DateTimeField(_("借款人提出时间"), null=True, blank=True)
    remark = models.CharField(_("复核意见"), max_length=300, blank=True)
    lapsed_at = models.DateTimeField(_("不再计入的时间"), null=True, blank=True)
    # four eyes of taking it back
    reversal_reason = models.CharField(_("撤销原因"), max_length=300, blank=True)
    reversal_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("撤销经办人"),
    )
    reversal_proposed_at = models.DateTimeField(_("撤销经办时间"), null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("撤销复核人"),
    )
    reversed_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = CostManager()

    class Meta:
        verbose_name = _("追款费用")
        verbose_name_plural = _("追款费用")
        constraints = [
            *four_eyes_constraints("lending_cost"),
            models.UniqueConstraint(
                name="lending_cost_once",
                fields=["share", "kind", "amount", "borne_on"],
                condition=~Q(state__in=["dropped", "lapsed", "reversed"]),
                violation_error_message=_("这笔费用已经登记过。"),
            ),
            models.CheckConstraint(name="lending_cost_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="lending_cost_reasoned", condition=~Q(reason="")),
            models.CheckConstraint(
                name="lending_cost_state_checked",
                condition=Q(state__in=["proposed", "lapsed"], checked_at__isnull=True)
                | (~Q(state__in=["proposed", "lapsed"]) & Q(checked_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="lending_cost_lapse_dated",
                condition=Q(state="lapsed", lapsed_at__isnull=False)
                | (~Q(state="lapsed") & Q(lapsed_at__isnull=True)),
            ),
            both_or_neither("lending_cost", "reversal_proposed_at", "reversal_proposed_by"),
            both_or_neither("lending_cost", "reversed_at", "reversed_by"),
            models.CheckConstraint(
                name="lending_cost_reversed_dated",
                condition=Q(state="reversed", reversed_at__isnull=False)
                | (~Q(state="reversed") & Q(reversed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="lending_cost_reversal_of_confirmed",
                condition=Q(reversal_proposed_at__isnull=True, reversal_reason="")
                | (Q(reversal_proposed_at__isnull=False, state__in=["confirmed", "reversed"]))
                & ~Q(reversal_reason=""),
                violation_error_message=_("只有已计入的费用能撤销，要写明原因。"),
            ),
            models.CheckConstraint(
                name="lending_cost_reversal_by_two",
                condition=~Q(reversed_by=F("reversal_proposed_by")),
                violation_error_message=_("经办和复核必须是两个人。"),
            ),
            models.CheckConstraint(
                name="lending_cost_drop_told",
                condition=~Q(state="dropped", remark=""),
                violation_error_message=_("不计入要写明原因。"),
            ),
            models.CheckConstraint(
                name="lending_cost_objection_dated",
                condition=Q(objection="", objected_at__isnull=True)
                | (~Q(objection="") & Q(objected_at__isnull=False)),
                violation_error_message=_("借款人的话要和时间一起记。"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

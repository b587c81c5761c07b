"""Money that came of a transfer whose share came to nothing: it goes back to the lender."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile
from core.models.base import LockedQuerySet, both_or_neither
from core.money import MoneyField
from credit.lending.models.shares import Share
from credit.lending.rules.states.hand_back import HandBackState

HandBackManager = models.Manager.from_queryset(LockedQuerySet["HandBack"])


class HandBack(models.Model):
    """What the payee of a lapsed share got of it and owes back to its lender.

    Opened with the lapse, by what the borrower, or an officer, said had arrived. The borrower says
    when and by which slip it went back, the lender that it came; an officer may say so after a look
    at both accounts. It is no loan: it bears no interest and stands in no book.

    Source: Civil Code arts. 122, 157, 985 (what is held without a ground is given back).
    """

    class State(models.TextChoices):
        OWED = HandBackState.OWED, _("等退回")
        DECLARED = HandBackState.DECLARED, _("说已退回，等确认")
        RETURNED = HandBackState.RETURNED, _("已退回")

    share = models.OneToOneField(
        Share, on_delete=models.PROTECT, related_name="hand_back", verbose_name=_("出借份额")
    )
    amount = MoneyField(_("金额"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OWED)
    opened_at = models.DateTimeField(_("从何时起要退"))
    # the transfer back, as the borrower says
    returned_on = models.DateField(_("退款日期"), null=True, blank=True)
    slip_number = models.CharField(_("银行流水号"), max_length=60, blank=True)
    slip = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("转账凭证"),
    )
    declared_at = models.DateTimeField(_("登记时间"), null=True, blank=True)
    # what the lender said when it had not come, or the officer when it had
    note = models.CharField(_("说明"), max_length=300, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("确认人"),
    )
    closed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    objects = HandBackManager()

    class Meta:
        verbose_name = _("要退回的转款")
        verbose_name_plural = _("要退回的转款")
        constraints = [
            models.CheckConstraint(
                name="lending_handback_amount_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="lending_handback_declared_whole",
                condition=Q(declared_at__isnull=True, returned_on__isnull=True, slip_number="")
                | (Q(declared_at__isnull=False, returned_on__isnull=False) & ~Q(slip_number="")),
                violation_error_message=_("要有退款日期和银行流水号。"),
            ),
            models.CheckConstraint(
                name="lending_handback_state_declared",
                condition=Q(state="returned")
                | Q(state="owed", declared_at__isnull=True)
                | Q(state="declared", declared_at__isnull=False),
            ),
            both_or_neither("lending_handback", "closed_at", "closed_by"),
            models.CheckConstraint(
                name="lending_handback_returned_closed",
                condition=Q(state="returned", closed_at__isnull=False)
                | (~Q(state="returned") & Q(closed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

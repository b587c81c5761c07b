"""The contract between a borrower and the lenders who share it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Membership, Union
from core.crypto import SealedTextField
from core.models.base import LockedQuerySet
from core.money import MoneyField
from credit.lending.models.requests import LoanRequest, Method
from credit.lending.rules.states.loan import LoanState

# The three years of limitation: whatever a union decides, nothing is erased before. Civil Code art. 188.
SHORTEST_KEEPING = timedelta(days=3 * 365)


class LoanQuerySet(LockedQuerySet["Loan"]):
    """Loans, lockable in one order."""


LoanManager = models.Manager.from_queryset(LoanQuerySet)


class Loan(models.Model):
    """One contract between a borrower and one or more named lenders of one union.

    ``terms`` is the frozen convention as the engine's JSON. ``sealed_contract`` is the data from
    which the contract was set: the same data give the same bytes, whose SHA-256 is
    ``contract_sha256``, so that a signature binds to them. When its years of keeping are over it
    is erased, with the copies, at ``contract_erased_at``; number, hash and dates stay.
    ``annual_rate`` and ``overdue_rate`` are fractions a year.
    """

    class State(models.TextChoices):
        DRAWN = LoanState.DRAWN, _("等签字")
        SIGNED = LoanState.SIGNED, _("等转款")
        ACTIVE = LoanState.ACTIVE, _("还款中")
        SETTLED = LoanState.SETTLED, _("已还清")
        WRITTEN_OFF = LoanState.WRITTEN_OFF, _("已核销")
        CANCELLED = LoanState.CANCELLED, _("已取消")

    request = models.ForeignKey(
        LoanRequest, on_delete=models.PROTECT, related_name="loans", verbose_name=_("借款申请")
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="loans", verbose_name=_("借款人")
    )
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="loans", verbose_name=_("工会")
    )
    number = models.CharField(_("合同编号"), max_length=30, unique=True)
    principal = MoneyField(_("本金"))
    annual_rate = models.DecimalField(_("年利率"), max_digits=7, decimal_places=6)
    overdue_rate = models.DecimalField(_("逾期年利率"), max_digits=7, decimal_places=6)
    method = models.CharField(_("还款方式"), max_length=20, choices=Method.choices)
    terms: Any = models.JSONField(_("约定"), encoder=DjangoJSONEncoder)
    ends_on = models.DateField(_("到期日"))
    payee = models.CharField(_("收款方"), max_length=10, choices=LoanRequest.Payee.choices)
    payee_name = models.CharField(_("供货商名称"), max_length=80, blank=True)
    sealed_contract = SealedTextField(_("合同内容"), blank=True)
    contract_sha256 = models.CharField(_("合同防改码"), max_length=64)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAWN)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("经办人"),
    )
    drawn_at = models.DateTimeField(_("起草时间"))
    signed_at = models.DateTimeField(_("签完时间"), null=True, blank=True)
    sign_by = models.DateField(_("最晚签字日"))
    deliver_by = models.DateField(_("最晚转款日"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    contract_erased_at = models.DateTimeField(_("合同内容删除时间"), null=True, blank=True)
    reason = models.CharField(_("说明"), max_length=300, blank=True)

    objects = LoanManager()

    class Meta:
        verbose_name = _("互助借款")
        verbose_name_plural = _("互助借款")
        constraints = [
            models.UniqueConstraint(
                name="lending_loan_one_live",
                fields=["request"],
                condition=~Q(state="cancelled"),
                violation_error_message=_("这份申请已经起草过合同。"),
            ),
            models.CheckConstraint(
                name="lending_loan_principal_positive", condition=Q(principal__gt=0)
            ),
            models.CheckConstraint(
                name="lending_loan_rates_not_negative",
                condition=Q(annual_rate__gte=0, overdue_rate__gte=0),
            ),
            models.CheckConstraint(
                name="lending_loan_hash_whole",
                condition=Q(contract_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="lending_loan_signed_dated",
                condition=Q(state__in=["drawn", "cancelled"]) | Q(signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="lending_loan_end_dated",
                condition=Q(state__in=["drawn", "signed", "active"], ended_at__isnull=True)
                | Q(state__in=["settled", "written_off", "cancelled"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="lending_loan_erased_in_time",
                condition=Q(contract_erased_at__isnull=True)
                | Q(
                    ended_at__isnull=False,
                    contract_erased_at__gte=F("ended_at") + SHORTEST_KEEPING,
                ),
            ),
            models.CheckConstraint(
                name="lending_loan_content_or_erased",
                condition=Q(contract_erased_at__isnull=True) & ~Q(sealed_contract="")
                | Q(contract_erased_at__isnull=False, sealed_contract=""),
            ),
        ]
        indexes = [
            # with the key, so that scores go on to the shares without looking a loan up
            models.Index(
                fields=["membership", "state"], name="lending_loan_of_member", include=["id"]
            ),
            models.Index(fields=["union", "state"], name="lending_loan_of_union"),
        ]

    def __str__(self) -> str:
        return self.number

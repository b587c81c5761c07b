"""Before there is a contract: spare money, a request, and what invited members answered."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Membership
from core.crypto import SealedTextField
from core.models.base import LockedQuerySet, both_or_neither
from core.money import MoneyField
from credit.lending.rules.states.pledge import PledgeState
from credit.lending.rules.states.request import RequestState


class Method(models.TextChoices):
    """How a loan is paid back. The values are the engine's."""

    BULLET = "bullet", _("到期还本付息")
    INTEREST_ONLY = "interest_only", _("先息后本")
    EQUAL_INSTALMENT = "equal_instalment", _("等额本息")
    EQUAL_PRINCIPAL = "equal_principal", _("等额本金")
    CUSTOM = "custom", _("按收成约定日期")


SpareMoneyManager = models.Manager.from_queryset(LockedQuerySet["SpareMoney"])


class SpareMoney(models.Model):
    """Money a member says lies idle and is their own. It stays with them; nothing is deposited.

    Source: 法释〔2020〕17号 art. 13 (own funds only).
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="spare_money", verbose_name=_("会籍")
    )
    amount = MoneyField(_("金额"))
    available_from = models.DateField(_("哪天起可以用"))
    available_until = models.DateField(_("哪天前要收回"), null=True, blank=True)
    own_funds_declared_at = models.DateTimeField(_("声明是自有资金的时间"))
    registered_at = models.DateTimeField(_("登记时间"))
    ended_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    objects = SpareMoneyManager()

    class Meta:
        verbose_name = _("余钱登记")
        verbose_name_plural = _("余钱登记")
        constraints = [
            models.UniqueConstraint(
                name="lending_sparemoney_one_open",
                fields=["membership"],
                condition=Q(ended_at__isnull=True),
                violation_error_message=_("您已经登记过余钱，可以改金额。"),
            ),
            models.CheckConstraint(
                name="lending_sparemoney_amount_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="lending_sparemoney_period_forward",
                condition=Q(available_until__isnull=True)
                | Q(available_until__gt=F("available_from")),
                violation_error_message=_("收回的日子要晚于可以用的日子。"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class RequestDraft(models.Model):
    """Answers of a member who is asking for money, kept between screens; gone on submission.

    The account's number is kept apart from the others, sealed.
    """

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, related_name="request_draft"
    )
    answers: Any = models.JSONField(default=dict)
    account_number = SealedTextField(blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("借款草稿")
        verbose_name_plural = _("借款草稿")

    def __str__(self) -> str:
        return f"#{self.pk}"


LoanRequestManager = models.Manager.from_queryset(LockedQuerySet["LoanRequest"])


class LoanRequest(models.Model):
    """What a member asks of their union: how much, for what, how long, at most at which rate.

    ``rate`` is what the officer offers to those invited, never above ``highest_rate``; fractions
    a year. ``custom_due`` holds ``[{"on": date, "principal": "1234.00"}]`` for harvest dates.
    The account is the borrower's or the supplier's; it is removed when data are erased.
    A request above the convener's own limit needs a second officer (``approved_by``).
    """

    class State(models.TextChoices):
        SUBMITTED = RequestState.SUBMITTED, _("等工会看")
        RETURNED = RequestState.RETURNED, _("退回修改")
        PROPOSED = RequestState.PROPOSED, _("等复核")
        CONVENING = RequestState.CONVENING, _("正在召集")
        COVERED = RequestState.COVERED, _("已经凑齐")
        CONTRACTED = RequestState.CONTRACTED, _("已起草合同")
        REFUSED = RequestState.REFUSED, _("没有办成")
        WITHDRAWN = RequestState.WITHDRAWN, _("本人撤回")
        EXPIRED = RequestState.EXPIRED, _("已过期")

    class Purpose(models.TextChoices):
        """What money may be asked for: production only.

        Source: 法释〔2020〕17号 art. 13 (no re-lending, nothing unlawful).
        """

        SEED = "seed", _("买种子")
        FERTILISER = "fertiliser", _("买化肥农药")
        LAND = "land", _("交地租")
        MACHINERY = "machinery", _("买农机、修农机")
        MACHINE_SERVICE = "machine_service", _("雇机器作业")
        LIVESTOCK = "livestock", _("养殖")
        BUILDING = "building", _("大棚、仓库、晒场")
        STOCK = "stock", _("进货、收购")
        OTHER_PRODUCTION = "other_production", _("其他生产经营")

    class Payee(models.TextChoices):
        """Whom the lenders pay."""

        BORROWER = "borrower", _("直接转给借款人")
        SUPPLIER = "supplier", _("直接转给供货商")

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="loan_requests", verbose_name=_("借款人")
    )
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose.choices)
    purpose_note = models.CharField(_("具体做什么"), max_length=200, blank=True)
    amount = MoneyField(_("金额"))
    term_months = models.PositiveSmallIntegerField(_("期限（月）"))
    method = models.CharField(_("还款方式"), max_length=20, choices=Method.choices)
    custom_due: Any = models.JSONField(_("约定的还款日"), default=list, blank=True)
    highest_rate = models.DecimalField(_("最高年利率"), max_digits=7, decimal_places=6)
    rate = models.DecimalField(
        _("召集年利率"), max_digits=7, decimal_places=6, null=True, blank=True
    )
    wanted_on = models.DateField(_("哪天要用"))
    payee = models.CharField(
        _("收款方"), max_length=10, choices=Payee.choices, default=Payee.BORROWER
    )
    payee_name = models.CharField(_("供货商名称"), max_length=80, blank=True)
    # where lenders transfer to; the contract freezes it
    account_holder = models.CharField(_("收款户名"), max_length=80, blank=True, default="")
    account_bank = models.CharField(_("开户行"), max_length=80, blank=True, default="")
    account_number = SealedTextField(_("收款账号"), blank=True, default="")
    own_use_declared_at = models.DateTimeField(_("声明自用、不转借的时间"))
    state = models.CharField(
        _("状态"), max_length=12, choices=State.choices, default=State.SUBMITTED
    )
    submitted_at = models.DateTimeField(_("提交时间"))
    expires_on = models.DateField(_("有效期到"))
    convened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("经办人"),
    )
    convened_at = models.DateTimeField(_("经办时间"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("复核人"),
    )
    approved_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = LoanRequestManager()

    class Meta:
        verbose_name = _("借款申请")
        verbose_name_plural = _("借款申请")
        constraints = [
            both_or_neither("lending_loanrequest", "convened_at", "convened_by"),
            both_or_neither("lending_loanrequest", "approved_at", "approved_by"),
            models.CheckConstraint(
                name="lending_loanrequest_maker_is_not_checker",
                condition=~Q(approved_by=F("convened_by")),
                violation_error_message=_("经办和复核必须是两个人。"),
            ),
            models.CheckConstraint(
                name="lending_loanrequest_amount_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="lending_loanrequest_term_positive", condition=Q(term_months__gt=0)
            ),
            models.CheckConstraint(
                name="lending_loanrequest_rate_within_highest",
                condition=Q(highest_rate__gte=0)
                & (Q(rate__isnull=True) | Q(rate__gte=0, rate__lte=F("highest_rate"))),
                violation_error_message=_("召集利率不能高于借款人能接受的最高利率。"),
            ),
            models.CheckConstraint(
                name="lending_loanrequest_convened_with_rate",
                condition=~Q(state__in=["proposed", "convening", "covered", "contracted"])
                | Q(rate__isnull=False, convened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="lending_loanrequest_supplier_named",
                condition=Q(payee="borrower", payee_name="")
                | (Q(payee="supplier") & ~Q(payee_name="")),
                violation_error_message=_("转给供货商的，要写供货商名称。"),
            ),
            models.CheckConstraint(
                name="lending_loanrequest_account_whole",
                condition=Q(account_holder="", account_bank="", account_number="")
                | ~(Q(account_holder="") | Q(account_bank="") | Q(account_number="")),
                violation_error_message=_("收款户名、开户行和账号要一起填。"),
            ),
            models.CheckConstraint(
                name="lending_loanrequest_end_dated",
                condition=Q(
                    state__in=[
                        "submitted", "returned", "proposed", "convening", "covered", "contracted"
                    ],
                    ended_at__isnull=True,
                )
                | Q(state__in=["refused", "withdrawn", "expired"], ended_at__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["membership", "state"], name="lending_loanrequest_of_member"),
            models.Index(fields=["state", "expires_on"], name="lending_loanrequest_waiting"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


PledgeManager = models.Manager.from_queryset(LockedQuerySet["Pledge"])


class Pledge(models.Model):
    """A named member whom a named officer invited to help with a request, and the answer.

    ``reasons`` are the codes and numbers by which the page suggested this member; the officer
    chose. ``amount`` is set while the member stands by an amount.
    """

    class State(models.TextChoices):
        INVITED = PledgeState.INVITED, _("等回话")
        PLEDGED = PledgeState.PLEDGED, _("答应了")
        CONTRACTED = PledgeState.CONTRACTED, _("已写进合同")
        DECLINED = PledgeState.DECLINED, _("这次不借")
        LAPSED = PledgeState.LAPSED, _("没有用上")

    request = models.ForeignKey(
        LoanRequest, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("借款申请")
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("出借人")
    )
    spare_money = models.ForeignKey(
        SpareMoney, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("余钱登记")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.INVITED)
    amount = MoneyField(_("答应的金额"), null=True, blank=True)
    reasons: Any = models.JSONField(_("推荐理由"), default=list, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("召集人"),
    )
    invited_at = models.DateTimeField(_("邀请时间"))
    answered_at = models.DateTimeField(_("回话时间"), null=True, blank=True)
    note = models.CharField(_("附言"), max_length=200, blank=True)

    objects = PledgeManager()

    class Meta:
        verbose_name = _("出借意向")
        verbose_name_plural = _("出借意向")
        constraints = [
            models.UniqueConstraint(
                name="lending_pledge_invited_once",
                fields=["request", "membership"],
                violation_error_message=_("这位成员已经在邀请名单里。"),
            ),
            models.CheckConstraint(
                name="lending_pledge_amount_while_pledged",
                condition=Q(state__in=["pledged", "contracted"], amount__isnull=False, amount__gt=0)
                | (~Q(state__in=["pledged", "contracted"]) & Q(amount__isnull=True)),
            ),
            models.CheckConstraint(
                name="lending_pledge_answer_dated",
                condition=Q(state__in=["invited", "lapsed"]) | Q(answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["membership", "state"], name="lending_pledge_of_member"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

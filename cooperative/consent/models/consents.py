"""What a member allowed, and every look at a member's data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from cooperative.consent.models.recipients import ConsentText, Recipient
from cooperative.consent.rules.lifetime import Standing, Term, standing
from cooperative.membership.models import Member, Union
from core.models import StoredFile
from core.models.base import LockedQuerySet, both_or_neither
from core.models.parameters import MomentRange


class Channel(models.TextChoices):
    """By which way a consent was given or ended."""

    PAGE = "page", _("本人在网页上")
    PAPER = "paper", _("纸面签字")
    WORD = "word", _("本人当面或打电话说的")
    REPLACED = "replaced", _("换成了新的一份")
    ERASURE = "erasure", _("资料删除时一并结束")


class ConsentQuerySet(LockedQuerySet["Consent"]):
    """Consents by how they stand."""

    def live(self, at: datetime) -> Self:
        """Given, not expired, not withdrawn at a moment."""
        return self.filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at),
            given_at__lte=at,
            valid_until__gt=at,
        )

    def past(self, at: datetime) -> Self:
        """Expired or withdrawn at a moment."""
        return self.filter(Q(withdrawn_at__lte=at) | Q(valid_until__lte=at))


ConsentManager = models.Manager.from_queryset(ConsentQuerySet)


class Consent(models.Model):
    """A member's yes to one recipient for one purpose and named kinds of data.

    After it is given only its withdrawal may be written, once (trigger). Two lives of one member,
    recipient and purpose never overlap. One on paper has its ``evidence``, and ``given_by`` is the
    officer who recorded it.
    """

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="consents", verbose_name=_("成员")
    )
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, related_name="consents", verbose_name=_("接收方")
    )
    purpose = models.CharField(_("用途代码"), max_length=40)
    text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, related_name="+", verbose_name=_("授权说明")
    )
    categories: Any = ArrayField(models.CharField(max_length=40), verbose_name=_("资料"))
    given_at = models.DateTimeField(_("给出时间"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("给出人"),
    )
    given_channel = models.CharField(
        _("给出方式"), max_length=10, choices=Channel.choices, default=Channel.PAGE
    )
    evidence = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("签字的纸"),
    )
    given_address = models.GenericIPAddressField(_("给出时的网络地址"), null=True, blank=True)
    valid_until = models.DateTimeField(_("有效期至"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("撤回人"),
    )
    withdrawn_channel = models.CharField(
        _("撤回方式"), max_length=10, choices=Channel.choices, blank=True
    )
    withdrawn_address = models.GenericIPAddressField(_("撤回时的网络地址"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)
    withdrawn_evidence = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("撤回的凭证"),
    )

    objects = ConsentManager()

    class Meta:
        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        constraints = [
            both_or_neither("consent_consent", "withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                name="consent_consent_categories_named", condition=Q(categories__len__gt=0)
            ),
            models.CheckConstraint(
                name="consent_consent_term_forward", condition=Q(valid_until__gt=F("given_at"))
            ),
            models.CheckConstraint(
                name="consent_consent_withdrawn_within_term",
                condition=Q(withdrawn_at__isnull=True)
                | Q(withdrawn_at__gte=F("given_at"), withdrawn_at__lte=F("valid_until")),
            ),
            models.CheckConstraint(
                name="consent_consent_paper_proven",
                condition=Q(given_channel="paper", evidence__isnull=False)
                | (~Q(given_channel="paper") & Q(evidence__isnull=True)),
                violation_error_message=_("纸面授权要有签字那张纸的照片。"),
            ),
            models.CheckConstraint(
                name="consent_consent_withdrawal_told",
                condition=(Q(withdrawn_channel__in=["paper", "word"]) & ~Q(withdrawn_reason=""))
                | (~Q(withdrawn_channel__in=["paper", "word"]) & Q(withdrawn_reason="")),
                violation_error_message=_("代成员撤回要写明原因。"),
            ),
            models.CheckConstraint(
                name="consent_consent_withdrawal_proven",
                condition=Q(withdrawn_channel="paper", withdrawn_evidence__isnull=False)
                | (~Q(withdrawn_channel="paper") & Q(withdrawn_evidence__isnull=True)),
            ),
            ExclusionConstraint(
                name="consent_consent_one_live",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("recipient", RangeOperators.EQUAL),
                    ("purpose", RangeOperators.EQUAL),
                    (
                        MomentRange("given_at", Least("withdrawn_at", "valid_until")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("对同一接收方、同一用途已有一份有效的授权。"),
            ),
        ]
        indexes = [
            # with what a night asks of each member of a chunk
            models.Index(
                fields=["member", "-given_at"],
                name="consent_by_member",
                include=["purpose", "valid_until", "withdrawn_at"],
            ),
            # who agreed, does not any more, or let it run out since the last night
            models.Index(fields=["given_at"], name="consent_by_beginning"),
            models.Index(fields=["valid_until"], name="consent_by_term"),
            models.Index(
                fields=["withdrawn_at"],
                name="consent_by_withdrawal",
                condition=Q(withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.purpose}"

    def standing(self, at: datetime) -> Standing:
        """How it stands at a moment."""
        return standing(Term(self.given_at, self.valid_until, self.withdrawn_at), at)


class Disclosure(models.Model):
    """One look at a member's data, or one handing over. Append-only (trigger).

    The database refuses one on the basis of consent that is not live, or wider than was given.
    ``digest`` is keyed: it proves what was shown without letting it be guessed.
    """

    class Basis(models.TextChoices):
        CONSENT = "consent", _("本人授权")
        DUTY = "duty", _("工会工作需要")
        OWN = "own", _("本人查看")

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="disclosures", verbose_name=_("成员")
    )
    basis = models.CharField(_("依据"), max_length=8, choices=Basis.choices)
    consent = models.ForeignKey(
        Consent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosures",
        verbose_name=_("授权"),
    )
    recipient = models.ForeignKey(
        Recipient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("接收方"),
    )
    union = models.ForeignKey(
        Union,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("查看人所在工会"),
    )
    role = models.CharField(_("查看人岗位"), max_length=14, blank=True)
    purpose = models.CharField(_("用途"), max_length=200)
    categories: Any = ArrayField(models.CharField(max_length=40), verbose_name=_("资料"))
    digest = models.CharField(_("内容防改码"), max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("查看人"),
    )
    at = models.DateTimeField(_("时间"))
    request_id = models.CharField(_("请求编号"), max_length=64, blank=True)
    address = models.GenericIPAddressField(_("网络地址"), null=True, blank=True)

    class Meta:
        verbose_name = _("资料查看记录")
        verbose_name_plural = _("资料查看记录")
        constraints = [
            models.CheckConstraint(
                name="consent_disclosure_basis_proven",
                condition=Q(basis="consent", consent__isnull=False, recipient__isnull=False)
                | Q(
                    basis="duty",
                    consent__isnull=True,
                    recipient__isnull=True,
                    by__isnull=False,
                    union__isnull=False,
                )
                | Q(
                    basis="own",
                    consent__isnull=True,
                    recipient__isnull=True,
                    by__isnull=False,
                ),
                violation_error_message=_("查看记录要写明依据。"),
            ),
            models.CheckConstraint(
                name="consent_disclosure_categories_named", condition=Q(categories__len__gt=0)
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-at", "-id"], name="consent_disclosure_by_member"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

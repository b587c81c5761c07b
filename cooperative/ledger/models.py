"""The memorandum book: accounts of the parties, chained entries, balanced postings, evidence.

No money is held here and no account is the platform's (I1). The database refuses what would make
the book untrue (triggers in migration 0002): an entry that does not balance for each holder (I2),
any change or removal (I3), and an entry that does not continue the chain of its subject.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.ledger import rules
from core.models import StoredFile
from core.models.base import LockedQuerySet
from core.money import ZERO, MoneyField

_HASH = r"^[0-9a-f]{64}$"


class Account(models.Model):
    """What one party has of one kind: the sum of its postings, debits less credits.

    ``holder`` is the stable key of a member, supplier or institution (``member:42``); the apps
    above know the person behind it.
    """

    class Kind(models.TextChoices):
        MONEY = rules.MONEY, _("收付")
        CLAIM = rules.CLAIM, _("应收")
        DEBT = rules.DEBT, _("应还")
        INTEREST_RECEIVED = rules.INTEREST_RECEIVED, _("收到的利息")
        INTEREST_PAID = rules.INTEREST_PAID, _("付出的利息")
        COST = rules.COST, _("费用")
        WRITE_OFF = rules.WRITE_OFF, _("核销")
        GOODS = rules.GOODS, _("货物")

    holder = models.CharField(_("户主编号"), max_length=60)
    kind = models.CharField(_("科目"), max_length=20, choices=Kind.choices)

    class Meta:
        verbose_name = _("往来科目")
        verbose_name_plural = _("往来科目")
        constraints = [
            models.UniqueConstraint(name="ledger_account_once", fields=["holder", "kind"]),
            models.CheckConstraint(
                name="ledger_account_never_the_platform",
                condition=Q(holder__regex=rules.HOLDER_FORM),
            ),
            models.CheckConstraint(
                name="ledger_account_kind_known", condition=Q(kind__in=rules.ACCOUNT_KINDS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.kind}"


class ChainQuerySet(LockedQuerySet["Chain"]):
    """Chains; who appends to one locks it first."""


ChainManager = models.Manager.from_queryset(ChainQuerySet)


class Chain(models.Model):
    """All entries about one subject, each bound to the one before it, and likewise the evidence.

    The row remembers how long both are and how they end, so that the last ones cannot vanish
    unseen either. It only ever grows.
    """

    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    length = models.PositiveIntegerField(_("笔数"), default=0)
    head = models.CharField(max_length=64, default=rules.ORIGIN)
    evidence_length = models.PositiveIntegerField(_("凭证数"), default=0)
    evidence_head = models.CharField(max_length=64, default=rules.ORIGIN)

    objects = ChainManager()

    class Meta:
        verbose_name = _("账链")
        verbose_name_plural = _("账链")
        constraints = [
            models.UniqueConstraint(
                name="ledger_chain_once", fields=["subject_type", "subject_id"]
            ),
            models.CheckConstraint(
                name="ledger_chain_hashes_whole",
                condition=Q(head__regex=_HASH) & Q(evidence_head__regex=_HASH),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Entry(models.Model):
    """One thing that happened between parties on a business date; append-only, corrected by reversal.

    ``scope`` is the union path that may read it. ``reference`` is a slip number or the like, never
    a name. ``recorded_by`` is empty for what a job posted.
    """

    class Reason(models.TextChoices):
        WRONG_AMOUNT = "wrong_amount", _("金额有误")
        WRONG_DAY = "wrong_day", _("日期有误")
        WRONG_PARTY = "wrong_party", _("收付人有误")
        NOT_ARRIVED = "not_arrived", _("款项没有到账")
        TWICE = "twice", _("重复记账")
        OTHER = "other", _("其他原因")

    chain = models.ForeignKey(
        Chain, on_delete=models.PROTECT, related_name="entries", verbose_name=_("账链")
    )
    sequence = models.PositiveIntegerField(_("第几笔"))
    business_date = models.DateField(_("业务日期"))
    kind = models.CharField(_("事项"), max_length=60)
    scope = models.CharField(_("范围"), max_length=255, blank=True)
    reference = models.CharField(_("单据号"), max_length=60, blank=True)
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        related_name="reversed_by",
        null=True,
        blank=True,
        verbose_name=_("冲正哪一笔"),
    )
    reason = models.CharField(_("冲正原因"), max_length=20, choices=Reason.choices, blank=True)
    recorded_at = models.DateTimeField(_("记账时间"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("记账人"),
    )
    previous_hash = models.CharField(_("上一笔防改码"), max_length=64)
    hash = models.CharField(_("防改码"), max_length=64)

    class Meta:
        verbose_name = _("记账")
        verbose_name_plural = _("记账")
        constraints = [
            models.UniqueConstraint(
                name="ledger_entry_sequence_once", fields=["chain", "sequence"]
            ),
            models.CheckConstraint(
                name="ledger_entry_sequence_from_one", condition=Q(sequence__gt=0)
            ),
            models.CheckConstraint(
                name="ledger_entry_kind_form", condition=Q(kind__regex=r"^[a-z_]+\.[a-z_]+$")
            ),
            models.CheckConstraint(
                name="ledger_entry_hashes_whole",
                condition=Q(hash__regex=_HASH) & Q(previous_hash__regex=_HASH),
            ),
            models.CheckConstraint(
                name="ledger_entry_reversal_reasoned",
                condition=Q(reverses__isnull=True, reason="")
                | (Q(reverses__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [
            # Officers list the entries of their own subtree by the paths of its unions.
            models.Index(fields=["scope", "-id"], name="ledger_entry_scope"),
            models.Index(
                fields=["reference"], name="ledger_entry_reference", condition=~Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Posting(models.Model):
    """One line of an entry on one account: a debit or a credit, never both."""

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="postings", verbose_name=_("记账")
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        verbose_name=_("往来科目"),
    )
    debit = MoneyField(_("借方"), default=ZERO)
    credit = MoneyField(_("贷方"), default=ZERO)

    class Meta:
        verbose_name = _("分录")
        verbose_name_plural = _("分录")
        constraints = [
            models.CheckConstraint(
                name="ledger_posting_one_side",
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
            ),
        ]
        indexes = [
            # A balance or a statement reads the index alone.
            models.Index(
                fields=["account", "entry"],
                include=["debit", "credit"],
                name="ledger_posting_account",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Evidence(models.Model):
    """A file that proves an entry. More may come later; none is ever changed or taken away.

    ``file_sha256`` is what the file's bytes were when it was added.
    """

    class What(models.TextChoices):
        SLIP = "slip", _("转账凭证")
        RECEIPT = "receipt", _("收据")
        STATEMENT = "statement", _("账户流水")
        CONTRACT = "contract", _("合同")
        PHOTO = "photo", _("照片")
        OTHER = "other", _("其他")

    chain = models.ForeignKey(
        Chain, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("账链")
    )
    sequence = models.PositiveIntegerField(_("第几份"))
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("记账")
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("文件")
    )
    file_sha256 = models.CharField(_("文件防改码"), max_length=64)
    what = models.CharField(_("种类"), max_length=20, choices=What.choices)
    added_at = models.DateTimeField(_("添加时间"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("添加人"),
    )
    previous_hash = models.CharField(_("上一份防改码"), max_length=64)
    hash = models.CharField(_("防改码"), max_length=64)

    class Meta:
        verbose_name = _("记账凭证")
        verbose_name_plural = _("记账凭证")
        constraints = [
            models.UniqueConstraint(
                name="ledger_evidence_sequence_once", fields=["chain", "sequence"]
            ),
            models.UniqueConstraint(
                name="ledger_evidence_file_once",
                fields=["entry", "file"],
                violation_error_message=_("这份文件已经附在这笔账上。"),
            ),
            models.CheckConstraint(
                name="ledger_evidence_hashes_whole",
                condition=Q(hash__regex=_HASH)
                & Q(previous_hash__regex=_HASH)
                & Q(file_sha256__regex=_HASH),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

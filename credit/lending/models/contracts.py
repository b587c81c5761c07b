"""The contract as bytes, and who signed it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Membership
from core.crypto import SealedTextField
from core.models import DocumentRecord
from credit.lending.models.loans import Loan


class ContractCopy(models.Model):
    """A contract as it was set: the very bytes, so that its hash holds whatever sets type later.

    The parties sign the unsigned one; the signed one is the same with a page that says who signed.
    """

    class Kind(models.TextChoices):
        UNSIGNED = "unsigned", _("待签文本")
        SIGNED = "signed", _("签署件")

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="copies", verbose_name=_("互助借款")
    )
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices)
    record = models.OneToOneField(
        DocumentRecord, on_delete=models.PROTECT, related_name="+", verbose_name=_("出具的文件")
    )
    # the file in base64; empty once the loan's contract is erased
    sealed_pdf = SealedTextField(_("文件"), blank=True)

    class Meta:
        verbose_name = _("合同文件")
        verbose_name_plural = _("合同文件")
        constraints = [
            models.UniqueConstraint(name="lending_contractcopy_once", fields=["loan", "kind"]),
        ]

    def __str__(self) -> str:
        return f"#{self.loan_id} {self.kind}"


class Signature(models.Model):
    """A party's consent to exactly one document: who, as what, which hash, when, from where.

    Append-only (trigger). Source: E-Signature Law arts. 3, 13, 14; 法释〔2020〕17号 art. 20.
    """

    class Role(models.TextChoices):
        BORROWER = "borrower", _("借款人")
        LENDER = "lender", _("出借人")

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("互助借款")
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("签字人")
    )
    role = models.CharField(_("身份"), max_length=10, choices=Role.choices)
    document_sha256 = models.CharField(_("所签文件的防改码"), max_length=64)
    signed_at = models.DateTimeField(_("签字时间"))
    phone_tail = models.CharField(_("验证码手机尾号"), max_length=4)
    address = models.CharField(_("网络地址"), max_length=45)
    device = models.CharField(_("设备"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("签字")
        verbose_name_plural = _("签字")
        constraints = [
            models.UniqueConstraint(
                name="lending_signature_once",
                fields=["loan", "membership"],
                violation_error_message=_("您已经签过字。"),
            ),
            models.CheckConstraint(
                name="lending_signature_hash_whole",
                condition=Q(document_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

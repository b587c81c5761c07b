"""Members, each one person or one micro business whatever they sign in with, and their households."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models.organisations import Division, Union, UnionQuerySet
from core.crypto import BlindIndexField, SealedTextField, blind_index
from core.masking import mask_name
from core.models.base import LockedQuerySet


def identity_index(number: str) -> str:
    """Blind index of a resident ID number or a unified social credit code."""
    return blind_index("identity", number)


class Household(models.Model):
    """People who live and farm as one; kin never guarantee or rate each other."""

    number = models.CharField(_("户号"), max_length=40)
    union = models.ForeignKey(Union, on_delete=models.PROTECT, verbose_name=_("工会"))
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("村")
    )

    class Meta:
        verbose_name = _("家庭户")
        verbose_name_plural = _("家庭户")
        constraints = [
            models.UniqueConstraint(
                name="membership_household_number_once",
                fields=["union", "number"],
                violation_error_message=_("这个户号在本工会已经登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MemberQuerySet(LockedQuerySet["Member"]):
    """Members, found by identity or bounded by unions."""

    def with_identity(self, number: str) -> Self:
        """The member of a cleaned identity number."""
        return self.filter(identity_index=identity_index(number))

    def of_unions(self, unions: UnionQuerySet) -> Self:
        """Members who have, or had, a membership in one of the unions."""
        of_member = self.model.memberships.rel.related_model.objects.filter(  # type: ignore[attr-defined]
            member=OuterRef("pk"), union__in=unions
        )
        return self.filter(Exists(of_member))


MemberManager = models.Manager.from_queryset(MemberQuerySet)


class Member(models.Model):
    """A person by resident ID number, or a micro business by unified social credit code.

    Limits and counters are kept per member, never per account or membership.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("个人")
        BUSINESS = "business", _("小微经营主体")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(_("姓名或名称"), max_length=80)
    identity_number = SealedTextField(_("证件号码"), blank=True)
    identity_index = BlindIndexField(unique=True)
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    phone = SealedTextField(_("手机号"), blank=True, default="")
    phone_index = BlindIndexField(db_index=True)
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("村")
    )
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("家庭户"),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="member",
        verbose_name=_("账号"),
    )
    created_at = models.DateTimeField(_("登记时间"))
    erased_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    objects = MemberManager()

    class Meta:
        verbose_name = _("成员")
        verbose_name_plural = _("成员")
        constraints = [
            models.CheckConstraint(
                name="membership_member_identified_unless_erased",
                condition=Q(erased_at__isnull=False)
                | (Q(identity_index__isnull=False) & ~Q(identity_number="") & ~Q(name="")),
                violation_error_message=_("成员要有姓名和证件号码。"),
            ),
            models.CheckConstraint(
                name="membership_member_phone_with_index",
                condition=Q(phone="", phone_index__isnull=True)
                | (~Q(phone="") & Q(phone_index__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        """Masked, so that a page or a log that shows a row as it comes names nobody."""
        return f"{mask_name(self.name)} #{self.pk}"

    def set_identity(self, number: str) -> None:
        """Set a cleaned number and its index together; the caller saves."""
        self.identity_number = number
        self.identity_index = identity_index(number)

    def set_phone(self, phone: str) -> None:
        """Set a cleaned number and its index together; the caller saves."""
        self.phone = phone
        self.phone_index = blind_index("phone", phone) if phone else None

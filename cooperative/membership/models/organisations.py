"""The map members live on: official divisions, the tree of unions, co-operatives."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models.base import LockedQuerySet


class Division(models.Model):
    """An official division, province down to village, by its code of statistics."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        DISTRICT = "district", _("区县")
        TOWNSHIP = "township", _("乡镇")
        VILLAGE = "village", _("村")

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name as people say it: 同兴村 for 同兴村村委会."""
        return self.name.removesuffix("村委会")


class UnionQuerySet(LockedQuerySet["Union"]):
    """Unions, cut out of the tree by path."""

    def below(self, *paths: str) -> Self:
        """The unions at these paths and everything under them; none for no path."""
        wanted = Q(pk__in=[])
        for path in paths:
            wanted |= Q(path__startswith=path)
        return self.filter(wanted)


UnionManager = models.Manager.from_queryset(UnionQuerySet)


class Union(models.Model):
    """A trade union in the tree from province to grassroots.

    ``path`` is the codes from the root, each followed by a slash, so that a subtree is a prefix.
    Founding is approved by the next higher union (Trade Union Law art. 12).
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        DISTRICT = "district", _("区县")
        TOWNSHIP = "township", _("乡镇")
        GRASSROOTS = "grassroots", _("基层")

    code = models.CharField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级工会"),
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, verbose_name=_("所在地"))
    approval_number = models.CharField(_("批复文号"), max_length=60, blank=True)
    approved_on = models.DateField(_("批复日期"), null=True, blank=True)
    filing_number = models.CharField(_("备案号"), max_length=60, blank=True)
    office_phone = models.CharField(_("办公电话"), max_length=20, blank=True)
    dissolved_on = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = UnionManager()

    class Meta:
        verbose_name = _("工会")
        verbose_name_plural = _("工会")
        constraints = [
            models.CheckConstraint(
                name="membership_union_path_ends_in_code",
                condition=Q(path__endswith=models.functions.Concat(F("code"), models.Value("/"))),
            ),
            models.CheckConstraint(
                name="membership_union_not_own_parent", condition=~Q(parent=F("pk"))
            ),
            models.UniqueConstraint(
                name="membership_union_name_once",
                fields=["parent", "name"],
                violation_error_message=_("上级工会下已有同名的工会。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Cooperative(models.Model):
    """A farmers' co-operative, or a federation of them, organised in a grassroots union."""

    class Kind(models.TextChoices):
        COOPERATIVE = "cooperative", _("合作社")
        FEDERATION = "federation", _("联合社")

    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="cooperatives", verbose_name=_("工会")
    )
    federation = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cooperatives",
        limit_choices_to={"kind": "federation"},
        verbose_name=_("所属联合社"),
    )
    division = models.ForeignKey(Division, on_delete=models.PROTECT, verbose_name=_("所在地"))
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("合作社")
        verbose_name_plural = _("合作社")
        constraints = [
            models.CheckConstraint(
                name="membership_cooperative_not_own_federation", condition=~Q(federation=F("pk"))
            ),
            models.CheckConstraint(
                name="membership_cooperative_federation_is_top",
                condition=Q(kind="cooperative") | Q(federation__isnull=True),
                violation_error_message=_("联合社不能再属于另一个联合社。"),
            ),
            models.CheckConstraint(
                name="membership_cooperative_credit_code_form",
                condition=Q(credit_code__regex=r"^[0-9A-HJ-NP-RTUW-Y]{18}$"),
                violation_error_message=_("统一社会信用代码是 18 位数字和大写字母。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

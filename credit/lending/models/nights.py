"""What a night wrote: marks of what happened to a share, and a union's figures of the day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Union
from core.money import ZERO, MoneyField
from credit.lending.models.shares import Share


class NightMark(models.Model):
    """A step that time alone brought a share on a business date; once for each kind and day.

    Steps are counted from the oldest unpaid instalment: its day, the day after, and each deeper
    bucket. Interest is a function of time, so a healthy share has no row on an ordinary day.

    The key begins with the date, so that a night appends, and goes on with the share, so that the
    kind is hardly ever compared: it took a third of the time. The share is no foreign key of the
    database, whose check would cost more than the rest of the night: a row is only ever made from
    the share itself, and a formed share is kept for good by its first event (append-only).
    """

    class Kind(models.TextChoices):
        DUE = "due", _("到期")
        OVERDUE = "overdue", _("转为逾期")
        BUCKET = "bucket", _("逾期加深")

    pk = models.CompositePrimaryKey("on", "share", "kind")
    on = models.DateField(_("业务日期"))
    kind = models.CharField(_("事件"), max_length=10, choices=Kind.choices)
    share = models.ForeignKey(
        Share,
        on_delete=models.PROTECT,
        related_name="night_marks",
        db_constraint=False,
        db_index=False,
        verbose_name=_("出借份额"),
    )
    outstanding = MoneyField(_("当时未还本金"), default=ZERO)
    bucket = models.CharField(
        _("逾期情况"), max_length=10, choices=Share.Bucket.choices, default=Share.Bucket.CURRENT
    )

    class Meta:
        verbose_name = _("日终记录")
        verbose_name_plural = _("日终记录")
        indexes = [
            # who was ever late is asked of a few shares at a time
            models.Index(
                fields=["share"],
                name="lending_nightmark_was_late",
                condition=models.Q(kind="overdue"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.share_id} {self.on} {self.kind}"


class UnionDay(models.Model):
    """A union's lending at the close of a business date: the figures an officer watches.

    A day that nobody closed has no row: catching up writes the last day, and invents no other.
    """

    union = models.ForeignKey(
        Union, on_delete=models.CASCADE, related_name="lending_days", verbose_name=_("工会")
    )
    on = models.DateField(_("业务日期"))
    loans = models.PositiveIntegerField(_("未还清笔数"), default=0)
    borrowers = models.PositiveIntegerField(_("借款人数"), default=0)
    lenders = models.PositiveIntegerField(_("出借人数"), default=0)
    outstanding = MoneyField(_("未还本金"), default=ZERO)
    overdue_1_30 = MoneyField(_("逾期 1 到 30 天"), default=ZERO)
    overdue_31_60 = MoneyField(_("逾期 31 到 60 天"), default=ZERO)
    overdue_61_90 = MoneyField(_("逾期 61 到 90 天"), default=ZERO)
    overdue_over_90 = MoneyField(_("逾期 90 天以上"), default=ZERO)

    class Meta:
        verbose_name = _("工会每日借款数字")
        verbose_name_plural = _("工会每日借款数字")
        constraints = [
            models.UniqueConstraint(name="lending_unionday_once", fields=["union", "on"]),
        ]

    def __str__(self) -> str:
        return f"{self.union_id} {self.on}"

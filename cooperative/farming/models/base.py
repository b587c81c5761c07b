"""What all facts share: who stated it, what proves it, where it stands, what took its place."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.farming.rules import LIVE_STATES
from cooperative.membership.models import Member
from cooperative.membership.models.organisations import UnionQuerySet
from core.models import StoredFile
from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints

FactT = TypeVar("FactT", bound=models.Model)


class FactQuerySet(LockedQuerySet[FactT]):
    """Facts by where they stand and whose they are."""

    def live(self) -> Self:
        """Stated or confirmed: what may still hold."""
        return self.filter(state__in=sorted(LIVE_STATES))

    def confirmed(self) -> Self:
        """Checked and in force, also when its end has been reached."""
        return self.filter(state="confirmed")

    def of_unions(self, unions: UnionQuerySet) -> Self:
        """Facts of members who have, or had, a membership in one of the unions."""
        return self.filter(member__in=Member.objects.of_unions(unions))


class Fact(FourEyes):
    """A statement about a member's production; in force once another person has confirmed it.

    ``made_by`` stated it, ``checked_by`` confirmed or refused it. A confirmed fact is never
    edited: its correction is a new row (``corrects``) which takes its place when confirmed
    (``replaced_by``). Moves by ``rules.TRANSITIONS``.
    """

    KIND: ClassVar[str]
    corrects_id: int | None

    class State(models.TextChoices):
        STATED = "stated", _("待核实")
        CONFIRMED = "confirmed", _("已核实")
        REFUSED = "refused", _("未通过")
        REPLACED = "replaced", _("已更正")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Origin(models.TextChoices):
        MEMBER = "member", _("本人填写")
        OFFICER = "officer", _("工会代填")
        ROSTER = "roster", _("名册导入")

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("成员")
    )
    origin = models.CharField(
        _("来源"), max_length=8, choices=Origin.choices, default=Origin.MEMBER
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.STATED)
    reason = models.CharField(_("退回原因"), max_length=300, blank=True)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("更正哪一条"),
    )
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("更正为"),
    )
    evidence: Any = models.ManyToManyField(StoredFile, related_name="+", verbose_name=_("凭证"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.KIND} #{self.pk}"

    @property
    def key(self) -> str:
        """How the officers' queue names this row, e.g. ``plot-12``."""
        return f"{self.KIND}-{self.pk}"


class Lasting(Fact):
    """A fact that holds until its end: a plot worked, a season planned, a thing owned."""

    ended_on = models.DateField(_("最后一天"), null=True, blank=True)

    class Meta:
        abstract = True


def fact_constraints(prefix: str) -> list[models.BaseConstraint]:
    """Constraints every table of facts carries; ``prefix`` is ``<app>_<model>``."""
    checked = Q(checked_at__isnull=False)
    return [
        *four_eyes_constraints(prefix),
        models.CheckConstraint(
            name=f"{prefix}_checked_when_decided",
            condition=Q(state__in=["stated", "withdrawn"]) & ~checked
            | Q(state__in=["confirmed", "refused", "replaced"]) & checked,
        ),
        models.CheckConstraint(
            name=f"{prefix}_reason_when_refused",
            condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
            violation_error_message=_("退回时要写明原因。"),
        ),
        models.CheckConstraint(
            name=f"{prefix}_replaced_has_successor",
            condition=Q(state="replaced", replaced_by__isnull=False)
            | ~Q(state="replaced") & Q(replaced_by__isnull=True),
        ),
        models.CheckConstraint(
            name=f"{prefix}_not_own_successor",
            condition=~Q(replaced_by=F("pk")) & ~Q(corrects=F("pk")),
        ),
        models.UniqueConstraint(name=f"{prefix}_one_successor", fields=["replaced_by"]),
        models.UniqueConstraint(
            name=f"{prefix}_one_open_correction",
            fields=["corrects"],
            condition=Q(state="stated"),
            violation_error_message=_("这一条已有一份更正在等核实。"),
        ),
    ]


def fact_indexes(prefix: str, scored: tuple[str, ...] = ()) -> list[models.Index]:
    """A member's facts by state (pages, scores), and the officers' queue in order of waiting.

    ``scored``: what the scores of a chunk of members read, so that the index alone gives it.
    """
    return [
        models.Index(fields=["member", "state"], name=f"{prefix}_of_member", include=scored),
        models.Index(fields=["made_at"], condition=Q(state="stated"), name=f"{prefix}_waiting"),
    ]


def ends_by_time(prefix: str, *fields: str) -> list[models.Index]:
    """What ended since the last night, of the few rows that have an end."""
    return [
        models.Index(
            fields=[field],
            name=f"{prefix}_{field.removesuffix('_on')}",
            condition=Q((f"{field}__isnull", False)),
        )
        for field in fields
    ]


def year_in_range(prefix: str) -> models.CheckConstraint:
    """A check that a year is one of a farmer's life with this union."""
    return models.CheckConstraint(
        name=f"{prefix}_year_in_range",
        condition=Q(year__gte=2000, year__lte=2100),
        violation_error_message=_("年份要在 2000 到 2100 之间。"),
    )

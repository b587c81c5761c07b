"""A union's list as it was uploaded, row by row and sealed, and what became of each row."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models.members import Member
from cooperative.membership.models.organisations import Union
from core.crypto import BlindIndexField, SealedTextField
from core.models import JobRun, StoredFile
from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints

RosterManager = models.Manager.from_queryset(LockedQuerySet["Roster"])
RosterRowManager = models.Manager.from_queryset(LockedQuerySet["RosterRow"])
_ENDED = ["unreadable", "rejected", "imported"]


class Roster(FourEyes):
    """One upload: checked in a dry run, confirmed by a second officer, imported. See ``roster.rules``.

    ``made_by`` uploads, ``checked_by`` confirms. The uploaded file is removed once its rows are
    staged; name, size and digest stay.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("检查中")
        CHECKED = "checked", _("待复核")
        UNREADABLE = "unreadable", _("读不了")
        REJECTED = "rejected", _("已退回")
        IMPORTING = "importing", _("导入中")
        IMPORTED = "imported", _("已导入")

    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="rosters", verbose_name=_("工会")
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    state = models.CharField(
        _("状态"), max_length=12, choices=State.choices, default=State.CHECKING
    )
    reason = models.TextField(_("原因"), blank=True)
    titles: Any = models.JSONField(default=list, editable=False)
    fields: Any = models.JSONField(default=dict, editable=False)
    extra: Any = models.JSONField(_("没有导入的列"), default=list)
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    passed_over = models.PositiveIntegerField(_("合计、填表人等行"), default=0)
    counts: Any = models.JSONField(default=dict, editable=False)
    outcome: Any = models.JSONField(default=dict, editable=False)
    check_run = models.ForeignKey(JobRun, on_delete=models.PROTECT, null=True, related_name="+")
    import_run = models.ForeignKey(JobRun, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    purged_at = models.DateTimeField(_("明细清除时间"), null=True)

    objects = RosterManager()

    class Meta:
        verbose_name = _("名册")
        verbose_name_plural = _("名册导入")
        constraints = [
            *four_eyes_constraints("membership_roster"),
            models.CheckConstraint(
                name="membership_roster_imported_when_checked",
                condition=~Q(state__in=["importing", "imported"]) | Q(checked_at__isnull=False),
                violation_error_message=_("名册要复核后才能导入。"),
            ),
            models.CheckConstraint(
                name="membership_roster_end_dated",
                condition=Q(state__in=_ENDED, ended_at__isnull=False)
                | (~Q(state__in=_ENDED) & Q(ended_at__isnull=True)),
            ),
        ]
        indexes = [
            # The nightly purge looks for ended rosters whose rows are still there.
            models.Index(
                fields=["ended_at"],
                name="membership_roster_to_purge",
                condition=Q(purged_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"


class RosterRow(models.Model):
    """One row of a roster: its cells sealed, what is wrong, what it will do or has done."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("未检查")
        NEW = "new", _("新增")
        UPDATED = "updated", _("更新")
        SAME = "same", _("没有变化")
        BAD = "bad", _("有错误，不导入")

    class Outcome(models.TextChoices):
        NONE = "", _("未导入")
        NEW = "new", _("已新增")
        UPDATED = "updated", _("已更新")
        SAME = "same", _("没有变化")
        LEFT_OUT = "left_out", _("没有导入")

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField(_("行"))
    cells = SealedTextField()
    identity_index = BlindIndexField()
    verdict = models.CharField(
        _("检查结果"), max_length=8, choices=Verdict.choices, default=Verdict.WAITING
    )
    outcome = models.CharField(
        _("导入结果"), max_length=8, choices=Outcome.choices, default=Outcome.NONE, blank=True
    )
    problems: Any = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RosterRowManager()

    class Meta:
        verbose_name = _("名册的一行")
        verbose_name_plural = _("名册的各行")
        constraints = [
            models.UniqueConstraint(
                name="membership_rosterrow_position_once", fields=["roster", "position"]
            ),
        ]
        indexes = [
            # Two rows of one person, found by chunk.
            models.Index(fields=["roster", "identity_index"], name="membership_rosterrow_person"),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.number}"

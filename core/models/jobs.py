"""Long work as rows: a run, its chunks, and the items that failed alone."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.models.base import LockedQuerySet


class JobRunQuerySet(LockedQuerySet["JobRun"]):
    """Runs with their progress."""

    def with_progress(self) -> Self:
        """Add ``items_done`` and ``items_failed``, summed over the chunks that have ended."""
        return self.annotate(
            items_done=_items_in(JobChunk.State.DONE), items_failed=_items_in(JobChunk.State.FAILED)
        )


JobRunManager = models.Manager.from_queryset(JobRunQuerySet)


class JobChunkQuerySet(LockedQuerySet["JobChunk"]):
    """Chunks, lockable in one order."""


JobChunkManager = models.Manager.from_queryset(JobChunkQuerySet)


class JobRun(models.Model):
    """One piece of long work over the items ``[0, size)``; ``(kind, key)`` runs at most once.

    Progress is the sum over finished chunks, so a killed worker leaves nothing half-counted.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("等待开始")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        DONE_WITH_FAILURES = "done_with_failures", _("已完成，有问题")
        FAILED = "failed", _("没有完成")

    kind = models.CharField(_("任务"), max_length=60)
    key = models.CharField(_("编号"), max_length=120)
    scope = models.CharField(_("范围"), max_length=255, blank=True)
    parameters: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    size = models.PositiveIntegerField(_("总数"), default=0)
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.QUEUED)
    reason = models.TextField(_("原因"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("发起人"),
    )
    queued_at = models.DateTimeField(_("提交时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = JobRunManager()

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        constraints = [
            models.UniqueConstraint(
                name="core_jobrun_once",
                fields=["kind", "key"],
                violation_error_message=_("这项任务已经提交过了。"),
            ),
            models.CheckConstraint(
                name="core_jobrun_finished_when_ended",
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "done_with_failures", "failed"], finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class JobChunk(models.Model):
    """The items ``[first, last)`` of a run, done in one transaction or not at all."""

    class State(models.TextChoices):
        PENDING = "pending", _("等待")
        DONE = "done", _("完成")
        SPLIT = "split", _("已拆分")
        FAILED = "failed", _("失败")

    run = models.ForeignKey(JobRun, on_delete=models.CASCADE, related_name="chunks")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    objects = JobChunkManager()

    class Meta:
        verbose_name = _("任务分段")
        verbose_name_plural = _("任务分段")
        constraints = [
            models.CheckConstraint(
                name="core_jobchunk_range_forward", condition=Q(last__gt=F("first"))
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state", "first"], name="core_jobchunk_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} [{self.first}, {self.last})"


def _items_in(state: str) -> Coalesce:
    """Number of items of the outer run in chunks of one state."""
    chunks = JobChunk.objects.filter(run=OuterRef("pk"), state=state).order_by()
    items = chunks.values("run").annotate(items=Sum(F("last") - F("first"))).values("items")
    return Coalesce(Subquery(items, output_field=models.IntegerField()), 0)


class JobFailure(models.Model):
    """One item that could not be done, with the reason; the rest of its run went on."""

    run = models.ForeignKey(JobRun, on_delete=models.CASCADE, related_name="failures")
    item = models.PositiveIntegerField(_("序号"))
    code = models.CharField(_("代码"), max_length=60)
    reason = models.TextField(_("原因"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("未完成的一项")
        verbose_name_plural = _("未完成的各项")
        constraints = [
            models.UniqueConstraint(name="core_jobfailure_once", fields=["run", "item"]),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} #{self.item}"

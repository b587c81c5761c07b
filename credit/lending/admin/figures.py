"""A union's daily figures and running counters, for officers and for the supervisor."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import unions_where
from cooperative.membership.exporting import record_export
from cooperative.membership.models import Union
from cooperative.membership.panel import OfficerAdmin
from core.dates import today
from core.errors import NotFound, Refused
from core.masking import mask_name
from core.workbooks import CONTENT_TYPE, write_table
from credit.lending.admin.parts import yuan
from credit.lending.limit_words import figure, title_of
from credit.lending.models import UnionDay
from credit.lending.rules.policy import Severity
from credit.lending.selectors.limits import counters


@admin.register(UnionDay)
class UnionDayAdmin(OfficerAdmin):
    """A union's lending at the close of each day, for the supervisor."""

    view_permission = "loan.view"
    shows_trail = False
    list_display = (
        "on",
        "union",
        "loans",
        "borrowers",
        "lenders",
        "outstanding_amount",
        "late_amount",
    )
    fields = (
        "on",
        "union",
        "loans",
        "borrowers",
        "lenders",
        "outstanding",
        "overdue_1_30",
        "overdue_31_60",
        "overdue_61_90",
        "overdue_over_90",
    )
    date_hierarchy = None

    list_before_template = "lending/panel/figures_deeds.html"

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "counters/",
            self.admin_site.admin_view(self.counters),
            name="lending_unionday_counters",
        )
        return [own, *super().get_urls()]

    def counters(self, request: HttpRequest) -> HttpResponse:
        """Everybody's counters against their limits, names masked; as a file when posted."""
        if not self.has_view_permission(request):
            raise NotFound()
        lines = list(_counter_lines(request.user))
        columns = [_("工会"), _("谁"), _("项目"), _("现在"), _("预警"), _("不能超过"), _("情况")]
        if request.method == "POST":
            file = io.BytesIO()
            with transaction.atomic():
                write_table(
                    file, title=_now("限额计数"), columns=[str(c) for c in columns], rows=lines
                )
                record_export(self, request, rows=len(lines), at=timezone.now())
            name = f"{_now('限额计数')}-{today():%Y%m%d}.xlsx"
            return HttpResponse(
                file.getvalue(),
                content_type=CONTENT_TYPE,
                headers={
                    "Content-Disposition": content_disposition_header(
                        as_attachment=True, filename=name
                    )
                },
            )
        context = {
            **self.admin_site.each_context(request),
            "title": _("限额计数"),
            "columns": columns,
            "lines": lines,
            "opts": self.opts,
            "back": reverse("admin:lending_unionday_changelist"),
        }
        return render(request, "lending/panel/counters_page.html", context)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("union")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return ["-on", "union__code", "pk"]

    @admin.display(description=_("未还本金（元）"), ordering="outstanding")
    def outstanding_amount(self, row: UnionDay) -> str:
        return yuan(row.outstanding)

    @admin.display(description=_("其中逾期（元）"))
    def late_amount(self, row: UnionDay) -> str:
        late = (row.overdue_1_30, row.overdue_31_60, row.overdue_61_90, row.overdue_over_90)
        return yuan(sum(late[1:], late[0]))


def _counter_lines(user: Any) -> Iterator[list[str]]:
    """One line for each counter of each grassroots union in reach; five queries a union."""
    unions = unions_where(user, "loan.view", today()).filter(level=Union.Level.GRASSROOTS)
    words = {
        Severity.FINE: _now("正常"),
        Severity.WARN: _now("超过预警"),
        Severity.STOP: _now("超过上限"),
    }
    for union in unions.filter(loans__isnull=False).distinct().order_by("code"):
        try:
            found = counters(union, today())
        except Refused as refused:
            yield [union.name, str(refused), "", "", "", "", ""]
            continue
        for row in found:
            figures = (row.value, row.level.warn, row.level.stop)
            yield [
                union.name,
                mask_name(row.who.name) if row.who else _now("全工会"),
                title_of(row.measure),
                *(figure(row.measure, value) for value in figures),
                words[row.severity],
            ]

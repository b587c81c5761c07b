"""Rosters in the officers' panel: upload, report, confirm, follow the import."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from cooperative.membership.access import can, unions_where
from cooperative.membership.admin.joining import RemarkForm
from cooperative.membership.admin.members import BoundedUnionFilter
from cooperative.membership.models import Roster, RosterRow, Union
from cooperative.membership.panel import Deed, OfficerAdmin, OfficerForm
from cooperative.membership.roster import services
from cooperative.membership.roster.report import write_report
from cooperative.membership.roster.selectors import problem_counts, rows_with, shown
from core.dates import today
from core.errors import NotFound
from core.jobs.kinds import job_title
from core.jobs.progress import progress_of
from core.sentences import listed
from core.workbooks import CONTENT_TYPE

_ROWS_A_PAGE = 50
_STATE_COLOURS = {
    "checking": "info",
    "checked": "warning",
    "unreadable": "danger",
    "rejected": "danger",
    "importing": "info",
    "imported": "success",
}


class UploadForm(OfficerForm):
    """Which union, which file."""

    union = forms.ModelChoiceField(
        label=_("基层工会"), queryset=Union.objects.none(), widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(
        label=_("名册文件"),
        help_text=_("电子表格或文本表格，最多十万行。至少要有姓名、身份证号、入会日期三列。"),
        widget=UnfoldAdminFileFieldWidget,
    )

    def for_officer(self, user: Any, row: Any) -> None:
        """Only grassroots unions in which the officer uploads; a single one is chosen already."""
        unions = unions_where(user, "roster.upload", today()).filter(
            level=Union.Level.GRASSROOTS, dissolved_on__isnull=True
        )
        field: Any = self.fields["union"]
        field.queryset = unions.order_by("code")
        if unions.count() == 1:
            field.initial = unions.get().pk


def _upload(row: None, answers: dict[str, Any], by: Any, at: Any) -> Roster:
    return services.upload_roster(union=answers["union"], upload=answers["file"], by=by, at=at)


def _what_import_does(roster: Roster) -> Any:
    counts = {name: roster.counts.get(name, 0) for name in ("new", "updated", "same", "bad")}
    return _(
        "确认后开始导入“%(file)s”：新增 %(new)s 人，更新 %(updated)s 人，%(same)s 人没有变化，"
        "%(bad)s 行有错误不导入。新增的人从各自的入会日期起算等待期。导入后不能撤回。"
    ) % {"file": roster.file_name, **counts}


@admin.register(Roster)
class RosterAdmin(OfficerAdmin):
    """Uploaded lists; those that wait for the second officer come first."""

    view_permission = "roster.view"
    union_lookup = "union"
    list_display = (
        "file_name",
        "union",
        "shown_state",
        "row_count",
        "shown_result",
        "made_by",
        "made_at",
    )
    list_filter = ("state", BoundedUnionFilter)
    list_select_related = ("union", "made_by")
    fields = ("file_name", "union", "row_count", "made_by", "made_at", "checked_by", "checked_at")
    change_form_outer_before_template = "membership/roster/page.html"
    deeds = (
        Deed(
            "upload",
            _("上传名册"),
            "roster.upload",
            what=lambda row: _(
                "上传后先检查，不会写入任何资料；检查完由另一位干部复核，才开始导入。"
            ),
            do=_upload,
            done=_("名册已上传，正在检查。"),
            form=UploadForm,
            on_row=False,
        ),
        Deed(
            "confirm",
            _("复核并导入"),
            "roster.confirm",
            what=_what_import_does,
            do=lambda row, answers, by, at: services.confirm_roster(roster_id=row.pk, by=by, at=at),
            done=_("已复核，正在导入。"),
            offered=lambda row: row.state == "checked" and services.importable(row) > 0,
        ),
        Deed(
            "reject",
            _("退回名册"),
            "roster.confirm",
            what=lambda row: _("退回后不导入任何一行，上传方改好后重新上传。"),
            do=lambda row, answers, by, at: services.reject_roster(
                roster_id=row.pk, reason=answers["remark"], by=by, at=at
            ),
            done=_("名册已退回。"),
            form=RemarkForm,
            offered=lambda row: row.state == "checked",
            dangerous=True,
        ),
        Deed(
            "withdraw",
            _("撤回名册"),
            "roster.upload",
            what=lambda row: _("撤回后不导入任何一行，可以改好后重新上传。"),
            do=lambda row, answers, by, at: services.withdraw_roster(
                roster_id=row.pk, by=by, at=at
            ),
            done=_("名册已撤回。"),
            offered=lambda row: row.state == "checked",
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("union", "made_by", "checked_by", "check_run", "import_run")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        waits_first = models.Case(models.When(state="checked", then=0), default=1)
        return [waits_first, "-made_at", "-pk"]  # type: ignore[list-item]

    def get_urls(self) -> list[URLPattern]:
        report = path(
            "<path:object_id>/report/",
            self.admin_site.admin_view(never_cache(self.report_view)),
            name="membership_roster_report",
        )
        return [report, *super().get_urls()]

    def report_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The rows to be mended, for whoever uploads or confirms; the download is recorded."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        roster = self.get_object(request, object_id)
        if roster is None or not may_download(request.user, roster):
            raise NotFound()
        services.record_report(roster, by=request.user, at=timezone.now())
        out = io.BytesIO()
        write_report(roster, out)
        name = gettext("要改正的行-%(number)s.xlsx") % {"number": roster.pk}
        disposition = str(content_disposition_header(as_attachment=True, filename=name))
        headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
        return HttpResponse(out.getvalue(), content_type=CONTENT_TYPE, headers=headers)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        roster = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if roster is not None:
            context["report"] = _report(request, roster)
        return super().change_view(request, object_id, form_url, context)

    @display(description=_("状态"), ordering="state", label=_STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, roster: Roster) -> tuple[str, str]:
        return roster.state, roster.get_state_display()

    @admin.display(description=_("结果"))
    def shown_result(self, roster: Roster) -> str:
        figures = _figures(roster, "")
        return "，".join(f"{figure['label']} {figure['count']}" for figure in figures) or "—"


def may_download(user: Any, roster: Roster) -> bool:
    """Whether the user uploads or confirms in the roster's union: the rows are personal data."""
    now = today()
    uploads = can(user, "roster.upload", roster.union, now)
    return uploads or can(user, "roster.confirm", roster.union, now)


def _report(request: HttpRequest, roster: Roster) -> dict[str, Any]:
    """Everything the page shows besides the roster's own fields."""
    chosen, verdict = request.GET.get("problem", ""), request.GET.get("verdict", "")
    done = roster.state == Roster.State.IMPORTED
    report: dict[str, Any] = {
        "title": _("导入结果") if done else _("检查结果"),
        "figures": _figures(roster, verdict),
        "problems": problem_counts(roster.outcome if done else roster.counts),
        "chosen": chosen,
        "verdict": verdict,
        "extra": listed(roster.extra),
        "passed_over": roster.passed_over,
        "may_download": roster.purged_at is None and may_download(request.user, roster),
        "refusal": roster.reason,
        **_progress(roster),
    }
    if roster.purged_at is None and roster.counts:
        rows = rows_with(roster, problem=chosen or ("" if verdict else "any"), verdict=verdict)
        page = Paginator(rows, _ROWS_A_PAGE).get_page(request.GET.get("page"))
        query = {"problem": chosen, "verdict": verdict}
        given = urlencode({name: value for name, value in query.items() if value})
        report |= {"page": page, "rows": shown(roster, page), "query": given and given + "&"}
    return report


def _progress(roster: Roster) -> dict[str, Any]:
    """The job that is going on, or that failed."""
    run = roster.import_run or roster.check_run
    if run is None or roster.state not in (Roster.State.CHECKING, Roster.State.IMPORTING):
        return {}
    return {"run": run, "progress": progress_of(run.pk), "job_title": job_title(run.kind)}


def _figures(roster: Roster, verdict: str) -> list[dict[str, Any]]:
    """Rows by what the dry run says of them, or by what the import did; each leads to its rows."""
    done = roster.state == Roster.State.IMPORTED
    counts = roster.outcome if done else roster.counts
    labels = {
        "new": _("已新增") if done else _("将新增"),
        "updated": _("已更新") if done else _("将更新"),
        "same": _("没有变化"),
        "bad": _("有错误"),
        "left_out": _("没有导入"),
    }
    return [
        {
            "code": RosterRow.Verdict.BAD if code == "left_out" else code,
            "label": label,
            "count": counts[code],
            "current": code == verdict,
        }
        for code, label in labels.items()
        if counts.get(code)
    ]

"""Base of every page in the officers' panel: read-only, bounded by union and role.

The admin is a door, not a rule. What an officer can do to a row is a ``Deed``: a page of its own
that says what will happen, asks what it must, and calls exactly one service.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from cooperative.membership.access import can_anywhere, unions_where
from cooperative.membership.exporting import export_list
from cooperative.membership.models import Membership
from core import audit
from core.dates import today
from core.errors import NotFound, Refused
from core.forms import show_refusal
from core.workbooks import CONTENT_TYPE

Text = str | Promise


def request_can(request: HttpRequest, permission: str) -> bool:
    """Whether the signed-in officer holds the permission anywhere."""
    return can_anywhere(request.user, permission, today())


def once(row: models.Model, name: str, make: Callable[[], Any]) -> Any:
    """What is worked out for a row's page, kept on the row: the panel asks for each value thrice."""
    kept = row.__dict__.setdefault("_worked_out", {})
    if name not in kept:
        kept[name] = make()
    return kept[name]


def reveals(request: HttpRequest, member: str = "member") -> Exists:
    """Whether the officer may see a row's member whole: by a post where the member belongs.

    For ``annotate(may_reveal=reveals(request))``; ``member`` is the way from the row to the member.
    """
    reach = unions_where(request.user, "member.reveal", today())
    return Exists(Membership.objects.filter(member=OuterRef(member), union__in=reach))


@dataclass(frozen=True)
class Deed:
    """Something an officer can do to one row, or (``on_row=False``) from the list.

    ``what`` says in a sentence what will happen; ``do(row, answers, by, at)`` calls one service
    and may return the row to go to; ``offered`` tells whether it makes sense for the row now.
    """

    name: str
    label: Text
    permission: str
    what: Callable[[Any], Text]
    do: Callable[..., Any]
    done: Text
    form: type[forms.Form] = forms.Form
    offered: Callable[[Any], bool] = lambda row: True
    on_row: bool = True
    dangerous: bool = False


class _ReadOnly:
    """Nobody adds, changes or deletes through the admin's own forms."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfficerAdmin(_ReadOnly, ModelAdmin):  # type: ignore[misc]
    """A list and a read-only page, showing only what belongs to the officer's unions.

    ``view_permission``: the role permission that opens it. ``union_lookup``: the way from a row to
    its union, e.g. ``"membership__union"``; None for rows without a union (override ``bounded``).
    ``deeds``: what can be done; their permission must be held in the row's union, which
    ``deed_lookup`` finds where ``union_lookup`` is None. ``shows_trail``: whether the page ends
    with the row's timeline.
    """

    view_permission: str
    union_lookup: str | None = "union"
    deed_lookup: str | None = None
    deeds: tuple[Deed, ...] = ()
    shows_trail = True
    actions: Any = None
    list_fullwidth = True
    list_filter_submit = True
    show_full_result_count = False
    list_per_page = 50
    change_form_outer_before_template = "panel/deeds.html"
    change_form_outer_after_template = "panel/trail.html"
    list_before_template = "panel/list_deeds.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request_can(request, self.view_permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request_can(request, self.view_permission)

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """The rows of the officer's unions."""
        if self.union_lookup is None:
            return rows
        unions = unions_where(request.user, self.view_permission, today())
        return rows.filter(**{f"{self.union_lookup}__in": unions})

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.bounded(super().get_queryset(request), request)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{deed.name}/" if deed.on_row else f"{deed.name}/",
                self.admin_site.admin_view(self._deed_view(deed)),
                name=self._deed_url(deed),
            )
            for deed in self.deeds
        ]
        own.append(
            path("export/", self.admin_site.admin_view(self._export), name=self._export_url())
        )
        # The nameless one is Django's old address of a change page.
        return own + [found for found in super().get_urls() if found.name]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise NotFound()
        context = dict(extra_context or {})
        context["deeds"] = [
            {"deed": deed, "url": reverse(f"admin:{self._deed_url(deed)}", args=[row.pk])}
            for deed in self.deeds
            if deed.on_row and deed.offered(row) and self.may_do(request, deed, row)
        ]
        context["trail"] = self.trail_of(request, row) if self.shows_trail else []
        context["row_title"] = self.title_of(row)
        return super().change_view(request, object_id, form_url, context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Never: Django's own log is not kept, the timeline stands on the page of the row."""
        raise NotFound()

    def title_of(self, row: Any) -> Any:
        """What the head of a row's page calls it: never a name that this officer may not see."""
        return str(row)

    def may_do(self, request: HttpRequest, deed: Deed, row: Any) -> bool:
        """Whether the officer holds the deed's permission, and in the union of the row."""
        if not request_can(request, deed.permission):
            return False
        lookup = self.deed_lookup or self.union_lookup
        if row is None or lookup is None:
            return True
        unions = unions_where(request.user, deed.permission, today())
        rows = self.model._default_manager.filter(pk=row.pk, **{f"{lookup}__in": unions})
        return bool(rows.exists())

    def trail_of(self, request: HttpRequest, row: Any) -> models.QuerySet[Any]:
        """The row's timeline, without what other unions did to a row that both see."""
        unions = unions_where(request.user, self.view_permission, today())
        within = set(unions.values_list("path", flat=True))
        above = {path[: at + 1] for path in within for at, sign in enumerate(path) if sign == "/"}
        return audit.trail_of(row).filter(scope__in=within | above | {""})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        context["deeds"] = [
            {"deed": deed, "url": reverse(f"admin:{self._deed_url(deed)}")}
            for deed in self.deeds
            if not deed.on_row and request_can(request, deed.permission)
        ]
        context["export_url"] = reverse(f"admin:{self._export_url()}")
        context["export_query"] = request.GET.urlencode()
        return super().changelist_view(request, context)

    def _export(self, request: HttpRequest) -> HttpResponse:
        """The list as the officer sees it, as a workbook; by a form, for it leaves a trace."""
        if not self.has_view_permission(request):
            raise NotFound()
        listed = redirect(f"{self._after(None)}?{request.GET.urlencode()}")
        if request.method != "POST":
            return listed
        try:
            content = export_list(self, request, at=timezone.now())
        except IncorrectLookupParameters:
            return redirect(self._after(None))
        except Refused as refused:
            messages.error(request, str(refused))
            return listed
        name = f"{self.opts.verbose_name_plural}-{today():%Y%m%d}.xlsx"
        return HttpResponse(
            content,
            content_type=CONTENT_TYPE,
            headers={
                "Content-Disposition": content_disposition_header(as_attachment=True, filename=name)
            },
        )

    def _export_url(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_export"

    def _deed_url(self, deed: Deed) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{deed.name}"

    def _deed_view(self, deed: Deed) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            return self._do(request, deed, object_id)

        return view

    def _do(self, request: HttpRequest, deed: Deed, object_id: str | None) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        if (deed.on_row and row is None) or not self.may_do(request, deed, row):
            raise NotFound()
        if deed.on_row and not deed.offered(row):
            messages.warning(request, str(_("这件事已经办过，或者现在不能办。请看最新的状态。")))
            return redirect(self._after(row))
        posted = request.method == "POST"
        form = deed.form(request.POST if posted else None, request.FILES if posted else None)
        if isinstance(form, OfficerForm):
            form.for_officer(request.user, row)
        if request.method == "POST" and form.is_valid():
            try:
                result = deed.do(row, form.cleaned_data, request.user, timezone.now())
            except Refused as refused:
                show_refusal(form, refused)
            else:
                messages.success(request, str(deed.done))
                return redirect(self._after(result if result is not None else row))
        back = self._after(row)
        context = {
            **self.admin_site.each_context(request),
            "title": deed.label,
            "deed": deed,
            "what": deed.what(row),
            "form": form,
            "row": row,
            "row_title": self.title_of(row) if row is not None else "",
            "row_url": back if row is not None else "",
            "opts": self.opts,
            "back": back,
        }
        status = 422 if form.is_bound else 200
        return render(request, "panel/deed.html", context, status=status)

    def _after(self, row: Any) -> str:
        if row is None or not isinstance(row, self.model):
            return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])


class OfficerForm(forms.Form):
    """A deed's form whose choices depend on the officer and the row."""

    def for_officer(self, user: Any, row: Any) -> None:
        """Fill choices; called before validation."""


class DayInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """A date by the browser's own calendar, which needs no script."""

    input_type = "date"


class OfficerTabularInline(_ReadOnly, TabularInline):  # type: ignore[misc]
    """Read-only rows under a row the officer may see."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class OfficerStackedInline(_ReadOnly, StackedInline):  # type: ignore[misc]
    """Read-only rows under a row the officer may see."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

"""What the panel's pages of scores share: whose they are, masked names, the look that is recorded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from cooperative.membership.looks import record_look
from cooperative.membership.panel import Deed, OfficerAdmin, request_can, reveals
from core.address import address_of
from core.dates import today
from core.formats import format_yuan
from core.masking import mask_name
from core.readonly import writes
from credit.scoring.access import BELONGS, VIEW, in_reach
from credit.scoring.correcting import LOOK
from credit.scoring.services.reports import SCORE

COLOURS = {
    "proposed": "warning",
    "confirmed": "success",
    "rejected": "danger",
    "revoked": "info",
    "raised": "warning",
    "upheld": "success",
    "withdrawn": "info",
    "late": "danger",
    "soon": "warning",
    "open": "info",
}


class OfMemberAdmin(OfficerAdmin):
    """Rows about a member's score, for officers of the unions the member belongs to.

    Opening one is a look that the member can read.
    """

    view_permission = VIEW
    union_lookup = None
    reach_states = BELONGS

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        return in_reach(rows, request.user, self.view_permission, today(), states=self.reach_states)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("member")
        return rows.annotate(may_reveal=reveals(request))

    def may_do(self, request: HttpRequest, deed: Deed, row: Any) -> bool:
        """Whether the permission is held in a union of the row's member, who is somebody else."""
        if row is None:
            return request_can(request, deed.permission)
        if row.member.user_id is not None and row.member.user_id == request.user.pk:
            return False
        rows = self.model._default_manager.filter(pk=row.pk)
        reach = in_reach(rows, request.user, deed.permission, today(), states=self.reach_states)
        return reach.exists()

    @writes("GET")
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        row = self.get_object(request, object_id)
        if row is not None and request.method == "GET" and row.member.erased_at is None:
            record_look(
                member=row.member,
                by=request.user,
                purpose=LOOK,
                categories=[SCORE],
                at=timezone.now(),
                address=address_of(request),
            )
        return super().change_view(request, object_id, *args, **kwargs)

    def title_of(self, row: Any) -> str:
        return shown_name(row)

    @admin.display(description=_("成员"), ordering="member__name")
    def shown_member(self, row: Any) -> str:
        """The name, masked unless the officer may see it whole."""
        return shown_name(row)

    @admin.display(description=_("凭证"))
    def shown_evidence(self, row: Any) -> SafeString | str:
        return evidence_link(row)


class RemarkForm(forms.Form):
    """Why; the member reads it."""

    remark = forms.CharField(
        label=_("原因（成员会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


def shown_name(row: Any) -> str:
    """The name of a row's member, masked unless ``may_reveal`` is annotated and true."""
    name = row.member.name or str(_("已删除"))
    return name if row.may_reveal or not row.member.name else mask_name(name)


def evidence_link(row: Any) -> SafeString | str:
    """The way to what was uploaded as proof."""
    if row.evidence is None:
        return "—"
    url = reverse("file", args=[row.evidence_id])
    return format_html('<a href="{}">{}</a>', url, row.evidence.original_name)


def yuan(amount: Any) -> SafeString | str:
    """An amount as a right-aligned figure; 0 is one too."""
    return (
        "—" if amount is None else format_html('<span class="num">{}</span>', format_yuan(amount))
    )


def shown(template: str, **context: Any) -> SafeString:
    """A part of a panel page from ``templates/scoring/panel``."""
    return render_to_string(f"scoring/panel/{template}.html", context)

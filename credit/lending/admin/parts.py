"""What several of lending's panel pages share: columns, forms, colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from cooperative.membership.looks import record_look
from cooperative.membership.models import Member, Membership
from cooperative.membership.panel import OfficerAdmin
from core.address import address_of
from core.errors import Refused
from core.formats import format_day, format_number, format_yuan
from core.masking import mask_name
from core.models import StoredFile
from core.readonly import writes

COLOURS = {
    "submitted": "warning",
    "returned": "info",
    "proposed": "warning",
    "convening": "info",
    "covered": "warning",
    "contracted": "success",
    "refused": "danger",
    "invited": "info",
    "pledged": "success",
    "drawn": "warning",
    "signed": "warning",
    "active": "success",
    "agreed": "warning",
    "sent": "warning",
    "disputed": "danger",
    "formed": "success",
    "declared": "warning",
    "owed": "warning",
    "confirmed": "success",
    "rejected": "danger",
    "reversed": "danger",
    "asked": "info",
    "in_force": "success",
    "written_off": "danger",
    "dropped": "info",
    "days_1_30": "warning",
    "days_31_60": "danger",
    "days_61_90": "danger",
    "over_90": "danger",
}


LOOK = "mutual_loan"


class PartyAdmin(OfficerAdmin):
    """Pages that show what members owe and are owed: opening one is a look that they can read."""

    def parties(self, row: Any) -> Iterable[Member]:
        """The members whose matter the row is."""
        raise NotImplementedError

    def look_at(self, request: HttpRequest, row: Any, categories: Sequence[str]) -> None:
        """Write down that the officer saw the row's people."""
        for member in self.parties(row):
            record_look(
                member=member,
                by=request.user,
                purpose=LOOK,
                categories=categories,
                at=timezone.now(),
                address=address_of(request),
            )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Read once for a page: the look, the deeds and the page itself ask for the same row."""
        if request.method != "GET":
            return super().get_object(request, object_id, from_field)
        kept = request.__dict__.setdefault("rows_of_page", {})
        if object_id not in kept:
            kept[object_id] = super().get_object(request, object_id, from_field)
        return kept[object_id]

    @writes("GET")
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        row = self.get_object(request, object_id)
        if row is not None and request.method == "GET":
            self.look_at(request, row, ["repayment"])
        return super().change_view(request, object_id, *args, **kwargs)


class ReasonForm(forms.Form):
    """Why; the parties read it."""

    reason = forms.CharField(
        label=_("原因（当事人会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


class NoteForm(forms.Form):
    """What the officer found out; the parties read it."""

    note = forms.CharField(
        label=_("核实的情况（当事人会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


def by_id(service: Callable[..., Any], key: str, *names: str) -> Callable[..., Any]:
    """A deed's ``do``: one service on the row's id, with the form's answers of these names."""

    def do(row: Any, answers: dict[str, Any], by: Any, at: datetime) -> None:
        service(**{key: row.pk}, **{name: answers[name] for name in names}, by=by, at=at)

    return do


def shown_name(membership: Membership, row: Any) -> str:
    """A party's name, masked unless the officer may see it whole (annotated ``may_reveal``)."""
    name = membership.member.name
    return name if row.may_reveal else mask_name(name)


def file_link(file: StoredFile | None) -> SafeString | str:
    """A slip or bill to open, or when it was erased."""
    if file is None:
        return "—"
    if file.erased_at is not None:
        return gettext("保存期满，%(day)s删除") % {"day": format_day(file.erased_at)}
    return format_html('<a href="{}">{}</a>', reverse("file", args=[file.pk]), file.original_name)


def yuan(amount: Decimal | None) -> SafeString | str:
    """An amount as a right-aligned figure."""
    return format_html('<span class="num">{}</span>', format_yuan(amount)) if amount else "—"


def percent(rate: Decimal | None) -> str:
    """A yearly rate as people read it: 0.1 is 10%."""
    return "—" if rate is None else f"{format_number(rate * 100)}%"


def told(question: Callable[[], Any]) -> Any:
    """What a question answers, or the refusal in its own words, so that a page still opens."""
    try:
        return question()
    except Refused as refused:
        return str(refused)


def shown(template: str, **context: Any) -> SafeString:
    """A part of a panel page from ``templates/lending/panel``."""
    return render_to_string(f"lending/panel/{template}.html", context)


def overdue_days(since: date | None, day: date) -> int | None:
    """Days since the oldest unpaid due date."""
    return None if since is None else (day - since).days

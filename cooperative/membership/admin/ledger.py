"""The book of entries in the officers' panel: read by all, changed by nobody.

The ledger stands below membership and knows its holders by keys only; names are looked up here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.ledger.kinds import entry_kind_title, entry_kinds
from cooperative.ledger.models import Entry, Evidence, Posting
from cooperative.membership.access import unions_where
from cooperative.membership.admin.notices import with_member
from cooperative.membership.panel import OfficerAdmin, OfficerTabularInline, reveals
from core.audit_words import actor_name
from core.dates import today
from core.formats import format_yuan
from core.masking import mask_name
from core.sentences import listed

_OTHER_HOLDERS = {"supplier": _("供货商"), "institution": _("合作机构")}
_LONGEST_NUMBER = 18


def named_postings(request: HttpRequest, rows: models.QuerySet[Posting]) -> models.QuerySet[Any]:
    """Postings with account, member's name and whether this officer may see it whole."""
    named = with_member(rows.select_related("account"), "account__holder")
    return named.annotate(may_reveal=reveals(request, "member_key"))


def holder_shown(posting: Any) -> str:
    """Whose account it is, as this officer may see it."""
    kind, _colon, number = posting.account.holder.partition(":")
    if kind in _OTHER_HOLDERS:
        return f"{_OTHER_HOLDERS[kind]} {number}"
    name = posting.member_name or ""
    return (name if posting.may_reveal else mask_name(name)) or "–"


def amount_of(entry: Entry) -> Decimal:
    """What moved: the debits of one holder, of the one who has most."""
    debits: dict[str, Decimal] = {}
    for posting in entry.postings.all():
        holder = posting.account.holder
        debits[holder] = debits.get(holder, Decimal(0)) + posting.debit
    return max(debits.values(), default=Decimal(0))


class EntryKindFilter(admin.SimpleListFilter):
    """By registered kind."""

    title = _("事项")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(entry_kinds())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ReversalFilter(admin.SimpleListFilter):
    """Entries taken back, and those that take back."""

    title = _("冲正")
    parameter_name = "reversal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("reversed", _("已被冲正")),
            ("reversal", _("冲正别的一笔")),
            ("none", _("没有冲正")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        conditions = {
            "reversed": Q(reversed_by__isnull=False),
            "reversal": Q(reverses__isnull=False),
            "none": Q(reversed_by__isnull=True, reverses__isnull=True),
        }
        condition = conditions.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


class PostingInline(OfficerTabularInline):
    """The lines of the entry, as they were posted."""

    model = Posting
    fields = ("holder_shown", "kind_shown", "debit_amount", "credit_amount")
    readonly_fields = fields
    ordering = ("pk",)
    verbose_name_plural = _("分录")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return named_postings(request, super().get_queryset(request))

    @admin.display(description=_("户主"))
    def holder_shown(self, row: Posting) -> str:
        return holder_shown(row)

    @admin.display(description=_("科目"))
    def kind_shown(self, row: Posting) -> str:
        return str(row.account.get_kind_display())

    @admin.display(description=_("借方（元）"))
    def debit_amount(self, row: Posting) -> str:
        return format_html('<span class="num">{}</span>', _figure(row.debit))

    @admin.display(description=_("贷方（元）"))
    def credit_amount(self, row: Posting) -> str:
        return format_html('<span class="num">{}</span>', _figure(row.credit))


class EvidenceInline(OfficerTabularInline):
    """The files that prove the entry; who may open one, its purpose says."""

    model = Evidence
    fields = ("what", "file_shown", "added_at", "added_by_shown")
    readonly_fields = fields
    ordering = ("sequence",)
    verbose_name_plural = _("凭证")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("file", "added_by")

    @admin.display(description=_("文件"))
    def file_shown(self, row: Evidence) -> str:
        address = reverse("file", args=[row.file_id])
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', address, _("查看"))

    @admin.display(description=_("添加人"))
    def added_by_shown(self, row: Evidence) -> Any:
        return actor_name(row.added_by) or _("系统")


@admin.register(Entry)
class EntryAdmin(OfficerAdmin):
    """What moved between members of the officer's unions."""

    view_permission = "ledger.view"
    union_lookup = None
    shows_trail = False
    list_display = (
        "number",
        "business_date",
        "kind_shown",
        "holders_shown",
        "shown_amount",
        "reference",
        "reversal_shown",
    )
    list_filter = (EntryKindFilter, "business_date", ReversalFilter)
    search_fields = ("reference",)
    search_help_text = _("按编号或单据号查找")
    ordering = ("-pk",)
    fields = (
        "number",
        "business_date",
        "kind_shown",
        "subject_shown",
        "shown_amount",
        "reference",
        "reverses_shown",
        "reason",
        "reversed_by_shown",
        "recorded_at",
        "recorded_by_shown",
        "hash",
        "previous_hash",
    )
    readonly_fields = fields
    inlines = (PostingInline, EvidenceInline)

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        unions = unions_where(request.user, self.view_permission, today())
        return (
            rows.filter(scope__in=unions.values("path"))
            .select_related("reverses", "reversed_by", "recorded_by", "chain__subject_type")
            .prefetch_related(
                Prefetch("postings", named_postings(request, Posting.objects.order_by("pk")))
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(reference=term)
        number = term.removeprefix("#")
        if number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER:
            found |= Q(pk=int(number))
        return queryset.filter(found), False

    @admin.display(description=_("编号"), ordering="pk")
    def number(self, row: Entry) -> str:
        return f"#{row.pk}"

    @admin.display(description=_("事项"), ordering="kind")
    def kind_shown(self, row: Entry) -> str:
        return entry_kind_title(row.kind)

    @admin.display(description=_("户主"))
    def holders_shown(self, row: Entry) -> str:
        names = {posting.account.holder: holder_shown(posting) for posting in row.postings.all()}
        return listed(names.values())

    @admin.display(description=_("金额（元）"))
    def shown_amount(self, row: Entry) -> str:
        return format_yuan(amount_of(row))

    @display(description=_("冲正"), label={"reversed": "danger", "reversal": "warning"})
    def reversal_shown(self, row: Entry) -> Any:
        if row.reverses_id is not None:
            return "reversal", _("冲正 #%(number)s") % {"number": row.reverses_id}
        return ("reversed", _("已冲正")) if hasattr(row, "reversed_by") else None

    @admin.display(description=_("关于"))
    def subject_shown(self, row: Entry) -> str:
        chain = row.chain
        return _("%(what)s %(number)s，第 %(sequence)s 笔") % {
            "what": chain.subject_type.name,
            "number": chain.subject_id,
            "sequence": row.sequence,
        }

    @admin.display(description=_("冲正哪一笔"))
    def reverses_shown(self, row: Entry) -> str:
        return _link(row.reverses)

    @admin.display(description=_("被哪一笔冲正"))
    def reversed_by_shown(self, row: Entry) -> str:
        return _link(getattr(row, "reversed_by", None))

    @admin.display(description=_("记账人"))
    def recorded_by_shown(self, row: Entry) -> Any:
        return actor_name(row.recorded_by) or _("系统")


def _link(entry: Entry | None) -> str:
    if entry is None:
        return "–"
    address = reverse("admin:ledger_entry_change", args=[entry.pk])
    return format_html('<a href="{}">#{}</a>', address, entry.pk)


def _figure(amount: Decimal) -> str:
    return format_yuan(amount) if amount else ""

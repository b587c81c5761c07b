"""What members were told, and the SMS that did not go out. Texts stand on no list.

Notices stand below membership and cannot know who may see them; they carry the path of a union.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.membership.access import check_permission, unions_where
from cooperative.membership.models import Member, Union
from cooperative.membership.panel import Deed, OfficerAdmin, OfficerTabularInline
from cooperative.notices.kinds import kind_title, kinds
from cooperative.notices.models import Attempt, Delivery, Notice
from cooperative.notices.services import retry_delivery
from cooperative.notices.words import reason_in_words
from core.dates import business_date, today
from core.masking import mask_name, mask_phone

MOST_AT_ONCE = 500

_STATE_COLOURS = {"pending": "warning", "sent": "success", "failed": "danger"}


def with_member(rows: models.QuerySet[Any], person: str) -> models.QuerySet[Any]:
    """Rows with ``member_name``: of the member whom the lookup ``person`` (``member:42``) names."""
    number = Func(
        F(person),
        Value(r"^member:(\d+)$", output_field=models.TextField()),
        function="SUBSTRING",
        output_field=models.TextField(),
    )
    name = Member.objects.filter(pk=OuterRef("member_key")).values("name")[:1]
    return rows.annotate(member_key=Cast(number, models.BigIntegerField())).annotate(
        member_name=Subquery(name)
    )


class KindFilter(admin.SimpleListFilter):
    """By registered kind; ``lookup`` is the way to it."""

    title = _("类别")
    parameter_name = "kind"
    lookup = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.code, kind.title) for kind in kinds()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(**{self.lookup: self.value()}) if self.value() else queryset


class DeliveryKindFilter(KindFilter):
    """By the kind of the notice that is sent."""

    lookup = "notice__kind"


class _OfUnions(OfficerAdmin):
    """Bounded by the path of the union that a notice carries."""

    view_permission = "notice.view"
    union_lookup = None
    scope_lookup: str
    person_lookup: str

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        unions = unions_where(request.user, self.view_permission, today())
        mine = rows.filter(**{f"{self.scope_lookup}__in": unions.values("path")})
        return with_member(mine, self.person_lookup)

    @admin.display(description=_("收件人"))
    def person_shown(self, row: Any) -> str:
        return mask_name(row.member_name or "") or "–"


@admin.register(Notice)
class NoticeAdmin(_OfUnions):
    """What members of the officer's unions were told: kind and time, not the words."""

    scope_lookup = "scope"
    person_lookup = "person"
    list_display = ("created_at", "kind_shown", "person_shown", "due_on", "read_shown")
    list_filter = (KindFilter, ("read_at", admin.EmptyFieldListFilter))
    fields = (
        "created_at",
        "kind_shown",
        "person_shown",
        "title",
        "due_on",
        "urgent",
        "read_at",
    )
    readonly_fields = fields
    ordering = ("-pk",)

    @admin.display(description=_("类别"), ordering="kind")
    def kind_shown(self, row: Notice) -> str:
        return kind_title(row.kind)

    @display(description=_("已看"), boolean=True)
    def read_shown(self, row: Notice) -> bool:
        return row.read_at is not None


class AttemptInline(OfficerTabularInline):
    """Every try at sending; one without an end was cut off."""

    model = Attempt
    fields = ("number", "started_at", "ended_at", "outcome", "reason_shown")
    readonly_fields = fields
    ordering = ("-number",)
    verbose_name_plural = _("发送记录")

    @admin.display(description=_("原因"))
    def reason_shown(self, row: Attempt) -> str:
        return reason_in_words(row.code, refused=row.outcome == "refused")


def _retry(row: Delivery, answers: dict[str, Any], by: Any, at: Any) -> Delivery:
    union = Union.objects.get(path=row.notice.scope)
    check_permission(by, "notice.send", union, business_date(at))
    retry_delivery(delivery_id=row.pk, by=by, at=at, phone=present_phone(row.notice))
    return row


def _retry_all(row: None, answers: dict[str, Any], by: Any, at: Any) -> None:
    unions = unions_where(by, "notice.send", business_date(at))
    failed = Delivery.objects.filter(
        state="failed", refused=False, notice__scope__in=unions.values("path")
    ).exclude(phone="")
    for key in list(failed.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]):
        retry_delivery(delivery_id=key, by=by, at=at)


def present_phone(notice: Notice) -> str:
    """Where the member is reached today; empty for a person who is no member."""
    kind, _colon, key = notice.person.partition(":")
    if kind == "member" and key.isdecimal():
        member = Member.objects.filter(pk=int(key), erased_at__isnull=True).first()
        return member.phone if member is not None else ""
    return notice.recipient.phone if notice.recipient is not None else ""


def _what(row: Delivery) -> Any:
    phone = mask_phone(present_phone(row.notice) or row.phone)
    return _("把这条短信重新发给 %(phone)s。夜里九点到早上八点不发，等到早上。") % {"phone": phone}


@admin.register(Delivery)
class DeliveryAdmin(_OfUnions):
    """SMS to members of the officer's unions, those that did not go out first."""

    scope_lookup = "notice__scope"
    person_lookup = "notice__person"
    list_display = (
        "state_shown",
        "kind_shown",
        "person_shown",
        "phone_shown",
        "attempts",
        "reason_shown",
        "next_attempt_at",
        "created_shown",
    )
    list_filter = ("state", DeliveryKindFilter)
    list_select_related = ("notice",)
    fields = (
        "state_words",
        "kind_shown",
        "person_shown",
        "phone_shown",
        "attempts",
        "reason_shown",
        "next_attempt_at",
        "ended_at",
        "provider_id",
    )
    readonly_fields = fields
    inlines = (AttemptInline,)
    ordering = (Case(When(state="failed", then=0), When(state="pending", then=1), default=2), "-pk")
    deeds = (
        Deed(
            "retry",
            _("重发"),
            "notice.send",
            _what,
            _retry,
            _("已经排队重发。"),
            offered=lambda row: row.state == "failed",
        ),
        Deed(
            "retry-all",
            _("全部重发"),
            "notice.send",
            lambda row: _(
                "把您工会里没发出的短信都重新发送，一次最多 500 条。短信平台拒收的不在内，请逐条处理。"
            ),
            _retry_all,
            _("已经排队重发。"),
            on_row=False,
        ),
    )

    @display(description=_("状态"), label=_STATE_COLOURS, ordering="state")
    def state_shown(self, row: Delivery) -> tuple[str, str]:
        return row.state, str(row.get_state_display())

    @admin.display(description=_("状态"))
    def state_words(self, row: Delivery) -> str:
        return str(row.get_state_display())

    @admin.display(description=_("类别"), ordering="notice__kind")
    def kind_shown(self, row: Delivery) -> str:
        return kind_title(row.notice.kind)

    @admin.display(description=_("手机号"))
    def phone_shown(self, row: Delivery) -> str:
        return mask_phone(row.phone) if row.phone else "–"

    @admin.display(description=_("原因"), ordering="error_code")
    def reason_shown(self, row: Delivery) -> str:
        return reason_in_words(row.error_code, refused=row.refused) or "–"

    @admin.display(description=_("发出时间"), ordering="notice__created_at")
    def created_shown(self, row: Delivery) -> Any:
        return row.notice.created_at

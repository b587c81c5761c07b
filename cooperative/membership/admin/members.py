"""Members and households in the officers' panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cooperative.membership.access import unions_where
from cooperative.membership.looks import record_look
from cooperative.membership.marks import marks_of
from cooperative.membership.models import Household, Member, Membership, Union
from cooperative.membership.panel import (
    Deed,
    OfficerAdmin,
    OfficerForm,
    OfficerTabularInline,
    request_can,
    reveals,
)
from cooperative.membership.services import members as services
from core.address import address_of
from core.dates import today
from core.errors import NotFound
from core.masking import mask_id, mask_name, mask_phone
from core.readonly import writes
from core.sentences import listed


class HouseholdForm(OfficerForm):
    """Which household of the member's unions."""

    household = forms.ModelChoiceField(
        Household.objects.none(), label=_("家庭户"), required=False, empty_label=_("不属于任何户")
    )

    def for_officer(self, user: Any, row: Any) -> None:
        unions = unions_where(user, "household.edit", today())
        self.fields["household"].queryset = Household.objects.filter(  # type: ignore[attr-defined]
            union__in=unions.filter(memberships__member=row)
        ).order_by("number", "pk")


class NewHouseholdForm(OfficerForm):
    """A household's number in one of the officer's grassroots unions."""

    union = forms.ModelChoiceField(
        Union.objects.none(), label=_("工会"), widget=UnfoldAdminSelectWidget
    )
    number = forms.CharField(label=_("户号"), max_length=40, widget=UnfoldAdminTextInputWidget)

    def for_officer(self, user: Any, row: Any) -> None:
        reach = unions_where(user, "household.edit", today())
        self.fields["union"].queryset = reach.filter(  # type: ignore[attr-defined]
            level=Union.Level.GRASSROOTS
        ).order_by("path")


class PhoneForm(forms.Form):
    """A number shown at the office."""

    phone = forms.CharField(label=_("手机号"), max_length=20)


class ReasonForm(forms.Form):
    """Why the whole number must be seen."""

    reason = forms.CharField(
        label=_("为什么要看（成员会看到这句话）"), max_length=100, min_length=4
    )


class MembershipInline(OfficerTabularInline):
    """The member's memberships, only those in the officer's unions."""

    model = Membership
    fields = ("union", "cooperative", "state", "ground", "admitted_on", "waiting_ends_on")
    verbose_name_plural = _("会籍")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        reach = unions_where(request.user, "membership.view", today())
        rows = super().get_queryset(request).filter(union__in=reach)
        return rows.select_related("union", "cooperative")


class BoundedUnionFilter(admin.SimpleListFilter):
    """Unions to filter by: only those the officer reaches."""

    title = _("工会")
    parameter_name = "union"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        reach = unions_where(request.user, model_admin.view_permission, today())
        return [
            (union.code, union.name)
            for union in reach.filter(level="grassroots").order_by("code")[:200]
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        if queryset.model is Member:
            live = Membership.objects.filter(member=OuterRef("pk"), union__code=self.value())
            return queryset.filter(Exists(live))
        return queryset.filter(union__code=self.value())


@admin.register(Member)
class MemberAdmin(OfficerAdmin):
    """Members of the officer's unions. Opening one is recorded, and the member sees it."""

    view_permission = "member.view"
    union_lookup = None
    deed_lookup = "memberships__union"
    list_display = ("shown_name", "kind", "shown_identity", "shown_phone", "village", "shown_union")
    list_filter = ("kind", BoundedUnionFilter)
    search_fields = ("name",)
    search_help_text = _("按姓名查找")
    fields = (
        "whole_name",
        "marks",
        "kind",
        "masked_identity",
        "masked_phone",
        "contact_name",
        "division",
        "household",
        "has_account",
        "created_at",
    )
    readonly_fields = ("whole_name", "marks", "masked_identity", "masked_phone", "has_account")
    inlines = (MembershipInline,)
    deeds = (
        Deed(
            "household",
            _("放进家庭户"),
            "household.edit",
            what=lambda row: _("把这位成员放进一个家庭户。同一户的人不能互相担保、互相评议。"),
            do=lambda row, answers, by, at: services.move_to_household(
                member_id=row.pk, household=answers["household"], by=by, at=at
            ),
            done=_("家庭户已更新。"),
            form=HouseholdForm,
        ),
        Deed(
            "phone",
            _("更正手机号"),
            "member.edit",
            what=lambda row: _("按成员到办公室出示的手机号更正名册。成员有了账号以后由本人更换。"),
            do=lambda row, answers, by, at: services.correct_phone(
                member_id=row.pk, phone=answers["phone"], by=by, at=at
            ),
            done=_("手机号已更正。"),
            form=PhoneForm,
            offered=lambda row: row.user_id is None,
        ),
    )

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        reach = unions_where(request.user, self.view_permission, today())
        return rows.of_unions(reach).filter(erased_at__isnull=True)  # type: ignore[attr-defined]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        reach = unions_where(request.user, self.view_permission, today())
        live = Membership.objects.filter(union__in=reach).select_related("union").order_by("pk")
        rows = super().get_queryset(request).select_related("division", "household")
        rows = rows.annotate(may_reveal=reveals(request, "pk"))
        return rows.prefetch_related(Prefetch("memberships", live, to_attr="reached"))

    def title_of(self, row: Member) -> str:
        return self.shown_name(row)

    def get_urls(self) -> list[URLPattern]:
        reveal = path(
            "<path:object_id>/reveal/",
            self.admin_site.admin_view(never_cache(self.reveal_view)),
            name="membership_member_reveal",
        )
        return [reveal, *super().get_urls()]

    @writes("GET")
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        member = self.get_object(request, object_id)
        if member is not None and request.method == "GET":
            record_look(
                member=member,
                by=request.user,
                purpose=str(_("工会日常工作，打开了您的登记资料")),
                categories=["identity", "membership"],
                at=timezone.now(),
                address=address_of(request),
            )
        return super().change_view(request, object_id, *args, **kwargs)

    def reveal_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the whole numbers once, for a reason that the member can read."""
        member = self.get_object(request, object_id)
        if member is None or not request_can(request, "member.reveal"):
            raise NotFound()
        form = ReasonForm(request.POST or None)
        revealed = request.method == "POST" and form.is_valid()
        if revealed:
            record_look(
                member=member,
                by=request.user,
                purpose=form.cleaned_data["reason"],
                categories=["identity_number", "phone"],
                at=timezone.now(),
                address=address_of(request),
            )
        context = {
            **self.admin_site.each_context(request),
            "title": _("查看完整号码"),
            "member": member,
            "form": form,
            "revealed": revealed,
            "opts": self.opts,
            "back": reverse("admin:membership_member_change", args=[member.pk]),
        }
        return render(request, "membership/reveal.html", context)

    @admin.display(description=_("姓名或名称"), ordering="name")
    def shown_name(self, member: Member) -> str:
        return member.name if member.may_reveal else mask_name(member.name)  # type: ignore[attr-defined]

    @admin.display(description=_("姓名或名称"))
    def whole_name(self, member: Member) -> str:
        return self.shown_name(member)

    @admin.display(description=_("标注"))
    def marks(self, member: Member) -> str:
        return listed(marks_of(member)) or "—"

    @admin.display(description=_("证件号码"))
    def shown_identity(self, member: Member) -> str:
        return mask_id(member.identity_number)

    @admin.display(description=_("手机号"))
    def shown_phone(self, member: Member) -> str:
        return mask_phone(member.phone) if member.phone else "—"

    @admin.display(description=_("村"), ordering="division")
    def village(self, member: Member) -> str:
        return member.division.short_name if member.division else "—"

    @admin.display(description=_("工会"))
    def shown_union(self, member: Member) -> str:
        return listed(row.union.name for row in member.reached)  # type: ignore[attr-defined]

    @admin.display(description=_("证件号码"))
    def masked_identity(self, member: Member) -> str:
        if not member.may_reveal:  # type: ignore[attr-defined]
            return mask_id(member.identity_number)
        return format_html(
            '{} <a class="panel-link" href="{}">{}</a>',
            mask_id(member.identity_number),
            reverse("admin:membership_member_reveal", args=[member.pk]),
            _("查看完整号码"),
        )

    @admin.display(description=_("手机号"))
    def masked_phone(self, member: Member) -> str:
        return mask_phone(member.phone) if member.phone else "—"

    @admin.display(description=_("可以登录"), boolean=True)
    def has_account(self, member: Member) -> bool:
        return member.user_id is not None


@admin.register(Household)
class HouseholdAdmin(OfficerAdmin):
    """Households of the officer's unions."""

    view_permission = "household.view"
    list_display = ("number", "union", "division", "heads")
    list_filter = (BoundedUnionFilter,)
    search_fields = ("number",)
    search_help_text = _("按户号查找")
    deeds = (
        Deed(
            "open",
            _("登记家庭户"),
            "household.edit",
            what=lambda row: _("登记一个家庭户，再到成员页面把一家人放进来。"),
            do=lambda row, answers, by, at: services.found_household(
                **answers, division=None, by=by, at=at
            ),
            done=_("家庭户已登记。"),
            form=NewHouseholdForm,
            on_row=False,
        ),
    )
    fields = ("number", "union", "division")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("union", "division")
        return rows.annotate(member_count=models.Count("members"))

    @admin.display(description=_("人数"), ordering="member_count")
    def heads(self, household: Household) -> int:
        return household.member_count  # type: ignore[attr-defined,no-any-return]

"""How the scores of an officer's unions are spread, and how they moved since a chosen date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from cooperative.membership.access import unions_where
from cooperative.membership.models import Member, Membership, Union
from cooperative.membership.panel import DayInput
from core.dates import add_months, today
from core.errors import NotFound
from credit.scoring.access import BELONGS, VIEW
from credit.scoring.models import Scorecard
from credit.scoring.pages.figures import figures_page as page_of
from credit.scoring.rules import card_from_json
from credit.scoring.selectors.figures import figures


class FiguresForm(forms.Form):
    """Which earlier date to compare with, and whose scores."""

    then = forms.DateField(label=_("和哪一天比"), required=False, widget=DayInput)
    union = forms.ModelChoiceField(
        Union.objects.none(),
        label=_("工会"),
        required=False,
        empty_label=_("全部"),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, data: Any, unions: QuerySet[Union], latest: date) -> None:
        super().__init__(data)
        self.fields["union"].queryset = unions  # type: ignore[attr-defined]
        self._latest = latest

    def clean_then(self) -> date:
        """A date before today; the month before by default."""
        then: date | None = self.cleaned_data["then"]
        if then is not None and then > self._latest:
            raise forms.ValidationError(_("请选今天以前的日子。"))
        return then or add_months(self._latest + timedelta(days=1), -1)


def figures_page(panel: Any, request: HttpRequest) -> HttpResponse:
    """The page; nothing is written."""
    if not panel.has_view_permission(request):
        raise NotFound()
    day = today()
    reach = unions_where(request.user, VIEW, day).filter(level=Union.Level.GRASSROOTS)
    unions = reach.order_by("code")
    form = FiguresForm(request.GET, unions, day - timedelta(days=1))
    page = None
    if form.is_valid():
        then, union = form.cleaned_data["then"], form.cleaned_data["union"]
        members = _members(unions.filter(pk=union.pk) if union else unions)
        page = page_of(figures(members, then=then, now=day), _card(), then=then, now=day)
        form = FiguresForm(
            {"then": then.isoformat(), "union": union.pk if union else ""},
            unions,
            day - timedelta(days=1),
        )
    context = {
        **panel.admin_site.each_context(request),
        "title": _("评分数字"),
        "form": form,
        "page": page,
        "opts": panel.opts,
        "back": reverse("admin:scoring_score_changelist"),
    }
    return render(request, "scoring/panel/figures.html", context, status=200 if page else 422)


def _members(unions: QuerySet[Union]) -> QuerySet[Member]:
    """Who belongs to one of these unions today."""
    memberships = Membership.objects.filter(union__in=unions, state__in=BELONGS)
    return Member.objects.filter(pk__in=memberships.values("member"))


def _card() -> Any:
    row = Scorecard.objects.active().first()
    return card_from_json(row.definition) if row else None

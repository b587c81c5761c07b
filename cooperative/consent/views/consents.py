"""My consents: what I agreed to, giving one, withdrawing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cooperative.consent import selectors, services
from cooperative.consent.evidence import is_alone_on
from cooperative.consent.forms import GiveForm
from cooperative.consent.models import Consent, ConsentText
from cooperative.consent.rules.purposes import category_titles
from cooperative.consent.shown import consent_view
from cooperative.consent.views.overview import private
from cooperative.membership.access import member_page
from cooperative.membership.models import Member
from core.address import address_of
from core.dates import add_months, business_date
from core.errors import NotFound, Refused


@require_GET
@private
@member_page
def consents(request: HttpRequest) -> HttpResponse:
    """Live ones with a way to withdraw, what may be given, past ones."""
    member, now = request.member, timezone.now()  # type: ignore[attr-defined]
    live = list(selectors.live_consents(member, now))
    older = {(row.purpose, row.recipient_id) for row in live}
    shown = {
        "live": [consent_view(row, now) for row in live],
        "waiting": list(selectors.waiting_papers(member)),
        "offers": [
            {"offer": offer, "renews": (offer.text.purpose, offer.recipient.pk) in older}
            for offer in selectors.offers_for(member, now)
        ],
        "past": [consent_view(row, now) for row in selectors.past_consents(member, now)],
        "tab": "me",
    }
    return render(request, "consent/consents.html", shown)


@require_http_methods(["GET", "POST"])
@private
@member_page
def give(request: HttpRequest, purpose: str, recipient_id: int) -> HttpResponse:
    """One screen: recipient, purpose, which data, how long, what if not, withdraw any time."""
    member, now = request.member, timezone.now()  # type: ignore[attr-defined]
    recipient = selectors.recipients_for(member).filter(pk=recipient_id).first()
    text = selectors.current_text(purpose, now)
    if recipient is None or text is None:
        raise NotFound()
    form = GiveForm(request.POST if request.method == "POST" else None, shown=text)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            services.give_consent(
                member=member,
                recipient=recipient,
                text=_shown_text(form.cleaned_data["text"]),
                extra_categories=form.cleaned_data["extra"],
                by=request.user,
                at=now,
                address=address_of(request),
            )
        except Refused as refused:
            refusal = refused
            form = GiveForm(shown=text)
        else:
            messages.success(request, _("授权已经给出，从现在起有效。想停随时可以撤回。"))
            return redirect("my_consents")
    shown = {
        "form": form,
        "text": text,
        "recipient": recipient,
        "categories": category_titles(text.categories),
        "until": add_months(business_date(now), text.valid_months),
        "refusal": refusal,
        "tab": "me",
    }
    return render(request, "consent/give.html", shown, status=422 if refusal else 200)


def _own_consent(member: Member, consent_id: int) -> Consent:
    row = selectors.consents_of(member).filter(pk=consent_id).first()
    if row is None:
        raise NotFound()
    return row


def _shown_text(text_id: int) -> ConsentText:
    text = ConsentText.objects.filter(pk=text_id).first()
    if text is None:
        raise NotFound()
    return text


@require_GET
@private
@member_page
def consent(request: HttpRequest, consent_id: int) -> HttpResponse:
    """One consent with the text it was given to, as it then stood."""
    member = request.member  # type: ignore[attr-defined]
    row = _own_consent(member, consent_id)
    shown = {
        "view": consent_view(row, timezone.now()),
        "row": row,
        "looks": row.disclosures.count(),
        **_paper(row, request.user),
        "tab": "me",
    }
    return render(request, "consent/consent.html", shown)


def _paper(row: Consent, user: Any) -> dict[str, Any]:
    """How it was signed, and the photograph unless others' numbers stand on it too."""
    if row.evidence is None:
        return {"paper": None}
    shown = {"paper": row.paper, "photo": None}
    if is_alone_on(row.evidence, user):
        picture = row.evidence.content_type.startswith("image/")
        shown |= {"photo": row.evidence, "photo_is_picture": picture}
    return shown


@require_http_methods(["GET", "POST"])
@private
@member_page
def withdraw(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Confirm, and it ends at once."""
    member, now = request.member, timezone.now()  # type: ignore[attr-defined]
    row = _own_consent(member, consent_id)
    if request.method == "POST":
        try:
            services.withdraw_consent(
                consent_id=row.pk,
                member=member,
                by=request.user,
                at=now,
                address=address_of(request),
            )
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("已经撤回，从现在起不能再看。"))
        return redirect("my_consents")
    shown = {"view": consent_view(row, now), "row": row, "tab": "me"}
    return render(request, "consent/withdraw.html", shown)

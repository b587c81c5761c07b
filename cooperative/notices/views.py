"""A member's own messages, and the demo's inbox of SMS."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cooperative.notices import demo_inbox as demo
from cooperative.notices import selectors, services
from cooperative.notices.access import access_notice
from core.access import public, signed_in
from core.errors import NotFound

PAGE_SIZE = 20


@require_GET
@signed_in
def messages(request: HttpRequest) -> HttpResponse:
    """The reader's notices by day, newest first."""
    page = Paginator(selectors.notices_of(request.user), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "days": selectors.by_day(page.object_list),
        "unread": selectors.unread_count(request.user),
        "tab": "me",
    }
    return render(request, "notices/messages.html", context)


@require_POST
@signed_in
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice read and go where it leads."""
    notice = access_notice(request.user, pk)
    services.mark_read(notice=notice, at=timezone.now())
    return redirect(notice.link or "messages")


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything read."""
    services.mark_all_read(by=request.user, at=timezone.now())
    return redirect("messages")


@require_GET
@public
def demo_inbox(request: HttpRequest) -> HttpResponse:
    """The SMS of the last day, number by number, instead of phones; only in the demo."""
    if not settings.DEMO:
        raise NotFound()
    now = timezone.now()
    context = {
        "phones": demo.by_phone(selectors.demo_messages(now), now),
        "officers": demo.officers_codes(),
    }
    template = "notices/_demo_inbox.html" if request.htmx else "notices/demo_inbox.html"
    return render(request, template, context)

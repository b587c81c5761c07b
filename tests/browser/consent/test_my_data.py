"""A member gives, reads and withdraws on a phone; every page is looked at by axe."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from cooperative.consent import demo, selectors
from cooperative.consent.models import Consent, DataRequest
from cooperative.consent.reference import load_reference
from cooperative.membership.models import Member
from core.dates import today
from core.models import DocumentRecord
from tests.browser.steps import follow
from tests.factories.consent import NOON, YEAR, DocumentRecordFactory, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    """Two townships with the shipped texts."""
    made = World()
    load_reference(by=made.founder, checked_by=made.checker, at=NOON - YEAR)
    return made


@pytest.fixture
def member(world: World) -> Member:
    """A member with the demo's past."""
    made = world.member()
    world.officer("convener", name="韩立春")
    world.officer("reviewer", name="董玉梅")
    demo.load(today=today(), rng=Random(3))
    return made


def test_every_page_reads_well(
    phone: Page,
    enter: Any,
    signed_in: Any,
    member: Member,
    fits: Callable[[Page, str], None],
) -> None:
    enter(phone, signed_in(member.user))
    consent = selectors.live_consents(member, timezone.now())[0]
    request = selectors.requests_of(member)[0]
    offer = selectors.offers_for(member, timezone.now())[0]
    record = DocumentRecordFactory()
    pages = {
        "overview": reverse("my_data"),
        "stored": reverse("my_stored_data"),
        "looks": reverse("my_looks"),
        "consents": reverse("my_consents"),
        "give": reverse("give_consent", args=[offer.text.purpose, offer.recipient.pk]),
        "consent": reverse("my_consent", args=[consent.pk]),
        "withdraw": reverse("withdraw_consent", args=[consent.pk]),
        "requests": reverse("my_requests"),
        "request": reverse("my_data_request", args=[request.pk]),
        "new": reverse("new_data_request", args=["correction"]),
        "erasure": reverse("new_data_request", args=["erasure"]),
        "privacy": reverse("privacy"),
        "verify": reverse("verify"),
        "verified": reverse("verify_document", args=[record.number]),
    }
    for name, url in pages.items():
        phone.goto(url)
        fits(phone, name)
    assert DocumentRecord.objects.count() == 1


def test_consent_is_withdrawn_and_given_again_without_scripts(
    phone_without_js: Page, enter: Any, signed_in: Any, member: Member
) -> None:
    page = phone_without_js
    enter(page, signed_in(member.user))
    page.goto(reverse("my_consents"))
    follow(page.get_by_role("link", name="撤回", exact=True).first)
    follow(page.get_by_role("button", name="撤回", exact=True))
    expect(page.get_by_text("已经撤回，从现在起不能再看。")).to_be_visible()
    assert not Consent.objects.live(timezone.now()).filter(member=member).exists()
    follow(page.get_by_role("link", name="信用评议").first)
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(1)
    expect(boxes).not_to_be_checked()
    follow(page.get_by_role("button", name="我看明白了，同意"))
    expect(page.get_by_text("授权已经给出")).to_be_visible()
    consent = Consent.objects.live(timezone.now()).get(member=member)
    assert "income" not in consent.categories


def test_panel_shows_what_waits_and_how_long(
    desk: Page,
    enter: Any,
    signed_in: Any,
    world: World,
    member: Member,
    picture: Callable[[Page, str], None],
) -> None:
    reviewer = world.officer("reviewer", name="赵秀英")
    enter(desk, signed_in(reviewer, second_factor=True))
    for model in ("datarequest", "disclosure", "consent", "consenttext", "recipient"):
        desk.goto(reverse(f"admin:consent_{model}_changelist"))
        picture(desk, f"panel-{model}")
    desk.goto(reverse("admin:consent_datarequest_changelist"))
    expect(desk.get_by_text("还剩 4 天")).to_be_visible()
    request = DataRequest.objects.get(state="proposed")
    desk.goto(reverse("admin:consent_datarequest_change", args=[request.pk]))
    picture(desk, "panel-request")
    follow(desk.get_by_role("link", name="复核通过"))
    picture(desk, "panel-confirm")
    follow(desk.get_by_role("button", name="复核通过"))
    expect(desk.get_by_text("已复核，本人会收到答复。")).to_be_visible()
    request.refresh_from_db()
    assert request.state == "answered"

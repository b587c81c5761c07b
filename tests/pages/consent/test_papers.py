"""Consents on paper: in the officers' panel, and on the page of a member who came later."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cooperative.consent import selectors, services
from cooperative.consent.models import Consent, Disclosure, PaperConsent, Recipient
from cooperative.membership.models import Member
from core.dates import today
from tests.factories.consent import SheetFileFactory, World

LIST = "admin:consent_paperconsent_changelist"


def picture(name: str = "授权书.jpg") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (80, 120), "white").save(file, "JPEG")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def on_paper_only(world: World, name: str) -> Member:
    member = world.member()
    member.user, member.name = None, name
    member.save()
    return member


def recorded(world: World, *members: Member, by: Any) -> list[PaperConsent]:
    return services.record_papers(
        member_ids=[member.pk for member in members],
        union=world.home,
        recipient=Recipient.objects.get(kind="union", union=world.home),
        text=selectors.current_text("scoring", timezone.now()),  # type: ignore[arg-type]
        signed_on=today(),
        evidence=SheetFileFactory(),
        by=by,
        at=timezone.now(),
    )


@pytest.fixture
def convener(world: World) -> Any:
    return world.officer("convener", name="李会计")


@pytest.fixture
def reviewer(world: World) -> Any:
    return world.officer("reviewer", name="张主任")


def deed(row: Any, name: str) -> str:
    return reverse(f"admin:consent_{row._meta.model_name}_{name}", args=[row.pk])


def asked(world: World, *members: Member, **more: Any) -> dict[str, Any]:
    chosen = [member.pk for member in members]
    return {"union": world.home.pk, "purpose": "scoring", "member": chosen, "name": "", **more}


def test_a_sheet_is_recorded_for_members_found_by_name(
    world: World, convener: Any, signed_in: Any
) -> None:
    wang, li = on_paper_only(world, "王秋实"), on_paper_only(world, "李大山")
    client = signed_in(convener, second_factor=True)
    assert "登记纸面授权" in client.get(reverse(LIST)).content.decode()
    enter = reverse("admin:consent_paperconsent_enter")
    page = client.get(enter, {"union": world.home.pk, "purpose": "scoring", "name": "王"})
    assert "王秋实" in page.content.decode()
    assert "李大山" not in page.content.decode()
    everybody = client.get(enter, {"union": world.home.pk, "purpose": "scoring", "name": ""})
    assert "李大山" in everybody.content.decode()
    url = reverse("admin:consent_paperconsent_sheet", query=asked(world, wang, li))
    form = client.get(url)
    assert "李大山、王秋实" in form.content.decode()
    text = selectors.current_text("scoring", timezone.now())
    recipient = Recipient.objects.get(kind="union", union=world.home)
    answers = {"text": text.pk, "recipient": recipient.pk, "signed_on": today().isoformat()}
    refused = client.post(url, answers)
    assert refused.status_code == 422
    assert "没有签字那张纸的照片" in refused.content.decode()
    done = client.post(url, answers | {"evidence": picture(), "extra": ["income"]})
    assert done.status_code == 302
    rows = list(PaperConsent.objects.order_by("pk"))
    assert {row.member for row in rows} == {wang, li}
    assert rows[0].evidence == rows[1].evidence
    assert "income" in rows[0].categories
    assert not Consent.objects.exists()
    gone = client.get(enter, {"union": world.home.pk, "purpose": "scoring", "name": ""})
    assert "没有找到要登记的成员" in gone.content.decode()


def test_a_sheet_without_members_goes_back_to_choosing(
    world: World, convener: Any, signed_in: Any
) -> None:
    foreign = world.member(world.foreign)
    client = signed_in(convener, second_factor=True)
    for query in ({}, asked(world), asked(world, foreign), asked(world) | {"member": "x"}):
        answer = client.get(reverse("admin:consent_paperconsent_sheet", query=query))
        assert answer.url == reverse("admin:consent_paperconsent_enter")


def test_recording_is_for_conveners(world: World, reviewer: Any, signed_in: Any) -> None:
    client = signed_in(reviewer, second_factor=True)
    for name in ("enter", "sheet", "print"):
        assert client.get(reverse(f"admin:consent_paperconsent_{name}")).status_code == 404
    assert "登记纸面授权" not in client.get(reverse(LIST)).content.decode()


def test_the_reviewer_sees_the_photograph_and_confirms(
    world: World, convener: Any, reviewer: Any, signed_in: Any
) -> None:
    (row,) = recorded(world, on_paper_only(world, "王秋实"), by=convener)
    client = signed_in(reviewer, second_factor=True)
    desk = client.get(reverse("admin:index")).content.decode()
    assert "纸面授权等您复核" in desk
    page = client.get(reverse("admin:consent_paperconsent_change", args=[row.pk]))
    photo = reverse("file", args=[row.evidence_id])
    assert photo in page.content.decode()
    look = Disclosure.objects.get()
    assert (look.purpose, look.by) == ("paper_consent", reviewer)
    assert photo in client.get(deed(row, "confirm")).content.decode()
    assert photo in client.get(deed(row, "reject")).content.decode()
    assert client.post(deed(row, "confirm")).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.checked_by) == ("confirmed", reviewer)
    assert "纸面授权等您复核" not in client.get(reverse("admin:index")).content.decode()


def test_a_whole_list_is_confirmed_at_once(
    world: World, convener: Any, reviewer: Any, signed_in: Any
) -> None:
    first, _second = recorded(
        world, on_paper_only(world, "王秋实"), on_paper_only(world, "李大山"), by=convener
    )
    client = signed_in(reviewer, second_factor=True)
    page = client.get(reverse("admin:consent_paperconsent_change", args=[first.pk]))
    assert "整张名单一起通过" in page.content.decode()
    assert client.post(deed(first, "confirm_list")).status_code == 302
    assert Consent.objects.filter(given_channel="paper").count() == 2


def test_a_sheet_is_returned_or_taken_back(
    world: World, convener: Any, reviewer: Any, signed_in: Any
) -> None:
    member = on_paper_only(world, "王秋实")
    (row,) = recorded(world, member, by=convener)
    reviewing = signed_in(reviewer, second_factor=True)
    assert reviewing.post(deed(row, "reject"), {"reason": "没有日期。"}).status_code == 302
    (again,) = recorded(world, member, by=convener)
    recording = signed_in(convener, second_factor=True)
    assert recording.post(deed(again, "take_back"), {"reason": "选错了。"}).status_code == 302
    states = PaperConsent.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["rejected", "withdrawn"]


def test_auditors_see_the_row_and_not_the_photograph(
    world: World, convener: Any, signed_in: Any
) -> None:
    (row,) = recorded(world, on_paper_only(world, "王秋实"), by=convener)
    client = signed_in(world.officer("auditor"), second_factor=True)
    page = client.get(reverse("admin:consent_paperconsent_change", args=[row.pk])).content.decode()
    assert reverse("file", args=[row.evidence_id]) not in page
    assert "只有经办和复核可以看照片" in page
    assert "王秋实" not in page
    assert not Disclosure.objects.exists()


def test_an_officer_withdraws_a_live_consent(
    world: World, convener: Any, reviewer: Any, signed_in: Any
) -> None:
    (row,) = recorded(world, on_paper_only(world, "王秋实"), by=convener)
    (consent,) = services.confirm_papers(paper_ids=[row.pk], by=reviewer, at=timezone.now())
    client = signed_in(convener, second_factor=True)
    page = client.get(reverse("admin:consent_consent_change", args=[consent.pk]))
    assert "替本人撤回" in page.content.decode()
    answers = {"reason": "到办公室说不评了。", "evidence": picture("字据.jpg")}
    assert client.post(deed(consent, "withdraw"), answers).status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_channel == "paper"
    after = client.get(reverse("admin:consent_consent_change", args=[consent.pk]))
    assert "替本人撤回" not in after.content.decode()
    assert "字据.jpg" in after.content.decode()


@pytest.mark.parametrize("for_many", ["", "on"])
def test_the_sheet_to_sign_is_printed(
    world: World, convener: Any, signed_in: Any, for_many: str
) -> None:
    client = signed_in(convener, second_factor=True)
    url = reverse("admin:consent_paperconsent_print")
    assert client.get(url).status_code == 200
    answers = {"union": world.home.pk, "purpose": "scoring", "for_many": for_many}
    answer = client.post(url, answers)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_member_finds_what_was_signed_and_withdraws(
    world: World, convener: Any, reviewer: Any, signed_in: Any
) -> None:
    member = world.member()
    (row,) = recorded(world, member, by=convener)
    client = signed_in(member.user)
    assert "等工会复核" in client.get(reverse("my_consents")).content.decode()
    (consent,) = services.confirm_papers(paper_ids=[row.pk], by=reviewer, at=timezone.now())
    listed = client.get(reverse("my_consents")).content.decode()
    assert "纸面签字" in listed
    assert "等工会复核" not in listed
    page = client.get(reverse("my_consent", args=[consent.pk])).content.decode()
    for word in ("李会计登记", "张主任复核", reverse("file", args=[consent.evidence_id])):
        assert word in page
    assert client.post(reverse("withdraw_consent", args=[consent.pk])).status_code == 302
    consent.refresh_from_db()
    assert (consent.withdrawn_by, consent.withdrawn_channel) == (member.user, "page")


def test_the_member_is_not_shown_a_list_of_many(
    world: World, convener: Any, reviewer: Any, signed_in: Any
) -> None:
    member = world.member()
    rows = recorded(world, member, on_paper_only(world, "李大山"), by=convener)
    services.confirm_papers(paper_ids=[r.pk for r in rows], by=reviewer, at=timezone.now())
    consent = Consent.objects.get(member=member)
    page = signed_in(member.user).get(reverse("my_consent", args=[consent.pk])).content.decode()
    assert reverse("file", args=[consent.evidence_id]) not in page
    assert "许多人签字的名单" in page

"""The members' pages about their own data: as member, as another member, as visitor."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cooperative.consent import selectors, services
from cooperative.consent.models import Consent, ConsentText, DataRequest, Disclosure
from cooperative.consent.reference import load_reference
from cooperative.membership.models import Member
from tests.factories.consent import NOON, ConsentFactory, ConsentTextFactory, World

NOW = timezone.now


@pytest.fixture
def member(world: World) -> Member:
    return world.member()


@pytest.fixture
def client(member: Member, signed_in: Any) -> Client:
    return signed_in(member.user)  # type: ignore[no-any-return]


def give_url(member: Member, purpose: str = "scoring", kind: str = "union") -> str:
    recipient = selectors.recipients_for(member).get(kind=kind)
    return reverse("give_consent", args=[purpose, recipient.pk])


def text() -> ConsentText:
    found = selectors.current_text("scoring", NOW())
    assert found is not None
    return found


def given(member: Member) -> Consent:
    return services.give_consent(
        member=member,
        recipient=selectors.recipients_for(member).get(kind="union"),
        text=text(),
        by=member.user,
        at=NOW(),
    )


@pytest.mark.parametrize(
    "name",
    ["my_data", "my_stored_data", "my_looks", "my_consents", "my_requests"],
)
def test_pages_open_for_the_member_and_stay_private(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_visitors_are_led_to_sign_in(world: World) -> None:
    consent = given(world.member())
    for name, args in [
        ("my_data", []),
        ("my_looks", []),
        ("withdraw_consent", [consent.pk]),
        ("my_consent", [consent.pk]),
    ]:
        response = Client().get(reverse(name, args=args))
        assert response.status_code == 302
        assert "sign-in" in response["Location"]


def test_another_member_sees_nothing(world: World, client: Client) -> None:
    other = world.member()
    consent = given(other)
    request = services.open_request(
        member=other, kind="correction", details="秘密", by=other.user, at=NOW()
    )
    for name, pk in [
        ("my_consent", consent.pk),
        ("withdraw_consent", consent.pk),
        ("my_data_request", request.pk),
    ]:
        assert client.get(reverse(name, args=[pk])).status_code == 404
    assert client.post(reverse("withdraw_consent", args=[consent.pk])).status_code == 404
    assert client.post(reverse("withdraw_data_request", args=[request.pk])).status_code == 404
    consent.refresh_from_db()
    request.refresh_from_db()
    assert (consent.withdrawn_at, request.state) == (None, "open")


def test_numbers_are_masked_until_asked_for(client: Client, member: Member) -> None:
    url = reverse("my_stored_data")
    masked = client.get(url).content.decode()
    assert member.identity_number not in masked
    assert member.phone not in masked
    whole = client.get(url + "?show=whole").content.decode()
    assert member.identity_number in whole
    assert member.phone in whole


def test_consent_screen_tells_all_that_the_law_asks(client: Client, member: Member) -> None:
    page = client.get(give_url(member)).content.decode()
    shown = text()
    for words in (
        "幸福乡农机工会",
        "办公室 0451-53110000",
        shown.body,
        shown.means,
        shown.retention,
        shown.consequences,
        shown.automated_decision,
        "随时可以撤回",
        "种什么、种多少亩",
    ):
        assert words in page
    assert "checked" not in page


def test_consent_is_given_with_what_was_chosen(client: Client, member: Member) -> None:
    response = client.post(give_url(member), {"text": text().pk, "extra": ["income"]})
    assert response.status_code == 302
    consent = Consent.objects.get()
    assert "income" in consent.categories
    assert consent.given_address == "127.0.0.1"


def test_changed_text_is_shown_again_instead(client: Client, member: Member) -> None:
    shown = text()
    newer = ConsentTextFactory(version=2, published_at=NOON, body="新的说明正文。")
    response = client.post(give_url(member), {"text": shown.pk})
    assert response.status_code == 422
    page = response.content.decode()
    assert "刚刚换了新的一版" in page
    assert newer.body in page
    assert not Consent.objects.exists()


def test_consent_for_a_foreign_recipient_is_not_found(
    world: World, client: Client, member: Member
) -> None:
    foreign = selectors.Recipient.objects.get(kind="union", union=world.foreign)
    url = reverse("give_consent", args=["scoring", foreign.pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {"text": text().pk}).status_code == 404
    federation = give_url(member, "joint_purchasing", "federation")
    assert client.get(federation).status_code == 200
    assert client.get(federation.replace("joint_purchasing", "nonsense")).status_code == 404


def test_withdrawing_is_one_tap_and_a_confirmation(client: Client, member: Member) -> None:
    consent = given(member)
    url = reverse("withdraw_consent", args=[consent.pk])
    assert url in client.get(reverse("my_consents")).content.decode()
    assert f'action="{url}"' in client.get(url).content.decode()
    page = client.post(url, follow=True).content.decode()
    assert "已经撤回" in page
    again = client.post(url, follow=True).content.decode()
    assert "撤回过了" in again
    assert Consent.objects.live(NOW()).count() == 0
    assert client.get(reverse("my_consent", args=[consent.pk])).status_code == 200


def test_looks_name_officer_role_union_and_reason(
    world: World, client: Client, member: Member
) -> None:
    officer = world.officer("reviewer", name="赵秀英")
    look = {"by": officer, "purpose": "reveal_phone", "categories": ["phone"], "at": NOW()}
    services.record_look(member=member, **look)
    page = client.get(reverse("my_looks")).content.decode()
    for words in ("赵秀英", "幸福乡农机工会", "复核", "手机号", "查看完整手机号"):
        assert words in page


def test_looks_are_paged(world: World, client: Client, member: Member) -> None:
    officer = world.officer("reviewer")
    for n in range(31):
        services.record_look(
            member=member,
            by=officer,
            purpose="member_page",
            categories=["identity"],
            at=NOW() - timedelta(minutes=n),
        )
    url = reverse("my_looks")
    assert client.get(url).content.decode().count('class="event ') == 30
    assert client.get(url + "?page=2").content.decode().count('class="event ') == 1


@pytest.mark.parametrize(
    ("kind", "content_type", "start"),
    [("pdf", "application/pdf", b"%PDF"), ("json", "application/json", b"{")],
)
def test_export_is_private_and_written_down(
    client: Client, member: Member, kind: str, content_type: str, start: bytes
) -> None:
    url = reverse("my_data_export", args=[kind])
    assert client.get(url).status_code == 405
    response = client.post(url)
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    assert response.content.startswith(start)
    assert Disclosure.objects.get().basis == "own"
    assert "您自己" in client.get(reverse("my_looks")).content.decode()


def test_export_of_another_kind_or_too_often_is_refused(client: Client) -> None:
    assert client.post(reverse("my_data_export", args=["exe"])).status_code == 404
    url = reverse("my_data_export", args=["json"])
    answers = [client.post(url).status_code for _n in range(11)]
    assert answers == [200] * 10 + [429]
    assert Disclosure.objects.count() == 10


def test_export_holds_one_member_only(world: World, client: Client, member: Member) -> None:
    other = world.member()
    data = json.loads(client.post(reverse("my_data_export", args=["json"])).content)
    assert data["member"]["id"] == member.pk
    assert other.phone not in json.dumps(data)


def test_correction_from_asking_to_the_answer(world: World, client: Client, member: Member) -> None:
    url = reverse("new_data_request", args=["correction"])
    assert client.get(url).status_code == 200
    assert client.post(url, {"section": "identity", "details": ""}).status_code == 422
    response = client.post(url, {"section": "identity", "details": "名字写错一个字"})
    request = DataRequest.objects.get()
    assert response["Location"] == reverse("my_data_request", args=[request.pk])
    page = client.get(response["Location"]).content.decode()
    assert "还剩 20 天" in page
    again = client.post(url, {"section": "identity", "details": "又来"})
    assert again.status_code == 422
    assert "还在办" in again.content.decode()
    services.answer_request(
        request_id=request.pk,
        outcome="granted",
        answer="已改成王秋实。",
        by=world.officer("convener"),
        at=NOW(),
    )
    waiting = client.get(response["Location"]).content.decode()
    assert "已改成王秋实" not in waiting
    services.confirm_answer(request_id=request.pk, by=world.officer("reviewer"), at=NOW())
    assert "已改成王秋实" in client.get(response["Location"]).content.decode()


def test_erasure_says_why_not_and_what_to_do(client: Client) -> None:
    url = reverse("new_data_request", args=["erasure"])
    page = client.get(url).content.decode()
    assert "会籍还在" in page
    assert "先办退会" in page
    assert client.post(url, {"details": ""}).status_code == 422
    assert not DataRequest.objects.exists()


def test_request_is_withdrawn(client: Client, member: Member) -> None:
    request = services.open_request(
        member=member, kind="objection", details="不同意", by=member.user, at=NOW()
    )
    client.post(reverse("withdraw_data_request", args=[request.pk]))
    request.refresh_from_db()
    assert request.state == "withdrawn"
    page = client.post(reverse("withdraw_data_request", args=[request.pk]), follow=True)
    assert "不能这样办" in page.content.decode()


def test_unknown_request_kind_is_not_found(client: Client) -> None:
    assert client.get(reverse("new_data_request", args=["nonsense"])).status_code == 404


def test_past_consents_and_older_texts_read_on(client: Client, member: Member) -> None:
    old = ConsentFactory(member=member, text=text(), expired=True, given_at=NOON - timedelta(9))
    page = client.get(reverse("my_consents")).content.decode()
    assert "已到期" in page
    assert old.text.body in client.get(reverse("my_consent", args=[old.pk])).content.decode()


def test_privacy_notice_is_public(world: World) -> None:
    page = Client().get(reverse("privacy")).content.decode()
    for words in ("谁在用", "20 天内书面答复", "30 天内书面答复", "村里张榜表扬", "撤回授权"):
        assert words in page


def test_privacy_notice_opens_on_an_empty_installation(db: None) -> None:
    assert Client().get(reverse("privacy")).status_code == 200


def test_pages_do_not_write_and_ask_few_questions(
    client: Client, member: Member, django_assert_max_num_queries: Any
) -> None:
    given(member)
    for name, most in [("my_data", 30), ("my_consents", 21), ("my_stored_data", 30)]:
        with django_assert_max_num_queries(most):
            client.get(reverse(name))


def test_reference_texts_never_promise(world: World) -> None:
    from tests.pdf import FORBIDDEN

    load_reference(by=world.founder, checked_by=world.checker, at=NOON)
    words = str(list(ConsentText.objects.order_by("pk").values()))
    assert not [word for word in FORBIDDEN if word in words]

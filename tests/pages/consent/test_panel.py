"""The officers' panel: who sees which requests, consents and looks, and what they can do."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cooperative.consent import selectors, services
from cooperative.consent.models import ConsentText, DataRequest, Disclosure
from cooperative.membership.models import Member
from tests.factories.consent import World

LISTS = ["datarequest", "consent", "disclosure", "consenttext", "recipient"]


@pytest.fixture
def member(world: World) -> Member:
    made = world.member()
    services.give_consent(
        member=made,
        recipient=selectors.recipients_for(made).get(kind="union"),
        text=selectors.current_text("scoring", timezone.now()),  # type: ignore[arg-type]
        by=made.user,
        at=timezone.now(),
    )
    services.record_own_export(member=made, by=made.user, file_kind="json", at=timezone.now())
    return made


@pytest.fixture
def request_(member: Member) -> DataRequest:
    return services.open_request(
        member=member, kind="correction", details="是 36 亩", by=member.user, at=timezone.now()
    )


def changelist(model: str) -> str:
    return reverse(f"admin:consent_{model}_changelist")


def deed(row: Any, name: str) -> str:
    return reverse(f"admin:consent_{row._meta.model_name}_{name}", args=[row.pk])


def test_member_of_two_unions_is_seen_by_each_with_its_own_dealings(
    world: World, member: Member, signed_in: Any
) -> None:
    at_home = world.officer("convener", name="韩立春")
    abroad = world.officer("convener", world.foreign, name="关海涛")
    both = member.memberships.get()
    both.pk, both.union = None, world.foreign
    both.save()
    for officer in (at_home, abroad):
        services.record_look(
            member=member,
            by=officer,
            purpose="member_page",
            categories=["identity"],
            at=timezone.now(),
        )
    page = signed_in(abroad, second_factor=True).get(changelist("disclosure")).content.decode()
    assert "同心乡农机工会经办" in page
    assert "韩立春" not in page
    consents = signed_in(abroad, second_factor=True).get(changelist("consent"))
    assert "幸福乡农机工会" not in consents.content.decode()


@pytest.mark.parametrize("role", ["convener", "reviewer", "auditor", "administrator"])
@pytest.mark.parametrize("model", LISTS)
def test_lists_open_for_every_role(
    world: World, request_: DataRequest, signed_in: Any, role: str, model: str
) -> None:
    client = signed_in(world.officer(role), second_factor=True)
    assert client.get(changelist(model)).status_code == 200


@pytest.mark.parametrize("model", ["datarequest", "consent", "disclosure"])
def test_nothing_of_another_township_is_seen(
    world: World, request_: DataRequest, signed_in: Any, model: str
) -> None:
    row = {
        "datarequest": request_,
        "consent": request_.member.consents.get(),
        "disclosure": request_.member.disclosures.get(),
    }[model]
    foreign = signed_in(world.officer("convener", world.foreign), second_factor=True)
    assert "王" not in foreign.get(changelist(model)).content.decode().split("result_list")[-1]
    change = reverse(f"admin:consent_{model}_change", args=[row.pk])
    assert foreign.get(change).status_code in (302, 404)
    home = signed_in(world.officer("convener"), second_factor=True)
    assert home.get(change).status_code == 200
    if model == "datarequest":
        assert (
            foreign.post(deed(row, "answer"), {"outcome": "granted", "answer": "x"}).status_code
            == 404
        )
        request_.refresh_from_db()
        assert request_.state == "open"


def test_request_from_answer_to_confirmation(
    world: World, request_: DataRequest, signed_in: Any
) -> None:
    convener = signed_in(world.officer("convener"), second_factor=True)
    reviewer = signed_in(world.officer("reviewer"), second_factor=True)
    change = reverse("admin:consent_datarequest_change", args=[request_.pk])
    assert deed(request_, "answer") in convener.get(change).content.decode()
    assert deed(request_, "answer") not in reviewer.get(change).content.decode()
    answer = {"outcome": "granted", "answer": "已经改好。"}
    assert reviewer.post(deed(request_, "answer"), answer).status_code == 404
    assert convener.post(deed(request_, "answer"), answer).status_code == 302
    assert convener.post(deed(request_, "confirm"), {"sure": "1"}).status_code == 404
    assert reviewer.get(deed(request_, "confirm")).status_code == 200
    assert reviewer.post(deed(request_, "confirm"), {"sure": "1"}).status_code == 302
    request_.refresh_from_db()
    assert request_.state == "answered"


def test_opening_a_request_is_a_look_that_the_member_sees(
    world: World, request_: DataRequest, signed_in: Any
) -> None:
    client = signed_in(world.officer("auditor"), second_factor=True)
    client.get(reverse("admin:consent_datarequest_change", args=[request_.pk]))
    row = Disclosure.objects.get(basis="duty")
    assert (row.member, row.purpose) == (request_.member, "data_request")


def test_names_are_masked_for_who_may_not_reveal(
    world: World, request_: DataRequest, signed_in: Any
) -> None:
    auditor = signed_in(world.officer("auditor"), second_factor=True)
    page = auditor.get(changelist("datarequest")).content.decode()
    assert "王*实" in page
    assert "王秋实" not in page


def test_text_is_written_by_one_and_published_by_another(world: World, signed_in: Any) -> None:
    old = ConsentText.objects.get(purpose="scoring")
    maker = signed_in(world.officer("administrator", world.district), second_factor=True)
    other = signed_in(world.officer("administrator", world.district), second_factor=True)
    page = maker.get(deed(old, "propose"))
    assert old.body in page.content.decode()
    values = {name: getattr(old, name) for name in ("purpose", *services.texts.WRITTEN)}
    assert maker.post(deed(old, "propose"), values | {"body": "新的"}).status_code == 302
    new = ConsentText.objects.get(purpose="scoring", version=2)
    assert maker.post(deed(new, "publish"), {"sure": "1"}).status_code == 422
    assert other.post(deed(new, "publish"), {"sure": "1"}).status_code == 302
    new.refresh_from_db()
    assert new.published_at is not None


@pytest.mark.parametrize("model", LISTS)
def test_lists_ask_a_fixed_number_of_questions(
    world: World,
    request_: DataRequest,
    signed_in: Any,
    model: str,
    django_assert_max_num_queries: Any,
) -> None:
    for _n in range(6):
        member = world.member()
        services.record_own_export(
            member=member, by=member.user, file_kind="json", at=timezone.now()
        )
    client = signed_in(world.officer("convener"), second_factor=True)
    with django_assert_max_num_queries(30):
        client.get(changelist(model))


def test_a_disputed_record_is_marked_on_the_members_page(
    world: World, member: Member, signed_in: Any
) -> None:
    client = signed_in(world.officer("convener", name="韩立春"), second_factor=True)
    page = reverse("admin:membership_member_change", args=[member.pk])
    mark = "本人提出更正或异议，正在办理"
    assert mark not in client.get(page).content.decode()
    services.open_request(
        member=member, kind="correction", details="是 36 亩", by=member.user, at=timezone.now()
    )
    assert mark in client.get(page).content.decode()

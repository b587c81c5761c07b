"""Notices and SMS in the officers' panel: one's own unions only, no texts, numbers masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from cooperative.membership.admin.notices import present_phone
from cooperative.membership.models import Division, Member, Post, Union
from cooperative.membership.models.members import identity_index
from cooperative.notices.models import Attempt, Delivery, Notice
from cooperative.notices.services import notifying
from core.models import AuditRow
from tests.factories.notices import NOON, DeliveryFactory, NoticeFactory, ReaderFactory

pytestmark = pytest.mark.django_db

LIST = "admin:notices_delivery_changelist"


@dataclass
class Office:
    """Two townships, an officer of each role in the first, a member with two SMS in it."""

    here: Union
    there: Union
    convener: Any
    auditor: Any
    failed: Delivery
    waiting: Delivery
    foreign: Delivery


def union(code: str, division: Division) -> Union:
    return Union.objects.create(
        code=code, name=f"{code}工会", level="grassroots", path=f"{code}/", division=division
    )


def officer(role: str, union: Union) -> Any:
    user = ReaderFactory(username=f"{role}-{union.code}")
    maker, checker = ReaderFactory.create_batch(2)
    Post.objects.create(
        user=user,
        union=union,
        role=role,
        starts_on=date(2026, 1, 1),
        made_by=maker,
        made_at=NOON - timedelta(days=99),
        checked_by=checker,
        checked_at=NOON - timedelta(days=98),
    )
    return user


@pytest.fixture
def office(time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> Office:
    time_machine.move_to(NOON, tick=False)
    monkeypatch.setattr(notifying.current_app, "send_task", lambda *_args, **_options: None)
    village = Division.objects.create(code="230113001001", name="同兴村", level="village")
    here, there = union("A1", village), union("B2", village)
    number = "11010519491231002X"
    member = Member(
        name="王秋实",
        identity_number=number,
        identity_index=identity_index(number),
        created_at=NOON,
    )
    member.save()
    told = {"person": f"member:{member.pk}", "scope": here.path, "body": "还 5,000 元"}
    return Office(
        here,
        there,
        officer("convener", here),
        officer("auditor", here),
        DeliveryFactory(notice=NoticeFactory(**told), failed=True, attempts=6, text="机密正文"),
        DeliveryFactory(notice=NoticeFactory(**told, due_on=date(2026, 6, 1))),
        DeliveryFactory(notice=NoticeFactory(scope=there.path), failed=True, phone="13700001111"),
    )


def page(client: Any, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_failed_sms_come_first_masked_and_of_ones_own_unions(
    signed_in: Any, office: Office
) -> None:
    shown = page(signed_in(office.convener, second_factor=True), LIST)
    assert shown.index("没有发出") < shown.rindex("等待发送")
    assert "王*实" in shown
    assert "138****5678" in shown
    assert "短信平台出错（http_500）" in shown
    for hidden in ("王秋实", "13812345678", "机密正文", "137****1111"):
        assert hidden not in shown


def test_sms_are_filtered_by_state_and_kind(signed_in: Any, office: Office) -> None:
    client = signed_in(office.convener, second_factor=True)
    assert page(client, LIST, state__exact="sent").count("138****5678") == 0
    assert page(client, LIST, state__exact="pending").count("138****5678") == 1
    assert page(client, LIST, kind="notices.office").count("138****5678") == 2
    assert page(client, LIST, kind="notices.welcome").count("138****5678") == 0


def test_list_costs_a_fixed_number_of_queries(
    signed_in: Any, office: Office, django_assert_max_num_queries: Any
) -> None:
    for number in range(900, 920):
        DeliveryFactory(notice=NoticeFactory(person=f"member:{number}", scope=office.here.path))
    client = signed_in(office.convener, second_factor=True)
    page(client, LIST)
    with django_assert_max_num_queries(25):
        page(client, LIST)


def test_notices_are_listed_without_their_words(signed_in: Any, office: Office) -> None:
    client = signed_in(office.auditor, second_factor=True)
    shown = page(client, "admin:notices_notice_changelist")
    assert "办公室通知" in shown
    assert "5,000" not in shown
    one = page(client, "admin:notices_notice_change", office.failed.notice_id)
    assert "5,000" not in one


def test_convener_sends_again(signed_in: Any, office: Office) -> None:
    client = signed_in(office.convener, second_factor=True)
    address = reverse("admin:notices_delivery_retry", args=[office.failed.pk])
    shown = page(client, "admin:notices_delivery_change", office.failed.pk)
    assert address in shown
    assert "138****5678" in client.get(address).content.decode()
    assert client.post(address, {"sure": "1"}).status_code == 302
    office.failed.refresh_from_db()
    assert (office.failed.state, office.failed.next_attempt_at) == ("pending", NOON)
    assert AuditRow.objects.get().action == "notice.retried"
    assert "重发短信" in page(client, "admin:notices_delivery_change", office.failed.pk)


def test_sms_go_out_again_together_but_only_ones_own(signed_in: Any, office: Office) -> None:
    client = signed_in(office.convener, second_factor=True)
    refused = DeliveryFactory(notice=NoticeFactory(scope=office.here.path), was_refused=True)
    assert (
        client.post(reverse("admin:notices_delivery_retry-all"), {"sure": "1"}).status_code == 302
    )
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states[office.failed.pk] == "pending"
    assert states[refused.pk] == states[office.foreign.pk] == "failed"


@pytest.mark.parametrize("who", ["auditor", "stranger", "visitor"])
def test_sending_again_is_refused_and_nothing_changes(
    signed_in: Any, client: Any, office: Office, who: str
) -> None:
    if who == "auditor":
        client = signed_in(office.auditor, second_factor=True)
    elif who == "stranger":
        client = signed_in(officer("convener", office.there), second_factor=True)
    before = list(Delivery.objects.order_by("pk").values())
    response = client.post(
        reverse("admin:notices_delivery_retry", args=[office.failed.pk]), {"sure": "1"}
    )
    assert response.status_code in {302, 403, 404}
    assert list(Delivery.objects.order_by("pk").values()) == before
    assert not AuditRow.objects.exists()
    assert not Attempt.objects.exists()
    assert Notice.objects.count() == 3


def test_convener_of_one_union_who_audits_another_sends_nothing_there(
    signed_in: Any, office: Office
) -> None:
    maker, checker = ReaderFactory.create_batch(2)
    Post.objects.create(
        user=office.convener,
        union=office.there,
        role="auditor",
        starts_on=date(2026, 1, 1),
        made_by=maker,
        made_at=NOON,
        checked_by=checker,
        checked_at=NOON,
    )
    client = signed_in(office.convener, second_factor=True)
    address = reverse("admin:notices_delivery_retry", args=[office.foreign.pk])
    assert client.post(address, {"sure": "1"}).status_code in {403, 422}
    office.foreign.refresh_from_db()
    assert office.foreign.state == "failed"


def test_sms_goes_to_the_number_the_member_has_today(office: Office) -> None:
    member = Member.objects.get()
    assert present_phone(office.failed.notice) == ""
    member.phone, member.phone_index = "13911112222", "x"
    member.save()
    assert present_phone(office.failed.notice) == "13911112222"
    reader = ReaderFactory(phone="13933334444")
    assert (
        present_phone(NoticeFactory(person=f"user:{reader.pk}", recipient=reader)) == reader.phone
    )
    assert present_phone(NoticeFactory(person="member:999999")) == ""

"""Spare money and invitations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from credit.lending.models import Pledge, SpareMoney
from tests.lending_story import Story

SPARE = {"amount": "20,000", "available_from": "2026-05-20", "own_funds": "on"}


@pytest.fixture
def pledges(story: Story) -> list[Pledge]:
    return story.convened(story.asked())


def test_spare_money_is_registered_changed_and_withdrawn(story: Story, as_member: Any) -> None:
    client = as_member(story.stranger)
    assert "平台不经手、不保管、不担保" in client.get(reverse("spare_money")).content.decode()
    assert client.post(reverse("spare_money"), SPARE).status_code == 302
    row = SpareMoney.objects.get()
    assert row.amount == Decimal("20000.00")
    assert "人民币贰万元整" in client.get(reverse("spare_money")).content.decode()
    url = reverse("spare_money_change")
    assert 'value="20000"' in client.get(url).content.decode()
    assert client.post(url, SPARE | {"amount": "15000"}).status_code == 302
    row.refresh_from_db()
    assert row.amount == Decimal("15000.00")
    assert client.get(reverse("spare_money_withdraw")).status_code == 200
    assert client.post(reverse("spare_money_withdraw")).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None
    assert client.get(reverse("spare_money_withdraw")).status_code == 404


def test_money_of_others_is_not_accepted(story: Story, as_member: Any) -> None:
    given = {name: value for name, value in SPARE.items() if name != "own_funds"}
    response = as_member(story.stranger).post(reverse("spare_money"), given)
    assert response.status_code == 422
    assert "只能借出自己的钱" in response.content.decode()
    assert not SpareMoney.objects.exists()


def test_a_second_tap_registers_once(story: Story, as_member: Any) -> None:
    client = as_member(story.stranger)
    client.post(reverse("spare_money"), SPARE)
    again = client.post(reverse("spare_money"), SPARE)
    assert again.status_code in (302, 422)
    assert SpareMoney.objects.count() == 1


def test_an_invitation_masks_the_name_and_says_what_it_means(
    story: Story, pledges: list[Pledge], as_member: Any
) -> None:
    client = as_member(story.lenders[0])
    page = client.get(reverse("invitation", args=[pledges[0].pk])).content.decode()
    assert "王*实" in page
    assert "王秋实" not in page
    for text in ("还差 12,000 元", "幸福村", "没有借过您的钱", "可能还不上", "上限 200,000 元"):
        assert text in page


def test_pledge_change_release_and_decline(
    story: Story, pledges: list[Pledge], as_member: Any
) -> None:
    client, row = as_member(story.lenders[0]), pledges[0]
    url = reverse("invitation_pledge", args=[row.pk])
    assert client.post(url, {"amount": "8000"}).status_code == 302
    assert client.post(url, {"amount": "6000"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.amount) == ("pledged", Decimal("6000.00"))
    release = reverse("invitation_release", args=[row.pk])
    assert client.get(release).status_code == 200
    assert client.post(release).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.amount) == ("invited", None)
    decline = reverse("invitation_decline", args=[row.pk])
    assert client.get(decline).status_code == 200
    assert client.post(decline, {"note": "家里要用"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.note) == ("declined", "家里要用")
    assert client.get(decline).status_code == 404
    assert client.get(reverse("invitation", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("amount", ["13000", "25000"])
def test_too_much_is_refused_with_numbers_and_way_on(
    story: Story, pledges: list[Pledge], as_member: Any, amount: str
) -> None:
    url = reverse("invitation_pledge", args=[pledges[0].pk])
    response = as_member(story.lenders[0]).post(url, {"amount": amount})
    assert response.status_code == 422
    assert "why-not" in response.content.decode()
    assert "way-on" in response.content.decode()
    pledges[0].refresh_from_db()
    assert pledges[0].state == "invited"


def test_the_quote_shows_what_would_come_back(
    story: Story, pledges: list[Pledge], as_member: Any
) -> None:
    client, url = as_member(story.lenders[0]), reverse("invitation_pledge", args=[pledges[0].pk])
    part = client.get(url, {"amount": "8000"}, headers={"HX-Request": "true"}).content.decode()
    page = client.post(url, {"amount": "8000", "quote": "1"}).content.decode()
    for shown in (part, page):
        assert "¥241.97" in shown  # 8 000 × 6 % × 184 / 365
        assert "¥8,241.97" in shown
    assert client.get(url, {"amount": "8000"}).status_code == 302
    pledges[0].refresh_from_db()
    assert pledges[0].state == "invited"


def test_others_do_not_see_an_invitation(
    story: Story, pledges: list[Pledge], as_member: Any, client: Any
) -> None:
    row = pledges[0]
    names = ("invitation", "invitation_pledge", "invitation_decline", "invitation_release")
    for name in names:
        url = reverse(name, args=[row.pk])
        for other in (story.borrower, story.lenders[1], story.stranger, story.outsider):
            assert as_member(other).get(url).status_code == 404
            assert as_member(other).post(url, {"amount": "100"}).status_code in (404, 405)
        assert client.get(url).status_code == 302
    row.refresh_from_db()
    assert row.state == "invited"

"""A loan that runs late, on a phone and on a desk; a slip is sent along; papers are fetched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.dates import today
from credit.lending.models import Loan, Repayment
from tests.browser.lending.look import fits, pictures
from tests.browser.steps import follow, requoted, sticks_out
from tests.factories.lending import ExtensionFactory, MediationFactory
from tests.factories.running import Parties, noon, paid, running_loan

pytestmark = pytest.mark.django_db(transaction=True)
Accessible = Callable[[Page], None]


@pytest.fixture
def late() -> Loan:
    """Six instalments to two lenders, half a year old: the first ones paid, the last ones late."""
    start = today() - timedelta(days=200)
    loan = running_loan("6000.00", "4000.00", method="equal_principal", delivered_on=start)
    for share in Parties(loan).shares():
        paid(share, "2000.00", start + timedelta(days=40))
    MediationFactory(
        loan=loan,
        summary="说玉米还没卖，月底卖了就还一半。",
        promised_on=today() + timedelta(days=5),
        promised_amount="3000.00",
        held_at=noon(today() - timedelta(days=2)),
    )
    ExtensionFactory(loan=loan, ends_on=today() + timedelta(days=90))
    return loan


def test_being_late_is_told_to_both_sides(
    phone: Page, late: Loan, signed_in: Any, enter: Any, accessible: Accessible
) -> None:
    share = Parties(late).shares()[0]
    enter(phone, signed_in(late.membership.member.user))
    phone.goto(reverse("loan", args=[late.pk]))
    expect(phone.get_by_text("没有别的罚款")).to_be_visible()
    phone.locator("summary").nth(2).click()
    expect(phone.locator("details[open]")).to_contain_text("四舍五入到分")
    fits(phone, accessible, "late")
    phone.goto(reverse("loan_statement", args=[late.pk]))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("对账单")
    fits(phone, accessible, "statement")
    phone.goto(reverse("extension", args=[late.extensions.get().pk]))
    fits(phone, accessible, "extension")
    enter(phone, signed_in(share.membership.member.user))
    phone.goto(reverse("lent_share", args=[share.pk]))
    expect(phone.get_by_text("请工会调解")).to_be_visible()
    fits(phone, accessible, "late-share")
    phone.goto(reverse("extension", args=[late.extensions.get().pk]))
    expect(phone.get_by_role("button", name="同意展期")).to_be_visible()
    fits(phone, accessible, "extension-answer")


def test_a_slip_goes_along_and_a_dispute_is_asked_for(
    phone: Page, late: Loan, signed_in: Any, enter: Any, accessible: Accessible, png: bytes
) -> None:
    share = Parties(late).shares()[0]
    enter(phone, signed_in(late.membership.member.user))
    phone.goto(f"{reverse('repay', args=[late.pk])}?share={share.pk}")
    with requoted(phone):
        phone.get_by_label("转账凭证").set_input_files(
            {"name": "回单.png", "mimeType": "image/png", "buffer": png}
        )
    expect(phone.locator(".preview")).to_contain_text("回单.png")
    fits(phone, accessible, "repay-slip")
    follow(phone.get_by_role("button", name="我已经转了，登记"))
    expect(phone.get_by_text("已登记，等对方确认")).to_be_visible()
    row = Repayment.objects.latest("pk")
    assert row.slip is not None
    enter(phone, signed_in(share.membership.member.user))
    phone.goto(reverse("repayment", args=[row.pk]))
    follow(phone.get_by_role("link", name="没收到，或者金额不对"))
    expect(phone.get_by_text("能不能反悔")).to_be_visible()
    fits(phone, accessible, "dispute")
    phone.get_by_label("哪里不对").fill("没有到账。")
    follow(phone.get_by_role("button", name="提出来"))
    expect(phone.get_by_text("有不同说法，工会正在核实")).to_be_visible()
    fits(phone, accessible, "disputed")


def test_on_a_desk(desk: Page, late: Loan, signed_in: Any, enter: Any) -> None:
    enter(desk, signed_in(late.membership.member.user))
    desk.goto(reverse("loan", args=[late.pk]))
    desk.locator("summary").first.click()
    expect(desk.locator("details[open]")).to_contain_text("四舍五入到分")
    pictures("desk", desk)
    assert not sticks_out(desk)

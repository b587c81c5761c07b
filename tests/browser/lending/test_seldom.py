"""What a member seldom meets: a supplier's contract, one that was called off, one erased, a cost, a sum that goes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.dates import today
from core.jobs import work_off
from core.models import Parameter
from core.parameters import load_reference_values
from credit.lending.parameters import EVIDENCE_YEARS, REFERENCE
from credit.lending.services import contracts, convening, costs, repaying
from credit.lending.services.retaining import erase_contracts
from tests.browser.lending.look import fits
from tests.browser.steps import follow
from tests.factories.core import StoredFileFactory
from tests.factories.lending import HandBackFactory
from tests.factories.membership import OfficerUserFactory
from tests.factories.running import Parties, noon, paid, running_loan
from tests.lending_story import Story, lending_story

pytestmark = pytest.mark.django_db(transaction=True)
Accessible = Callable[[Page], None]


def drawn(story: Story, **answers: Any) -> Any:
    request = story.asked(**answers)
    for pledge, amount in zip(story.convened(request), ("8000.00", "4000.00"), strict=True):
        by = pledge.membership.member.user
        convening.pledge(pledge_id=pledge.pk, amount=Decimal(amount), by=by, at=timezone.now())
    return story.drawn(request)


def test_a_suppliers_contract_and_one_that_was_called_off(
    phone: Page, signed_in: Any, enter: Any, accessible: Accessible
) -> None:
    story = lending_story()
    loan = drawn(story, payee="supplier", payee_name="兴农农资店（双城）")
    enter(phone, signed_in(story.lenders[0].member.user))
    phone.goto(reverse("sign_contract", args=[loan.pk]))
    expect(phone.get_by_text("兴农农资店（双城）").first).to_be_visible()
    fits(phone, accessible, "supplier-sign")
    contracts.cancel_loan(
        loan_id=loan.pk,
        reason="种子已经买好，不借了。",
        by=story.borrower.member.user,
        at=timezone.now(),
    )
    phone.goto(reverse("sign_contract", args=[loan.pk]))
    fits(phone, accessible, "cancelled-sign")
    enter(phone, signed_in(story.borrower.member.user))
    phone.goto(reverse("loan", args=[loan.pk]))
    expect(phone.get_by_text("合同已取消").first).to_be_visible()
    fits(phone, accessible, "cancelled")


def test_a_cost_is_read_answered_and_paid(
    phone: Page, signed_in: Any, enter: Any, accessible: Accessible
) -> None:
    start = today() - timedelta(days=200)
    loan = running_loan(delivered_on=start)
    parties = Parties(loan)
    (share,) = parties.shares()
    at = noon(today())
    cost = costs.record_cost(
        share_id=share.pk,
        kind="travel",
        amount=Decimal("35.00"),
        borne_on=today() - timedelta(days=2),
        reason="去借款人家里两趟的车票。",
        evidence=StoredFileFactory(purpose="lending.slip"),
        by=parties.officer("convener"),
        at=at,
    )
    enter(phone, signed_in(parties.borrower))
    phone.goto(reverse("cost", args=[cost.pk]))
    fits(phone, accessible, "cost")
    follow(phone.get_by_role("link", name="这笔费用不对"))
    fits(phone, accessible, "cost-object")
    phone.get_by_label("哪里不对").fill("只来过一趟。")
    follow(phone.get_by_role("button", name="提出来"))
    expect(phone.get_by_text("只来过一趟。").first).to_be_visible()
    costs.confirm_cost(cost_id=cost.pk, by=parties.officer("reviewer"), at=at)
    for name, url in (
        ("cost-owed", reverse("cost", args=[cost.pk])),
        ("cost-loan", reverse("loan", args=[loan.pk])),
        ("cost-payoff", reverse("loan_payoff", args=[loan.pk])),
        ("cost-statement", reverse("loan_statement", args=[loan.pk])),
        ("cost-home", "/"),
    ):
        phone.goto(url)
        fits(phone, accessible, name)


def test_what_came_in_part_goes_back(
    phone: Page, signed_in: Any, enter: Any, accessible: Accessible
) -> None:
    row = HandBackFactory(opened_at=timezone.now())
    share = row.share
    borrower, lender = share.loan.membership.member.user, share.membership.member.user
    enter(phone, signed_in(borrower))
    phone.goto("/")
    fits(phone, accessible, "hand-back-home")
    follow(phone.get_by_role("link", name="把先到的 3,000 元退给"))
    fits(phone, accessible, "hand-back-borrower")
    phone.get_by_label("银行流水号").fill("TH2026001")
    follow(phone.get_by_role("button", name="已经退了，登记"))
    fits(phone, accessible, "hand-back-declared")
    enter(phone, signed_in(lender))
    phone.goto(reverse("lent_share", args=[share.pk]))
    fits(phone, accessible, "hand-back-share")
    follow(phone.get_by_role("link", name="先到的 3,000 元要退回"))
    fits(phone, accessible, "hand-back-lender")
    follow(phone.get_by_role("link", name="还没有收到"))
    fits(phone, accessible, "hand-back-deny")
    phone.go_back()
    follow(phone.get_by_role("button", name="确认收到退回的 3,000 元"))
    expect(phone.get_by_text("已退回").first).to_be_visible()


def test_too_much_is_given_back_and_after_five_years_the_contract_is_gone(
    phone: Page, signed_in: Any, enter: Any, accessible: Accessible
) -> None:
    start = today() - timedelta(days=6 * 365)
    loan = running_loan(delivered_on=start, months=1)
    parties = Parties(loan)
    (share,) = parties.shares()
    paid(share, "10500.00", start + timedelta(days=20))
    makers = OfficerUserFactory.create_batch(2)
    load_reference_values(REFERENCE, by=makers[0], checked_by=makers[1], at=timezone.now())
    Parameter.objects.filter(code=EVIDENCE_YEARS).update(starts_on=start)
    enter(phone, signed_in(parties.lender()))
    phone.goto(reverse("return_overpaid", args=[share.pk]))
    fits(phone, accessible, "return")
    repaying.return_unallocated(
        share_id=share.pk,
        on=start + timedelta(days=21),
        slip_number="ICBC9",
        by=parties.lender(),
        at=noon(start + timedelta(days=21)),
    )
    erase_contracts(at=timezone.now())
    (run,) = work_off("lending.erase_contracts")
    assert (run.state, run.size) == ("done", 1)
    for name, url in (
        ("erased-loan", reverse("lent_share", args=[share.pk])),
        ("erased-sign", reverse("sign_contract", args=[loan.pk])),
    ):
        phone.goto(url)
        fits(phone, accessible, name)

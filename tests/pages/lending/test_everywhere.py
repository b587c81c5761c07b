"""What holds on every page: few queries, no forbidden words, no name too many, a visitor meets a door."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from credit.lending.models import Loan
from tests.factories.contracting import Case, rules_in_force, signed_case
from tests.factories.running import Parties, declared, running_loan
from tests.lending_story import Story

FORBIDDEN = ("投资", "理财", "收益", "回报", "保本", "保息", "刚性兑付", "无风险", "秒批", "！")
MOST_QUERIES = 24


def test_before_the_contract(
    story: Story, as_member: Any, django_assert_max_num_queries: Any
) -> None:
    request = story.asked()
    pledges = story.convened(request)
    borrower, lender = as_member(story.borrower), as_member(story.lenders[0])
    pages = [
        (borrower, reverse("my_request", args=[request.pk])),
        (borrower, reverse("my_lending")),
        (borrower, reverse("home")),
        (borrower, reverse("credit")),
        (lender, reverse("spare_money")),
        (lender, reverse("invitation", args=[pledges[0].pk])),
        (as_member(story.stranger), reverse("ask_for_money")),
        (as_member(story.stranger), reverse("ask_step", args=["purpose"])),
    ]
    for client, url in pages:
        sound(client, url, django_assert_max_num_queries)


def test_contract_and_delivery(
    db: None, clock: Any, as_member: Any, django_assert_max_num_queries: Any
) -> None:
    rules_in_force()
    case: Case = signed_case("8000.00", "4000.00", "2000.00")
    share = case.shares()[0]
    case.send(share)
    lender, borrower = as_member(share.membership), as_member(case.borrower)
    for client, name, pk in [
        (borrower, "sign_contract", share.loan_id),
        (borrower, "loan", share.loan_id),
        (borrower, "arrival", share.pk),
        (lender, "sign_contract", share.loan_id),
        (lender, "transfer", share.pk),
        (lender, "lent_share", share.pk),
        (lender, "my_lending", None),
    ]:
        url = reverse(name, args=[pk] if pk else [])
        sound(client, url, django_assert_max_num_queries)


def test_the_running_loan(
    db: None, clock: Any, as_member: Any, django_assert_max_num_queries: Any
) -> None:
    loan: Loan = running_loan("6000.00", "4000.00")
    share = Parties(loan).shares()[0]
    row = declared(share, "100.00", share.loan.signed_at.date())
    lender, borrower = as_member(share.membership), as_member(loan.membership)
    for client, name, pk in [
        (borrower, "loan_payoff", loan.pk),
        (borrower, "repayment", row.pk),
        (borrower, "loan_statement", loan.pk),
        (borrower, "lending_statement", None),
        (lender, "repayment", row.pk),
        (lender, "repayment_received", share.pk),
        (lender, "loan_statement", loan.pk),
    ]:
        url = reverse(name, args=[pk] if pk else [])
        sound(client, url, django_assert_max_num_queries)


def sound(client: Any, url: str, most: Any) -> None:
    """A page opens with few queries, is light, and says nothing that is not to be said."""
    with most(MOST_QUERIES):
        response = client.get(url)
    assert response.status_code == 200, url
    text = response.content.decode()
    assert len(response.content) < 40_000, url
    assert not [word for word in FORBIDDEN if word in text], url


@pytest.mark.parametrize(
    "name", ["my_lending", "spare_money", "ask_for_money", "ask_check", "lending_statement"]
)
def test_a_visitor_is_led_to_the_door(client: Any, db: None, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith("/sign-in/")

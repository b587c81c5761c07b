"""A later end: asked, answered by each lender, taken back; refused with numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from credit.lending.models import Extension, ExtensionConsent, Loan, Share
from tests.factories.contracting import rules_in_force
from tests.factories.core import ParameterFactory
from tests.factories.lending import PartyFactory
from tests.factories.running import Parties, running_loan

ASKED = {"ends_on": "2026-09-10", "reason": "玉米价低，想晚些卖。"}


@pytest.fixture
def loan(db: None, clock: Any) -> Loan:
    """Two lenders, due on 10 July; today is 20 May."""
    rules_in_force()
    return running_loan("6000.00", "4000.00")


@pytest.fixture
def shares(loan: Loan) -> list[Share]:
    return Parties(loan).shares()


def test_asked_and_answered(loan: Loan, shares: list[Share], as_member: Any) -> None:
    borrower = as_member(loan.membership)
    url = reverse("ask_extension", args=[loan.pk])
    assert "7月10日" in borrower.get(url).content.decode()
    assert borrower.post(url, {"ends_on": "2026-09-10"}).status_code == 422
    response = borrower.post(url, ASKED)
    row = Extension.objects.get()
    page_url = reverse("extension", args=[row.pk])
    assert response.url == page_url
    assert "还没答复" in borrower.get(page_url).content.decode()
    lender = as_member(shares[0].membership)
    assert "玉米价低" in lender.get(page_url).content.decode()
    assert "去答复" in lender.get(reverse("lent_share", args=[shares[0].pk])).content.decode()
    assert lender.post(page_url, {"answer": "maybe"}).status_code == 200
    assert not ExtensionConsent.objects.exists()
    assert lender.post(page_url, {"answer": "yes"}).status_code == 302
    assert ExtensionConsent.objects.get().agreed
    again = lender.post(page_url, {"answer": "no"})
    assert again.status_code == 422
    assert "why-not" in again.content.decode()
    assert "展期" in borrower.get(reverse("loan", args=[loan.pk])).content.decode()


def test_one_no_ends_it(loan: Loan, shares: list[Share], as_member: Any) -> None:
    as_member(loan.membership).post(reverse("ask_extension", args=[loan.pk]), ASKED)
    row = Extension.objects.get()
    url = reverse("extension", args=[row.pk])
    as_member(shares[1].membership).post(url, {"answer": "no"})
    row.refresh_from_db()
    assert row.state == "refused"
    assert "没有同意" in as_member(loan.membership).get(url).content.decode()


def test_taken_back(loan: Loan, shares: list[Share], as_member: Any) -> None:
    borrower = as_member(loan.membership)
    borrower.post(reverse("ask_extension", args=[loan.pk]), ASKED)
    row = Extension.objects.get()
    url = reverse("extension_withdraw", args=[row.pk])
    assert as_member(shares[0].membership).get(url).status_code == 404
    assert as_member(shares[0].membership).post(url).status_code == 404
    assert borrower.get(url).status_code == 200
    assert borrower.post(url).status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"


@pytest.mark.parametrize("ends_on", ["2026-06-01", "2029-01-01"])
def test_a_day_that_cannot_be_is_refused(loan: Loan, as_member: Any, ends_on: str) -> None:
    url = reverse("ask_extension", args=[loan.pk])
    response = as_member(loan.membership).post(url, ASKED | {"ends_on": ends_on})
    assert response.status_code == 422
    assert "why-not" in response.content.decode()
    assert not Extension.objects.exists()


def test_others_do_not_see_it(loan: Loan, as_member: Any, client: Any) -> None:
    as_member(loan.membership).post(reverse("ask_extension", args=[loan.pk]), ASKED)
    row = Extension.objects.get()
    for name in ("extension", "extension_withdraw"):
        url = reverse(name, args=[row.pk])
        for other in (PartyFactory(union=loan.union), PartyFactory()):
            assert as_member(other).get(url).status_code == 404
            assert as_member(other).post(url, {"answer": "yes"}).status_code == 404
        assert client.get(url).status_code == 302


def test_the_page_says_how_far_it_may_go(loan: Loan, as_member: Any) -> None:
    url = reverse("ask_extension", args=[loan.pk])
    text = as_member(loan.membership).get(url).content.decode()
    assert "最晚延到" in text
    assert "2027年1月10日" in text
    assert "最多延 6 个月，也不超过原来的 6 个月" in text


def test_the_page_says_at_once_when_the_term_was_too_long(loan: Loan, as_member: Any) -> None:
    ParameterFactory(code="lending.term_months_stop", value=Decimal(5), scope=loan.union.path)
    url = reverse("ask_extension", args=[loan.pk])
    text = as_member(loan.membership).get(url).content.decode()
    assert "期限是 6 个月，超过了现在的上限 5 个月" in text
    assert "提出展期" not in text

"""The running loan: each side's page, repayments, extension, being late."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from credit.lending.models import Loan, Repayment, Share
from tests.factories.lending import MediationFactory, PartyFactory
from tests.factories.running import Parties, declared, noon, paid, running_loan

DUE = date(2026, 7, 10)


@pytest.fixture
def loan(db: None, clock: Any) -> Loan:
    """Delivered on 10 January at 8 %, 6 000 and 4 000 yuan, due on 10 July; today is 20 May."""
    return running_loan("6000.00", "4000.00")


@pytest.fixture
def shares(loan: Loan) -> list[Share]:
    return Parties(loan).shares()


def test_the_borrower_sees_everything_the_lender_their_own(
    loan: Loan, shares: list[Share], as_member: Any
) -> None:
    page = as_member(loan.membership).get(reverse("loan", args=[loan.pk])).content.decode()
    for text in ("10,000.00", "7月10日（周五）", "怎么算出来的", "还款", "申请展期"):
        assert text in page
    first, second = shares
    for share in shares:
        assert share.membership.member.name in page
    own = as_member(first.membership).get(reverse("lent_share", args=[first.pk]))
    assert "6,000.00" in own.content.decode()
    assert "10,000" not in own.content.decode()
    assert second.membership.member.name not in own.content.decode().replace(
        first.membership.member.name, ""
    )
    led = as_member(first.membership).get(reverse("loan", args=[loan.pk]))
    assert led.url == reverse("lent_share", args=[first.pk])


def test_the_arithmetic_adds_up_to_the_line(
    loan: Loan, shares: list[Share], as_member: Any
) -> None:
    own = as_member(shares[0].membership).get(reverse("lent_share", args=[shares[0].pk]))
    page = own.content.decode()
    # 6 000 × 8 % × 181 / 365 = 238.0274
    assert "1月10日（周六） 到 7月10日（周五），181 天，本金 6,000.00 × 8% × 181 ÷ 365" in page
    assert "得 238.0274，四舍五入到分，238.03 元。" in page
    assert "6,238.03" in page


def form(amount: str, paid_on: str = "2026-05-20", **more: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), "amount": amount, "paid_on": paid_on, **more}


def test_declare_confirm_and_a_second_tap(loan: Loan, shares: list[Share], as_member: Any) -> None:
    url = f"{reverse('repay', args=[loan.pk])}?share={shares[0].pk}"
    borrower, lender = as_member(loan.membership), as_member(shares[0].membership)
    page = borrower.get(url).content.decode()
    assert "6170.96" in page  # paid today: interest to today
    given = form("1000", slip_number="ICBC1")
    first, again = borrower.post(url, given), borrower.post(url, given)
    row = Repayment.objects.get()
    assert first.url == again.url == reverse("repayment", args=[row.pk])
    assert "等对方确认" in borrower.get(first.url).content.decode()
    assert "请您核对" in lender.get(first.url).content.decode()
    confirm = reverse("repayment_confirm", args=[row.pk])
    assert borrower.post(confirm).status_code == 422
    assert lender.post(confirm).status_code == 302
    assert lender.post(confirm).status_code == 302
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert row.interest == Decimal("170.96")  # 6 000 × 8 % × 130 / 365
    assert row.principal == Decimal("829.04")
    page = lender.get(first.url).content.decode()
    assert "829.04" in page
    assert row.receipt_number in page


def test_the_cover_is_quoted_before_paying(loan: Loan, shares: list[Share], as_member: Any) -> None:
    url = f"{reverse('repay', args=[loan.pk])}?share={shares[0].pk}"
    client = as_member(loan.membership)
    given = {"share": shares[0].pk, "amount": "1000", "paid_on": "2026-05-20"}
    part = client.get(
        reverse("repay", args=[loan.pk]), given, headers={"HX-Request": "true"}
    ).content.decode()
    page = client.post(url, form("1000") | {"quote": "1"}).content.decode()
    for shown in (part, page):
        for text in ("¥170.96", "¥829.04", "¥5,170.96"):
            assert text in shown
    assert not Repayment.objects.exists()


def test_one_sum_is_split_over_the_lenders(loan: Loan, shares: list[Share], as_member: Any) -> None:
    url, client = reverse("repay", args=[loan.pk]), as_member(loan.membership)
    part = client.get(
        url, {"amount": "1000", "paid_on": "2026-05-20"}, headers={"HX-Request": "true"}
    )
    assert "¥600.00" in part.content.decode()
    first, second = shares
    assert f'name="slip_{second.pk}"' in client.get(url).content.decode()
    slips = {f"slip_number_{first.pk}": "A1", f"slip_number_{second.pk}": "B2"}
    assert client.post(url, form("1000") | slips).url == reverse("loan", args=[loan.pk])
    numbers = Repayment.objects.order_by("share").values_list("slip_number", flat=True)
    assert list(numbers) == ["A1", "B2"]
    amounts = Repayment.objects.order_by("share").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("600.00"), Decimal("400.00")]
    assert client.post(url, form("99999")).status_code == 422


def test_a_lender_says_that_money_came(loan: Loan, shares: list[Share], as_member: Any) -> None:
    url = reverse("repayment_received", args=[shares[0].pk])
    lender, borrower = as_member(shares[0].membership), as_member(loan.membership)
    assert lender.get(url).status_code == 200
    response = lender.post(url, form("500"))
    row = Repayment.objects.get()
    assert (response.url, row.declared_side) == (reverse("repayment", args=[row.pk]), "lender")
    assert borrower.post(reverse("repayment_confirm", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_a_dispute_and_a_withdrawal_ask_first(
    loan: Loan, shares: list[Share], as_member: Any
) -> None:
    row = declared(shares[0], "1000.00", date(2026, 5, 20))
    lender, borrower = as_member(shares[0].membership), as_member(loan.membership)
    dispute = reverse("repayment_dispute", args=[row.pk])
    withdraw = reverse("repayment_withdraw", args=[row.pk])
    assert borrower.get(dispute).status_code == 404
    assert lender.get(withdraw).status_code == 404
    assert lender.get(dispute).status_code == 200
    assert lender.post(dispute).status_code == 422
    assert lender.post(dispute, {"reason": "没有到账。"}).status_code == 302
    page = borrower.get(reverse("repayment", args=[row.pk])).content.decode()
    assert "没有到账。" in page
    assert borrower.get(withdraw).status_code == 200
    assert borrower.post(withdraw).status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_the_payoff_of_a_chosen_day(loan: Loan, as_member: Any) -> None:
    url, client = reverse("loan_payoff", args=[loan.pk]), as_member(loan.membership)
    page = client.get(url, {"on": "2026-06-10"}).content.decode()
    assert "10,330.96" in page  # 10 000 and 6 000, 4 000 × 8 % × 151 / 365
    assert "这一天已经过了" in client.get(url, {"on": "2026-05-01"}).content.decode()


def test_overdue_is_told_plainly(
    loan: Loan, shares: list[Share], as_member: Any, clock: Any
) -> None:
    clock.move_to(noon(date(2026, 7, 20)))
    MediationFactory(loan=loan, summary="说卖完粮就还。")
    page = as_member(loan.membership).get(reverse("loan", args=[loan.pk])).content.decode()
    assert "已经过了 10 天" in page
    assert "每天多 2.19 元" in page  # 10 000 × 8 % / 365
    assert "说卖完粮就还。" in page
    own = as_member(shares[0].membership).get(reverse("lent_share", args=[shares[0].pk]))
    assert "每天多 1.32 元" in own.content.decode()
    assert "说卖完粮就还。" in own.content.decode()


def test_neither_stranger_nor_visitor_sees_a_loan(
    loan: Loan, shares: list[Share], as_member: Any, client: Any
) -> None:
    row = declared(shares[0], "1000.00", date(2026, 5, 20))
    strangers = [PartyFactory(union=loan.union), PartyFactory()]
    own = {
        "loan": loan.pk,
        "repay": loan.pk,
        "loan_payoff": loan.pk,
        "loan_statement": loan.pk,
        "ask_extension": loan.pk,
        "lent_share": shares[0].pk,
        "repayment_received": shares[0].pk,
        "return_overpaid": shares[0].pk,
        "repayment": row.pk,
        "repayment_confirm": row.pk,
        "repayment_dispute": row.pk,
        "repayment_withdraw": row.pk,
        "repayment_receipt": row.pk,
    }
    for name, pk in own.items():
        url = reverse(name, args=[pk])
        for other in (*strangers, shares[1].membership):
            if name == "loan_statement" and other == shares[1].membership:
                continue
            if name == "loan" and other == shares[1].membership:
                continue
            assert as_member(other).get(url).status_code in (404, 405), name
            assert as_member(other).post(url, form("1")).status_code in (404, 405), name
        assert client.get(url).status_code in (302, 405), name
    row.refresh_from_db()
    assert row.state == "declared"


@pytest.mark.parametrize("lenders", [1, 5])
def test_a_fixed_number_of_queries(
    db: None, clock: Any, as_member: Any, django_assert_max_num_queries: Any, lenders: int
) -> None:
    loan = running_loan(*["2000.00"] * lenders, method="equal_principal")
    shares = Parties(loan).shares()
    for share in shares:
        paid(share, "300.00", date(2026, 2, 10))
    borrower, lender = as_member(loan.membership), as_member(shares[0].membership)
    for client, name, pk, most in [
        (borrower, "loan", loan.pk, 26),
        (borrower, "repay", loan.pk, 24),
        (lender, "lent_share", shares[0].pk, 22),
        (lender, "my_lending", None, 20),
    ]:
        url = reverse(name, args=[pk] if pk else [])
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


def test_everything_is_listed(loan: Loan, shares: list[Share], as_member: Any) -> None:
    page = as_member(loan.membership).get(reverse("my_lending")).content.decode()
    assert "借入 10,000 元" in page
    page = as_member(shares[0].membership).get(reverse("my_lending")).content.decode()
    assert f"借给{loan.membership.member.name} 6,000 元" in page
    page = as_member(PartyFactory()).get(reverse("my_lending")).content.decode()
    assert "还没有借入，也没有借出" in page


def test_an_old_loan_shows_what_happened_last_and_leads_to_the_rest(
    loan: Loan, shares: list[Share], as_member: Any
) -> None:
    for day in range(1, 11):
        paid(shares[0], f"{day}0.00", date(2026, 2, day))
    waiting = declared(shares[0], "7.00", date(2026, 1, 20), at=noon(date(2026, 5, 20)))
    for membership, url in (
        (loan.membership, reverse("loan", args=[loan.pk])),
        (shares[0].membership, reverse("lent_share", args=[shares[0].pk])),
    ):
        client = as_member(membership)
        page = client.get(url).content.decode()
        receipt = [reverse("repayment", args=[row.pk]) for row in Repayment.objects.order_by("pk")]
        assert [link in page for link in receipt] == [False] * 2 + [True] * 9
        assert receipt[-1] == reverse("repayment", args=[waiting.pk])
        assert page.count('class="event ') == 8
        assert 'href="?all=1"' in page
        whole = client.get(f"{url}?all=1").content.decode()
        assert all(link in whole for link in receipt)
        assert whole.count('class="event ') > 10
        assert 'href="?all=1"' not in whole

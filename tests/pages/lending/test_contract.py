"""Contract, signatures, transfer and arrival, each as every party and as those who are none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from cooperative.notices.models import Delivery, Notice
from core.jobs import run_job_now
from credit.lending.models import Loan, Share, Signature
from credit.lending.services.contracts import cancel_loan
from credit.lending.services.retaining import erase_contracts
from tests.factories.contracting import (
    AT,
    Case,
    covered_case,
    drawn_case,
    rules_in_force,
    signed_case,
)
from tests.factories.lending import PartyFactory
from tests.phones import Phones


@pytest.fixture
def in_force(db: None, clock: Any) -> None:
    rules_in_force()


@pytest.fixture
def drawn(in_force: None) -> Case:
    return drawn_case()


@pytest.fixture
def signed(in_force: None) -> Case:
    return signed_case()


def loan_of(case: Case) -> Loan:
    assert case.loan is not None
    return case.loan


def test_each_party_signs_with_a_code(drawn: Case, as_member: Any, phones: Phones) -> None:
    loan = loan_of(drawn)
    url = reverse("sign_contract", args=[loan.pk])
    for party in drawn.parties:
        client = as_member(party)
        page = client.get(url).content.decode()
        assert loan.number in page
        assert loan.contract_sha256[:4] in page
        assert client.post(reverse("sign_contract_code", args=[loan.pk])).url == url
        assert "5 分钟内有效" in client.get(url).content.decode()
        wrong = client.post(url, {"code": phones.wrong})
        assert wrong.status_code == 422
        assert "还可以再试 2 次" in wrong.content.decode()
        assert client.post(url, {"code": phones.code}).status_code == 302
        assert "您已经签字" in client.get(url).content.decode() or loan_state(loan) == "signed"
        assert client.post(url, {"code": phones.code}).status_code == 302  # a second tap
    assert Signature.objects.filter(loan=loan).count() == 3
    assert loan_state(loan) == "signed"


def loan_state(loan: Loan) -> str:
    return Loan.objects.values_list("state", flat=True).get(pk=loan.pk)


def test_a_party_refuses_to_sign(drawn: Case, as_member: Any) -> None:
    loan = loan_of(drawn)
    url = reverse("contract_cancel", args=[loan.pk])
    client = as_member(drawn.lenders[0])
    assert "谁都不欠谁" in client.get(url).content.decode()
    assert client.post(url).status_code == 422
    assert client.post(url, {"reason": "家里急用钱。"}).status_code == 302
    assert loan_state(loan) == "cancelled"
    assert client.get(url).status_code == 404
    page = as_member(drawn.borrower).get(reverse("loan", args=[loan.pk])).content.decode()
    assert "家里急用钱。" in page


def test_the_file_is_for_parties_only(drawn: Case, as_member: Any, client: Any) -> None:
    url = reverse("contract_file", args=[loan_of(drawn).pk])
    for party in drawn.parties:
        response = as_member(party).get(url)
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF")
    stranger = PartyFactory(union=drawn.borrower.union)
    assert as_member(stranger).get(url).status_code == 404
    assert client.get(url).status_code == 302


def test_others_do_not_sign(drawn: Case, as_member: Any, client: Any) -> None:
    strangers = [PartyFactory(union=drawn.borrower.union), PartyFactory()]
    for name in ("sign_contract", "sign_contract_code", "contract_cancel", "loan"):
        url = reverse(name, args=[loan_of(drawn).pk])
        for other in strangers:
            assert as_member(other).get(url).status_code in (404, 405)
            assert as_member(other).post(url, {"code": "123456"}).status_code in (404, 405)
        assert client.post(url).status_code in (302, 405)
    assert not Signature.objects.exists()


def test_transfer_and_arrival(signed: Case, as_member: Any) -> None:
    share = signed.shares()[0]
    lender, borrower = as_member(share.membership), as_member(signed.borrower)
    url = reverse("transfer", args=[share.pk])
    page = lender.get(url).content.decode()
    assert signed.borrower.member.name in page
    assert "人民币捌仟元整" in page
    assert lender.post(url, {"sent_on": "2026-05-20"}).status_code == 422
    given = {"sent_on": "2026-05-20", "slip_number": "ICBC 0001"}
    assert lender.post(url, given).status_code == 302
    assert "等借款人确认到账" in lender.get(url).content.decode()
    arrival = reverse("arrival", args=[share.pk])
    assert "ICBC" in borrower.get(arrival).content.decode()
    assert borrower.post(arrival, {"arrived_on": "2026-05-20"}).status_code == 302
    assert borrower.post(arrival, {"arrived_on": "2026-05-20"}).status_code == 302  # second tap
    share.refresh_from_db()
    assert share.state == "formed"
    page = borrower.get(reverse("loan", args=[share.loan_id])).content.decode()
    assert "怎么算出来的" in page
    assert "四舍五入到分" in page


def test_a_wrong_day_of_arrival_is_refused(signed: Case, as_member: Any) -> None:
    share = signed.shares()[0]
    signed.send(share)
    url = reverse("arrival", args=[share.pk])
    response = as_member(signed.borrower).post(url, {"arrived_on": "2026-05-01"})
    assert response.status_code == 422
    assert "why-not" in response.content.decode()


def test_the_account_is_whole_for_who_must_transfer_alone(signed: Case, as_member: Any) -> None:
    share = signed.shares()[0]
    url = reverse("transfer", args=[share.pk])
    lender = as_member(share.membership)
    page = lender.get(url).content.decode()
    assert "<span>6228</span><span>4804</span><span>0256</span><span>4890</span>" in page
    assert signed.borrower.member.name in page
    assert "农业银行双城支行" in page
    signed.send(share)
    page = lender.get(url).content.decode()
    assert "6228" not in page
    assert "尾号 0018" in page
    for client in (lender, as_member(signed.borrower)):
        contract = client.get(reverse("sign_contract", args=[loan_of(signed).pk]))
        assert "农业银行双城支行，尾号 0018" in contract.content.decode()
        assert "6228" not in contract.content.decode()


def test_no_message_carries_the_account(signed: Case) -> None:
    signed.send(signed.shares()[0])
    rows = [*Notice.objects.values_list("title", "body"), *Delivery.objects.values_list("text")]
    assert rows
    assert "6228" not in str(rows)


def test_another_sum_leads_both_to_what_they_do_next(signed: Case, as_member: Any) -> None:
    share = signed.shares()[0]
    borrower, lender = as_member(signed.borrower), as_member(share.membership)
    url = reverse("arrival_amount", args=[share.pk])
    assert borrower.get(url).status_code == 404  # nothing declared yet
    signed.send(share, slip_number="FIRST")
    assert url in borrower.get(reverse("arrival", args=[share.pk])).content.decode()
    assert "少了的请对方补转" in borrower.get(url).content.decode()
    same = borrower.post(url, {"arrived": "8000"})
    assert same.status_code == 422
    assert "请返回确认到账" in same.content.decode()
    assert borrower.post(url, {"arrived": "5000"}).url == reverse("arrival", args=[share.pk])
    transfer = reverse("transfer", args=[share.pk])
    page = lender.get(transfer).content.decode()
    assert "到账 5,000 元，少 3,000 元。" in page
    assert "<span>6228</span>" in page
    sent = {"sent_on": "2026-05-20", "slip_number": "REST"}
    assert lender.post(transfer, sent).url == transfer
    arrived = {"arrived_on": "2026-05-20"}
    borrower.post(reverse("arrival", args=[share.pk]), arrived)
    assert Share.objects.get(pk=share.pk).state == "formed"


def test_a_transfer_is_taken_back(signed: Case, as_member: Any) -> None:
    share = signed.shares()[0]
    signed.send(share)
    url = reverse("transfer_take_back", args=[share.pk])
    client = as_member(share.membership)
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 302
    share.refresh_from_db()
    assert share.state == "agreed"
    assert client.get(url).status_code == 404


def test_money_that_did_not_come(signed: Case, as_member: Any) -> None:
    share = signed.shares()[0]
    signed.send(share)
    url = reverse("arrival_dispute", args=[share.pk])
    client = as_member(signed.borrower)
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 422
    assert client.post(url, {"reason": "卡里没有这笔钱。"}).status_code == 302
    share.refresh_from_db()
    assert share.state == "disputed"
    lender = as_member(share.membership).get(reverse("transfer", args=[share.pk]))
    assert "卡里没有这笔钱。" in lender.content.decode()


def test_before_the_signatures_there_is_nothing_to_send(drawn: Case, as_member: Any) -> None:
    share = drawn.shares()[0]
    assert as_member(share.membership).get(reverse("transfer", args=[share.pk])).status_code == 404
    assert as_member(drawn.borrower).get(reverse("arrival", args=[share.pk])).status_code == 404


def test_neither_side_opens_the_other_sides_page(signed: Case, as_member: Any, client: Any) -> None:
    share = signed.shares()[0]
    strangers = [PartyFactory(union=signed.borrower.union), PartyFactory(), signed.lenders[1]]
    pages = {"transfer": [signed.borrower], "transfer_take_back": [signed.borrower]}
    pages |= {"arrival": [signed.lenders[0]], "arrival_dispute": [signed.lenders[0]]}
    for name, others in pages.items():
        url = reverse(name, args=[share.pk])
        for other in (*others, *strangers):
            assert as_member(other).get(url).status_code == 404
            assert as_member(other).post(url, {"slip_number": "X"}).status_code == 404
        assert client.get(url).status_code == 302
    assert Share.objects.get(pk=share.pk).state == "agreed"


def test_a_supplier_is_named_as_payee(in_force: None, as_member: Any) -> None:
    case = covered_case(payee="supplier", payee_name="丰收农资店")
    case.draw()
    case.sign_all()
    share = case.shares()[0]
    page = as_member(share.membership).get(reverse("transfer", args=[share.pk]))
    assert "转给丰收农资店" in page.content.decode()
    case.send(share)
    url, client = reverse("arrival", args=[share.pk]), as_member(case.borrower)
    assert client.post(url, {"arrived_on": "2026-05-20"}).status_code == 422
    given = {"arrived_on": "2026-05-20", "receipt_number": "SJ001"}
    assert client.post(url, given).status_code == 302
    assert Share.objects.get(pk=share.pk).state == "formed"


def test_an_erased_contract_says_so_and_since_when_on_every_page(
    drawn: Case, as_member: Any
) -> None:
    cancel_loan(loan_id=loan_of(drawn).pk, reason="不借了", by=drawn.borrower.member.user, at=AT)
    run_job_now(erase_contracts(at=datetime(2031, 5, 21, 4, tzinfo=UTC)))
    loan, share = loan_of(drawn), drawn.shares()[0]
    contract = reverse("sign_contract", args=[loan.pk])
    file = reverse("contract_file", args=[loan.pk])
    for party, address in (
        (drawn.borrower, reverse("loan", args=[loan.pk])),
        (drawn.borrower, contract),
        (drawn.lenders[0], reverse("lent_share", args=[share.pk])),
        (drawn.lenders[0], contract),
    ):
        page = as_member(party).get(address).content.decode()
        assert "合同内容已在 2031年5月21日（周三） 删除" in page
        assert file not in page
    answer = as_member(drawn.borrower).get(file)
    assert (answer.status_code, answer.url) == (302, contract)

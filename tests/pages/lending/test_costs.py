"""A cost of realising a claim: its page, the borrower's word, the officers' two steps."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from cooperative.ledger.models import Posting
from credit.lending.models import Cost, Loan, Share
from credit.lending.services import costs
from tests.factories.core import StoredFileFactory
from tests.factories.lending import TODAY, CostFactory, PartyFactory
from tests.factories.membership import officer
from tests.factories.running import Parties, noon, paid, running_loan

SHARES, COSTS = "/admin/lending/share/", "/admin/lending/cost/"


@pytest.fixture
def loan(db: None, clock: Any) -> Loan:
    """Delivered on 10 January, due on 10 March; today is 20 May."""
    return running_loan("6000.00", "4000.00", months=2)


@pytest.fixture
def shares(loan: Loan) -> list[Share]:
    return Parties(loan).shares()


def slip() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#d9e8dd").save(out, "PNG")
    return SimpleUploadedFile("车票.png", out.getvalue(), content_type="image/png")


def text_of(client: Any, name: str, pk: int) -> str:
    return str(client.get(reverse(name, args=[pk])).content.decode())


def test_both_sides_read_a_waiting_cost_and_the_borrower_answers(
    loan: Loan, shares: list[Share], as_member: Any
) -> None:
    row = CostFactory(share=shares[0])
    borrower, lender = as_member(loan.membership), as_member(shares[0].membership)
    for client, words in ((borrower, "复核以前不用付"), (lender, "再决定算不算")):
        page = text_of(client, "cost", row.pk)
        assert words in page
        assert "去借款人家里两趟的车票。" in page
    objecting = reverse("cost_object", args=[row.pk])
    assert lender.get(objecting).status_code == 404
    assert "这笔费用不对" not in text_of(lender, "cost", row.pk)
    assert borrower.get(objecting).status_code == 200
    assert borrower.post(objecting).status_code == 422
    assert borrower.post(objecting, {"reason": "没有来过。"}).status_code == 302
    assert borrower.post(objecting, {"reason": "又一句。"}).status_code == 422
    assert borrower.get(objecting).status_code == 404
    row.refresh_from_db()
    assert row.objection == "没有来过。"
    assert "没有来过。" in text_of(lender, "cost", row.pk)


def test_the_other_lender_and_strangers_see_nothing(
    loan: Loan, shares: list[Share], as_member: Any, client: Any
) -> None:
    row = CostFactory(share=shares[0])
    for other in (shares[1].membership, PartyFactory()):
        for name in ("cost", "cost_object"):
            assert as_member(other).get(reverse(name, args=[row.pk])).status_code == 404
    assert "35 元" not in text_of(as_member(shares[1].membership), "lent_share", shares[1].pk)
    assert client.get(reverse("cost", args=[row.pk])).status_code == 302


def test_the_dropped_cost_says_why(loan: Loan, shares: list[Share], as_member: Any) -> None:
    row = CostFactory(share=shares[0], dropped=True)
    page = text_of(as_member(loan.membership), "cost", row.pk)
    assert "没有通过复核，不用付" in page
    assert "没有票。" in page


def test_two_officers_make_it_count_and_every_page_shows_it(
    loan: Loan, shares: list[Share], as_member: Any, signed_in: Any
) -> None:
    convener = signed_in(officer("convener", loan.union), second_factor=True)
    reviewer = signed_in(officer("reviewer", loan.union), second_factor=True)
    address = f"{SHARES}{shares[0].pk}/cost/"
    assert "法院判给对方承担的诉讼费" in convener.get(address).content.decode()
    assert reviewer.get(address).status_code == 404
    given = {"kind": "notary", "amount": "30", "borne_on": "2026-05-19", "reason": "公证债权。"}
    assert convener.post(address, given).status_code == 422
    early = convener.post(address, given | {"borne_on": "2026-03-10", "evidence": slip()})
    assert early.status_code == 422
    assert "没有逾期" in early.content.decode()
    assert convener.post(address, given | {"evidence": slip()}).status_code == 302
    row = Cost.objects.get()
    Cost.objects.update(objection="太贵了。", objected_at=noon(TODAY))
    deciding = f"{COSTS}{row.pk}/confirm/"
    assert convener.get(deciding).status_code == 404
    assert "借款人说：太贵了。" in reviewer.get(deciding).content.decode()
    for client in (convener, reviewer):
        assert "公证费" in client.get(COSTS).content.decode()
        assert "太贵了。" in client.get(f"{COSTS}{row.pk}/change/").content.decode()
    assert reviewer.post(deciding).status_code == 302
    borrower, lender = as_member(loan.membership), as_member(shares[0].membership)
    for client, name, pk in (
        (borrower, "loan", loan.pk),
        (lender, "lent_share", shares[0].pk),
    ):
        page = text_of(client, name, pk)
        assert "其中追款费用" in page  # the loan is late
        assert "公证费 30 元" in page
    assert "其中追款费用" in text_of(borrower, "loan_payoff", loan.pk)
    repayment = paid(shares[0], "50.00", date(2026, 5, 20))
    assert repayment.costs == Decimal("30.00")
    assert Posting.objects.filter(account__kind="cost").count() == 2
    assert "已付费用" in text_of(lender, "lent_share", shares[0].pk)
    statement = text_of(borrower, "loan_statement", loan.pk)
    assert "计入追款费用" in statement
    assert "费用 30.00" in statement


def test_a_reviewer_drops_it(loan: Loan, shares: list[Share], signed_in: Any) -> None:
    row = CostFactory(share=shares[0])
    reviewer = signed_in(officer("reviewer", loan.union), second_factor=True)
    dropping = f"{COSTS}{row.pk}/drop/"
    assert reviewer.post(dropping).status_code == 422
    assert reviewer.post(dropping, {"reason": "票据不清。"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.remark) == ("dropped", "票据不清。")


def test_two_officers_take_it_back_and_the_page_says_so(
    loan: Loan, shares: list[Share], as_member: Any, signed_in: Any
) -> None:
    row = recorded_and_confirmed(shares[0])
    convener = signed_in(officer("convener", loan.union), second_factor=True)
    reviewer = signed_in(officer("reviewer", loan.union), second_factor=True)
    address = f"{COSTS}{row.pk}/"
    assert "还没有还款抵过的费用可以撤销" in convener.get(f"{address}reverse/").content.decode()
    assert convener.post(f"{address}reverse/").status_code == 422
    assert convener.post(f"{address}reverse/", {"reason": "票据不是他的。"}).status_code == 302
    assert convener.get(f"{address}confirm-reversal/").status_code == 404
    for choice, seen in (("reversal", True), ("decision", False)):
        listed = reviewer.get(COSTS, {"waits": choice}).content.decode()
        assert (loan.number in listed) is seen
    deciding = reviewer.get(f"{address}confirm-reversal/").content.decode()
    assert "提出的原因：票据不是他的。" in deciding
    assert reviewer.post(f"{address}confirm-reversal/").status_code == 302
    page = text_of(as_member(loan.membership), "cost", row.pk)
    assert "已经撤销，不用付" in page
    assert "票据不是他的。" in page
    assert "要还的追款费用" not in text_of(as_member(loan.membership), "loan", loan.pk)


def test_a_reviewer_lets_a_cost_stand(loan: Loan, shares: list[Share], signed_in: Any) -> None:
    row = recorded_and_confirmed(shares[0])
    convener = signed_in(officer("convener", loan.union), second_factor=True)
    convener.post(f"{COSTS}{row.pk}/reverse/", {"reason": "票据不是他的。"})
    reviewer = signed_in(officer("reviewer", loan.union), second_factor=True)
    assert reviewer.post(f"{COSTS}{row.pk}/drop-reversal/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reversal_proposed_at) == ("confirmed", None)


@pytest.mark.parametrize(
    ("trait", "words"),
    [("lapsed", "不再计入，不用付"), ("reversed", "已经撤销，不用付")],
)
def test_a_cost_that_ended_says_how(
    loan: Loan, shares: list[Share], as_member: Any, trait: str, words: str
) -> None:
    row = CostFactory(share=shares[0], remark="这一份借款已经还清", **{trait: True})
    for party in (loan.membership, shares[0].membership):
        assert words in text_of(as_member(party), "cost", row.pk)


def recorded_and_confirmed(share: Share) -> Cost:
    parties = Parties(share.loan)
    row = costs.record_cost(
        share_id=share.pk,
        kind="notary",
        amount=Decimal("30.00"),
        borne_on=TODAY,
        reason="公证债权。",
        evidence=StoredFileFactory(purpose="lending.slip"),
        by=parties.officer("convener"),
        at=noon(TODAY),
    )
    return costs.confirm_cost(cost_id=row.pk, by=parties.officer("reviewer"), at=noon(TODAY))


def test_the_list_costs_a_fixed_number_of_queries(
    loan: Loan, shares: list[Share], signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    reviewer = signed_in(officer("reviewer", loan.union), second_factor=True)
    for amount in range(1, 6):
        CostFactory(share=shares[0], amount=amount)
    with django_assert_max_num_queries(20):
        assert reviewer.get(COSTS).status_code == 200

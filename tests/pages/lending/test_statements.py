"""Statements and receipts: page, PDF, xlsx, and for whom."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.models import DocumentRecord
from credit.lending.models import Loan, Repayment, Share
from tests.factories.lending import PartyFactory
from tests.factories.running import Parties, declared, paid, running_loan


@pytest.fixture
def loan(db: None, clock: Any) -> Loan:
    """Two lenders, delivered on 10 January; the first got 1 000 yuan on 10 March."""
    loan = running_loan("6000.00", "4000.00")
    paid(Parties(loan).shares()[0], "1000.00", date(2026, 3, 10))
    return loan


@pytest.fixture
def shares(loan: Loan) -> list[Share]:
    return Parties(loan).shares()


def test_each_side_sees_its_part(loan: Loan, shares: list[Share], as_member: Any) -> None:
    url = reverse("loan_statement", args=[loan.pk])
    page = as_member(loan.membership).get(url).content.decode()
    for share in shares:
        assert share.membership.member.name in page
    assert "4,000.00" in page
    own = as_member(shares[0].membership).get(url).content.decode()
    assert "4,000.00" not in own
    assert "1,000.00" in own


def test_a_year_of_everything(loan: Loan, shares: list[Share], as_member: Any) -> None:
    url, client = reverse("lending_statement"), as_member(loan.membership)
    assert "2026 年对账单" in client.get(url).content.decode()
    assert "6,000.00" in client.get(url, {"year": "2026"}).content.decode()
    for nonsense in ("1999", "abc", ""):
        assert client.get(url, {"year": nonsense}).status_code == 200
    nobody = as_member(PartyFactory()).get(url).content.decode()
    assert "这段时间没有往来" in nobody


@pytest.mark.parametrize("name", ["lending_statement_file", "loan_statement_file"])
def test_files_for_parties_only(
    loan: Loan, shares: list[Share], as_member: Any, client: Any, name: str
) -> None:
    url = reverse(name, args=[loan.pk] if name.startswith("loan_") else [])
    for party in (loan.membership, shares[0].membership):
        pdf = as_member(party).post(url, {"kind": "pdf"})
        assert pdf.content.startswith(b"%PDF")
        assert pdf["Cache-Control"] == "private, no-store"
        xlsx = as_member(party).post(url, {"kind": "xlsx"})
        sheet = load_workbook(io.BytesIO(xlsx.content)).active
        assert sheet is not None
        assert sheet.max_row > 1
        assert as_member(party).post(url, {"kind": "exe"}).status_code == 404
        assert as_member(party).get(url).status_code == 405
    assert client.post(url, {"kind": "pdf"}).status_code == 302
    if name == "loan_statement_file":
        for other in (PartyFactory(union=loan.union), PartyFactory()):
            assert as_member(other).post(url, {"kind": "pdf"}).status_code == 404


def test_a_receipt_for_both_sides_once_confirmed(
    loan: Loan, shares: list[Share], as_member: Any
) -> None:
    row = Repayment.objects.get()
    url = reverse("repayment_receipt", args=[row.pk])
    for party in (loan.membership, shares[0].membership):
        assert as_member(party).post(url).content.startswith(b"%PDF")
    assert DocumentRecord.objects.filter(number=row.receipt_number).count() == 1
    for other in (shares[1].membership, PartyFactory(union=loan.union), PartyFactory()):
        assert as_member(other).post(url).status_code == 404
    waiting = declared(shares[1], "100.00", date(2026, 5, 20))
    url = reverse("repayment_receipt", args=[waiting.pk])
    assert as_member(loan.membership).post(url).status_code == 422

"""Statements and receipts: what moved, line by line; on paper, and as a workbook."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest

from core.errors import Refused
from core.models import DocumentRecord
from credit.lending.access import access_party_repayment
from credit.lending.models import Repayment
from credit.lending.selectors.statements import statement_of_loan, statement_of_member
from credit.lending.services import papers, repaying
from tests.factories.running import DELIVERED_ON, Parties, declared, noon, paid, running_loan
from tests.pdf import text_of

pytestmark = pytest.mark.django_db
DAY = DELIVERED_ON + timedelta(days=100)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def yuan(text: str) -> Decimal:
    return Decimal(text)


def told(section) -> list[tuple[str, Decimal, Decimal]]:
    return [(str(line.what), line.amount, line.outstanding) for line in section.lines]


def test_a_loan_is_told_from_delivery_to_the_last_payment():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    first, second = parties.shares()
    paid(first, "1131.51", DAY, slip_number="=HYPERLINK(1)")
    paid(second, "4087.67", DAY + timedelta(days=1))
    (section,) = statement_of_loan(loan, *YEAR).sections
    assert told(section) == [
        ("借款到账", yuan("6000.00"), yuan("6000.00")),
        ("借款到账", yuan("4000.00"), yuan("10000.00")),
        ("还款", yuan("1131.51"), yuan("9000.00")),
        ("还款", yuan("4087.67"), yuan("5000.88")),
    ]
    line = section.lines[2]
    assert (line.payer, line.payee) == (
        loan.membership.member.name,
        first.membership.member.name,
    )
    assert (line.principal, line.interest) == (yuan("1000.00"), yuan("131.51"))
    assert section.total("interest") == yuan("220.06")
    own = statement_of_loan(loan, *YEAR, share=second).sections[0]
    assert [line.amount for line in own.lines] == [yuan("4000.00"), yuan("4087.67")]


def test_a_statement_opens_with_what_was_outstanding_before():
    loan = running_loan()
    paid(Parties(loan).shares()[0], "1219.18", DAY)
    (section,) = statement_of_loan(loan, DAY + timedelta(days=1), YEAR[1]).sections
    assert (section.opening, section.lines, section.closing) == (
        yuan("9000.00"),
        (),
        yuan("9000.00"),
    )


def test_a_member_reads_what_they_borrowed_and_what_they_lent():
    from tests.factories.running import Share

    mine, theirs = running_loan(), running_loan("500.00")
    me = mine.membership
    Share.objects.filter(loan=theirs).update(membership=me)
    statement = statement_of_member(me.member, *YEAR)
    assert [(s.side, s.closing) for s in statement.sections] == [
        ("borrowed", yuan("10000.00")),
        ("lent", yuan("500.00")),
    ]


def test_a_payment_taken_back_stands_and_changes_nothing():
    loan = running_loan()
    parties = Parties(loan)
    row = paid(parties.shares()[0], "1219.18", DAY)
    repaying.propose_reversal(
        cause="wrong_amount",
        repayment_id=row.pk,
        reason="错。",
        by=parties.officer("convener"),
        at=noon(DAY),
    )
    repaying.confirm_reversal(repayment_id=row.pk, by=parties.officer("reviewer"), at=noon(DAY))
    (section,) = statement_of_loan(loan, *YEAR).sections
    assert told(section)[1:] == [("还款（已冲正，不计入）", yuan("1219.18"), yuan("10000.00"))]
    assert section.total("amount") == yuan("10000.00")


def test_the_workbook_computes_nothing():
    loan = running_loan()
    paid(Parties(loan).shares()[0], "1219.18", DAY, slip_number="=1+1")
    content = papers.statement_xlsx(statement=statement_of_loan(loan, *YEAR))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]][:3] == ["日期", "事项", "合同编号"]
    assert rows[2][5].value == 1219.18
    assert rows[2][-1].value == "'=1+1"
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}


def test_the_statement_is_issued_with_names_and_figures():
    loan = running_loan()
    parties = Parties(loan)
    paid(parties.shares()[0], "1219.18", DAY)
    pdf = papers.statement_pdf(
        statement=statement_of_loan(loan, *YEAR),
        owner=loan.membership.member.name,
        loan=loan,
        scope=loan.union.path,
        by=parties.borrower,
        at=noon(DAY),
    )
    text = text_of(pdf)
    for word in (loan.number, loan.membership.member.name, "1,219.18", "9,000.00", "未还本金"):
        assert word in text
    assert DocumentRecord.objects.get().kind == "loan_statement"


def test_a_receipt_is_the_same_each_time_and_on_record():
    loan = running_loan()
    parties = Parties(loan)
    row = paid(parties.shares()[0], "1219.18", DAY)
    seen = access_party_repayment(loan.membership.member, row.pk)
    first = papers.receipt_pdf(repayment=seen, by=parties.borrower, at=noon(DAY))
    paid(parties.shares()[0], "3000.00", DAY - timedelta(days=50), at=noon(DAY))
    seen = access_party_repayment(loan.membership.member, row.pk)
    assert seen.interest != yuan("219.18")  # an earlier payment moved it
    again = papers.receipt_pdf(repayment=seen, by=parties.lender(), at=noon(DAY))
    assert first == again
    record = DocumentRecord.objects.get()
    assert (record.number, record.kind) == (row.receipt_number, "loan_receipt")
    text = text_of(first)
    for word in (row.receipt_number, "1,219.18", "219.18", "1,000.00", "壹仟贰佰壹拾玖元壹角捌分"):
        assert word in text


def test_what_does_not_count_has_no_receipt():
    loan = running_loan()
    row = declared(Parties(loan).shares()[0], "1.00", DAY)
    seen = access_party_repayment(loan.membership.member, row.pk)
    with pytest.raises(Refused) as refused:
        papers.receipt_pdf(repayment=seen, by=Parties(loan).borrower, at=noon(DAY))
    assert refused.value.code == "no_receipt"
    assert Repayment.objects.get().receipt_number == ""

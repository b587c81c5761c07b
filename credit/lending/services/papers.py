"""Receipts and statements on paper: numbered, hashed, to be verified by anybody who holds one."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.ledger.contents import as_lines
from cooperative.ledger.rules import CLAIM, COST, DEBT, INTEREST_RECEIVED, WRITE_OFF
from core import audit
from core.dates import business_date
from core.documents import issue_document, render_pdf
from core.documents.register import document_head
from core.errors import Refused, refusing
from core.exact import ZERO
from core.formats import format_day, format_yuan
from core.models import DocumentRecord
from core.money import amount_in_words
from core.workbooks import write_table
from credit.lending.models import Loan, Repayment
from credit.lending.selectors.statements import (
    HEADINGS,
    SIDES,
    Statement,
    StatementLine,
    cells_of,
)
from credit.lending.services.booking import entry_of, parties_of

RECEIPT = "loan_receipt"
STATEMENT = "loan_statement"


def receipt_pdf(*, repayment: Repayment, by: Any, at: datetime) -> bytes:
    """The receipt of a confirmed payment, the same bytes each time; recorded when first asked for.

    It tells of the moment of confirmation: the parts are those that were posted then. Access was
    checked by the caller; the row comes with its share, loan and parties.

    Raises:
        Refused: ``no_receipt``: the payment does not count, or no longer.
    """
    if repayment.state != Repayment.State.CONFIRMED or repayment.confirmed_at is None:
        raise Refused(
            "no_receipt",
            _("这笔还款现在是“%(state)s”，没有收据。") % {"state": repayment.get_state_display()},
            way_on=_("确认以后就有收据。"),
        )
    data = _receipt(repayment)
    number, confirmed_at = repayment.receipt_number, repayment.confirmed_at
    title = _("还款收据")
    record = DocumentRecord.objects.filter(number=number).first()
    if record is None:
        record = _record_receipt(repayment, data, title, by, at)
    head = document_head(number=number, title=title, digest=record.content_sha256, at=confirmed_at)
    return render_pdf(RECEIPT, {**data, "document": head})


def _record_receipt(
    repayment: Repayment, data: dict[str, Any], title: str, by: Any, at: datetime
) -> DocumentRecord:
    """Put the receipt on record; of two who ask at once one does."""
    scope = repayment.share.loan.union.path
    assert repayment.confirmed_at is not None
    there = Refused("receipt_there", "")
    try:
        with transaction.atomic(), refusing({"core_documentrecord_number_key": there}):
            issued = issue_document(
                template_name=RECEIPT,
                kind=RECEIPT,
                title=title,
                data=data,
                at=repayment.confirmed_at,
                scope=scope,
                number=repayment.receipt_number,
            )
            audit.record("lending.receipt_issued", repayment, by=by, at=at, scope=scope)
    except Refused:
        return DocumentRecord.objects.get(number=repayment.receipt_number)
    return issued.record


def _receipt(repayment: Repayment) -> dict[str, Any]:
    share, loan = repayment.share, repayment.share.loan
    parts = _posted_parts(repayment)
    assert repayment.confirmed_at is not None
    return {
        "lead": _("收到下列还款，由借款人直接付给出借人。"),
        "facts": [
            [_("合同编号"), loan.number],
            [_("付款人（借款人）"), loan.membership.member.name],
            [_("收款人（出借人）"), share.membership.member.name],
            [_("付款日期"), format_day(repayment.paid_on)],
            [_("金额"), _("%(amount)s 元") % {"amount": format_yuan(repayment.amount)}],
            [_("大写"), amount_in_words(repayment.amount)],
            [_("银行流水号"), repayment.slip_number or "—"],
            [_("确认日期"), format_day(business_date(repayment.confirmed_at))],
        ],
        "parts_title": _("这笔钱还了什么"),
        "parts": [[title, format_yuan(amount)] for title, amount in parts if amount],
        "note": _(
            "按《民法典》第五百六十一条，先抵费用，再抵利息，后抵本金。上面是确认当时的抵充；"
            "以后如补登更早的还款，各笔的抵充会重新计算，以对账单为准。"
        ),
        "signature": _("经双方确认，自动出具，无需盖章。"),
    }


def _posted_parts(repayment: Repayment) -> list[tuple[str, Any]]:
    """What the payment paid when it was confirmed, from the lender's side of its entry."""
    lender, _borrower = parties_of(repayment.share)
    lines = as_lines(entry_of(repayment).postings.select_related("account").order_by("pk"))
    posted = {
        line.account_kind: line.credit - line.debit for line in lines if line.holder == lender
    }
    return [
        (_("费用"), posted.get(COST, ZERO)),
        (_("利息"), posted.get(INTEREST_RECEIVED, ZERO)),
        (_("本金"), posted.get(CLAIM, ZERO) + posted.get(WRITE_OFF, ZERO)),
        (_("多付待退"), posted.get(DEBT, ZERO)),
    ]


def statement_pdf(
    *, statement: Statement, owner: str, loan: Loan | None, scope: str, by: Any, at: datetime
) -> bytes:
    """A statement as PDF, on record. ``owner`` is whose it is, by name; access was checked before."""
    with transaction.atomic():
        issued = issue_document(
            template_name=STATEMENT,
            kind=STATEMENT,
            title=_("借款对账单"),
            data=_statement(statement, owner, loan),
            at=at,
            scope=scope,
        )
        audit.record("lending.statement_issued", issued.record, by=by, at=at, scope=scope)
    return issued.pdf


def statement_xlsx(*, statement: Statement) -> bytes:
    """The same as a workbook; every text stays a text."""
    out = io.BytesIO()
    several = len(statement.sections) > 1
    rows = [
        (*([str(SIDES[section.side])] if several else []), *cells)
        for section in statement.sections
        for cells in cells_of(section.lines)
    ]
    columns = [*([_("借入还是借出")] if several else []), *map(str, HEADINGS)]
    write_table(out, title=_("借款对账单"), columns=columns, rows=rows)
    return out.getvalue()


def _statement(statement: Statement, owner: str, loan: Loan | None) -> dict[str, Any]:
    facts = [[_("户名"), owner], [_("期间"), _period(statement.starts_on, statement.ends_on)]]
    if loan is not None:
        facts.insert(0, [_("合同编号"), loan.number])
    return {
        "facts": facts,
        "headings": [
            _("日期"),
            _("事项"),
            _("付款人 → 收款人"),
            _("金额"),
            _("本金"),
            _("利息"),
            _("其他"),
            _("未还本金"),
        ],
        "sections": [
            {
                "title": str(SIDES[section.side]),
                "opening": [_("期初未还本金"), format_yuan(section.opening)],
                "closing": [_("期末未还本金"), format_yuan(section.closing)],
                "lines": [_on_paper(line, several=loan is None) for line in section.lines],
            }
            for section in statement.sections
        ],
        "nothing": _("这段时间没有往来。"),
        "note": _(
            "利息一栏含逾期利息；其他一栏是费用和多付待退。款项由双方直接转账，本平台不经手。"
        ),
    }


def _on_paper(line: StatementLine, *, several: bool) -> list[str]:
    what = f"{line.what}\n{line.number}" if several else str(line.what)
    who = f"{line.payer} → {line.payee}" if line.payer else "—"
    return [
        line.on.isoformat(),
        what,
        who,
        *(
            format_yuan(amount) if amount else "—"
            for amount in (
                line.amount,
                line.principal,
                line.interest + line.overdue_interest,
                line.costs + line.unallocated,
            )
        ),
        format_yuan(line.outstanding),
    ]


def _period(starts_on: date, ends_on: date) -> str:
    return _("%(start)s到%(end)s") % {"start": format_day(starts_on), "end": format_day(ends_on)}

"""What is kept its years and then erased: a contract's content, its files, the account it named, slips
and bills, and the words that people wrote about it.

All is kept for ``lending.evidence_years`` after the loan's end (settled, written off or cancelled),
by the figure in force on the day of the end. Number, hashes, signatures, dates and amounts stay, so
that ``/verify/`` still answers for a copy that a party has kept, and so does the book with its chain.
Source: Civil Code arts. 188, 189 (three years' limitation); PIPL art. 47 (erase when the term is over).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.audit import record
from core.dates import business_date
from core.files import erase_file
from core.jobs import JobKind, start_job
from core.models import JobRun
from credit.lending.models import (
    ContractCopy,
    Cost,
    Extension,
    HandBack,
    Loan,
    LoanRequest,
    Mediation,
    Pledge,
    Repayment,
    Share,
    WriteOff,
)
from credit.lending.selectors.keeping import contracts_over, evidence_of
from credit.lending.services.personal import REMOVED

ERASE = "lending.erase_contracts"
CHUNK = 50


def erase_contracts(*, at: datetime) -> JobRun:
    """The run of this month, started unless it was before."""
    today = business_date(at)
    return start_job(
        kind=ERASE,
        key=f"{today:%Y-%m}",
        by=None,
        at=at,
        parameters={"on": today.isoformat()},
    )


def plan(run: JobRun) -> int:
    """All contracts whose years are over on the run's day, by key."""
    on = date.fromisoformat(run.parameters["on"])
    run.parameters |= {"loans": contracts_over(on)}
    run.save(update_fields=["parameters"])
    return len(run.parameters["loans"])


def do_loans(run: JobRun, first: int, last: int) -> None:
    """Erase some contracts; one that is erased already is left as it is."""
    wanted = Loan.objects.filter(pk__in=run.parameters["loans"][first:last])
    requests = LoanRequest.objects.locked().filter(pk__in=wanted.values("request"))
    by_key = {request.pk: request for request in requests}
    for loan in wanted.filter(contract_erased_at__isnull=True).select_related("union").locked():
        _erase(loan, at=run.queued_at)
        _blank_request(by_key[loan.request_id])


def _erase(loan: Loan, *, at: datetime) -> None:
    loan.sealed_contract, loan.contract_erased_at, loan.reason = "", at, ""
    loan.save(update_fields=["sealed_contract", "contract_erased_at", "reason"])
    files = ContractCopy.objects.filter(loan=loan).update(sealed_pdf="")
    slips = evidence_of(loan)
    for slip in slips:
        erase_file(slip, at=at)
    for rows, names in _words_about(loan):
        for name in names:
            rows.exclude(**{name: ""}).update(**{name: REMOVED})
    record(
        "lending.contract_erased",
        loan,
        by=None,
        at=at,
        scope=loan.union.path,
        files=files,
        slips=len(slips),
    )


def _words_about(loan: Loan) -> Iterator[tuple[models.QuerySet[Any], Sequence[str]]]:
    """What people wrote on the way, by table; amounts, days and states stay."""
    yield Share.objects.filter(loan=loan), ["note"]
    yield Repayment.objects.filter(share__loan=loan), ["dispute", "resolution", "reversal_reason"]
    yield (
        Cost.objects.filter(share__loan=loan),
        ["reason", "objection", "remark", "reversal_reason"],
    )
    yield HandBack.objects.filter(share__loan=loan), ["note"]
    yield Extension.objects.filter(loan=loan), ["reason", "remark"]
    yield Mediation.objects.filter(loan=loan), ["summary"]
    yield WriteOff.objects.filter(loan=loan), ["reason", "remark"]


def _blank_request(request: LoanRequest) -> None:
    """Unless another contract of the same request still rests on it."""
    if request.loans.filter(contract_erased_at__isnull=True).exists():
        return
    request.account_holder = request.account_bank = request.account_number = ""
    request.purpose_note = request.reason = ""
    request.save(update_fields=_OF_A_REQUEST)
    Pledge.objects.filter(request=request).update(note="", reasons=[])


_OF_A_REQUEST = ["account_holder", "account_bank", "account_number", "purpose_note", "reason"]


def _loan_named(run: JobRun, item: int) -> str:
    return gettext("借款 %(number)s") % {"number": run.parameters["loans"][item]}


KIND = JobKind(ERASE, _("删除到期的合同"), CHUNK, plan, do_loans, describe_item=_loan_named)

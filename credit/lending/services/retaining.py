"""What is kept its years and then erased: a contract's content, its files, the account it named.

A contract is kept for ``lending.evidence_years`` after its loan's end (settled, written off or
cancelled), by the figure in force on the day of the end. Number, hash, signatures and dates stay, so
that ``/verify/`` still answers for a copy that a party has kept.
Source: Civil Code arts. 188, 189 (three years' limitation); PIPL art. 47 (erase when the term is over).
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from django.db.models import Min
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.audit import record
from core.dates import add_months, business_date, start_of_day
from core.jobs import JobKind, start_job
from core.models import JobRun, Parameter
from core.parameters import value_on
from credit.lending.models import ContractCopy, Loan, LoanRequest
from credit.lending.parameters import EVIDENCE_YEARS

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


def kept_until(ended_on: date, *, scope: str) -> date:
    """The last day on which a contract is kept, by the figure in force when its loan ended."""
    years = int(value_on(EVIDENCE_YEARS, ended_on, scope=scope))
    return add_months(ended_on, 12 * years)


def plan(run: JobRun) -> int:
    """All contracts whose years are over on the run's day, by key."""
    on = date.fromisoformat(run.parameters["on"])
    run.parameters |= {"loans": _over(on)}
    run.save(update_fields=["parameters"])
    return len(run.parameters["loans"])


def _over(on: date) -> list[int]:
    last_day = cache(lambda ended_on, scope: kept_until(ended_on, scope=scope))
    shortest = Parameter.objects.filter(code=EVIDENCE_YEARS).aggregate(least=Min("value"))["least"]
    if shortest is None:  # no figure, no erasing
        return []
    ended = Loan.objects.filter(
        contract_erased_at__isnull=True,
        ended_at__lt=start_of_day(add_months(on, -12 * int(shortest))),
    )
    rows = ended.order_by("pk").values_list("pk", "ended_at", "union__path")
    return [pk for pk, at, scope in rows if at and last_day(business_date(at), scope) < on]


def do_loans(run: JobRun, first: int, last: int) -> None:
    """Erase some contracts; one that is erased already is left as it is."""
    wanted = Loan.objects.filter(pk__in=run.parameters["loans"][first:last])
    requests = LoanRequest.objects.locked().filter(pk__in=wanted.values("request"))
    by_key = {request.pk: request for request in requests}
    for loan in wanted.filter(contract_erased_at__isnull=True).select_related("union").locked():
        _erase(loan, at=run.queued_at)
        _blank_account(by_key[loan.request_id])


def _erase(loan: Loan, *, at: datetime) -> None:
    loan.sealed_contract, loan.contract_erased_at = "", at
    loan.save(update_fields=["sealed_contract", "contract_erased_at"])
    files = ContractCopy.objects.filter(loan=loan).update(sealed_pdf="")
    record("lending.contract_erased", loan, by=None, at=at, scope=loan.union.path, files=files)


def _blank_account(request: LoanRequest) -> None:
    """Unless another contract of the same request still names the account."""
    if request.loans.filter(contract_erased_at__isnull=True).exists():
        return
    request.account_holder = request.account_bank = request.account_number = ""
    request.save(update_fields=["account_holder", "account_bank", "account_number"])


def _loan_named(run: JobRun, item: int) -> str:
    return gettext("借款 %(number)s") % {"number": run.parameters["loans"][item]}


KIND = JobKind(ERASE, _("删除到期的合同"), CHUNK, plan, do_loans, describe_item=_loan_named)

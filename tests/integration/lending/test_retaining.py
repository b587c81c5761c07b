"""Contracts are kept their years and then erased; what proves a copy that somebody kept stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, TestCase

from cooperative.ledger.models import Chain
from cooperative.ledger.verification import Tally, first_fault
from core.errors import NotFound, Refused
from core.files import access_file, erase_file
from core.jobs import plan_job, run_job_now
from core.models import AuditRow, JobRun, Parameter, StoredFile
from credit.lending.models import (
    ContractCopy,
    Cost,
    Extension,
    HandBack,
    Loan,
    LoanRequest,
    Mediation,
    Repayment,
    Share,
    WriteOff,
)
from credit.lending.parameters import EVIDENCE_YEARS
from credit.lending.services import contract_files, contracts, handing_back, retaining
from tests.factories.contracting import AT, Case, drawn_case, rules_in_force
from tests.factories.core import StoredFileFactory
from tests.factories.ledger import EvidenceFactory
from tests.factories.lending import (
    CostFactory,
    ExtensionFactory,
    HandBackFactory,
    MediationFactory,
    PartyFactory,
    RepaymentFactory,
    WriteOffFactory,
)
from tests.factories.running import noon

pytestmark = pytest.mark.django_db

LAST_DAY = date(2031, 5, 20)  # five years after the end on 20 May 2026
NEXT_DAY = LAST_DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def rules() -> None:
    rules_in_force()


def cancelled(**values: object) -> Case:
    """A contract that its borrower did not sign; it ended on 20 May 2026."""
    case = drawn_case("5000", **values)
    by = case.borrower.member.user
    contracts.cancel_loan(loan_id=case.reload().pk, reason="不借了", by=by, at=AT)
    return case


def erase(on: date) -> JobRun:
    run = retaining.erase_contracts(at=noon(on))
    run_job_now(run)
    return JobRun.objects.get(pk=run.pk)


def test_a_contract_is_kept_five_years_and_gone_the_day_after():
    case = cancelled()
    assert erase(LAST_DAY).size == 0
    assert case.reload().sealed_contract
    JobRun.objects.all().delete()  # another month's key, so that it runs again
    assert erase(NEXT_DAY).size == 1
    loan = case.reload()
    assert (loan.sealed_contract, loan.contract_erased_at) == ("", noon(NEXT_DAY))
    assert [copy.sealed_pdf for copy in loan.copies.order_by("pk")] == [""]
    request = LoanRequest.objects.get(pk=loan.request_id)
    assert (request.account_holder, request.account_bank, request.account_number) == ("", "", "")
    row = AuditRow.objects.get(action="lending.contract_erased")
    assert (row.subject_id, row.by, row.facts) == (loan.pk, None, {"files": 1, "slips": 0})


def test_number_and_hash_stay_so_that_anybody_can_verify_a_kept_copy(client: Client):
    case = cancelled()
    before = case.reload()
    record = contract_files.record_of(before)
    erase(NEXT_DAY)
    loan = case.reload()
    assert (loan.number, loan.contract_sha256) == (before.number, record.sha256)
    assert record.sha256 in client.get(f"/verify/{loan.number}/").content.decode().replace(" ", "")


def with_slips(loan: Loan, root: Path) -> list[StoredFile]:
    """A slip or bill at each place that takes one, with bytes, and words beside each."""
    files = []
    for number in range(4):
        file = StoredFileFactory(purpose="lending.slip", path=f"files/{number}.png")
        (root / file.path).parent.mkdir(exist_ok=True)
        (root / file.path).write_bytes(b"slip")
        files.append(file)
    (share,) = loan.shares.all()
    Share.objects.filter(pk=share.pk).update(slip=files[0], note="转款说明")
    RepaymentFactory(share=share, reversed=True, slip=files[1], resolution="查过")
    CostFactory(share=share, dropped=True, objected=True, evidence=files[2])
    HandBackFactory(share=share, returned=True, slip=files[3], note="卡里没有")
    ExtensionFactory(loan=loan, state="refused", remark="不同意")
    MediationFactory(loan=loan)
    WriteOffFactory(loan=loan, remark="再看看")
    return files


WORDS = (
    (Share, "note"),
    (Repayment, "resolution"),
    (Repayment, "reversal_reason"),
    (Cost, "reason"),
    (Cost, "objection"),
    (Cost, "remark"),
    (HandBack, "note"),
    (Extension, "reason"),
    (Extension, "remark"),
    (Mediation, "summary"),
    (WriteOff, "reason"),
    (WriteOff, "remark"),
)


def test_slips_and_words_go_with_the_contract_and_amounts_and_hashes_stay(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    case = cancelled()
    loan = case.reload()
    files = with_slips(loan, tmp_path)
    sums = [model.objects.values_list("amount", flat=True).get() for model in (Cost, HandBack)]
    with TestCase.captureOnCommitCallbacks(execute=True):
        erase(NEXT_DAY)
    for file in files:
        hash_before = file.sha256
        file.refresh_from_db()
        assert (file.erased_at, file.original_name) == (noon(NEXT_DAY), "")
        assert file.sha256 == hash_before
        assert not (tmp_path / file.path).exists()
    for model, name in WORDS:
        assert model.objects.values_list(name, flat=True).get() == "已删除", (model, name)
    assert Repayment.objects.get().dispute == ""
    assert sums == [m.objects.values_list("amount", flat=True).get() for m in (Cost, HandBack)]
    assert case.reload().reason == ""
    request = LoanRequest.objects.get(pk=loan.request_id)
    assert (request.purpose_note, request.reason) == ("", "")
    row = AuditRow.objects.get(action="lending.contract_erased")
    assert row.facts == {"files": 1, "slips": 4}
    with pytest.raises(Refused, match="2031年5月21日") as refused:
        access_file(case.lenders[0].member.user, files[0].pk)
    assert refused.value.code == "file_erased"
    with pytest.raises(NotFound):
        access_file(PartyFactory().member.user, files[0].pk)


def test_a_contract_waits_for_what_is_still_to_be_handed_back():
    case = cancelled()
    (share,) = case.reload().shares.all()
    row = HandBackFactory(share=share)
    assert erase(NEXT_DAY).size == 0
    JobRun.objects.all().delete()
    by = share.membership.member.user
    handing_back.confirm_hand_back(hand_back_id=row.pk, by=by, at=noon(NEXT_DAY))
    assert erase(NEXT_DAY).size == 1


def test_what_was_said_in_a_talk_goes_with_the_contract_alone():
    case = cancelled()
    talks = Mediation.objects.filter(pk=MediationFactory(loan=case.reload()).pk)
    refused_by_database(talks, summary="已删除")
    erase(NEXT_DAY)
    assert talks.get().summary == "已删除"
    refused_by_database(talks, summary="另一句话")
    refused_by_database(talks, promised_on=LAST_DAY, promised_amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        talks.delete()


def test_the_book_still_verifies_when_the_bytes_of_a_slip_are_erased(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    piece = EvidenceFactory()
    found = first_fault(Chain.objects.all(), tally=Tally(), with_files=True)
    assert found is not None  # no bytes were ever written
    erase_file(piece.file, at=AT)
    assert first_fault(Chain.objects.all(), tally=Tally(), with_files=True) is None


def test_a_loan_that_runs_is_kept_however_old():
    case = drawn_case("5000")
    assert erase(date(2040, 1, 1)).size == 0
    assert case.reload().sealed_contract


def test_the_figure_of_the_day_of_the_end_counts():
    case = cancelled()
    Parameter.objects.filter(code=EVIDENCE_YEARS).update(ends_on=date(2027, 1, 1))
    old = Parameter.objects.get(code=EVIDENCE_YEARS)
    old.pk, old.starts_on, old.ends_on, old.value = None, date(2027, 1, 1), None, 3
    old.save()
    assert erase(LAST_DAY).size == 0
    assert case.reload().sealed_contract


def test_a_month_has_one_run_and_a_second_one_erases_nothing_twice():
    cancelled()
    first = erase(NEXT_DAY)
    assert erase(NEXT_DAY + timedelta(days=1)).pk == first.pk
    retaining.do_loans(first, 0, 1)
    assert AuditRow.objects.filter(action="lending.contract_erased").count() == 1


def test_a_run_that_was_broken_off_goes_on_with_the_loans_it_had_found():
    cancelled()
    run = retaining.erase_contracts(at=noon(NEXT_DAY))
    plan_job(run.pk)
    planned = JobRun.objects.get(pk=run.pk).parameters["loans"]
    cancelled()
    run_job_now(run)
    erased = Loan.objects.filter(contract_erased_at__isnull=False)
    assert list(erased.values_list("pk", flat=True)) == planned


def test_the_account_stays_while_another_contract_of_the_request_names_it():
    case = cancelled()
    first = case.reload()
    second = case.draw()
    erase(NEXT_DAY)
    assert second.request_id == first.request_id
    assert LoanRequest.objects.get(pk=first.request_id).account_number
    assert Loan.objects.get(pk=first.pk).contract_erased_at
    assert case.reload().sealed_contract


def test_the_file_of_an_erased_contract_is_refused_with_the_date():
    case = cancelled()
    erase(NEXT_DAY)
    with pytest.raises(Refused, match="2031年5月21日") as refused:
        contracts.contract_pdf(case.reload())
    assert refused.value.code == "contract_erased"
    assert contract_files.account_of(case.reload()) is None


def refused_by_database(rows: object, **values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**values)  # type: ignore[attr-defined]


def test_the_database_lets_nothing_else_be_erased():
    case = cancelled()
    loan, copies = Loan.objects.filter(pk=case.reload().pk), ContractCopy.objects.all()
    early: datetime = AT + timedelta(days=1000)
    refused_by_database(copies, sealed_pdf="")
    refused_by_database(loan, sealed_contract="")
    refused_by_database(loan, contract_erased_at=noon(NEXT_DAY))
    refused_by_database(loan, sealed_contract="", contract_erased_at=early)
    erase(NEXT_DAY)
    refused_by_database(copies, sealed_pdf="JVBERg==")
    refused_by_database(loan, sealed_contract="{}", contract_erased_at=None)
    refused_by_database(loan, contract_erased_at=noon(NEXT_DAY + timedelta(days=1)))
    refused_by_database(loan, contract_sha256="0" * 64)

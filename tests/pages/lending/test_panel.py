"""Officers' pages of lending: what each deed does, says beforehand, and to whom it is offered."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from openpyxl import load_workbook

from cooperative.consent.models import Disclosure
from cooperative.ledger.models import Entry
from core.jobs import run_job_now
from core.models import AuditRow
from credit.lending.models import Extension, Loan, LoanRequest, LprRate, Repayment, WriteOff
from credit.lending.services.contracts import cancel_loan
from credit.lending.services.delivery import dispute_transfer
from credit.lending.services.extending import answer_extension, ask_extension
from credit.lending.services.nightly import close_day, work_off
from credit.lending.services.retaining import erase_contracts
from tests.factories.contracting import (
    AT,
    covered_case,
    drawn_case,
    quick_pdf,
    rules_in_force,
    signed_case,
)
from tests.factories.lending import (
    TODAY,
    LoanRequestFactory,
    PartyFactory,
    PledgeFactory,
    SpareMoneyFactory,
)
from tests.factories.membership import UnionFactory, officer
from tests.factories.running import Parties, noon, paid, running_loan
from tests.factories.scoring import ObjectionFactory, OverrideFactory, credited

pytestmark = pytest.mark.django_db
REQUESTS, LOANS = "/admin/lending/loanrequest/", "/admin/lending/loan/"
SHARES, REPAYMENTS = "/admin/lending/share/", "/admin/lending/repayment/"


@pytest.fixture(autouse=True)
def noon_of_today():
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def rules(db: None) -> None:
    rules_in_force()


def desk(signed_in: Any, role: str, union: Any) -> Any:
    return signed_in(officer(role, union), second_factor=True)


def test_a_small_request_is_convened_at_once_and_a_large_one_waits_for_a_second_officer(
    rules, signed_in
):
    small = LoanRequestFactory(amount=Decimal(8000), highest_rate=Decimal("0.08"))
    union = small.membership.union
    large = LoanRequestFactory(amount=Decimal(30000), membership=PartyFactory(union=union))
    credited(large.membership.member)
    convener, reviewer = desk(signed_in, "convener", union), desk(signed_in, "reviewer", union)
    page = convener.get(f"{REQUESTS}{small.pk}/convene/").content.decode()
    assert "借款人最多接受 8%。今天的法定上限：12%。" in page
    for row in (small, large):
        answer = convener.post(f"{REQUESTS}{row.pk}/convene/", {"rate_percent": "6"})
        assert answer.status_code == 302
        row.refresh_from_db()
    assert (small.state, small.rate) == ("convening", Decimal("0.060000"))
    assert large.state == "proposed"
    assert convener.get(f"{REQUESTS}{large.pk}/approve/").status_code == 404
    assert reviewer.post(f"{REQUESTS}{large.pk}/approve/").status_code == 302
    large.refresh_from_db()
    assert large.state == "convening"


def test_a_rate_above_the_wish_is_refused_in_the_form_and_changes_nothing(rules, signed_in):
    row = LoanRequestFactory(highest_rate=Decimal("0.06"))
    convener = desk(signed_in, "convener", row.membership.union)
    answer = convener.post(f"{REQUESTS}{row.pk}/convene/", {"rate_percent": "9"})
    assert answer.status_code == 422
    assert "6%" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "submitted"


def test_an_invitation_says_why_and_the_officer_chooses(rules, signed_in):
    row = LoanRequestFactory(convening=True)
    union = row.membership.union
    known = PartyFactory(union=union, member__name="陈守田")
    SpareMoneyFactory(membership=known, amount=Decimal(20000))
    PartyFactory(union=union, member__name="没有余钱")
    convener = desk(signed_in, "convener", union)
    page = convener.get(f"{REQUESTS}{row.pk}/invite/").content.decode()
    assert "陈守田，最多" in page
    assert "余钱还能借 20,000 元" in page
    assert "没有余钱" not in page
    empty = convener.post(f"{REQUESTS}{row.pk}/invite/", {})
    assert "请至少选一位。" in empty.content.decode()
    convener.post(f"{REQUESTS}{row.pk}/invite/", {"memberships": [known.pk]})
    assert [pledge.membership for pledge in row.pledges.all()] == [known]
    shown = convener.get(f"{REQUESTS}{row.pk}/change/").content.decode()
    assert "陈守田" in shown
    assert "借入未还本金" in shown


def test_a_covered_request_becomes_a_contract_and_the_pdf_is_for_who_may_reveal(rules, signed_in):
    case = covered_case()
    union = case.borrower.union
    convener, auditor = desk(signed_in, "convener", union), desk(signed_in, "auditor", union)
    with quick_pdf():
        assert convener.post(f"{REQUESTS}{case.request.pk}/draw/").status_code == 302
    loan = Loan.objects.get(request=case.request)
    before = Disclosure.objects.count()
    contract = convener.get(f"{LOANS}{loan.pk}/contract/")
    assert contract["Content-Type"] == "application/pdf"
    # Borrower and both lenders can read that their contract was opened.
    assert Disclosure.objects.count() == before + 3
    assert auditor.get(f"{LOANS}{loan.pk}/contract/").status_code == 404
    assert convener.post(f"{LOANS}{loan.pk}/cancel/", {"reason": "借款人不借了"}).status_code == 302
    loan.refresh_from_db()
    assert loan.state == "cancelled"


def test_an_erased_contract_is_no_link_any_more(rules, signed_in):
    case = drawn_case()
    loan = case.reload()
    cancel_loan(loan_id=loan.pk, reason="不借了", by=case.borrower.member.user, at=AT)
    run_job_now(erase_contracts(at=datetime(2031, 5, 21, 4, tzinfo=UTC)))
    client = desk(signed_in, "convener", loan.union)
    page = client.get(f"{LOANS}{loan.pk}/change/").content.decode()
    assert "内容和文件已在2031年5月21日（周三）删除" in page
    assert "打开合同" not in page
    assert client.get(f"{LOANS}{loan.pk}/contract/").status_code == 422


def test_opening_a_loan_is_a_look_that_borrower_and_lenders_can_read(rules, signed_in):
    loan = running_loan("6000.00", "4000.00")
    client = desk(signed_in, "auditor", loan.union)
    before = Disclosure.objects.count()
    body = client.get(f"{LOANS}{loan.pk}/change/").content.decode()
    assert loan.number in body
    assert Disclosure.objects.filter(purpose="mutual_loan").count() == 3
    assert Disclosure.objects.count() == before + 3


def test_a_disputed_transfer_is_resolved(rules, signed_in):
    with quick_pdf():
        case = signed_case("5000.00")
    share = case.shares()[0]
    case.send(share)
    dispute_transfer(share_id=share.pk, note="没查到", by=case.borrower.member.user, at=AT)
    convener = desk(signed_in, "convener", case.borrower.union)
    missing = convener.post(f"{SHARES}{share.pk}/arrived/", {"note": "看过流水"})
    assert missing.status_code == 422
    answer = convener.post(
        f"{SHARES}{share.pk}/arrived/", {"note": "看过流水", "arrived_on": TODAY.isoformat()}
    )
    assert answer.status_code == 302
    share.refresh_from_db()
    assert share.state == "formed"


def test_a_reversal_says_what_it_changes_before_each_of_two_officers_acts(rules, signed_in):
    loan = running_loan("10000.00")
    repayment = paid(Parties(loan).shares()[0], "4000.00", date(2026, 3, 1))
    convener = desk(signed_in, "convener", loan.union)
    reviewer = desk(signed_in, "reviewer", loan.union)
    page = convener.get(f"{REPAYMENTS}{repayment.pk}/reverse/").content.decode()
    assert "冲正以后，这笔 4,000.00 元不算还款。未还本金从" in page
    assert "变成 10,000.00 元" in page
    convener.post(
        f"{REPAYMENTS}{repayment.pk}/reverse/", {"cause": "wrong_party", "reason": "记错了人"}
    )
    assert convener.get(f"{REPAYMENTS}{repayment.pk}/confirm-reversal/").status_code == 404
    assert reviewer.post(f"{REPAYMENTS}{repayment.pk}/confirm-reversal/").status_code == 302
    repayment.refresh_from_db()
    assert repayment.state == Repayment.State.REVERSED
    assert Entry.objects.get(reverses__isnull=False).reason == Entry.Reason.WRONG_PARTY


def test_a_late_loan_is_mediated_and_written_off_by_two(rules, signed_in):
    loan = running_loan("10000.00", months=2)
    convener = desk(signed_in, "convener", loan.union)
    reviewer = desk(signed_in, "reviewer", loan.union)
    answer = convener.post(
        f"{LOANS}{loan.pk}/mediate/",
        {
            "manner": "visit",
            "held_at_0": "2026-05-20",
            "held_at_1": "10:30",
            "summary": "答应卖粮后还",
            "promised_on": "2026-06-20",
            "promised_amount": "2000",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert loan.mediations.get().promised_amount == Decimal(2000)
    convener.post(f"{LOANS}{loan.pk}/write-off/", {"reason": "人已离开，找不到"})
    row = WriteOff.objects.get(loan=loan)
    assert convener.get(f"/admin/lending/writeoff/{row.pk}/confirm/").status_code == 404
    assert reviewer.post(f"/admin/lending/writeoff/{row.pk}/confirm/").status_code == 302
    loan.refresh_from_db()
    assert loan.state == "written_off"


def test_an_extension_goes_through_two_officers(rules, signed_in):
    loan = running_loan("10000.00", months=6)
    parties = Parties(loan)
    row = ask_extension(
        loan_id=loan.pk, ends_on=date(2026, 9, 10), reason="粮没卖", by=parties.borrower, at=AT
    )
    convener = desk(signed_in, "convener", loan.union)
    reviewer = desk(signed_in, "reviewer", loan.union)
    early = convener.post(f"/admin/lending/extension/{row.pk}/propose/")
    assert early.status_code == 422
    answer_extension(extension_id=row.pk, agreed=True, by=parties.lender(), at=AT)
    assert convener.post(f"/admin/lending/extension/{row.pk}/propose/").status_code == 302
    assert reviewer.post(f"/admin/lending/extension/{row.pk}/confirm/").status_code == 302
    row.refresh_from_db()
    assert row.state == Extension.State.IN_FORCE


@pytest.mark.parametrize(("day", "warned"), [(10, False), (11, True)])
def test_officers_are_warned_of_an_extension_by_more_than_three_months(
    rules, signed_in, day, warned
):
    loan = running_loan("10000.00", months=6)
    row = ask_extension(
        loan_id=loan.pk,
        ends_on=date(2026, 10, day),
        reason="粮没卖",
        by=Parties(loan).borrower,
        at=AT,
    )
    convener = desk(signed_in, "convener", loan.union)
    text = convener.get(f"/admin/lending/extension/{row.pk}/propose/").content.decode()
    assert ("要延 4 个月，超过预警 3 个月。" in text) == warned


def test_who_reviews_reads_the_borrower_s_credit_with_mark_and_statement(rules, signed_in):
    row = LoanRequestFactory()
    member, union = row.membership.member, row.membership.union
    convener = desk(signed_in, "convener", union)
    page = convener.get(f"{REQUESTS}{row.pk}/change/").content.decode()
    assert "还没有信用分，只看基本额度" in page
    score = credited(member, "50000.00")
    OverrideFactory(
        score=score, confirmed=True, starts_on=TODAY, ends_on=date(2026, 8, 20), reason="大棚建好了"
    )
    ObjectionFactory(score=score, about="land")
    ObjectionFactory(
        score=score, about="", rejected=True, statement="我家的地去年才流转来", stated_at=AT
    )
    page = convener.get(f"{REQUESTS}{row.pk}/change/").content.decode()
    for words in (
        "60 分，A 级，额度 30,000 元",
        "由人调整过，到8月20日（周四）为止：大棚建好了",
        "本人对这个分有异议，最晚6月9日（周二）答复",
        "本人声明：我家的地去年才流转来",
    ):
        assert words in page, words


def test_a_rate_is_entered_by_one_and_confirmed_by_another(signed_in):
    union = UnionFactory()
    convener, reviewer = desk(signed_in, "convener", union), desk(signed_in, "reviewer", union)
    answer = convener.post(
        "/admin/lending/lprrate/propose/",
        {"published_on": "2026-05-20", "one_year_percent": "3.00", "source": "公布原文"},
    )
    assert answer.status_code == 302, answer.content.decode()
    row = LprRate.objects.get()
    assert row.one_year_rate == Decimal("0.0300")
    page = reviewer.get(f"/admin/lending/lprrate/{row.pk}/confirm/").content.decode()
    assert "一年期利率是 3%" in page
    assert reviewer.post(f"/admin/lending/lprrate/{row.pk}/confirm/").status_code == 302
    row.refresh_from_db()
    assert row.checked_at is not None


def test_lists_show_nothing_of_another_township(rules, signed_in):
    here, there = LoanRequestFactory(purpose_note="这边"), LoanRequestFactory()
    PledgeFactory(request=here)
    client = desk(signed_in, "convener", there.membership.union)
    assert client.get(f"{REQUESTS}{here.pk}/change/").status_code == 404
    assert client.post(f"{REQUESTS}{here.pk}/refuse/", {"reason": "x"}).status_code == 404
    here.refresh_from_db()
    assert here.state == LoanRequest.State.SUBMITTED


def test_the_desk_shows_what_is_overdue_and_who_is_near_a_limit(rules, signed_in):
    loan = running_loan("60000.00", months=2)
    close_day(on=date(2026, 5, 19), at=noon(TODAY))
    work_off()
    page = desk(signed_in, "convener", loan.union).get("/admin/").content.decode()
    assert "日终到5月19日（周二）" in page
    assert "60,000.00" in page
    assert "借入未还本金" in page
    assert loan.membership.member.name in page


def test_the_counters_of_a_union_are_shown_and_exported_for_the_supervisor(rules, signed_in):
    loan = running_loan("60000.00")
    client = desk(signed_in, "auditor", loan.union)
    page = client.get("/admin/lending/unionday/counters/").content.decode()
    assert loan.union.name in page
    assert "60,000 元" in page
    assert loan.membership.member.name not in page
    answer = client.post("/admin/lending/unionday/counters/")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0] == ("工会", "谁", "项目", "现在", "预警", "不能超过", "情况")
    assert (loan.union.name, "全工会", "全工会未还本金", "60,000 元") == rows[1][:4]
    assert any(row[6] == "超过预警" for row in rows[1:])
    assert AuditRow.objects.filter(action="panel.exported").count() == 1

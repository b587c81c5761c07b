"""Reminders of payments: each once, to the right people, only of what is still to be paid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cooperative.notices.models import Delivery, Notice
from core.formats import format_yuan_short
from core.jobs import run_job_now
from core.jobs.running import plan_job
from core.models import JobRun
from credit.lending.models import Cost, Loan, Share
from credit.lending.pages.loans import borrower_page
from credit.lending.selectors.loans import loan_page
from credit.lending.selectors.owing import loans_to_pay
from credit.lending.services import costs, delivery, repaying
from credit.lending.services.nightly import remind, reminding
from tests.factories.contracting import quick_pdf, rules_in_force, signed_case
from tests.factories.core import StoredFileFactory
from tests.factories.lending import TODAY
from tests.factories.running import Parties, declared, noon, paid, running_loan

pytestmark = pytest.mark.django_db
DUE = date(2026, 2, 10)  # the first of three monthly instalments


def days(n: int) -> timedelta:
    return timedelta(days=n)


def remind_on(day: date) -> JobRun:
    run = remind(today=day, at=noon(day))
    run_job_now(run)
    run.refresh_from_db()
    assert run.state == "done"
    return run


def reminders(user) -> list[tuple[str, date, str]]:
    rows = Notice.objects.filter(recipient=user, kind__in=KINDS).order_by("pk")
    return [(row.kind.removeprefix("lending."), row.due_on, row.title) for row in rows]


KINDS = [
    "lending.repayment_near",
    "lending.repayment_late",
    "lending.lender_late",
    "lending.confirm_late",
]


def loan_of_two():
    """6 000 and 4 000 at 8 %, equal principal over three months; 10 February: 3 333.33 + 67.95."""
    loan = running_loan("6000.00", "4000.00", method="equal_principal", months=3)
    return loan, Parties(loan)


def test_the_borrower_is_told_the_sum_the_day_and_whom_to_pay():
    loan, parties = loan_of_two()
    first, second = parties.shares()
    remind_on(DUE - days(7))
    (told,) = Notice.objects.filter(recipient=parties.borrower, kind=KINDS[0])
    assert told.title == "请在2月10日（周二）之前还款 3,401.28 元"
    names = [share.membership.member.name for share in (first, second)]
    assert told.body == (
        f"合同 {loan.number}：还给{names[0]} 2,040.77 元、{names[1]} 1,360.51 元。"
        "请直接转给出借人，转好后在借款页登记。"
    )
    assert (told.link, told.due_on) == (f"/credit/loans/{loan.pk}/", DUE - days(7))
    assert told.scope == loan.union.path
    assert Delivery.objects.get(notice=told).text == told.title
    assert reminders(parties.lender()) == []


def test_day_by_day_each_reminder_comes_once():
    _loan, parties = loan_of_two()
    for n in range(-9, 17):
        remind_on(DUE + days(n))
    told = reminders(parties.borrower)
    near = [((on - DUE).days, title) for kind, on, title in told if kind == "repayment_near"]
    late = [((on - DUE).days, title) for kind, on, title in told if kind == "repayment_late"]
    assert [n for n, _title in near] == [-7, -3, -1, 0]
    assert near[-1][1] == "今天要还款 3,401.28 元"
    assert [n for n, _title in late] == [1, 3, 7, 14]
    assert late[0][1] == "借款过了还款日 1 天，到今天要还 3,402.01 元，请尽快还上"
    lenders = [reminders(parties.lender(n)) for n in (0, 1)]
    assert [[(kind, (on - DUE).days) for kind, on, _title in told] for told in lenders] == [
        [("lender_late", 1)],
        [("lender_late", 1)],
    ]
    name = parties.loan.membership.member.name
    assert lenders[1][0][2] == f"{name}应在2月10日（周二）还您的 1,360.51 元还没有还上"


def test_the_same_day_twice_tells_nobody_twice():
    loan_of_two()
    remind_on(DUE - days(3))
    count = Notice.objects.count()
    remind_on(DUE - days(3))
    assert Notice.objects.count() == count
    JobRun.objects.all().delete()
    remind_on(DUE - days(3))
    assert Notice.objects.count() == count


def test_of_days_missed_only_the_newest_reminder_is_sent():
    _loan, parties = loan_of_two()
    remind_on(DUE - days(8))
    remind_on(DUE - days(2))
    told = [(kind, on) for kind, on, _title in reminders(parties.borrower)]
    assert told == [("repayment_near", DUE - days(3))]
    remind_on(DUE + days(17))
    told = [(kind, on) for kind, on, _title in reminders(parties.borrower)]
    assert told[1:] == [("repayment_late", DUE + days(14))]
    assert [kind for kind, _on, _title in reminders(parties.lender())] == ["lender_late"]


def test_a_day_without_reminders_is_a_run_without_items():
    loan_of_two()
    run = remind_on(DUE - days(5))
    assert (run.size, run.parameters["loans"]) == (0, [])


def test_what_is_paid_is_not_asked_for():
    _loan, parties = loan_of_two()
    first, second = parties.shares()
    paid(first, "2040.77", DUE - days(10))
    remind_on(DUE)
    (told,) = reminders(parties.borrower)
    assert told[2] == "今天要还款 1,360.51 元"
    paid(second, "1360.51", DUE)
    remind_on(DUE + days(1))
    assert len(reminders(parties.borrower)) == 1
    assert reminders(parties.lender(1)) == []


def test_a_declared_payment_is_not_asked_for_and_the_other_side_is_reminded_instead():
    _loan, parties = loan_of_two()
    first, _second = parties.shares()
    row = declared(first, "2000.00", DUE - days(1))
    remind_on(DUE)
    assert reminders(parties.borrower) == [("repayment_near", DUE, "今天要还款 1,401.28 元")]
    name = parties.loan.membership.member.name
    asked = [("confirm_late", DUE, f"{name}登记的还款 2,000 元，等您确认")]
    assert reminders(parties.lender(0)) == asked
    told = Notice.objects.get(kind=KINDS[3])
    assert told.link == f"/credit/repayments/{row.pk}/"
    assert reminders(parties.lender(1)) == []


def test_a_receipt_that_the_lender_declared_waits_for_the_borrower():
    _loan, parties = loan_of_two()
    lender = parties.lender(0)
    first, _second = parties.shares()
    repaying.declare_repayment(
        share_id=first.pk,
        key="7d1c2f0e-0000-4000-8000-000000000001",
        amount=first.instalments.get(number=1).principal,
        paid_on=DUE,
        by=lender,
        at=noon(DUE),
    )
    remind_on(DUE + days(1))
    kinds = {kind for kind, _on, _title in reminders(parties.borrower)}
    assert kinds == {"repayment_late", "confirm_late"}
    assert [kind for kind, _on, _title in reminders(lender)] == ["lender_late"]


def test_a_disputed_payment_stops_the_reminder_for_its_sum_and_asks_nobody():
    loan = running_loan(method="bullet", months=1)
    parties = Parties(loan)
    (share,) = parties.shares()
    row = declared(share, "10067.95", DUE)
    repaying.dispute_repayment(
        repayment_id=row.pk, reason="没有收到。", by=parties.lender(), at=noon(DUE)
    )
    remind_on(DUE + days(1))
    assert reminders(parties.borrower) == []
    assert reminders(parties.lender()) == []


def test_all_that_is_overdue_is_one_reminder_with_what_is_due_today():
    """3 401.28 are 28 days late and cost 20.45; the second instalment of 3 374.25 is due today."""
    loan, parties = loan_of_two()
    day = date(2026, 3, 10)
    remind_on(day)
    (told,) = reminders(parties.borrower)
    assert told[:2] == ("repayment_late", day)
    assert told[2] == f"借款过了还款日 28 天，到今天要还 {asked(loan, day)} 元，请尽快还上"
    remind_on(date(2026, 3, 17))
    (_first, second) = reminders(parties.borrower)
    assert second[2].startswith("借款过了还款日 35 天，到今天要还")


def asked(loan: Loan, day: date) -> str:
    """What the home page asks for; the loan's page says the same before payments that wait."""
    (one,) = loans_to_pay(loan.membership.member, day)
    view = loan_page(loan, day)
    assert one.amount == sum((share.asked for share in view.shares), Decimal(0))
    late = borrower_page(loan, day).late
    assert late is not None
    assert late.owed == view.due
    return format_yuan_short(one.amount)


def test_late_money_is_asked_for_with_costs_and_overdue_interest_as_the_pages_do():
    loan = running_loan(method="bullet", months=1)
    share = Parties(loan).shares()[0]
    day = DUE + days(7)
    spent(share, "35.00", day - days(1), owed_from=day)
    declared(share, "5000.00", DUE + days(3))
    remind_on(day)
    (told,) = [row for row in reminders(Parties(loan).borrower) if row[0] == "repayment_late"]
    # 10 067.95, three days late at 8 % are 6.58; then 5 000 that wait, and four days of the rest 4.44
    assert asked(loan, day) == "5,113.97"
    assert told[2] == "借款过了还款日 7 天，到今天要还 5,113.97 元，请尽快还上"
    name = share.membership.member.name
    assert f"还给{name} 5,113.97 元。" in Notice.objects.get(title=told[2]).body


def test_costs_are_asked_for_with_the_next_instalment():
    loan = running_loan(method="equal_principal", months=3)
    share = Parties(loan).shares()[0]
    day = DUE + days(1)
    row = cost_of(share, "35.00", day)
    paid(share, "3500.00", day)
    costs.confirm_cost(cost_id=row.pk, by=Parties(loan).officer("reviewer"), at=noon(day))
    remind_on(date(2026, 3, 10))
    (told,) = reminders(Parties(loan).borrower)
    line = share.instalments.get(number=2)
    whole = line.principal + line.interest - line.principal_paid - line.interest_paid + 35
    assert told[2] == f"今天要还款 {format_yuan_short(whole)} 元"
    assert loans_to_pay(loan.membership.member, date(2026, 3, 10))[0].amount == whole


def spent(share: Share, amount: str, on: date, *, owed_from: date) -> None:
    """A cost of recovery that two officers agreed to."""
    row = cost_of(share, amount, on)
    by = Parties(share.loan).officer("reviewer")
    costs.confirm_cost(cost_id=row.pk, by=by, at=noon(owed_from))


def cost_of(share: Share, amount: str, on: date) -> Cost:
    return costs.record_cost(
        share_id=share.pk,
        kind="travel",
        amount=Decimal(amount),
        borne_on=on,
        reason="车票。",
        evidence=StoredFileFactory(purpose="lending.slip"),
        by=Parties(share.loan).officer("convener"),
        at=noon(on),
    )


def test_a_chunk_asks_a_fixed_number_of_questions(django_assert_max_num_queries):
    for _n in range(4):
        running_loan("3000.00", "2000.00")
    run = remind(today=date(2026, 7, 10), at=noon(date(2026, 7, 10)))
    plan_job(run.pk)
    run.refresh_from_db()
    assert len(run.parameters["loans"]) == 4
    with django_assert_max_num_queries(10):
        reminding.do_loans(run, 0, 4)
    assert Notice.objects.filter(kind=KINDS[0]).count() == 4


def test_the_command_reminds_today_and_refuses_tomorrow(time_machine):
    loan_of_two()
    time_machine.move_to(noon(DUE))
    told = StringIO()
    call_command("remind_repayments", stdout=told)
    assert "2026-02-10：借款 1 笔，没有办成 0 笔。" in told.getvalue()
    with pytest.raises(CommandError, match="还没到那一天"):
        call_command("remind_repayments", date=DUE + days(1))


# transfers that wait for the borrower's word


@pytest.fixture
def sent():
    """Two transfers of 8 000 and 4 000 yuan, declared on 20 May and never answered."""
    rules_in_force()
    with quick_pdf():
        case = signed_case()
        for share in case.shares():
            case.send(share)
        yield case


def arrivals(party) -> list[tuple[str, int, str]]:
    kinds = ("lending.arrival_late", "lending.arrival_raised")
    rows = Notice.objects.filter(recipient=party.member.user, kind__in=kinds).order_by("pk")
    return [
        (row.kind.removeprefix("lending.arrival_"), (row.due_on - TODAY).days, row.title)
        for row in rows
    ]


def test_the_borrower_s_word_on_a_transfer_is_asked_for_until_it_comes(sent):
    first, second = sent.shares()
    for n in range(9):
        remind_on(TODAY + days(n))
    name = first.membership.member.name
    told = [(kind, n) for kind, n, title in arrivals(sent.borrower) if title.startswith(name)]
    assert told == [("late", 1), ("late", 3), ("late", 7)]
    notice = Notice.objects.filter(kind="lending.arrival_late").order_by("pk")[0]
    assert notice.title == f"{name}登记在5月20日（周三）转来 8,000 元，请查账后确认"
    assert notice.body == (
        "到账了请确认，没有到账请点“还没有收到”。登记满 10 天还没有答复的，工会会来问双方。"
    )
    assert notice.link == f"/credit/shares/{first.pk}/arrival/"
    sent.arrive(first, TODAY, at=noon(TODAY + days(9)))
    for n in range(9, 15):
        remind_on(TODAY + days(n))
    late = [(n, title[:3]) for kind, n, title in arrivals(sent.borrower) if kind == "late"]
    assert [n for n, _name in late] == [1, 1, 3, 3, 7, 7, 14]
    assert arrivals(sent.borrower)[-1][2].startswith(second.membership.member.name)


def test_after_ten_days_both_learn_that_the_officers_find_out(sent):
    remind_on(TODAY + days(9))
    assert "raised" not in str(arrivals(sent.borrower))
    remind_on(TODAY + days(12))
    remind_on(TODAY + days(13))
    title = f"合同 {sent.loan.number} 的 8,000 元登记转款 10 天没有确认，工会来核实"
    assert ("raised", 10, title) in arrivals(sent.borrower)
    assert arrivals(sent.lenders[0]) == [("raised", 10, title)]
    links = Notice.objects.filter(kind="lending.arrival_raised").values_list("link", flat=True)
    first, second = (share.pk for share in sent.shares())
    assert sorted(links) == sorted(
        f"/credit/shares/{pk}/{place}/"
        for pk in (first, second)
        for place in ("arrival", "transfer")
    )
    assert sent.shares()[0].state == "sent"


def test_a_disputed_transfer_is_not_reminded_of(sent):
    share = sent.shares()[0]
    delivery.dispute_transfer(
        share_id=share.pk, note="没有", by=sent.borrower.member.user, at=noon(TODAY)
    )
    remind_on(TODAY + days(1))
    told = arrivals(sent.borrower)
    assert len(told) == 1
    assert told[0][2].startswith(sent.shares()[1].membership.member.name)

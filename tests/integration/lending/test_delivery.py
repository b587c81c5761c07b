"""The transfer: declared, taken back, confirmed, doubted, given up; principal is what arrived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cooperative.ledger.models import Entry, Posting
from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.files import access_file
from core.models import AuditRow, StoredFile
from credit.lending.contracting import contract_todos, contracts_waiting
from credit.lending.models import Loan, LoanEvent, Pledge, Share
from credit.lending.services import delivery, expiring
from credit.lending.services.projecting import stored_equals_replay
from tests.factories.contracting import (
    Case,
    covered_case,
    drawn_case,
    noon,
    quick_pdf,
    rules_in_force,
    signed_case,
)
from tests.factories.core import ParameterFactory
from tests.factories.lending import TODAY, LprRateFactory, PartyFactory
from tests.factories.membership import officer

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def rules(settings, tmp_path) -> Iterator[None]:
    settings.PRIVATE_ROOT = tmp_path
    rules_in_force()
    with quick_pdf():
        yield


def picture() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return SimpleUploadedFile("回单.png", content.getvalue(), content_type="image/png")


def refused(code: str, share: Share, call, *args, **values) -> Refused:
    """The refusal of a step, after which the share is as before."""
    share.refresh_from_db()
    before = {field.attname: getattr(share, field.attname) for field in Share._meta.fields}
    entries = Entry.objects.count()
    with pytest.raises(Refused) as caught:
        call(*args, **values)
    assert caught.value.code == code
    share.refresh_from_db()
    assert {field.attname: getattr(share, field.attname) for field in Share._meta.fields} == before
    assert Entry.objects.count() == entries
    return caught.value


# --- declared ---


def test_the_lender_declares_and_the_borrower_is_asked():
    case = signed_case()
    share = case.shares()[0]
    case.send(share, slip_number=" 2026 0520 0001 ", slip=picture())
    share.refresh_from_db()
    assert (share.state, share.sent_on, share.sent_at) == ("sent", TODAY, noon(TODAY))
    assert share.slip_number == "202605200001"
    assert share.slip is not None
    (notice,) = Notice.objects.filter(kind="lending.transfer_declared")
    assert notice.recipient == case.borrower.member.user
    assert notice.link == f"/credit/shares/{share.pk}/arrival/"
    assert case.reload().state == "signed"


def test_parties_and_officers_of_the_union_see_the_slip_and_nobody_else():
    case = signed_case()
    share = case.send(case.shares()[0], slip=picture())
    file = StoredFile.objects.get(purpose="lending.slip")
    allowed = [
        case.lenders[0].member.user,
        case.borrower.member.user,
        case.officer,
        officer("auditor", case.borrower.union),
    ]
    for user in allowed:
        assert access_file(user, file.pk) == share.slip
    others = [case.lenders[1].member.user, PartyFactory().member.user]
    for user in (*others, officer("convener", PartyFactory().union)):
        with pytest.raises(NotFound):
            access_file(user, file.pk)


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TOMORROW])
def test_money_is_sent_after_signing_and_not_in_the_future(day):
    case = signed_case()
    share = case.shares()[0]
    words = refused("sent_on_wrong", share, case.send, share, day, noon(TODAY))
    assert "5月20日" in str(words.message)


def test_a_transfer_has_a_slip_number_of_its_own():
    case = signed_case()
    share = case.shares()[0]
    refused("slip_missing", share, case.send, share, slip_number="  ")
    refused("slip_long", share, case.send, share, slip_number="1" * 61)
    case.send(share, slip_number="A1")
    case.arrive(share)
    other = signed_case()
    twin = other.shares()[0]
    twin.membership.member = share.membership.member
    Share.objects.filter(pk=twin.pk).update(membership=case.lenders[0])
    twin = other.shares()[0]
    refused("slip_used", twin, other.send, twin, slip_number="A 1")


def test_nothing_is_sent_before_all_have_signed_nor_by_another_than_the_lender():
    case = drawn_case()
    share = case.shares()[0]
    refused("contract_not_signed", share, case.send, share)
    case.sign_all()
    for user in (case.borrower.member.user, case.lenders[1].member.user):
        with pytest.raises(NotFound):
            delivery.declare_transfer(
                share_id=share.pk,
                sent_on=TODAY,
                slip_number="A1",
                slip=None,
                by=user,
                at=noon(TODAY),
            )


def test_nothing_is_declared_twice():
    case = signed_case()
    share = case.send(case.shares()[0])
    refused("share_wrong_state", share, case.send, share, slip_number="B2")


def test_what_was_declared_by_mistake_is_taken_back_and_declared_anew():
    case = signed_case()
    share = case.send(case.shares()[0], slip=picture())
    lender = share.membership.member.user
    delivery.take_back_transfer(share_id=share.pk, by=lender, at=noon(TODAY))
    share.refresh_from_db()
    assert (share.state, share.sent_on, share.slip_number, share.slip) == ("agreed", None, "", None)
    case.send(share, slip_number="B2")
    assert Notice.objects.filter(kind="lending.transfer_declared").count() == 2
    assert Notice.objects.filter(kind="lending.transfer_taken_back").count() == 1


def test_a_lower_ceiling_is_told_to_both_and_holds_nothing_up():
    case = signed_case(rate=Decimal("0.12"), highest_rate=Decimal("0.12"))
    LprRateFactory(published_on=TOMORROW, one_year_rate=Decimal("0.0290"))
    share = case.shares()[0]
    case.send(share, TOMORROW)
    told = Notice.objects.filter(kind="lending.ceiling_lower").order_by("pk")
    assert {notice.recipient for notice in told} == {
        case.borrower.member.user,
        case.lenders[0].member.user,
    }
    assert "11.60%" in told[0].title


# --- arrived ---


def test_arrival_forms_the_share_with_schedule_event_and_books():
    case = signed_case(method="equal_principal", term_months=3)
    share = case.send(case.shares()[0], slip=picture())
    case.arrive(share, TOMORROW)
    share.refresh_from_db()
    assert (share.state, share.delivered_on, share.formed_at) == (
        "formed",
        TOMORROW,
        noon(TOMORROW),
    )
    assert (share.annual_rate, share.principal_outstanding) == (Decimal("0.06"), Decimal("8000.00"))
    assert case.reload().state == "active"
    lines = list(share.instalments.order_by("number"))
    assert [line.due_on for line in lines] == [
        date(2026, 6, 20),
        date(2026, 7, 20),
        date(2026, 8, 20),
    ]
    assert sum(line.principal for line in lines) == Decimal("8000.00")
    # 30 days, for the money came a day later than planned: 8 000 × 6 % × 30 / 365 = 39.45
    assert (lines[0].from_on, lines[0].interest) == (TOMORROW, Decimal("39.45"))
    (event,) = LoanEvent.objects.filter(share=share)
    assert (event.kind, event.on, event.amount) == ("delivered", TOMORROW, Decimal("8000.00"))
    assert stored_equals_replay(share) == []


def test_arrival_is_posted_in_the_books_of_both_with_the_slip():
    case = signed_case()
    share = case.arrive(case.send(case.shares()[0], slip=picture()))
    (entry,) = Entry.objects.order_by("pk")
    assert (entry.kind, entry.business_date) == ("lending.delivered", TODAY)
    assert (entry.reference, entry.scope) == (share.slip_number, case.loan.union.path)
    lender, borrower = case.lenders[0].member.pk, case.borrower.member.pk
    rows = Posting.objects.filter(entry=entry).select_related("account")
    assert {(p.account.holder, p.account.kind, p.debit, p.credit) for p in rows} == {
        (f"member:{lender}", "claim", Decimal("8000.00"), Decimal("0.00")),
        (f"member:{lender}", "money", Decimal("0.00"), Decimal("8000.00")),
        (f"member:{borrower}", "money", Decimal("8000.00"), Decimal("0.00")),
        (f"member:{borrower}", "debt", Decimal("0.00"), Decimal("8000.00")),
    }
    (proof,) = entry.evidence.order_by("pk")
    assert (proof.file, proof.what) == (share.slip, "slip")


def test_both_are_told_with_rate_and_first_day():
    case = signed_case()
    case.arrive(case.send(case.shares()[0]))
    told = Notice.objects.filter(kind="lending.share_formed").order_by("pk")
    assert [notice.recipient for notice in told] == [
        case.borrower.member.user,
        case.lenders[0].member.user,
    ]
    assert "8,000 元" in told[0].title
    assert "6.00%" in told[0].body
    assert "11月20日" in told[0].body


@pytest.mark.parametrize(
    ("lpr", "rate", "clipped"), [("0.0290", "0.116", 2), ("0.0310", "0.12", 0)]
)
def test_the_rate_is_the_lower_of_contract_and_ceiling_of_the_day_of_arrival(lpr, rate, clipped):
    case = signed_case(rate=Decimal("0.12"), highest_rate=Decimal("0.12"))
    LprRateFactory(published_on=TOMORROW, one_year_rate=Decimal(lpr))
    before, after = case.shares()
    case.send(before)
    case.arrive(before, TODAY, noon(TOMORROW))
    before.refresh_from_db()
    assert before.annual_rate == Decimal("0.12")
    case.arrive(case.send(after, TOMORROW), TOMORROW)
    after.refresh_from_db()
    assert after.annual_rate == Decimal(rate)
    assert Notice.objects.filter(kind="lending.rate_clipped").count() == clipped


def test_without_a_rate_of_that_day_arrival_waits():
    case = signed_case(wanted_on=TODAY)
    late = date(2026, 6, 22)
    share = case.send(case.shares()[0], late)
    refused("lpr_missing", share, case.arrive, share, late)
    assert case.reload().state == "signed"


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=2)])
def test_money_arrives_between_sending_and_today(day):
    case = signed_case()
    share = case.send(case.shares()[0])
    refused("arrived_on_wrong", share, case.arrive, share, day, noon(TOMORROW))


def test_after_the_end_of_the_contract_no_share_is_formed():
    due = [{"on": "2026-06-10", "principal": "12000.00"}]
    case = signed_case(method="custom", custom_due=due)
    day = date(2026, 6, 10)
    share = case.send(case.shares()[0], day)
    refused("arrived_after_end", share, case.arrive, share, day)


def test_only_the_borrower_confirms_and_only_what_was_sent():
    case = signed_case()
    share = case.shares()[0]
    refused("share_wrong_state", share, case.arrive, share)
    case.send(share)
    with pytest.raises(NotFound):
        delivery.confirm_arrival(
            share_id=share.pk, arrived_on=TODAY, by=case.lenders[0].member.user, at=noon(TODAY)
        )
    case.arrive(share)
    refused("share_wrong_state", share, case.arrive, share)
    assert LoanEvent.objects.count() == 1


def test_a_supplier_s_receipt_proves_arrival():
    case = signed_case(payee="supplier", payee_name="兴农农资店")
    share = case.send(case.shares()[0])
    assert "兴农农资店" in str(refused("receipt_missing", share, case.arrive, share).message)
    case.arrive(share, receipt_number="XN 001")
    share.refresh_from_db()
    assert share.receipt_number == "XN001"
    rows = Posting.objects.filter(account__holder=f"member:{case.borrower.member.pk}")
    kinds = rows.order_by("account__kind").values_list("account__kind", flat=True)
    assert list(kinds) == ["debt", "goods"]


def test_shares_by_hand_sum_to_each_day_and_to_each_lender():
    due = [
        {"on": "2026-09-30", "principal": "5000.01"},
        {"on": "2026-10-31", "principal": "6999.99"},
    ]
    case = signed_case("7000.00", "3000.00", "2000.00", method="custom", custom_due=due)
    for share in case.shares():
        case.arrive(case.send(share))
    by_day = {date(2026, 9, 30): Decimal(0), date(2026, 10, 31): Decimal(0)}
    for share in case.shares():
        lines = list(share.instalments.order_by("number"))
        assert sum(line.principal for line in lines) == share.amount
        for line in lines:
            by_day[line.due_on] += line.principal
    assert list(by_day.values()) == [Decimal("5000.01"), Decimal("6999.99")]


# --- doubted ---


def disputed(case: Case) -> Share:
    share = case.send(case.shares()[0])
    return delivery.dispute_transfer(
        share_id=share.pk, note="卡里没有这笔钱", by=case.borrower.member.user, at=noon(TODAY)
    )


def test_the_borrower_says_that_nothing_came_and_the_officer_finds_it_came():
    case = signed_case()
    share = disputed(case)
    assert (share.state, share.note) == ("disputed", "卡里没有这笔钱")
    (notice,) = Notice.objects.filter(kind="lending.transfer_disputed")
    assert notice.recipient == case.lenders[0].member.user
    delivery.resolve_transfer(
        share_id=share.pk,
        arrived=True,
        arrived_on=TODAY,
        note="银行流水上有",
        by=case.officer,
        at=noon(TOMORROW),
    )
    share.refresh_from_db()
    assert (share.state, share.note, share.delivered_on) == ("formed", "银行流水上有", TODAY)
    assert case.reload().state == "active"


def test_the_officer_finds_that_nothing_came_and_the_lender_sends_again():
    case = signed_case()
    share = disputed(case)
    delivery.resolve_transfer(
        share_id=share.pk,
        arrived=False,
        arrived_on=None,
        note="银行退回了",
        by=case.officer,
        at=noon(TOMORROW),
    )
    share.refresh_from_db()
    assert (share.state, share.slip_number) == ("agreed", "")
    assert Notice.objects.filter(kind="lending.transfer_not_arrived").count() == 2
    assert case.send(share, TOMORROW).state == "sent"


def test_the_borrower_may_find_the_money_after_all():
    case = signed_case()
    share = disputed(case)
    assert case.arrive(share, TODAY, noon(TOMORROW)).state == "formed"


def test_a_resolution_is_an_officer_s_with_day_and_reason():
    case = signed_case()
    share = disputed(case)

    def resolve(by, arrived_on=TODAY, note="查过", **more):
        return delivery.resolve_transfer(
            share_id=share.pk, arrived=True, arrived_on=arrived_on, note=note, by=by, at=noon(TODAY)
        )

    refused("arrived_on_missing", share, resolve, case.officer, None)
    refused("reason_missing", share, resolve, case.officer, TODAY, " ")
    for user in (case.borrower.member.user, officer("reviewer", case.borrower.union)):
        with pytest.raises(NotFound):
            resolve(user)
    case.borrower.member.user = case.officer
    case.borrower.member.save()
    refused("own_matter", share, resolve, case.officer)


def test_only_a_doubted_transfer_is_resolved_and_only_a_sent_one_doubted():
    case = signed_case()
    share = case.shares()[0]
    refused(
        "share_wrong_state",
        share,
        delivery.resolve_transfer,
        share_id=share.pk,
        arrived=False,
        arrived_on=None,
        note="查过",
        by=case.officer,
        at=noon(TODAY),
    )
    refused(
        "share_wrong_state",
        share,
        delivery.dispute_transfer,
        share_id=share.pk,
        note="没收到",
        by=case.borrower.member.user,
        at=noon(TODAY),
    )


# --- given up ---


def lapse(case: Case, share: Share, by, at=None) -> Share:
    return delivery.lapse_share(share_id=share.pk, reason="家里急用钱", by=by, at=at or noon(TODAY))


def test_a_loan_goes_on_with_what_was_delivered():
    """法释〔2020〕17号 art. 26, Civil Code 670: principal is what was delivered."""
    case = signed_case()
    first, second = case.shares()
    case.arrive(case.send(first))
    lapse(case, second, case.lenders[1].member.user)
    assert [share.state for share in case.shares()] == ["formed", "lapsed"]
    assert case.reload().state == "active"
    lines = case.shares()[0].instalments.order_by("number")
    assert sum(line.principal for line in lines) == Decimal("8000.00")
    assert Pledge.objects.get(membership=case.lenders[1]).state == "declined"
    case.request.refresh_from_db()
    assert case.request.state == "contracted"
    assert Notice.objects.filter(kind="lending.share_lapsed").count() == 2


def test_a_contract_of_which_nothing_is_delivered_ends():
    case = signed_case()
    first, second = case.shares()
    lapse(case, first, case.lenders[0].member.user)
    assert case.reload().state == "signed"
    lapse(case, second, case.officer)
    assert case.reload().state == "cancelled"
    states = Pledge.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["declined", "lapsed"]
    case.request.refresh_from_db()
    assert case.request.state == "convening"


def test_only_one_s_own_unsent_share_is_given_up():
    case = signed_case()
    first = case.shares()[0]
    with pytest.raises(NotFound):
        lapse(case, first, case.lenders[1].member.user)
    with pytest.raises(NotFound):
        lapse(case, first, case.borrower.member.user)
    case.send(first)
    refused("share_wrong_state", first, lapse, case, first, case.lenders[0].member.user)
    other = drawn_case()
    share = other.shares()[0]
    refused("contract_not_signed", share, lapse, other, share, other.lenders[0].member.user)


def test_the_night_leaves_what_is_sent_and_lets_the_rest_go():
    case = signed_case()
    case.send(case.shares()[0])
    night = noon(case.loan.deliver_by + timedelta(days=1))
    assert expiring.expire_contracts(at=night)["unsent"] == 1
    assert [share.state for share in case.shares()] == ["sent", "lapsed"]
    assert case.reload().state == "signed"
    assert case.arrive(case.shares()[0], TODAY, night).state == "formed"


# --- what waits for whom ---


def todo_links(party) -> list[str]:
    return [todo.href for todo in contract_todos(party.member, TODAY)]


def test_each_step_waits_for_the_one_who_must_take_it(django_assert_num_queries):
    case = drawn_case()
    loan, (first, second) = case.loan, case.shares()
    sign = f"/credit/loans/{loan.pk}/sign/"
    assert [todo_links(party) for party in case.parties] == [[sign]] * 3
    case.sign(case.lenders[0])
    assert todo_links(case.lenders[0]) == []
    case.sign(case.borrower)
    case.sign(case.lenders[1])
    assert todo_links(case.lenders[0]) == [f"/credit/shares/{first.pk}/transfer/"]
    assert todo_links(case.borrower) == []
    case.send(first)
    assert todo_links(case.lenders[0]) == []
    assert todo_links(case.borrower) == [f"/credit/shares/{first.pk}/arrival/"]
    with django_assert_num_queries(5):
        contract_todos(case.borrower.member, TODAY)
    case.arrive(first)
    assert todo_links(case.borrower) == []
    assert todo_links(case.lenders[1]) == [f"/credit/shares/{second.pk}/transfer/"]


def test_officers_see_what_to_draw_and_what_to_settle():
    case = signed_case()
    disputed(case)
    covered_case(membership=PartyFactory(union=case.borrower.union))
    covered_case()

    def counts(user):
        return [line.count for line in contracts_waiting(user, TODAY)]

    assert counts(case.officer) == [1, 1, 0, 0]
    assert counts(officer("reviewer", case.borrower.union)) == [0, 0, 0, 0]


def test_every_step_leaves_a_trail():
    case = signed_case()
    share = disputed(case)
    case.arrive(share)
    actions = AuditRow.objects.filter(action__startswith="lending.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "lending.contract_drawn",
        *["lending.signed"] * 3,
        "lending.contract_signed",
        "lending.transfer_declared",
        "lending.transfer_disputed",
        "lending.share_formed",
    ]
    facts = str(list(actions.values_list("facts", flat=True)))
    assert case.borrower.member.name not in facts
    assert Loan.objects.get().state == "active"


# --- declared and never answered ---


def silent(days: int) -> tuple[Case, Share, date]:
    """A transfer declared today, and the day so many days later."""
    case = signed_case()
    share = case.send(case.shares()[0])
    return case, share, TODAY + timedelta(days=days)


def resolved(case: Case, share: Share, on: date, *, arrived: bool) -> Share:
    return delivery.resolve_transfer(
        share_id=share.pk,
        arrived=arrived,
        arrived_on=TODAY if arrived else None,
        note="问过双方，看过流水。",
        by=case.officer,
        at=noon(on),
    )


def waiting(case: Case, on: date) -> list[tuple[str, int]]:
    lines = contracts_waiting(case.officer, on)
    return [(str(line.label), line.count) for line in lines if "没人确认" in str(line.label)]


def test_silence_is_the_officers_after_ten_days_and_not_before():
    case, share, on = silent(9)
    assert waiting(case, on) == [("转款登记了一直没人确认，等核实", 0)]
    told = refused("answer_not_overdue", share, resolved, case, share, on, arrived=True)
    assert "5月20日（周三）才登记转款，满 10 天没人确认" in str(told)
    assert "请先提醒借款人" in str(told.way_on)
    on += timedelta(days=1)
    assert waiting(case, on) == [("转款登记了一直没人确认，等核实", 1)]
    resolved(case, share, on, arrived=True)
    share.refresh_from_db()
    assert (share.state, share.delivered_on) == ("formed", TODAY)
    assert share.principal_outstanding == Decimal("8000.00")
    assert stored_equals_replay(share) == []
    assert waiting(case, on) == [("转款登记了一直没人确认，等核实", 0)]


def test_what_the_officer_finds_not_arrived_is_to_be_sent_anew():
    case, share, on = silent(10)
    resolved(case, share, on, arrived=False)
    share.refresh_from_db()
    assert (share.state, share.sent_on, share.note) == ("agreed", None, "问过双方，看过流水。")
    assert Notice.objects.filter(kind="lending.transfer_not_arrived").count() == 2


def test_the_borrower_may_still_answer_what_was_raised():
    case, share, on = silent(12)
    case.arrive(share, TODAY, at=noon(on))
    refused("share_wrong_state", share, resolved, case, share, on, arrived=True)


def test_a_union_sets_other_days():
    case, share, on = silent(5)
    ParameterFactory(
        code="lending.arrival_days",
        value=Decimal(5),
        scope=case.request.membership.union.path,
        starts_on=TODAY,
    )
    assert waiting(case, on) == [("转款登记了一直没人确认，等核实", 1)]
    resolved(case, share, on, arrived=True)


def test_an_officer_of_another_union_finds_no_such_transfer():
    case, share, on = silent(10)
    case.officer = officer("convener", PartyFactory().union)
    with pytest.raises(NotFound):
        resolved(case, share, on, arrived=True)


# --- another sum than agreed ---


def reported(share: Share, arrived: str) -> Share:
    return delivery.report_amount(
        share_id=share.pk,
        arrived=Decimal(arrived),
        by=share.loan.membership.member.user,
        at=noon(TODAY),
    )


@pytest.mark.parametrize(
    ("arrived", "note", "kind", "title"),
    [
        (
            "5000.50",
            "到账 5,000.50 元，少 2,999.50 元。",
            "short",
            "只到账 5,000.50 元，还差 2,999.50 元。",
        ),
        ("8000.01", "到账 8,000.01 元，多 0.01 元。", "over", "到账 8,000.01 元，多了 0.01 元。"),
    ],
)
def test_another_sum_tells_the_lender_what_is_missing_or_too_much(arrived, note, kind, title):
    case = signed_case()
    share = reported(case.send(case.shares()[0]), arrived)
    share.refresh_from_db()
    assert (share.state, share.note, share.amount) == ("disputed", note, Decimal("8000.00"))
    (told,) = Notice.objects.filter(kind=f"lending.transfer_{kind}")
    assert told.recipient == case.lenders[0].member.user
    assert told.title.endswith(title)
    assert told.link == f"/credit/shares/{share.pk}/transfer/"
    (todo,) = contract_todos(case.lenders[0].member, TODAY)
    assert (todo.href, todo.detail) == (told.link, note)
    assert not LoanEvent.objects.exists()


@pytest.mark.parametrize(
    ("arrived", "code"),
    [("8000.00", "amount_as_agreed"), ("0.00", "amount_missing"), ("0.001", "amount_missing")],
)
def test_a_sum_that_is_no_difference_is_refused(arrived, code):
    case = signed_case()
    share = case.send(case.shares()[0])
    refused(code, share, reported, share, arrived)


def test_the_missing_rest_is_sent_and_the_whole_is_formed():
    case = signed_case()
    share = case.send(case.shares()[0], slip_number="FIRST")
    reported(share, "5000.00")
    refused("slip_disputed", share, case.send, share, TOMORROW, slip_number="FIRST")
    case.send(share, TOMORROW, slip_number="REST")
    share.refresh_from_db()
    assert (share.state, share.slip_number, share.note) == ("sent", "REST", "")
    slips = AuditRow.objects.filter(action="lending.transfer_declared").order_by("pk")
    assert [row.facts["slip"] for row in slips] == ["FIRST", "REST"]
    refused("arrived_on_wrong", share, case.arrive, share, TODAY, at=noon(TOMORROW))
    case.arrive(share, TOMORROW)
    share.refresh_from_db()
    assert (share.state, share.delivered_on) == ("formed", TOMORROW)
    assert (share.principal_outstanding, share.amount) == (Decimal("8000.00"),) * 2
    assert sum(row.principal for row in share.instalments.all()) == Decimal("8000.00")
    assert stored_equals_replay(share) == []


def test_too_much_is_given_back_and_then_confirmed():
    case = signed_case()
    share = case.send(case.shares()[0])
    reported(share, "8500.00")
    case.arrive(share)
    share.refresh_from_db()
    assert (share.state, share.principal_outstanding) == ("formed", Decimal("8000.00"))


def test_another_sum_is_said_of_a_declared_transfer_by_its_borrower_alone():
    case = signed_case()
    share = case.shares()[0]
    refused("share_wrong_state", share, reported, share, "5000.00")
    case.send(share)
    with pytest.raises(NotFound):
        delivery.report_amount(
            share_id=share.pk, arrived=Decimal(1), by=case.lenders[0].member.user, at=noon(TODAY)
        )

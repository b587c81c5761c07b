"""Asking for money: from the draft to the officer's desk and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from cooperative.membership.desk import waiting_for
from cooperative.membership.todo import todos_of
from cooperative.notices.models import Notice
from core.errors import NotFound
from core.models import AuditRow
from core.sentences import in_a_row
from credit.lending.models import LoanRequest, LprRate, RequestDraft
from credit.lending.rules.terms import CustomDue
from credit.lending.services import convening, drafts, requests, reviewing
from credit.scoring.models import Score
from tests.factories.core import ParameterFactory
from tests.factories.lending import (
    ACCOUNT_NUMBER,
    InstalmentFactory,
    LoanFactory,
    LoanRequestFactory,
    PartyFactory,
    ShareFactory,
)
from tests.factories.membership import officer
from tests.factories.scoring import credited
from tests.integration.lending.world import NOON, RATE, TODAY, World, answers, refusal

DAY = timedelta(days=1)


@pytest.fixture
def world(db):
    return World()


def owes(membership, amount, lenders=1, **values):
    """The member borrowed from so many lenders."""
    rows = []
    for _lender in range(lenders):
        loan = LoanFactory(
            active=True,
            request=LoanRequestFactory(membership=membership, contracted=True),
            principal=Decimal(amount),
        )
        rows.append(ShareFactory(formed=True, loan=loan, **values))
    return rows


# the draft


def test_a_draft_gathers_answers_and_becomes_a_request(world):
    own = {"membership": world.borrower, "by": world.borrower.member.user}
    drafts.save_draft(answers={"purpose": "seed", "amount": "5000.00"}, **own)
    drafts.save_draft(
        answers={
            "method": "equal_principal",
            "term_months": 3,
            "highest_rate": "0.06",
            "wanted_on": "2026-05-25",
            "amount": "6000.00",
            "account_holder": world.borrower.member.name,
            "account_bank": "农业银行双城支行",
            "account_number": ACCOUNT_NUMBER,
        },
        **own,
    )
    kept = drafts.draft_of(world.borrower)
    whole = drafts.answers_from(kept, own_use=True)
    row = requests.submit_request(answers=whole, at=NOON, **own)
    assert (row.purpose, row.amount, row.term_months, row.method) == (
        "seed",
        Decimal("6000.00"),
        3,
        "equal_principal",
    )
    assert not RequestDraft.objects.exists()
    assert drafts.answers_from(drafts.draft_from(row), own_use=True) == whole


def test_the_account_of_a_draft_and_of_a_request_lies_sealed(world):
    own = {"membership": world.borrower, "by": world.borrower.member.user}
    drafts.save_draft(answers={"account_number": ACCOUNT_NUMBER, "purpose": "seed"}, **own)
    assert drafts.draft_of(world.borrower) == {"purpose": "seed", "account_number": ACCOUNT_NUMBER}
    assert RequestDraft.objects.get().answers == {"purpose": "seed"}
    world.submit()
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM lending_loanrequest")
        (stored,) = cursor.fetchone()
    assert ACCOUNT_NUMBER not in stored
    assert LoanRequest.objects.get().account_number == ACCOUNT_NUMBER
    assert ACCOUNT_NUMBER not in str(list(AuditRow.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"account_number": ""}, "request_account"),
        ({"account_bank": " "}, "request_account"),
        ({"account_number": "62284804O256"}, "request_account_digits"),
        ({"account_number": "1234567"}, "request_account_length"),
        ({"account_number": "1" * 31}, "request_account_length"),
    ],
)
def test_an_account_is_whole_and_its_number_possible(world, change, code):
    assert refusal(world.submit, **change).code == code


def test_the_account_of_a_third_person_is_refused_with_the_rule_and_a_way_on(world):
    refused = refusal(world.submit, account_holder="王大海")
    assert refused.code == "account_of_another"
    name = world.borrower.member.name
    assert f"收款方是{name}，户名填的是王大海" in str(refused)
    assert "民法典第六百七十九条" in str(refused)
    assert "请换成收款方自己名下的账户" in str(refused.way_on)
    supplier = {"payee": "supplier", "payee_name": "兴农农资店（双城）"}
    assert refusal(world.submit, account_holder=name, **supplier).code == "account_of_another"
    row = world.submit(account_holder="兴农农资店(双城)", **supplier)
    assert row.account_holder == "兴农农资店(双城)"


def test_an_answer_of_none_is_forgotten(world):
    own = {"membership": world.borrower, "by": world.borrower.member.user}
    drafts.save_draft(answers={"purpose": "seed", "custom_due": []}, **own)
    assert drafts.save_draft(answers={"custom_due": None}, **own) == {"purpose": "seed"}
    drafts.discard_draft(**own)
    assert drafts.draft_of(world.borrower) == {}


def test_a_draft_is_forgotten_once_nobody_has_touched_it_for_thirty_days(world):
    own = {"membership": world.borrower, "by": world.borrower.member.user}
    drafts.save_draft(answers={"purpose": "seed"}, **own)
    RequestDraft.objects.update(updated_at=NOON)
    assert drafts.purge_drafts(at=NOON + 30 * DAY) == 0
    assert drafts.purge_drafts(at=NOON + 30 * DAY + timedelta(seconds=1)) == 1
    assert drafts.draft_of(world.borrower) == {}


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"purpose": "seed", "amount": "x", "method": "bullet", "highest_rate": "0", "wanted_on": "2026-05-25"},
        {"purpose": "seed", "amount": "1", "method": "bullet", "highest_rate": "0", "wanted_on": "soon"},
    ],
)  # fmt: skip
def test_a_draft_with_gaps_is_no_request(world, draft):
    assert refusal(drafts.answers_from, draft, own_use=True).code == "answer_missing"


def test_a_draft_is_the_member_s_own(world):
    other = PartyFactory(union=world.union)
    with pytest.raises(NotFound):
        drafts.save_draft(membership=world.borrower, answers={"amount": "1"}, by=other.member.user)
    assert not RequestDraft.objects.exists()


# submitting


def test_a_request_waits_for_the_union(world):
    row = world.submit()
    assert (row.state, row.expires_on, row.rate) == ("submitted", TODAY + 30 * DAY, None)
    deed = AuditRow.objects.get(action="lending.request_submitted")
    assert (deed.subject_id, deed.by, deed.scope) == (
        row.pk,
        world.borrower.member.user,
        world.union.path,
    )
    told = Notice.objects.get(kind="lending.request_submitted")
    assert told.recipient == world.convener
    assert world.borrower.member.name not in told.title + told.body
    assert "12,000 元" in told.title
    lines = {str(line.label): line.count for line in waiting_for(world.convener, TODAY)}
    assert lines == {"借款申请等您看": 1}


def test_a_request_ahead_of_the_season_lasts_until_the_money_is_wanted(world):
    assert world.submit(wanted_on=date(2026, 8, 1)).expires_on == date(2026, 8, 1)


def test_harvest_dates_give_the_term(world):
    row = world.submit(
        method="custom",
        term_months=0,
        custom_due=(
            CustomDue(date(2026, 10, 1), Decimal("7000.00")),
            CustomDue(date(2026, 11, 10), Decimal("5000.00")),
        ),
    )
    assert row.term_months == 6
    assert row.custom_due == [
        {"on": "2026-10-01", "principal": "7000.00"},
        {"on": "2026-11-10", "principal": "5000.00"},
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": "wedding"}, "request_purpose"),
        ({"amount": Decimal(0)}, "request_amount"),
        ({"amount": Decimal("0.001")}, "request_amount"),
        ({"highest_rate": Decimal("-0.01")}, "request_rate"),
        ({"method": "percent_of_principal"}, "request_method"),
        ({"wanted_on": TODAY - DAY}, "request_wanted_on"),
        ({"wanted_on": date(2027, 5, 21)}, "request_wanted_on"),
        ({"term_months": 0}, "request_term"),
        ({"term_months": 13}, "limit_term_months"),
        ({"payee": "supplier"}, "request_payee"),
        ({"payee_name": "农资店"}, "request_payee"),
        ({"own_use": False}, "request_own_use"),
        ({"method": "custom"}, "request_due_days"),
        (
            {"method": "custom", "custom_due": (CustomDue(date(2026, 9, 1), Decimal("1.00")),)},
            "request_due_sum",
        ),
        ({"highest_rate": Decimal("0.120001")}, "limit_rate_percent"),
        ({"amount": Decimal("100000.01")}, "limit_borrower_outstanding"),
    ],
)
def test_a_request_that_cannot_be_is_refused(world, change, code):
    refused = refusal(world.submit, **change)
    assert refused.code == code
    assert str(refused.message).endswith("。")


def test_a_rate_at_the_ceiling_passes(world):
    assert world.submit(highest_rate=Decimal("0.12")).highest_rate == Decimal("0.12")


def test_a_request_may_be_handed_in_while_the_rate_of_the_day_is_missing(world):
    LprRate.objects.filter(published_on=TODAY).delete()
    assert world.submit(highest_rate=Decimal("0.30")).state == "submitted"


def test_a_missing_rate_stops_the_convening(world):
    row = world.submit()
    LprRate.objects.filter(published_on=TODAY).delete()
    refused = refusal(reviewing.convene, request_id=row.pk, rate=RATE, by=world.convener, at=NOON)
    assert refused.code == "lpr_missing"


def test_one_request_at_a_time(world):
    world.submit()
    refused = refusal(world.submit)
    assert refused.code == "request_open"
    assert "12,000 元" in refused.message


def test_another_s_membership_is_not_found(world):
    other = PartyFactory(union=world.union)
    refused = refusal(
        requests.submit_request,
        membership=world.borrower,
        answers=answers(world.borrower),
        by=other.member.user,
        at=NOON,
    )
    assert isinstance(refused, NotFound)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "suspended"}, "not_admitted"),
        ({"waiting_ends_on": TODAY + DAY}, "waiting_period"),
        ({"state": "left", "ended_on": TODAY}, "not_admitted"),
    ],
)
def test_only_admitted_members_past_their_waiting_period_borrow(world, change, code):
    """I9."""
    type(world.borrower).objects.filter(pk=world.borrower.pk).update(**change)
    assert refusal(world.submit).code == code


def test_the_waiting_period_ends_on_its_day(world):
    type(world.borrower).objects.filter(pk=world.borrower.pk).update(waiting_ends_on=TODAY)
    assert world.submit().state == "submitted"


def test_minors_do_not_borrow(world):
    member = world.borrower.member
    member.set_identity("230113200805210015")
    member.save()
    refused = refusal(world.submit)
    assert refused.code == "under_age"
    assert "5月21日" in refused.message


@pytest.mark.parametrize(("days", "code"), [(30, None), (31, "own_overdue")])
def test_who_is_more_than_thirty_days_overdue_borrows_no_more(world, days, code):
    (share,) = owes(world.borrower, "1000.00")
    InstalmentFactory(share=share, from_on=TODAY - 90 * DAY, due_on=TODAY - days * DAY)
    if code is None:
        assert world.submit().state == "submitted"
    else:
        assert refusal(world.submit).code == code


def test_the_outstanding_limit_counts_what_is_owed_in_every_union(world):
    elsewhere = PartyFactory(member=world.borrower.member)
    owes(elsewhere, "90000.00")
    refused = refusal(world.submit)
    assert refused.code == "limit_borrower_outstanding"
    assert refused.facts == {"现在": "90,000 元", "办了以后": "102,000 元", "上限": "100,000 元"}
    assert world.submit(amount=Decimal("10000.00")).amount == Decimal("10000.00")


def test_the_limit_of_the_score_stops_and_says_so(world):
    credited_to(world.borrower, "15000.00")
    owes(world.borrower, "5000.00")
    refused = refusal(world.submit)
    assert refused.code == "limit_borrower_credit"
    assert "按信用分最多 15,000 元" in str(refused)
    assert "提出异议" in str(refused)
    assert refused.facts == {"现在": "5,000 元", "办了以后": "17,000 元", "上限": "15,000 元"}
    assert LoanRequest.objects.filter(membership=world.borrower, state="submitted").count() == 0
    assert world.submit(amount=Decimal("10000.00")).amount == Decimal("10000.00")


def test_who_has_no_score_may_borrow_up_to_the_union_s_rule(world):
    Score.objects.all().delete()
    refused = refusal(world.submit, amount=Decimal("10000.01"))
    assert refused.code == "limit_borrower_unscored"
    assert "10,000 元" in str(refused)
    assert world.submit(amount=Decimal("10000.00")).amount == Decimal("10000.00")


def test_a_score_that_fell_stops_the_next_step(world):
    row = world.convening()
    (pledge,) = world.invite(row, world.lender())
    credited_to(world.borrower, "3000.00")
    refused = refusal(world.pledge, pledge, "12000.00")
    assert refused.code == "limit_borrower_credit"
    pledge.refresh_from_db()
    assert pledge.state == "invited"


def credited_to(membership, limit):
    """The member's score allows so much now."""
    Score.objects.all().delete()
    credited(membership.member, limit)


def test_the_union_s_total_stops(world):
    ParameterFactory(
        code="lending.union_total_stop", scope=world.union.path, value=Decimal(100_000)
    )
    ParameterFactory(
        code="lending.borrower_union_percent_stop", scope=world.union.path, value=Decimal(100)
    )
    owes(PartyFactory(union=world.union), "90000.00")
    assert refusal(world.submit).code == "limit_union_total"


def test_one_borrower_s_part_of_the_union_s_total_stops(world):
    ParameterFactory(
        code="lending.union_total_stop", scope=world.union.path, value=Decimal(100_000)
    )
    assert refusal(world.submit).code == "limit_borrower_union_percent"


# mending, taking back, running out


def test_a_returned_request_is_mended_and_runs_anew(world):
    row = world.submit()
    reviewing.return_request(request_id=row.pk, reason="请写清品种。", by=world.convener, at=NOON)
    (todo,) = [todo for todo in todos_of(world.borrower.member, TODAY) if todo.tone == "brick"]
    assert (str(todo.text), todo.detail) == ("改一改您的 12,000 元借款申请", "请写清品种。")
    told = Notice.objects.get(kind="lending.request_returned")
    assert told.recipient == world.borrower.member.user
    later = NOON + 3 * DAY
    mended = requests.resubmit_request(
        request_id=row.pk,
        answers=answers(world.borrower, purpose_note="尿素四十袋", amount=Decimal("11000.00")),
        by=world.borrower.member.user,
        at=later,
    )
    assert (mended.pk, mended.state, mended.amount, mended.reason) == (
        row.pk,
        "submitted",
        Decimal("11000.00"),
        "",
    )
    assert mended.expires_on == TODAY + 33 * DAY
    assert Notice.objects.filter(kind="lending.request_submitted").count() == 2


def test_only_a_returned_request_is_mended(world):
    row = world.submit()
    refused = refusal(
        requests.resubmit_request,
        request_id=row.pk,
        answers=answers(world.borrower),
        by=world.borrower.member.user,
        at=NOON,
    )
    assert refused.code == "wrong_state"


def test_a_mended_request_obeys_the_limits(world):
    row = world.submit()
    reviewing.return_request(request_id=row.pk, reason="请改。", by=world.convener, at=NOON)
    refused = refusal(
        requests.resubmit_request,
        request_id=row.pk,
        answers=answers(world.borrower, amount=Decimal("200000.00")),
        by=world.borrower.member.user,
        at=NOON,
    )
    assert refused.code == "limit_borrower_outstanding"


def test_a_request_taken_back_lets_promises_lapse(world):
    row = world.convening()
    promised, asked = world.invite(row, world.lender(), world.lender())
    world.pledge(promised, "5000.00")
    requests.withdraw_request(request_id=row.pk, by=world.borrower.member.user, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("withdrawn", NOON)
    for pledge in (promised, asked):
        pledge.refresh_from_db()
        assert (pledge.state, pledge.amount) == ("lapsed", None)
    lapsed = Notice.objects.filter(kind="lending.pledge_lapsed")
    assert {notice.recipient for notice in lapsed} == {
        promised.membership.member.user,
        asked.membership.member.user,
    }
    assert Notice.objects.filter(kind="lending.request_withdrawn").count() == 1
    assert world.submit().state == "submitted"


def test_an_ended_request_is_not_taken_back(world):
    row = LoanRequestFactory(membership=world.borrower, refused=True)
    refused = refusal(
        requests.withdraw_request, request_id=row.pk, by=world.borrower.member.user, at=NOON
    )
    assert refused.code == "wrong_state"


def test_another_s_request_is_not_found(world):
    row = world.submit()
    stranger = PartyFactory(union=world.union).member.user
    for call in (
        lambda: requests.withdraw_request(request_id=row.pk, by=stranger, at=NOON),
        lambda: requests.withdraw_request(request_id=0, by=stranger, at=NOON),
        lambda: requests.resubmit_request(
            request_id=row.pk, answers=answers(world.borrower), by=stranger, at=NOON
        ),
    ):
        assert isinstance(refusal(call), NotFound)


def test_requests_run_out_in_the_night_after_their_last_day(world):
    row = world.convening()
    (pledge,) = world.invite(row, world.lender())
    world.pledge(pledge, "12000.00")
    last = datetime(2026, 6, 19, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert requests.expire_requests(at=last) == 0
    assert requests.expire_requests(at=last + timedelta(minutes=1)) == 1
    assert requests.expire_requests(at=last + timedelta(minutes=1)) == 0
    row.refresh_from_db()
    pledge.refresh_from_db()
    assert (row.state, pledge.state) == ("expired", "lapsed")
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert {"lending.request_expired", "lending.pledge_lapsed"} <= kinds
    assert AuditRow.objects.get(action="lending.request_expired").by is None


def test_a_contract_outlives_the_last_day_of_its_request(world):
    LoanRequestFactory(membership=world.borrower, contracted=True)
    assert requests.expire_requests(at=NOON + 365 * DAY) == 0


# the review


def test_a_request_is_refused_with_a_reason(world):
    row = world.submit()
    reviewing.refuse_request(request_id=row.pk, reason="今年先还旧账。", by=world.convener, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.reason, row.ended_at) == ("refused", "今年先还旧账。", NOON)
    told = Notice.objects.get(kind="lending.request_refused")
    assert "今年先还旧账" in told.body


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
@pytest.mark.parametrize("deed", [reviewing.return_request, reviewing.refuse_request])
def test_a_reason_is_needed(world, deed, reason):
    row = world.submit()
    refused = refusal(deed, request_id=row.pk, reason=reason, by=world.convener, at=NOON)
    assert refused.code in ("reason_missing", "reason_too_long")


def test_the_convener_begins_alone_up_to_the_limit(world):
    row = world.convening(amount=Decimal("20000.00"))
    assert (row.state, row.rate, row.convened_by, row.approved_by) == (
        "convening",
        RATE,
        world.convener,
        None,
    )
    told = Notice.objects.get(kind="lending.request_convened")
    assert "6%" in told.body


def test_above_the_limit_a_reviewer_approves(world):
    row = world.convening(amount=Decimal("20000.01"))
    assert row.state == "proposed"
    assert Notice.objects.get(kind="lending.request_proposed").recipient == world.reviewer
    lines = {str(line.label): line.count for line in waiting_for(world.reviewer, TODAY)}
    assert lines == {"借款召集等您复核": 1}
    reviewing.approve_convening(request_id=row.pk, by=world.reviewer, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.approved_by) == ("convening", world.reviewer)


def test_who_convened_does_not_approve(world):
    row = world.convening(amount=Decimal("30000.00"))
    LoanRequest.objects.filter(pk=row.pk).update(convened_by=world.reviewer)
    refused = refusal(reviewing.approve_convening, request_id=row.pk, by=world.reviewer, at=NOON)
    assert refused.code == "same_person"


def test_a_reviewer_returns_a_convening_to_the_convener(world):
    row = world.convening(amount=Decimal("30000.00"))
    reviewing.return_convening(
        request_id=row.pk, reason="先问清还款来源。", by=world.reviewer, at=NOON
    )
    row.refresh_from_db()
    assert (row.state, row.rate, row.convened_by) == ("submitted", None, None)
    assert Notice.objects.get(kind="lending.convening_returned").recipient == world.convener


def test_a_reviewer_refuses_what_waits_for_approval(world):
    row = world.convening(amount=Decimal("30000.00"))
    refused = refusal(
        reviewing.refuse_request, request_id=row.pk, reason="不行。", by=world.convener, at=NOON
    )
    assert isinstance(refused, NotFound)
    reviewing.refuse_request(request_id=row.pk, reason="风险大。", by=world.reviewer, at=NOON)
    row.refresh_from_db()
    assert row.state == "refused"


@pytest.mark.parametrize(
    ("rate", "code"),
    [
        (Decimal("0.080001"), "rate_above_wish"),
        (Decimal("-0.01"), "rate_above_wish"),
    ],
)
def test_a_rate_beyond_the_wish_is_refused(world, rate, code):
    row = world.submit()
    refused = refusal(reviewing.convene, request_id=row.pk, rate=rate, by=world.convener, at=NOON)
    assert refused.code == code


def test_a_rate_beyond_the_law_is_refused_when_the_ceiling_has_fallen(world):
    row = world.submit(highest_rate=Decimal("0.12"))
    LprRate.objects.filter(published_on=TODAY).update(one_year_rate=Decimal("0.0290"))
    refused = refusal(
        reviewing.convene, request_id=row.pk, rate=Decimal("0.1161"), by=world.convener, at=NOON
    )
    assert refused.code == "limit_rate_percent"
    assert refused.facts["上限"] == "11.6%"


def test_a_request_is_convened_once(world):
    row = world.convening()
    refused = refusal(reviewing.convene, request_id=row.pk, rate=RATE, by=world.convener, at=NOON)
    assert refused.code == "wrong_state"


def test_a_borrower_suspended_meanwhile_is_not_convened_for(world):
    row = world.submit()
    type(world.borrower).objects.filter(pk=world.borrower.pk).update(state="suspended")
    refused = refusal(reviewing.convene, request_id=row.pk, rate=RATE, by=world.convener, at=NOON)
    assert refused.code == "not_admitted"


def test_officers_do_not_decide_their_own_matter(world):
    type(world.borrower.member).objects.filter(pk=world.borrower.member_id).update(
        user=world.convener
    )
    world.borrower.member.refresh_from_db()
    row = world.submit()
    for call in (
        lambda: reviewing.convene(request_id=row.pk, rate=RATE, by=world.convener, at=NOON),
        lambda: reviewing.return_request(
            request_id=row.pk, reason="改。", by=world.convener, at=NOON
        ),
    ):
        assert refusal(call).code == "own_matter"
    assert waiting_for(world.convener, TODAY) == []
    assert not Notice.objects.filter(recipient=world.convener).exists()


def test_officers_of_another_union_find_nothing(world):
    row = world.submit()
    stranger = officer("convener", World().union)
    for call in (
        lambda: reviewing.convene(request_id=row.pk, rate=RATE, by=stranger, at=NOON),
        lambda: reviewing.refuse_request(request_id=row.pk, reason="x", by=stranger, at=NOON),
        lambda: reviewing.approve_convening(request_id=row.pk, by=stranger, at=NOON),
        lambda: convening.invite(
            request_id=row.pk, membership_ids=[world.borrower.pk], by=stranger, at=NOON
        ),
    ):
        assert isinstance(refusal(call), NotFound)


def test_auditors_read_and_decide_nothing(world):
    row = world.submit()
    auditor = officer("auditor", world.union)
    assert isinstance(
        refusal(reviewing.convene, request_id=row.pk, rate=RATE, by=auditor, at=NOON), NotFound
    )


def test_refusals_are_whole_sentences(world):
    refused = refusal(world.submit, amount=Decimal("100000.01"))
    assert in_a_row(refused.message, refused.way_on) == (
        "借款人名下没还的本金会到 100,000.01 元，每人最多 100,000 元。"
        "可以少借一些，或先还上一部分。现在名下是 0 元。"
    )

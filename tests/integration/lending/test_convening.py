"""Spare money, invitations and the members' answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cooperative.membership.models import Membership
from cooperative.membership.todo import todos_of
from cooperative.notices.models import Notice
from core.errors import NotFound
from core.models import AuditRow
from credit.lending.models import Pledge, Share, SpareMoney
from credit.lending.selectors.candidates import candidates_for
from credit.lending.selectors.requests import missing_of, requests_with_pledges
from credit.lending.selectors.spare import free_amount_of, promised_of
from credit.lending.services import convening, requests, reviewing, spare
from tests.factories.core import ParameterFactory
from tests.factories.lending import (
    InstalmentFactory,
    LoanFactory,
    LoanRequestFactory,
    NightMarkFactory,
    PartyFactory,
    PledgeFactory,
    ShareFactory,
)
from tests.factories.membership import CooperativeFactory, HouseholdFactory, VillageFactory
from tests.integration.lending.world import NOON, RATE, TODAY, World, refusal

DAY = timedelta(days=1)


@pytest.fixture
def world(db):
    return World()


def register(membership, **change):
    values = {
        "membership": membership,
        "amount": Decimal("20000.00"),
        "available_from": TODAY,
        "available_until": None,
        "own_funds": True,
        "by": membership.member.user,
        "at": NOON,
    }
    return spare.register_spare_money(**(values | change))


def change(row, **values):
    given = {
        "amount": row.amount,
        "available_from": row.available_from,
        "available_until": None,
        "own_funds": True,
        "by": row.membership.member.user,
        "at": NOON,
    }
    return spare.change_spare_money(spare_id=row.pk, **(given | values))


def lend(lender, amount, **values):
    """The member lent so much to somebody of their union."""
    loan = LoanFactory(
        active=True,
        request=LoanRequestFactory(membership__union=lender.union, contracted=True),
        principal=Decimal(amount),
    )
    return ShareFactory(**({"formed": True, "loan": loan, "membership": lender} | values))


# spare money


def test_spare_money_is_registered_and_stays_with_the_member(world):
    lender = PartyFactory(union=world.union)
    row = register(lender)
    assert (row.amount, row.ended_at, row.own_funds_declared_at) == (
        Decimal("20000.00"),
        None,
        NOON,
    )
    deed = AuditRow.objects.get(action="lending.spare_registered")
    assert (deed.subject_id, deed.scope) == (row.pk, world.union.path)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"own_funds": False}, "own_funds_undeclared"),
        ({"amount": Decimal(0)}, "spare_amount"),
        ({"amount": Decimal("1.005")}, "spare_amount"),
        ({"available_until": TODAY}, "spare_period"),
        (
            {"available_from": date(2026, 7, 1), "available_until": date(2026, 7, 1)},
            "spare_period",
        ),
    ],
)
def test_spare_money_that_cannot_be_is_refused(world, values, code):
    lender = PartyFactory(union=world.union)
    assert refusal(register, lender, **values).code == code


def test_spare_money_is_registered_once(world):
    lender = world.lender()
    assert refusal(register, lender).code == "spare_registered"


def test_spare_money_is_one_s_own_matter(world):
    lender = world.lender()
    row = SpareMoney.objects.get(membership=lender)
    stranger = PartyFactory(union=world.union).member.user
    assert isinstance(refusal(register, lender, by=stranger), NotFound)
    assert isinstance(refusal(change, row, by=stranger), NotFound)
    call = spare.withdraw_spare_money
    assert isinstance(refusal(call, spare_id=row.pk, by=stranger, at=NOON), NotFound)
    assert isinstance(refusal(call, spare_id=0, by=stranger, at=NOON), NotFound)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"state": "suspended"}, "not_admitted"),
        ({"waiting_ends_on": TODAY + DAY}, "waiting_period"),
    ],
)
def test_only_admitted_members_past_their_waiting_period_lend(world, values, code):
    """I9."""
    lender = PartyFactory(union=world.union)
    Membership.objects.filter(pk=lender.pk).update(**values)
    assert refusal(register, lender).code == code


def test_who_owes_overdue_money_does_not_lend(world):
    lender = PartyFactory(union=world.union)
    owed = ShareFactory(
        formed=True,
        loan=LoanFactory(
            active=True, request=LoanRequestFactory(membership=lender, contracted=True)
        ),
    )
    InstalmentFactory(share=owed, from_on=TODAY - 30 * DAY, due_on=TODAY - DAY)
    refused = refusal(register, lender)
    assert (refused.code, refused.facts) == ("own_overdue", {"已逾期": "1 天"})


def test_spare_money_is_changed_and_taken_back(world):
    row = SpareMoney.objects.get(membership=world.lender())
    change(row, amount=Decimal("8000.00"), at=NOON + DAY)
    row.refresh_from_db()
    assert (row.amount, row.registered_at) == (Decimal("8000.00"), NOON + DAY)
    assert AuditRow.objects.get(action="lending.spare_changed").facts["was"] == "20000.00"
    spare.withdraw_spare_money(spare_id=row.pk, by=row.membership.member.user, at=NOON)
    row.refresh_from_db()
    assert row.ended_at == NOON
    assert register(row.membership).pk != row.pk


def test_what_is_promised_is_not_taken_back(world):
    lender = world.lender()
    (pledge,) = world.invite(world.convening(), lender)
    world.pledge(pledge, "5000.00")
    row = SpareMoney.objects.get(membership=lender)
    assert promised_of(row) == Decimal("5000.00")
    assert refusal(change, row, amount=Decimal("4999.99")).code == "spare_promised"
    refused = refusal(spare.withdraw_spare_money, spare_id=row.pk, by=lender.member.user, at=NOON)
    assert refused.code == "spare_promised"
    assert change(row, amount=Decimal("5000.00")).amount == Decimal("5000.00")


def test_what_was_lent_is_gone_until_it_is_repaid_or_told_anew(world):
    lender = world.lender()
    row = SpareMoney.objects.get(membership=lender)
    pledge = PledgeFactory(
        request__membership=world.borrower, membership=lender, spare_money=row, contracted=True
    )
    share = lend(lender, "12000.00", pledge=pledge, formed_at=NOON + DAY)
    assert free_amount_of(row) == Decimal("8000.00")
    Share.objects.filter(pk=share.pk).update(
        principal_outstanding=Decimal("2000.00"), principal_paid=Decimal("10000.00")
    )
    assert free_amount_of(row) == Decimal("18000.00")
    change(row, at=NOON + 2 * DAY)
    row.refresh_from_db()
    assert free_amount_of(row) == Decimal("20000.00")


def test_what_is_agreed_but_not_sent_stays_promised(world):
    lender = world.lender()
    row = SpareMoney.objects.get(membership=lender)
    pledge = PledgeFactory(
        request__membership=world.borrower, membership=lender, spare_money=row, contracted=True
    )
    lend(lender, "12000.00", pledge=pledge, formed=False)
    assert promised_of(row) == Decimal("12000.00")
    assert free_amount_of(row) == Decimal("8000.00")


# inviting


def test_members_are_invited_with_the_reasons_that_were_shown(world):
    request = world.convening()
    lender = world.lender()
    (pledge,) = world.invite(request, lender)
    assert (pledge.state, pledge.invited_by, pledge.amount) == ("invited", world.convener, None)
    assert {"code": "free", "value": "20000.00"} in pledge.reasons
    told = Notice.objects.get(kind="lending.invited")
    assert told.recipient == lender.member.user
    assert world.borrower.member.name not in told.title + told.body
    assert told.link == f"/credit/invitations/{pledge.pk}/"
    (todo,) = [todo for todo in todos_of(lender.member, TODAY) if todo.href == told.link]
    assert "12,000 元" in str(todo.text)


def test_all_named_are_invited_or_none(world):
    request = world.convening()
    poor = PartyFactory(union=world.union)
    refused = refusal(world.invite, request, world.lender(), poor)
    assert refused.code == "no_spare_money"


def test_who_cannot_lend_is_not_invited(world):
    request = world.convening()
    suspended, waiting = world.lender(), world.lender()
    Membership.objects.filter(pk=suspended.pk).update(state="suspended")
    Membership.objects.filter(pk=waiting.pk).update(waiting_ends_on=TODAY + DAY)
    assert refusal(world.invite, request, suspended).code == "not_admitted"
    assert refusal(world.invite, request, waiting).code == "waiting_period"


def test_members_of_other_unions_are_not_found(world):
    """I9: one union."""
    stranger = World().lender()
    assert isinstance(refusal(world.invite, world.convening(), stranger), NotFound)


def test_the_borrower_is_not_their_own_lender(world):
    request = world.convening()
    register(world.borrower)
    assert refusal(world.invite, request, world.borrower).code == "own_lender"


def test_an_officer_does_not_invite_themself(world):
    request = world.convening()
    lender = world.lender()
    type(lender.member).objects.filter(pk=lender.member_id).update(user=world.convener)
    assert refusal(world.invite, request, lender).code == "own_matter"


def test_nobody_is_invited_twice_but_who_declined_may_be_asked_again(world):
    request = world.convening()
    lender = world.lender()
    (pledge,) = world.invite(request, lender)
    assert refusal(world.invite, request, lender).code == "invited_already"
    convening.decline(pledge_id=pledge.pk, note=" 手头紧 ", by=lender.member.user, at=NOON)
    pledge.refresh_from_db()
    assert (pledge.state, pledge.note) == ("declined", "手头紧")
    (again,) = world.invite(request, lender)
    assert (again.pk, again.state, again.note) == (pledge.pk, "invited", "")
    assert Notice.objects.filter(kind="lending.invited").count() == 2


@pytest.mark.parametrize("amount", ["12000.00", "30000.00"])
def test_nobody_is_invited_before_the_convening(world, amount):
    request = world.submit(amount=Decimal(amount))
    if amount == "30000.00":
        reviewing.convene(request_id=request.pk, rate=RATE, by=world.convener, at=NOON)
    assert refusal(world.invite, request, world.lender()).code == "not_convening"


def test_somebody_must_be_named(world):
    assert refusal(world.invite, world.convening()).code == "nobody_named"


# answering


def test_pledges_cover_the_request_to_the_fen(world):
    request = world.convening()
    first, second = world.invite(request, world.lender(), world.lender())
    world.pledge(first, "4000.01")
    request.refresh_from_db()
    assert (request.state, missing_of(request)) == ("convening", Decimal("7999.99"))
    world.pledge(second, "7999.99")
    request.refresh_from_db()
    assert (request.state, missing_of(request)) == ("covered", Decimal("0.00"))
    assert Notice.objects.get(kind="lending.request_covered").recipient == world.convener
    told = Notice.objects.get(kind="lending.own_request_covered")
    assert told.recipient == world.borrower.member.user
    (row,) = requests_with_pledges(type(request).objects.order_by("pk"))
    assert (row.pledged, row.asked, row.answered) == (Decimal("12000.00"), 2, 2)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("0.00", "pledge_amount"),
        ("-1.00", "pledge_amount"),
        ("1.001", "pledge_amount"),
        ("12000.01", "pledge_beyond_missing"),
    ],
)
def test_a_pledge_that_cannot_be_is_refused(world, amount, code):
    (pledge,) = world.invite(world.convening(), world.lender())
    assert refusal(world.pledge, pledge, amount).code == code


def test_a_pledge_keeps_within_the_spare_money(world):
    lender = world.lender("6000.00")
    (pledge,) = world.invite(world.convening(), lender)
    refused = refusal(world.pledge, pledge, "6000.01")
    assert (refused.code, refused.facts) == ("pledge_beyond_spare", {"最多": "6,000 元"})
    world.pledge(pledge, "6000.00")
    other = world.convening(PartyFactory(union=world.union))
    lone = PledgeFactory(
        request=other, membership=lender, spare_money=SpareMoney.objects.get(membership=lender)
    )
    assert refusal(world.pledge, lone, "0.01").code == "pledge_beyond_spare"


def test_a_pledge_may_be_changed_until_the_contract(world):
    request = world.convening()
    (pledge,) = world.invite(request, world.lender())
    world.pledge(pledge, "12000.00")
    world.pledge(pledge, "11000.00")
    request.refresh_from_db()
    assert request.state == "convening"
    assert Notice.objects.get(kind="lending.request_uncovered").recipient == world.convener
    world.pledge(pledge, "12000.00")
    request.refresh_from_db()
    assert request.state == "covered"
    assert Notice.objects.filter(kind="lending.request_covered").count() == 2


def test_nobody_pledges_to_what_is_covered(world):
    request = world.convening()
    first, late = world.invite(request, world.lender(), world.lender())
    world.pledge(first, "12000.00")
    assert refusal(world.pledge, late, "1.00").code == "request_covered"
    assert todos_of(late.membership.member, TODAY)[0].href != f"/credit/invitations/{late.pk}/"


@pytest.mark.parametrize("answer", ["release", "decline", "cancel"])
def test_a_promise_taken_back_opens_the_request_again(world, answer):
    request = world.convening()
    (pledge,) = world.invite(request, world.lender())
    world.pledge(pledge, "12000.00")
    own = pledge.membership.member.user
    if answer == "release":
        convening.release_pledge(pledge_id=pledge.pk, by=own, at=NOON)
    elif answer == "decline":
        convening.decline(pledge_id=pledge.pk, by=own, at=NOON)
    else:
        convening.cancel_invitation(pledge_id=pledge.pk, by=world.convener, at=NOON)
        assert Notice.objects.get(kind="lending.invitation_cancelled").recipient == own
    pledge.refresh_from_db()
    request.refresh_from_db()
    states = {"release": "invited", "decline": "declined", "cancel": "lapsed"}
    assert (pledge.state, pledge.amount) == (states[answer], None)
    assert request.state == "convening"


def test_a_contracted_pledge_is_not_taken_back(world):
    pledge = PledgeFactory(
        request__membership=world.borrower, request__state="contracted", contracted=True
    )
    own = pledge.membership.member.user
    for call in (
        lambda: convening.release_pledge(pledge_id=pledge.pk, by=own, at=NOON),
        lambda: convening.decline(pledge_id=pledge.pk, by=own, at=NOON),
        lambda: convening.cancel_invitation(pledge_id=pledge.pk, by=world.convener, at=NOON),
    ):
        assert refusal(call).code == "wrong_state"


def test_another_s_invitation_is_not_found(world):
    (pledge,) = world.invite(world.convening(), world.lender())
    for by in (world.borrower.member.user, world.convener):
        for call in (convening.decline, convening.release_pledge):
            assert isinstance(refusal(call, pledge_id=pledge.pk, by=by, at=NOON), NotFound)
        refused = refusal(convening.pledge, pledge_id=pledge.pk, amount=Decimal(1), by=by, at=NOON)
        assert isinstance(refused, NotFound)
    for call in (
        lambda: convening.decline(pledge_id=0, by=world.convener, at=NOON),
        lambda: convening.cancel_invitation(pledge_id=0, by=world.convener, at=NOON),
        lambda: convening.cancel_invitation(pledge_id=pledge.pk, by=World().convener, at=NOON),
    ):
        with pytest.raises(NotFound):
            call()


def test_who_was_suspended_after_the_invitation_does_not_pledge(world):
    (pledge,) = world.invite(world.convening(), world.lender())
    Membership.objects.filter(pk=pledge.membership_id).update(state="suspended")
    assert refusal(world.pledge, pledge, "1.00").code == "not_admitted"


def test_nobody_pledges_from_money_taken_back(world):
    lender = world.lender()
    (pledge,) = world.invite(world.convening(), lender)
    row = SpareMoney.objects.get(membership=lender)
    spare.withdraw_spare_money(spare_id=row.pk, by=lender.member.user, at=NOON)
    assert refusal(world.pledge, pledge, "1.00").code == "no_spare_money"


def test_a_lender_s_limit_counts_what_is_out_and_promised(world):
    lender = world.lender("300000.00")
    lend(lender, "190000.00")
    first = world.convening()
    second = world.convening(PartyFactory(union=world.union))
    one, two = world.invite(first, lender) + world.invite(second, lender)
    world.pledge(one, "6000.00")
    refused = refusal(world.pledge, two, "4000.01")
    assert refused.code == "limit_lender_out"
    assert refused.facts == {
        "现在": "196,000 元",
        "办了以后": "200,000.01 元",
        "上限": "200,000 元",
    }
    assert world.pledge(two, "4000.00").state == "pledged"


def test_the_tenth_loan_within_the_counted_months_stops(world):
    lender = world.lender("100000.00")
    old = lend(lender, "100.00")
    Share.objects.filter(pk=old.pk).update(delivered_on=date(2024, 5, 19))
    for _loan in range(9):
        lend(lender, "100.00", settled=True, formed=False)
    (pledge,) = world.invite(world.convening(), lender)
    refused = refusal(world.pledge, pledge, "100.00")
    assert (refused.code, refused.facts["上限"]) == ("limit_lender_loans", "9 笔")


def test_the_eleventh_lender_of_a_borrower_stops(world):
    ParameterFactory(code="lending.borrower_lenders_stop", scope=world.union.path, value=Decimal(2))
    request = world.convening()
    pledges = world.invite(request, world.lender(), world.lender(), world.lender())
    world.pledge(pledges[0], "100.00")
    world.pledge(pledges[1], "100.00")
    assert refusal(world.pledge, pledges[2], "100.00").code == "limit_borrower_lenders"
    assert world.pledge(pledges[1], "200.00").amount == Decimal("200.00")


def test_a_whole_story_leaves_its_trail(world):
    request = world.convening()
    (pledge,) = world.invite(request, world.lender())
    world.pledge(pledge, "12000.00")
    requests.withdraw_request(request_id=request.pk, by=world.borrower.member.user, at=NOON)
    deeds = AuditRow.objects.filter(action__startswith="lending.").exclude(
        action="lending.lpr_shipped"
    )
    assert list(deeds.order_by("pk").values_list("action", flat=True)) == [
        "lending.request_submitted",
        "lending.request_convened",
        "lending.invited",
        "lending.pledged",
        "lending.request_covered",
        "lending.request_withdrawn",
    ]


# suggestions


def codes(grounds):
    return [ground.code.value for ground in grounds]


def test_candidates_are_explained(world):
    village = VillageFactory()
    shop = CooperativeFactory(union=world.union)
    member = world.borrower.member
    member.division = village
    member.household = HouseholdFactory(union=world.union)
    member.save()
    Membership.objects.filter(pk=world.borrower.pk).update(cooperative=shop)
    near = world.lender("5000.00")
    type(near.member).objects.filter(pk=near.member_id).update(division=village)
    Membership.objects.filter(pk=near.pk).update(cooperative=shop)
    kin = world.lender("5000.00")
    type(kin.member).objects.filter(pk=kin.member_id).update(household=member.household)
    short = world.lender("5000.00", available_until=date(2026, 8, 1))
    request = world.convening()
    found = {row.membership.pk: row for row in candidates_for(request, TODAY)}
    assert codes(found[near.pk].reasons) == [
        "free",
        "dates_fit",
        "same_village",
        "same_cooperative",
    ]
    assert found[near.pk].warnings == []
    assert codes(found[kin.pk].warnings) == ["kin"]
    assert codes(found[short.pk].warnings) == ["dates_short"]
    assert next(iter(found)) == near.pk
    assert found[near.pk].most == Decimal("5000.00")
    assert "余钱还能借 5,000 元" in [ground.text for ground in found[near.pk].reasons]


def test_past_dealings_speak(world):
    good, bad = world.lender(), world.lender()
    for lender, late in ((good, False), (bad, True)):
        loan = LoanFactory(
            settled=True,
            request=LoanRequestFactory(membership=world.borrower, contracted=True),
        )
        share = ShareFactory(settled=True, loan=loan, membership=lender)
        if late:
            NightMarkFactory(share=share, kind="overdue")
    request = world.convening()
    found = {row.membership.pk: row for row in candidates_for(request, TODAY)}
    assert "paid_back_before" in codes(found[good.pk].reasons)
    assert "paid_back_before" not in codes(found[bad.pk].reasons)
    assert codes(found[bad.pk].warnings) == ["late_before"]


def test_who_cannot_help_is_not_suggested(world):
    request = world.convening()
    helper = world.lender()
    suspended, empty, full, asked = (world.lender() for _who in range(4))
    Membership.objects.filter(pk=suspended.pk).update(state="suspended")
    PledgeFactory(
        request=world.convening(PartyFactory(union=world.union)),
        membership=empty,
        spare_money=SpareMoney.objects.get(membership=empty),
        pledged=True,
        amount=Decimal("20000.00"),
    )
    lend(full, "200000.00")
    world.invite(request, asked)
    register(world.borrower)
    World().lender()
    assert [row.membership.pk for row in candidates_for(request, TODAY)] == [helper.pk]


def test_a_counter_near_its_warning_is_said(world):
    lender = world.lender()
    lend(lender, "145000.00")
    request = world.convening()
    (row,) = candidates_for(request, TODAY)
    assert codes(row.warnings) == ["limit"]
    assert row.warnings[0].text == "出借人会借出 157,000 元，超过预警 150,000 元。"


def test_who_lent_least_often_comes_first_whatever_they_have(world):
    busy, fresh = world.lender("50000.00"), world.lender("1000.00")
    lend(busy, "100.00")
    request = world.convening()
    assert [row.membership.pk for row in candidates_for(request, TODAY)] == [fresh.pk, busy.pk]


def test_suggestions_take_a_fixed_number_of_queries(world, django_assert_num_queries):
    request = world.convening()
    for _lender in range(2):
        lend(world.lender(), "100.00")
    with django_assert_num_queries(13):
        assert len(candidates_for(request, TODAY)) == 2
    for _lender in range(5):
        lend(world.lender(), "100.00")
    with django_assert_num_queries(13):
        assert len(candidates_for(request, TODAY)) == 7
    assert Pledge.objects.count() == 0

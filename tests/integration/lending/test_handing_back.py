"""What came of a transfer whose share came to nothing: owed back, seen by all, until the lender has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cooperative.ledger.models import Posting
from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.files import access_file
from core.models import AuditRow
from credit.lending.contracting import contract_todos, contracts_waiting
from credit.lending.models import HandBack, Share
from credit.lending.selectors.open_matters import open_matters_in, open_matters_of
from credit.lending.services import contracts, delivery, expiring, handing_back
from tests.factories.contracting import Case, noon, quick_pdf, rules_in_force, signed_case
from tests.factories.lending import TODAY, PartyFactory
from tests.factories.membership import UnionFactory, officer
from tests.integration.lending.test_delivery import picture

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)
DESK = "先到的转款要退回，还没退完"


@pytest.fixture(autouse=True)
def rules(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.PRIVATE_ROOT = tmp_path
    rules_in_force()
    with quick_pdf():
        yield


def came_in_part(arrived: str = "3000.00") -> tuple[Case, Share]:
    """The first of two shares: less than 8 000 came, and the officer has sent it back to be made good."""
    case = signed_case()
    share = case.send(case.shares()[0])
    delivery.report_amount(
        share_id=share.pk, arrived=Decimal(arrived), by=case.borrower.member.user, at=noon(TODAY)
    )
    sent_back(case, share)
    return case, case.shares()[0]


def sent_back(case: Case, share: Share, **found: Any) -> None:
    delivery.resolve_transfer(
        share_id=share.pk,
        arrived=False,
        arrived_on=None,
        note="只到了一部分。",
        by=case.officer,
        at=noon(TODAY),
        **found,
    )


def lapsed(arrived: str = "3000.00") -> tuple[Case, HandBack]:
    """The lender sends no more and gives the share up."""
    case, share = came_in_part(arrived)
    delivery.lapse_share(
        share_id=share.pk, reason="转不了了。", by=share.membership.member.user, at=noon(TODAY)
    )
    return case, HandBack.objects.get()


def declared(case: Case, row: HandBack, **more: Any) -> HandBack:
    given = {"on": TODAY, "slip_number": "TH 0001", "slip": None, "at": noon(TODAY)} | more
    by = case.borrower.member.user
    return handing_back.declare_hand_back(hand_back_id=row.pk, by=by, **given)


def confirmed(case: Case, row: HandBack) -> HandBack:
    by = case.lenders[0].member.user
    return handing_back.confirm_hand_back(hand_back_id=row.pk, by=by, at=noon(TOMORROW))


def todos(party: Any) -> list[str]:
    return [str(todo.text) for todo in contract_todos(party.member, TODAY) if "退" in todo.text]


def on_desk(case: Case) -> int:
    (line,) = [w for w in contracts_waiting(case.officer, TODAY) if str(w.label) == DESK]
    return line.count


def kinds() -> list[str]:
    rows = Notice.objects.filter(kind__startswith="lending.hand_back").order_by("pk")
    return [row.kind.removeprefix("lending.hand_back_") for row in rows]


def test_what_came_of_a_share_that_lapsed_is_owed_back_and_everybody_sees_it():
    case, row = lapsed()
    assert (row.state, row.amount) == ("owed", Decimal("3000.00"))
    borrower, lender = case.borrower, case.lenders[0]
    assert todos(borrower) == [f"把先到的 3,000 元退给{lender.member.name}"]
    assert todos(lender) == [f"确认收到{borrower.member.name}退回的 3,000 元"]
    assert todos(case.lenders[1]) == []
    assert on_desk(case) == 1
    told = Notice.objects.filter(kind="lending.hand_back_owed")
    assert {notice.recipient for notice in told} == {borrower.member.user, lender.member.user}
    assert "先到的 3,000 元要退回" in told[0].title
    assert AuditRow.objects.get(action="lending.hand_back_owed").facts["amount"] == "3000.00"
    assert not Posting.objects.exists()


def test_both_sides_close_it():
    case, row = lapsed()
    declared(case, row, slip=picture())
    row.refresh_from_db()
    assert (row.state, row.slip_number, row.returned_on) == ("declared", "TH0001", TODAY)
    assert row.slip is not None
    assert access_file(case.lenders[0].member.user, row.slip_id).pk == row.slip_id
    with pytest.raises(NotFound):
        access_file(PartyFactory().member.user, row.slip_id)
    assert on_desk(case) == 1
    confirmed(case, row)
    row.refresh_from_db()
    assert (row.state, row.closed_by) == ("returned", case.lenders[0].member.user)
    assert todos(case.borrower) == todos(case.lenders[0]) == []
    assert on_desk(case) == 0
    assert kinds() == ["owed", "owed", "declared", "done", "done"]


def test_the_lenders_word_alone_is_enough():
    case, row = lapsed()
    confirmed(case, row)
    row.refresh_from_db()
    assert (row.state, row.declared_at) == ("returned", None)
    with pytest.raises(Refused) as refused:
        confirmed(case, row)
    assert refused.value.code == "wrong_state"


def test_what_did_not_come_is_owed_as_before_and_may_be_declared_anew():
    case, row = lapsed()
    declared(case, row)
    lender = case.lenders[0].member.user
    handing_back.deny_hand_back(hand_back_id=row.pk, reason="卡里没有。", by=lender, at=noon(TODAY))
    row.refresh_from_db()
    assert (row.state, row.note, row.slip_number, row.returned_on) == (
        "owed",
        "卡里没有。",
        "",
        None,
    )
    assert AuditRow.objects.get(action="lending.hand_back_denied").facts["slip"] == "TH0001"
    assert kinds()[-1] == "denied"
    declared(case, row, slip_number="TH0002")
    row.refresh_from_db()
    assert (row.state, row.note) == ("declared", "")
    assert kinds().count("declared") == 2


def test_an_officer_who_has_seen_both_accounts_closes_it():
    case, row = lapsed()
    given = {"hand_back_id": row.pk, "at": noon(TOMORROW)}
    with pytest.raises(NotFound):
        handing_back.resolve_hand_back(
            note="看过。", by=officer("convener", UnionFactory()), **given
        )
    with pytest.raises(Refused) as refused:
        handing_back.resolve_hand_back(note=" ", by=case.officer, **given)
    assert refused.value.code == "reason_missing"
    handing_back.resolve_hand_back(note="看过双方流水。", by=case.officer, **given)
    row.refresh_from_db()
    assert (row.state, row.note) == ("returned", "看过双方流水。")


def test_each_speaks_for_their_own_side():
    case, row = lapsed()
    for user in (case.lenders[0].member.user, case.lenders[1].member.user):
        with pytest.raises(NotFound):
            handing_back.declare_hand_back(
                hand_back_id=row.pk, on=TODAY, slip_number="1", slip=None, by=user, at=noon(TODAY)
            )
    for deed, more in (
        (handing_back.confirm_hand_back, {}),
        (handing_back.deny_hand_back, {"reason": "没有。"}),
    ):
        with pytest.raises(NotFound):
            deed(hand_back_id=row.pk, by=case.borrower.member.user, at=noon(TODAY), **more)
    with pytest.raises(Refused) as refused:
        declared(case, row, slip_number=" ")
    assert refused.value.code == "slip_missing"
    with pytest.raises(Refused) as refused:
        declared(case, row, on=TOMORROW)
    assert refused.value.code == "paid_in_future"
    row.refresh_from_db()
    assert row.state == "owed"


def test_the_night_opens_it_too():
    case, _share = came_in_part()
    loan = case.reload()
    expiring.expire_contracts(at=noon(loan.deliver_by + timedelta(days=1)))
    assert HandBack.objects.get().amount == Decimal("3000.00")


def test_a_contract_that_is_called_off_opens_it():
    case, _share = came_in_part()
    loan = case.reload()
    contracts.cancel_loan(loan_id=loan.pk, reason="不办了。", by=case.officer, at=noon(TODAY))
    (row,) = HandBack.objects.all()
    assert row.amount == Decimal("3000.00")
    assert case.reload().state == "cancelled"


def test_what_is_made_good_is_not_owed_back():
    case, share = came_in_part()
    case.send(share, slip_number="REST0001")
    case.arrive(share)
    share.refresh_from_db()
    assert (share.state, share.arrived_amount) == ("formed", None)
    assert not HandBack.objects.exists()


@pytest.mark.parametrize(("came", "owed"), [("2500.00", ["2500.00"]), ("0", [])])
def test_the_officers_finding_replaces_the_borrowers_word(came, owed):
    case = signed_case()
    share = case.send(case.shares()[0])
    delivery.report_amount(
        share_id=share.pk, arrived=Decimal(3000), by=case.borrower.member.user, at=noon(TODAY)
    )
    sent_back(case, share, came=Decimal(came))
    delivery.lapse_share(
        share_id=share.pk, reason="转不了了。", by=share.membership.member.user, at=noon(TODAY)
    )
    assert [str(row.amount) for row in HandBack.objects.order_by("pk")] == owed


def test_nobody_leaves_and_nothing_is_erased_before_it_is_back():
    case, row = lapsed()
    delivery.lapse_share(
        share_id=case.shares()[1].pk, reason="也不转了。", by=case.officer, at=noon(TODAY)
    )
    for party in (case.borrower, case.lenders[0]):
        assert open_matters_in(party).returns == 1
        assert open_matters_of(party.member).returns == 1
    confirmed(case, row)
    assert open_matters_in(case.lenders[0]).returns == 0

"""Lender and borrower of a share that is not over do not rate each other on a panel."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Refused
from credit.lending.conflicts import lend_to_each_other
from credit.lending.models import Share
from credit.scoring.conflicts import conflicts_between
from tests.factories.lending import ShareFactory
from tests.factories.panels import neighbourhood

pytestmark = pytest.mark.django_db


def parties(share: Share) -> tuple[int, int]:
    return share.membership.member_id, share.loan.membership.member_id


@pytest.mark.parametrize(
    ("state", "tied"),
    [
        ("agreed", True),
        ("sent", True),
        ("disputed", True),
        ("formed", True),
        ("written_off", True),
        ("settled", False),
        ("lapsed", False),
    ],
)
def test_a_share_ties_both_ways_until_it_is_over(state: str, tied: bool) -> None:
    trait = {"agreed": "", "written_off": "given_up"}.get(state, state)
    traits: dict[str, Any] = {trait: True} if trait else {}
    share = ShareFactory(**traits)
    assert share.state == state
    lender, borrower = parties(share)
    for rater, subject in ((lender, borrower), (borrower, lender)):
        found = conflicts_between({rater}, {subject})
        assert [tie.code for tie in found.values()] == (["mutual_loan"] if tied else [])


def test_ties_among_many_are_found_by_one_query(django_assert_num_queries: Any) -> None:
    shares = [ShareFactory(formed=True) for _number in range(3)]
    lenders = {parties(share)[0] for share in shares}
    borrowers = {parties(share)[1] for share in shares}
    with django_assert_num_queries(1):
        found = set(lend_to_each_other(lenders, borrowers))
    assert {parties(share) for share in shares} <= found
    assert conflicts_between(lenders, borrowers).keys() == {parties(share) for share in shares}


def test_a_lender_neither_counts_nor_finds_the_borrower_on_the_sheet() -> None:
    here = neighbourhood()
    share = ShareFactory(
        formed=True,
        membership=here.people[3].memberships.get(),
        loan__request__membership=here.people[0].memberships.get(),
    )
    assert parties(share) == (here.people[3].pk, here.people[0].pk)
    with pytest.raises(Refused, match="打分的评议人只有 4 位"):
        here.called(here.people[:1], here.people[3:8])

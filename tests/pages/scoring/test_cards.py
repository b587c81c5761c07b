"""Scorecards in the officers' panel."""

from __future__ import annotations

from typing import Any

import pytest

from credit.scoring.models import Scorecard
from tests.factories.membership import UnionFactory, officer
from tests.factories.scoring import ScorecardFactory

pytestmark = pytest.mark.django_db
CARDS = "/admin/scoring/scorecard/"


def desk(signed_in: Any, role: str) -> Any:
    return signed_in(officer(role, UnionFactory()), second_factor=True)


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_a_card_is_shown_in_words(signed_in: Any) -> None:
    row = ScorecardFactory(active=True)
    client = desk(signed_in, "auditor")
    assert "小评分卡" in text(client, CARDS)
    page = text(client, f"{CARDS}{row.pk}/change/")
    for words in (
        "2 到 5（不含）",
        "不到 50",
        "土地还没有核实",
        "怎么能加分：满5年可以得满分",
        "看：入会年数",
        "家产现值的 10%",
        "现在有借款逾期超过90天",
    ):
        assert words in page, words


def test_one_approves_and_activates_what_another_proposed(signed_in: Any) -> None:
    old, row = ScorecardFactory(active=True), ScorecardFactory()
    client = desk(signed_in, "reviewer")
    assert "批准第" in text(client, f"{CARDS}{row.pk}/approve/")
    assert client.post(f"{CARDS}{row.pk}/approve/").status_code == 302
    assert client.post(f"{CARDS}{row.pk}/activate/").status_code == 302
    row.refresh_from_db()
    old.refresh_from_db()
    assert (row.state, old.state) == (Scorecard.State.ACTIVE, Scorecard.State.RETIRED)


def test_the_list_asks_a_fixed_number_of_queries(
    signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    ScorecardFactory.create_batch(5, approved=True)
    client = desk(signed_in, "auditor")
    text(client, CARDS)
    with django_assert_max_num_queries(10):
        text(client, CARDS)


@pytest.mark.parametrize("role", ["convener", "auditor"])
def test_who_may_not_approve_is_shown_no_door(signed_in: Any, role: str) -> None:
    row = ScorecardFactory()
    client = desk(signed_in, role)
    assert "approve" not in text(client, f"{CARDS}{row.pk}/change/")
    assert client.post(f"{CARDS}{row.pk}/approve/").status_code == 404
    row.refresh_from_db()
    assert row.state == Scorecard.State.DRAFT

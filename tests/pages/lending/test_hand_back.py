"""A sum that goes back to its lender: both sides' page, the officers' deed."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from credit.lending.models import HandBack
from tests.factories.lending import TODAY, HandBackFactory, PartyFactory
from tests.factories.membership import officer

ROWS = "/admin/lending/handback/"


@pytest.fixture
def row(db: None, clock: Any) -> HandBack:
    made: HandBack = HandBackFactory()
    return made


def address(row: HandBack, what: str = "") -> str:
    return reverse(f"hand_back{what}", args=[row.pk])


def text_of(client: Any, row: HandBack) -> str:
    return str(client.get(address(row)).content.decode())


def test_the_borrower_says_when_and_how_and_the_lender_confirms(
    row: HandBack, as_member: Any
) -> None:
    borrower, lender = as_member(row.share.loan.membership), as_member(row.share.membership)
    assert "到了的钱要原样退回" in text_of(borrower, row)
    assert "已经退了，登记" in text_of(borrower, row)
    assert "已经退了，登记" not in text_of(lender, row)
    assert borrower.post(address(row), {}).status_code == 422
    given = {"sent_on": TODAY.isoformat(), "slip_number": "TH9"}
    assert lender.post(address(row), given).status_code == 404
    assert borrower.post(address(row), given).status_code == 302
    assert borrower.post(address(row), given).status_code == 422
    assert "查到账以后会来确认" in text_of(borrower, row)
    assert "TH9" in text_of(lender, row)
    assert borrower.post(address(row, "_confirm")).status_code == 404
    assert lender.post(address(row, "_confirm")).status_code == 302
    assert lender.post(address(row, "_confirm")).status_code == 422
    for client in (borrower, lender):
        assert "已退回" in text_of(client, row)


def test_the_lender_says_that_nothing_came(row: HandBack, as_member: Any) -> None:
    borrower, lender = as_member(row.share.loan.membership), as_member(row.share.membership)
    assert lender.get(address(row, "_deny")).status_code == 404
    given = {"sent_on": TODAY.isoformat(), "slip_number": "TH9"}
    borrower.post(address(row), given)
    assert borrower.get(address(row, "_deny")).status_code == 404
    assert lender.get(address(row, "_deny")).status_code == 200
    assert lender.post(address(row, "_deny"), {}).status_code == 422
    assert lender.post(address(row, "_deny"), {"reason": "卡里没有。"}).status_code == 302
    assert "卡里没有。" in text_of(borrower, row)
    assert "已经退了，登记" in text_of(borrower, row)


def test_strangers_see_nothing(row: HandBack, as_member: Any, client: Any) -> None:
    stranger = as_member(PartyFactory())
    assert stranger.get(address(row)).status_code == 404
    assert client.get(address(row)).status_code == 302


def test_both_meet_it_on_their_pages(row: HandBack, as_member: Any) -> None:
    for party, name, pk in (
        (row.share.loan.membership, "loan", row.share.loan_id),
        (row.share.membership, "lent_share", row.share_id),
    ):
        page = as_member(party).get(reverse(name, args=[pk])).content.decode()
        assert address(row) in page
        assert "先到的 3,000 元要退回" in page


def test_an_officer_closes_what_both_accounts_show(row: HandBack, signed_in: Any) -> None:
    convener = signed_in(officer("convener", row.share.loan.union), second_factor=True)
    assert "3,000.00" in convener.get(ROWS, {"open": "yes"}).content.decode()
    assert convener.get(f"{ROWS}{row.pk}/change/").status_code == 200
    closing = f"{ROWS}{row.pk}/returned/"
    assert convener.post(closing).status_code == 422
    assert convener.post(closing, {"note": "看过流水。"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.note) == ("returned", "看过流水。")
    assert "3,000.00" not in convener.get(ROWS, {"open": "yes"}).content.decode()

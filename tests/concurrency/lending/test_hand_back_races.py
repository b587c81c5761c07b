"""A lender who says at once that the money came back and that it did not."""

from __future__ import annotations

import pytest

from credit.lending.models import HandBack
from credit.lending.services import handing_back
from tests.concurrency.lending.test_repaying_races import (
    ANY,
    meeting_after,
    refusals,
    without_locks,
)
from tests.factories.lending import NOON, HandBackFactory
from tests.race import race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def confirm_and_deny() -> tuple[HandBack, list[str]]:
    """Two devices of one lender; both find it declared, unless one waits for the other."""
    row: HandBack = HandBackFactory(declared=True)
    lender = row.share.membership.member.user
    with meeting_after(handing_back, "_check_may"):
        answers = race(
            lambda: handing_back.confirm_hand_back(hand_back_id=row.pk, by=lender, at=NOON),
            lambda: handing_back.deny_hand_back(
                hand_back_id=row.pk, reason="没有到。", by=lender, at=NOON
            ),
            errors=ANY,
        )
    row.refresh_from_db()
    return row, refusals(answers)


def test_it_came_or_it_did_not() -> None:
    row, refused = confirm_and_deny()
    if row.state == HandBack.State.OWED:  # denied first: the lender may still say that it came
        assert refused in ([], ["wrong_state"])
    else:
        assert row.state == HandBack.State.RETURNED
        assert refused in ([], ["wrong_state"])
        assert row.closed_at is not None


def test_without_the_lock_both_pass() -> None:
    with without_locks():
        _row, refused = confirm_and_deny()
    assert refused == []

"""A consent to being scored that ends takes the score with it, at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cooperative.consent.models import Consent
from cooperative.consent.services import withdraw_consent
from cooperative.membership.models import Member
from core.models import AuditRow
from credit.scoring.models import Score
from credit.scoring.selectors.standing import standings_of
from credit.scoring.services.rescoring import score_first
from tests.factories.membership import MembershipFactory, PhoneUserFactory
from tests.factories.scoring import DAY, ScorecardFactory, after, agree

pytestmark = pytest.mark.django_db
AT = after(DAY)


@pytest.fixture
def member() -> Member:
    found: Member = MembershipFactory(member__user=PhoneUserFactory()).member
    ScorecardFactory(active=True)
    return found


def agreed(member: Member, **more: Any) -> Consent:
    """A consent given by the member, and their first score."""
    consent = agree(member, **more)
    assert score_first(member=member, by=member.user, at=AT) is not None
    return consent


def withdrawn(consent: Consent) -> None:
    by = consent.member.user
    withdraw_consent(consent_id=consent.pk, member=consent.member, by=by, at=AT)


def test_the_score_ends_with_the_consent_and_a_new_one_begins_anew(member: Member) -> None:
    withdrawn(agreed(member))
    ended = Score.objects.get()
    assert (ended.superseded_on, standings_of([member.pk], DAY)) == (DAY, {})
    assert AuditRow.objects.filter(action="scoring.score_ended", subject_id=ended.pk).exists()
    assert score_first(member=member, by=member.user, at=AT) is None
    agree(member, valid_until=AT + timedelta(days=300))
    again = score_first(member=member, by=member.user, at=AT + timedelta(minutes=1))
    assert again is not None
    assert again.pk != ended.pk


def test_another_union_s_consent_keeps_the_score(member: Member) -> None:
    consent = agreed(member)
    agree(member)
    withdrawn(consent)
    assert Score.objects.current().count() == 1


def test_without_a_score_nothing_ends(member: Member) -> None:
    withdrawn(agree(member))
    assert not Score.objects.exists()

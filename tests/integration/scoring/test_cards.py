"""The life of a scorecard."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from cooperative.membership.models import Union
from core.errors import Forbidden, NotFound, Refused
from core.models import AuditRow
from credit.scoring.models import Score, Scorecard
from credit.scoring.parameters import REFERENCE
from credit.scoring.reference import load_reference
from credit.scoring.services import cards
from tests.factories.membership import OfficerUserFactory, PostFactory, UnionFactory
from tests.factories.scoring import CARD, ScorecardFactory, ScoreFactory, agreed_members

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 4, tzinfo=UTC)


def officer(role: str) -> Any:
    """An officer of the one root."""
    root = Union.objects.filter(parent=None).first() or UnionFactory()
    return PostFactory(user=OfficerUserFactory(), role=role, union=root).user


def test_a_card_is_proposed_approved_by_another_and_put_in_use() -> None:
    before = ScorecardFactory(active=True, number=7)
    maker, checker = officer("administrator"), officer("reviewer")
    card = cards.propose_card(definition=CARD, by=maker, at=AT)
    assert (card.number, card.title, card.state) == (8, "小评分卡", "draft")
    cards.approve_card(card_id=card.pk, by=checker, at=AT)
    cards.activate_card(card_id=card.pk, by=checker, at=AT)
    before.refresh_from_db()
    card.refresh_from_db()
    assert (before.state, before.retired_at) == ("retired", AT)
    assert (card.state, card.activated_at, card.checked_by) == ("active", AT, checker)
    assert list(AuditRow.objects.order_by("pk").values_list("action", flat=True)) == [
        "scoring.card_proposed",
        "scoring.card_approved",
        "scoring.card_retired",
        "scoring.card_activated",
    ]


def test_nobody_approves_their_own_card() -> None:
    maker = officer("administrator")
    card = cards.propose_card(definition=CARD, by=maker, at=AT)
    with pytest.raises(Refused) as refused:
        cards.approve_card(card_id=card.pk, by=maker, at=AT)
    assert refused.value.code == "same_person"
    card.refresh_from_db()
    assert card.state == "draft"


def test_a_card_with_a_gap_is_refused_with_the_bin_named() -> None:
    faulty = copy.deepcopy(CARD)
    faulty["characteristics"][0]["bins"][1]["at_least"] = "3"
    with pytest.raises(Refused) as refused:
        cards.propose_card(definition=faulty, by=officer("administrator"), at=AT)
    assert refused.value.code == "card_faulty"
    assert "入会年数" in str(refused.value)
    assert not Scorecard.objects.exists()


@pytest.mark.parametrize("definition", [{}, {"title": "x"}, CARD | {"grades": 1.5}])
def test_what_is_no_card_is_refused(definition: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        cards.propose_card(definition=definition, by=officer("administrator"), at=AT)
    assert refused.value.code == "card_unreadable"


def test_a_card_whose_name_is_too_long_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        cards.propose_card(
            definition=CARD | {"title": "卡" * 81}, by=officer("administrator"), at=AT
        )
    assert str(refused.value) == ("评分卡的名称最多 80 个字，现在是 81 个字。请改短一些再提出。")


def test_a_township_changes_no_card_of_the_whole_federation() -> None:
    """The card holds in every union: neither of two officers of one township may change it."""
    township = UnionFactory(parent=UnionFactory())
    maker, checker = (
        PostFactory(user=OfficerUserFactory(), role="administrator", union=township).user
        for _one in range(2)
    )
    draft, approved = ScorecardFactory(), ScorecardFactory(approved=True)
    for refused in (
        lambda: cards.propose_card(definition=CARD, by=maker, at=AT),
        lambda: cards.change_card(card_id=draft.pk, definition=CARD, by=draft.made_by, at=AT),
        lambda: cards.approve_card(card_id=draft.pk, by=checker, at=AT),
        lambda: cards.activate_card(card_id=approved.pk, by=checker, at=AT),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert sorted(Scorecard.objects.values_list("state", flat=True)) == ["approved", "draft"]


@pytest.mark.parametrize("role", ["convener", "auditor"])
def test_only_posts_with_the_permission_handle_cards(role: str) -> None:
    with pytest.raises(Forbidden):
        cards.propose_card(definition=CARD, by=officer(role), at=AT)
    with pytest.raises(Forbidden):
        cards.approve_card(card_id=ScorecardFactory().pk, by=officer(role), at=AT)


def test_only_an_approved_card_is_put_in_use() -> None:
    with pytest.raises(Refused) as refused:
        cards.activate_card(card_id=ScorecardFactory().pk, by=officer("reviewer"), at=AT)
    assert refused.value.code == "wrong_state"
    with pytest.raises(NotFound):
        cards.activate_card(card_id=999_999, by=officer("reviewer"), at=AT)


@pytest.mark.parametrize("change", [{"definition": {}}, {"title": "别的"}, {"number": 99}])
def test_the_database_keeps_a_card_as_it_was_approved(change: dict[str, Any]) -> None:
    card = ScorecardFactory(approved=True)
    for refused in (
        lambda: Scorecard.objects.filter(pk=card.pk).update(**change),
        lambda: Scorecard.objects.filter(pk=card.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            refused()
    draft = ScorecardFactory()
    assert Scorecard.objects.filter(pk=draft.pk).update(**change) == 1


def test_the_database_keeps_what_a_score_says() -> None:
    score = ScoreFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.filter(pk=score.pk).update(total=Decimal("90.00"))
    assert Score.objects.filter(pk=score.pk).update(confirmed_on=date(2026, 6, 1)) == 1


def test_a_shipped_card_comes_into_use_once() -> None:
    first, second = OfficerUserFactory.create_batch(2)
    loaded = [load_reference(by=first, checked_by=second, at=AT) for _time in range(2)]
    assert loaded == [len(REFERENCE) + 1, 0]  # the figures and the card
    card = Scorecard.objects.get()
    assert (card.state, card.made_by, card.checked_by) == ("active", first, second)
    assert len(card.definition["characteristics"]) == 17


def test_the_command_scores_with_the_shipped_card(capsys: Any) -> None:
    first, second = OfficerUserFactory.create_batch(2)
    load_reference(by=first, checked_by=second, at=AT)
    agreed_members("2020-05-19")
    call_command("score_members", "--date", "2026-05-20")
    assert "已完成" in capsys.readouterr().out
    score = Score.objects.get()
    assert (score.as_of, score.grade) == (date(2026, 5, 20), "c")
    with pytest.raises(CommandError) as refused:
        call_command("score_members", "--date", "2999-01-01")
    assert refused.value.returncode == 2

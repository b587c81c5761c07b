"""A member's objections: choose, say what is wrong, see where it stands, go on after a rejection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from credit.scoring.models import Objection, Score
from tests.factories.correcting import Correcting, photo
from tests.factories.membership import MemberFactory, PhoneUserFactory
from tests.factories.scoring import DAY, ObjectionFactory, ScoreFactory, after

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(after(DAY), tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene() -> Correcting:
    return Correcting()


@pytest.fixture
def client(scene: Correcting, signed_in: Any) -> Any:
    return signed_in(scene.member.user)


def text(client: Any, name: str, *args: int, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, name
    return str(answer.content.decode())


def test_what_is_not_right_is_chosen_in_the_cards_words(client: Any) -> None:
    shown = text(client, "choose_objection")
    for words in ("经营的土地", "不到50亩", "20 / 50", "入会年数", "整个信用分"):
        assert words in shown, words
    assert "?about=land" in shown
    assert shown.index("经营的土地") < shown.index("入会年数")


def test_the_form_says_what_the_score_was_worked_out_from(client: Any) -> None:
    shown = text(client, "raise_objection", about="land")
    assert "40 亩" in shown
    assert reverse("my_farm") in shown
    assert "70 分，A 级" in text(client, "raise_objection")
    assert client.get(reverse("raise_objection"), {"about": "moon"}).status_code == 404


def test_it_is_raised_with_a_photo_and_shown_with_its_clock(scene: Correcting, client: Any) -> None:
    answer = client.post(
        reverse("raise_objection"),
        {"about": "land", "words": "我家的地是60亩", "evidence": photo()},
        follow=True,
    )
    row = Objection.objects.get()
    assert (row.about, row.member, row.score) == ("land", scene.member, scene.score)
    shown = answer.content.decode()
    for words in ("已经交给工会", "我家的地是60亩", "6月9日", "还剩 20 天", "您附上的凭证"):
        assert words in shown, words
    assert "还剩 20 天" in text(client, "my_objections")


@pytest.mark.parametrize(
    ("given", "words"),
    [({"words": ""}, "请写明哪里不对"), ({"words": "不"}, "请写明哪里不对、应该是什么。")],
)
def test_what_is_missing_is_said_and_nothing_written(
    client: Any, given: dict[str, str], words: str
) -> None:
    answer = client.post(reverse("raise_objection"), {"about": "land", **given})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Objection.objects.exists()


def test_twice_the_same_leads_to_the_first(scene: Correcting, client: Any) -> None:
    ObjectionFactory(score=scene.score)
    answer = client.post(reverse("raise_objection"), {"about": "land", "words": "还是不对"})
    assert answer.status_code == 422
    assert "这一项您已经提过，工会还在办。" in answer.content.decode()
    assert Objection.objects.count() == 1


def test_an_answer_that_corrected_something_shows_the_change(
    scene: Correcting, client: Any
) -> None:
    before = scene.score
    Score.objects.filter(pk=before.pk).update(superseded_on=DAY)
    values = {f.attname: getattr(before, f.attname) for f in Score._meta.concrete_fields}
    after_ = Score.objects.create(
        **{**values, "id": None, "total": 100, "grade": "aaa", "limit_amount": 100_000}
    )
    row = ObjectionFactory(score=before, upheld=True, new_score=after_)
    shown = text(client, "objection", row.pk)
    for words in ("地块已经更正为60亩", "70 → 100", "A → AAA", "50,000 → 100,000"):
        assert words in shown, words


def test_after_a_rejection_one_may_add_a_statement(scene: Correcting, client: Any) -> None:
    row = ObjectionFactory(score=scene.score, rejected=True)
    shown = text(client, "objection", row.pk)
    assert "地块登记和承包合同一致" in shown
    assert reverse("objection_statement", args=[row.pk]) in shown
    answer = client.post(
        reverse("objection_statement", args=[row.pk]), {"statement": "合同是旧地界"}, follow=True
    )
    assert "合同是旧地界" in answer.content.decode()
    row.refresh_from_db()
    assert row.statement == "合同是旧地界"
    assert "改一改说明" in text(client, "objection", row.pk)


def test_an_open_one_is_taken_back_after_a_question(scene: Correcting, client: Any) -> None:
    row = ObjectionFactory(score=scene.score)
    assert "以后还可以再提" in text(client, "withdraw_objection", row.pk)
    assert client.post(reverse("withdraw_objection", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert client.get(reverse("withdraw_objection", args=[row.pk])).status_code == 404
    assert client.post(reverse("withdraw_objection", args=[row.pk])).status_code == 422


def test_the_list_asks_a_fixed_number_of_queries(
    scene: Correcting, client: Any, django_assert_num_queries: Any
) -> None:
    for about in ("", "land", "membership", "overdue"):
        ObjectionFactory(score=scene.score, about=about)
    text(client, "my_objections")
    with django_assert_num_queries(5):
        text(client, "my_objections")


def test_without_a_score_there_is_nothing_to_object_to(signed_in: Any) -> None:
    member = MemberFactory(user=PhoneUserFactory())
    client = signed_in(member.user)
    assert "您现在没有信用分" in text(client, "my_objections")
    assert client.get(reverse("choose_objection")).status_code == 404


def test_another_members_objection_is_not_there(scene: Correcting, client: Any) -> None:
    row = ObjectionFactory(score=ScoreFactory(scorecard=scene.card), rejected=True)
    for name in ("objection", "withdraw_objection", "objection_statement"):
        assert client.get(reverse(name, args=[row.pk])).status_code == 404

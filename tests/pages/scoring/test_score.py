"""A member's score: the page, its reasons, the what-if, the report; and the way there without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cooperative.consent.models import Disclosure
from cooperative.membership.models import Membership
from core.models import DocumentRecord
from credit.scoring.models import Score
from tests.factories.consent import ConsentTextFactory, RecipientFactory
from tests.factories.membership import MembershipFactory, PhoneUserFactory
from tests.factories.scoring import (
    DAY,
    ObjectionFactory,
    OverrideFactory,
    ScorecardFactory,
    ScoreFactory,
    after,
    agree,
)
from tests.pdf import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(after(DAY), tick=False) as traveller:
        yield traveller


@pytest.fixture
def membership() -> Membership:
    return MembershipFactory(member__user=PhoneUserFactory(), admitted_on=date(2020, 5, 20))


@pytest.fixture
def scored(membership: Membership) -> Score:
    """60 points of 100 since today, 40 the month before."""
    card = ScorecardFactory(active=True)
    ScoreFactory(
        member=membership.member,
        scorecard=card,
        as_of=date(2026, 4, 20),
        confirmed_on=date(2026, 5, 19),
        superseded_on=DAY,
        inputs=[Decimal("3"), None, None, None, None],
        points=[Decimal("30"), Decimal("10")],
        total=Decimal("40"),
        grade="c",
        limit_amount=Decimal("0"),
    )
    score: Score = ScoreFactory(member=membership.member, scorecard=card)
    return score


def page(client: Any, name: str = "my_score", **query: str) -> str:
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_score_says_what_it_is_and_why(
    scored: Score, membership: Membership, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(membership.member.user)
    with django_assert_max_num_queries(17):
        shown = page(client)
    for words in (
        ">60<",
        "50,000.00",
        "从 40 分到 60 分，主要因为：入会5年以上（+20 分）。",
        "土地还没有核实",
        "请把地块登记清楚，让工会核实",
        "得 10 分，满分 50 分",
        "40 分，C 级，额度 0 元",
    ):
        assert words in shown, words
    assert reverse("my_farm") in shown


def test_the_number_of_queries_does_not_grow_with_the_history(
    membership: Membership, signed_in: Any, django_assert_num_queries: Any
) -> None:
    card = ScorecardFactory(active=True)
    for month in range(1, 13):
        ScoreFactory(
            member=membership.member,
            scorecard=card,
            as_of=date(2025, month, 1),
            confirmed_on=date(2025, month, 20),
            superseded_on=date(2025, month, 28),
        )
    ScoreFactory(member=membership.member, scorecard=card)
    client = signed_in(membership.member.user)
    page(client)
    with django_assert_num_queries(7):
        page(client)


def test_nobody_is_scored_who_has_not_agreed(membership: Membership, signed_in: Any) -> None:
    recipient = RecipientFactory(kind="union", cooperative=None, union=membership.union)
    ConsentTextFactory(purpose="scoring")
    shown = page(signed_in(membership.member.user))
    assert "您还没有同意评信用" in shown
    assert reverse("give_consent", args=["scoring", recipient.pk]) in shown


def test_who_agreed_today_is_told_when_to_come_back(membership: Membership, signed_in: Any) -> None:
    agree(membership.member)
    assert "明天早上再来看" in page(signed_in(membership.member.user))


def test_who_agreed_may_be_scored_at_once(membership: Membership, signed_in: Any) -> None:
    client = signed_in(membership.member.user)
    ScorecardFactory(active=True)
    refused = client.post(reverse("score_now"), follow=True).content.decode()
    assert "还没有同意评信用" in refused
    agree(membership.member)
    shown = client.post(reverse("score_now"), follow=True).content.decode()
    assert ">60<" in shown
    client.post(reverse("score_now"))
    assert Score.objects.count() == 1


def test_without_a_card_nobody_is_scored_at_once(membership: Membership, signed_in: Any) -> None:
    agree(membership.member)
    client = signed_in(membership.member.user)
    shown = client.post(reverse("score_now"), follow=True).content.decode()
    assert "还没有在用的评分卡" in shown


def test_an_override_and_an_open_objection_stand_on_the_page_and_in_the_report(
    scored: Score, membership: Membership, signed_in: Any
) -> None:
    OverrideFactory(score=scored, confirmed=True, starts_on=DAY, ends_on=DAY + timedelta(days=30))
    ObjectionFactory(score=scored)
    client = signed_in(membership.member.user)
    shown = page(client)
    for words in ("额度 30,000 元算", "大棚刚建好", "您提的异议正在办", "30,000.00"):
        assert words in shown, words
    report = json.loads(client.post(reverse("score_report"), {"kind": "json"}).content)
    assert report["override"]["limit"] == "30000.00"
    assert [one["words"] for one in report["objections"]] == ["我家的地是60亩，不是40亩"]
    paper = text_of(client.post(reverse("score_report"), {"kind": "pdf"}).content)
    for words in ("工会由人调整为", "我家的地是60亩"):
        assert words in paper, words


def test_a_score_that_ended_is_not_shown_as_one(membership: Membership, signed_in: Any) -> None:
    ScoreFactory(member=membership.member, superseded_on=date(2026, 5, 20))
    shown = page(signed_in(membership.member.user))
    assert "工会还没有开始评信用" in shown
    assert client_redirects(signed_in(membership.member.user))


def client_redirects(client: Any) -> bool:
    return bool(client.get(reverse("suppose_score")).url == reverse("my_score"))


def test_the_what_if_uses_the_card(scored: Score, membership: Membership, signed_in: Any) -> None:
    client = signed_in(membership.member.user)
    assert "入会2到5年" in page(client, "suppose_score")
    shown = page(client, "suppose_score", quote="1", land="1", assets="100000", income="")
    for words in ("60 → 100", "A → AAA", "50,000 元 → 110,000 元"):
        assert words in shown, words
    assert Score.objects.current().get().total == 60


def test_a_wrong_amount_in_the_what_if_is_named(
    scored: Score, membership: Membership, signed_in: Any
) -> None:
    shown = page(signed_in(membership.member.user), "suppose_score", quote="1", assets="很多")
    assert "请填写金额" in shown


def test_the_live_what_if_answers_with_its_part_only(
    scored: Score, membership: Membership, signed_in: Any
) -> None:
    client = signed_in(membership.member.user)
    answer = client.get(reverse("suppose_score"), {"land": "1"}, headers={"hx-request": "true"})
    shown = answer.content.decode()
    assert "60 → 100" in shown
    assert "<html" not in shown


def test_the_report_for_machines_recomputes_the_score(
    scored: Score, membership: Membership, signed_in: Any
) -> None:
    client = signed_in(membership.member.user)
    answer = client.post(reverse("score_report"), {"kind": "json"})
    report = json.loads(answer.content)
    assert answer["Content-Disposition"] == ('attachment; filename="credit-report-2026-05-20.json"')
    assert report["schema"] == "sanwei.score-report/1"
    assert report["score"]["total"] == "60.00"
    assert sum(Decimal(one["points"]) for one in report["parts"]) == 60
    assert [one["total"] for one in report["history"]] == ["60.00", "40.00"]
    assert {one["code"]: one["value"] for one in report["inputs"]}["land_mu"] is None
    look = Disclosure.objects.get()
    assert (look.basis, look.categories) == ("own", ["score"])


def test_the_report_for_people_is_numbered(
    scored: Score, membership: Membership, signed_in: Any
) -> None:
    answer = signed_in(membership.member.user).post(reverse("score_report"), {"kind": "pdf"})
    text = text_of(answer.content)
    for words in ("60分，满分100分", "土地还没有核实", "50,000"):
        assert words in text, words
    assert DocumentRecord.objects.get().kind == "score_report"


@pytest.mark.parametrize("kind", ["", "xlsx"])
def test_no_other_file_is_made(
    kind: str, scored: Score, membership: Membership, signed_in: Any
) -> None:
    client = signed_in(membership.member.user)
    assert client.post(reverse("score_report"), {"kind": kind}).status_code == 404
    assert not Disclosure.objects.exists()


def test_without_a_score_there_is_no_report(membership: Membership, signed_in: Any) -> None:
    client = signed_in(membership.member.user)
    assert client.post(reverse("score_report"), {"kind": "pdf"}).status_code == 404


def test_the_place_of_credit_shows_the_standing(
    scored: Score, membership: Membership, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(membership.member.user)
    with django_assert_max_num_queries(16):
        shown = page(client, "credit")
    for words in ("60 分，A 级", "信用额度 50,000 元", reverse("my_score")):
        assert words in shown, words


def test_the_place_of_credit_leads_to_the_score_without_one(
    membership: Membership, signed_in: Any
) -> None:
    shown = page(signed_in(membership.member.user), "credit")
    assert "怎么评、看什么" in shown

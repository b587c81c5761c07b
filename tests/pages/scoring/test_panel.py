"""Scores, overrides and objections in the officers' panel, and the figures of them all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from cooperative.consent.models import Disclosure
from credit.scoring.models import Objection, Override, Score
from tests.factories.correcting import Correcting, night
from tests.factories.membership import MembershipFactory, PostFactory, UnionFactory, officer
from tests.factories.scoring import DAY, ObjectionFactory, OverrideFactory, ScoreFactory, after

pytestmark = pytest.mark.django_db
SCORES = "/admin/scoring/score/"
OVERRIDES = "/admin/scoring/override/"
OBJECTIONS = "/admin/scoring/objection/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(after(DAY), tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene() -> Correcting:
    return Correcting()


def desk(signed_in: Any, scene: Correcting, role: str) -> Any:
    return signed_in(scene.officer(role), second_factor=True)


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_a_score_is_shown_with_how_it_came_about(scene: Correcting, signed_in: Any) -> None:
    ObjectionFactory(
        score=scene.score, rejected=True, statement="合同是旧地界", stated_at=after(DAY)
    )
    ObjectionFactory(score=scene.score)
    OverrideFactory(score=scene.score, confirmed=True, limit_amount=60_000)
    client = desk(signed_in, scene, "auditor")
    page = text(client, f"{SCORES}{scene.score.pk}/change/")
    for words in (
        "70 分，A 级，额度 50,000 元",
        "现在用 A 级、额度 60,000 元",
        "本人对信用分提出异议，正在办理",
        "合同是旧地界",
        "不到50亩",
        "20 / 50",
        "请把地块登记清楚，让工会核实",
        "40 亩",
        "已核实的地块",
    ):
        assert words in page, words
    look = Disclosure.objects.get()
    assert (look.member, look.purpose, look.categories) == (
        scene.member,
        "score_review",
        ["score"],
    )


def test_names_are_masked_for_who_may_not_see_them(scene: Correcting, signed_in: Any) -> None:
    name = scene.member.name
    assert name not in text(desk(signed_in, scene, "auditor"), SCORES)
    assert name in text(desk(signed_in, scene, "convener"), SCORES)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("grade=a", 1),
        ("grade=c", 1),
        ("veto=yes", 1),
        ("veto=no", 1),
        ("objection=yes", 1),
        ("override=yes", 1),
        ("override=no", 1),
        ("", 2),
    ],
)
def test_the_list_is_filtered(scene: Correcting, signed_in: Any, query: str, count: int) -> None:
    other = MembershipFactory(union=scene.union, admitted_on=date(2020, 1, 1)).member
    vetoed = {"grade": "c", "vetoes": ["overdue"], "limit_amount": 0}
    ScoreFactory(member=other, scorecard=scene.card, **vetoed)
    ObjectionFactory(score=scene.score)
    OverrideFactory(score=scene.score, confirmed=True)
    page = text(desk(signed_in, scene, "auditor"), f"{SCORES}?{query}")
    assert page.count("/change/") == count


def test_the_list_asks_a_fixed_number_of_queries(
    scene: Correcting, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    for _each in range(6):
        member = MembershipFactory(union=scene.union, admitted_on=date(2020, 1, 1)).member
        score = ScoreFactory(member=member, scorecard=scene.card)
        ObjectionFactory(score=score)
        OverrideFactory(score=score)
    client = desk(signed_in, scene, "auditor")
    for address in (SCORES, OBJECTIONS, OVERRIDES):
        text(client, address)
        with django_assert_max_num_queries(11):
            text(client, address)


def test_the_lists_leave_as_workbooks(scene: Correcting, signed_in: Any) -> None:
    ObjectionFactory(score=scene.score)
    OverrideFactory(score=scene.score)
    client = desk(signed_in, scene, "convener")
    for address in (SCORES, OBJECTIONS, OVERRIDES):
        answer = client.post(f"{address}export/")
        assert answer.status_code == 200
        assert answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_nothing_of_another_union_is_shown(scene: Correcting, signed_in: Any) -> None:
    rows = [
        (SCORES, scene.score),
        (OVERRIDES, OverrideFactory(score=scene.score)),
        (OBJECTIONS, ObjectionFactory(score=scene.score)),
    ]
    client = signed_in(officer("convener", UnionFactory()), second_factor=True)
    for address, row in rows:
        assert f"{address}{row.pk}/" not in text(client, address)
        assert client.get(f"{address}{row.pk}/change/").status_code == 404


def test_who_has_left_is_in_no_list_of_scores(scene: Correcting, signed_in: Any) -> None:
    type(scene.membership).objects.update(state="left", ended_on=DAY)
    assert "/change/" not in text(desk(signed_in, scene, "auditor"), SCORES)


def test_an_override_is_proposed_confirmed_and_revoked(scene: Correcting, signed_in: Any) -> None:
    convener = desk(signed_in, scene, "convener")
    address = f"{SCORES}{scene.score.pk}/override/"
    page = text(convener, address)
    assert "评分是 A 级、额度 50,000 元。" in page
    given = {
        "grade": "",
        "limit_amount": "60000",
        "reason": "新大棚已经验收",
        "starts_on": "2026-05-20",
        "ends_on": "2026-08-20",
    }
    answer = convener.post(address, given | {"limit_amount": "300000"})
    assert answer.status_code == 422
    assert "评分卡规定额度最多 200,000 元" in answer.content.decode()
    assert convener.post(address, given).status_code == 302
    row = Override.objects.get()
    assert convener.get(f"{OVERRIDES}{row.pk}/confirm/").status_code == 404
    reviewer = desk(signed_in, scene, "reviewer")
    assert "额度 50,000 → 60,000 元" in text(reviewer, f"{OVERRIDES}{row.pk}/confirm/")
    assert reviewer.post(f"{OVERRIDES}{row.pk}/confirm/").status_code == 302
    assert "60,000" in text(reviewer, f"{OVERRIDES}{row.pk}/change/")
    remark = {"remark": "大棚没有通过验收"}
    assert reviewer.post(f"{OVERRIDES}{row.pk}/revoke/", remark).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.ends_on) == ("revoked", DAY)


def test_a_proposal_is_rejected_with_its_reason(scene: Correcting, signed_in: Any) -> None:
    row = OverrideFactory(score=scene.score)
    reviewer = desk(signed_in, scene, "reviewer")
    assert reviewer.post(f"{OVERRIDES}{row.pk}/reject/", {"remark": ""}).status_code == 422
    assert reviewer.post(f"{OVERRIDES}{row.pk}/reject/", {"remark": "不清楚"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "rejected"


def test_a_score_under_a_veto_offers_no_override(scene: Correcting, signed_in: Any) -> None:
    Score.objects.update(superseded_on=DAY)
    score = ScoreFactory(member=scene.member, scorecard=scene.card, vetoes=["overdue"], grade="c")
    client = desk(signed_in, scene, "convener")
    page = text(client, f"{SCORES}{score.pk}/change/")
    assert f"{score.pk}/override/" not in page
    assert "现在有借款逾期超过90天" in page


def test_what_waits_longest_stands_first_and_is_answered(scene: Correcting, signed_in: Any) -> None:
    late = ObjectionFactory(score=scene.score, about="", due_on=DAY - timedelta(days=2))
    row = ObjectionFactory(score=scene.score)
    ObjectionFactory(score=scene.score, rejected=True)
    client = desk(signed_in, scene, "convener")
    page = text(client, OBJECTIONS)
    assert page.index(f"{OBJECTIONS}{late.pk}/") < page.index(f"{OBJECTIONS}{row.pk}/")
    assert "已超期 2 天" in page
    assert "还剩 20 天" in page
    assert f"{OBJECTIONS}{row.pk}/" not in text(client, f"{OBJECTIONS}?clock=late")
    page = text(client, f"{OBJECTIONS}{row.pk}/change/")
    for words in ("我家的地是60亩，不是40亩", "不到50亩", "40 亩", "还剩 20 天"):
        assert words in page, words
    scene.correct_the_land()
    assert client.post(f"{OBJECTIONS}{row.pk}/uphold/", {"answer": ""}).status_code == 422
    answer = {"answer": "地块已经更正为60亩"}
    assert client.post(f"{OBJECTIONS}{row.pk}/uphold/", answer).status_code == 302
    assert "70 → 100" in text(client, f"{OBJECTIONS}{row.pk}/change/")
    assert client.post(f"{OBJECTIONS}{late.pk}/reject/", {"answer": "不改"}).status_code == 302
    assert set(Objection.objects.values_list("state", flat=True)) == {"upheld", "rejected"}


def test_who_is_the_member_is_offered_no_deed(scene: Correcting, signed_in: Any) -> None:
    row = ObjectionFactory(score=scene.score)
    both = scene.officer("convener")
    PostFactory(user=both, union=scene.union, role="reviewer")
    type(scene.member).objects.filter(pk=scene.member.pk).update(user=both)
    client = signed_in(both, second_factor=True)
    assert f"{OBJECTIONS}{row.pk}/uphold/" not in text(client, f"{OBJECTIONS}{row.pk}/change/")
    assert client.post(f"{OBJECTIONS}{row.pk}/uphold/", {"answer": "好"}).status_code == 404


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_only_reads_is_shown_no_door(scene: Correcting, signed_in: Any, role: str) -> None:
    row, proposal = ObjectionFactory(score=scene.score), OverrideFactory(score=scene.score)
    client = desk(signed_in, scene, role)
    for address in (f"{OBJECTIONS}{row.pk}/reject/", f"{OVERRIDES}{proposal.pk}/confirm/"):
        assert client.post(address, {"answer": "好"}).status_code == 404


def test_the_figures_of_two_dates(
    scene: Correcting, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    ObjectionFactory(score=scene.score)
    OverrideFactory(score=scene.score, confirmed=True)
    scene.correct_the_land()
    later = DAY + timedelta(days=5)
    night(later)
    with time_machine.travel(after(later), tick=False):
        client = desk(signed_in, scene, "auditor")
        text(client, f"{SCORES}figures/")
        with django_assert_max_num_queries(17):
            page = text(client, f"{SCORES}figures/?then=2026-05-22")
    for words in (
        "现在有评分的 1 人",
        "升了的 1 人，没变的 0 人，降了的 0 人",
        "1 人，占 100%",
        "异议：等答复",
        "稳定指数",
        "超过 0.25：整体变了很多",
    ):
        assert words in page, words


def test_the_figures_count_only_unions_in_reach(scene: Correcting, signed_in: Any) -> None:
    client = signed_in(officer("auditor", UnionFactory()), second_factor=True)
    page = text(client, f"{SCORES}figures/")
    assert "现在有评分的 0 人" in page
    assert "比不出来" in page
    answer = client.get(f"{SCORES}figures/", {"union": scene.union.pk})
    assert answer.status_code == 422


@pytest.mark.parametrize("then", ["2026-05-20", "2999-01-01", "昨天"])
def test_the_earlier_date_lies_before_today(scene: Correcting, signed_in: Any, then: str) -> None:
    client = desk(signed_in, scene, "auditor")
    assert client.get(f"{SCORES}figures/", {"then": then}).status_code == 422

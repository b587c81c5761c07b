"""Panels on the phone and at the officers' desk: who sees what, and never a grade of another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cooperative.consent.models import Disclosure
from cooperative.membership.desk import waiting_for
from cooperative.membership.todo import todos_of
from credit.scoring.models import PanelRating, PanelReview
from credit.scoring.services import panels
from tests.factories.membership import HouseholdFactory, MemberFactory, MembershipFactory, officer
from tests.factories.panels import (
    AFTER,
    AT,
    DAY,
    GOOD,
    Neighbourhood,
    PanelReviewFactory,
    neighbourhood,
    say,
)

PANELS = "/admin/scoring/panelreview/"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def here(db: None, clock: Any) -> Neighbourhood:
    return neighbourhood()


@pytest.fixture
def panel(here: Neighbourhood) -> PanelReview:
    """The first two are rated by the next five; the third of all is kin of the first."""
    home = HouseholdFactory()
    for one in (here.people[0], here.people[2]):
        one.household = home
        one.save()
    return here.opened(here.people[:2], here.people[2:8])


def text_of(client: Any, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def person(panel: PanelReview, place: int) -> str:
    return reverse("panel_person", args=[panel.subjects.order_by("pk")[place].pk])


def test_a_rater_answers_one_after_the_other_and_is_thanked(
    here: Neighbourhood, panel: PanelReview, signed_in: Any
) -> None:
    rater = here.people[3]
    client = signed_in(rater.user)
    (todo,) = [one for one in todos_of(rater, DAY) if "评议" in str(one.text)]
    assert todo.due_on == panel.closes_on
    page = text_of(client, todo.href)
    assert "已评 0 位，共 2 位" in page
    assert "开始打分" in page
    assert "不记名" in page
    one = text_of(client, person(panel, 0))
    assert here.people[0].name in one
    assert "红光村" in one
    assert "第 1 位，共 2 位" in one
    for label in ("6 特别信得过", "1 信不过", "我不评"):
        assert label in one
    answered = client.post(person(panel, 0), {"points": "5"})
    assert answered.url == person(panel, 1)
    done = client.post(person(panel, 1), {"points": "3"}, follow=True)
    assert "都评完了，谢谢您" in done.content.decode()
    assert [one for one in todos_of(rater, DAY) if "评议" in str(one.text)] == []
    # their own answer is there to be changed
    assert 'value="5"' in text_of(client, person(panel, 0))
    assert re.search(r'value="5"[^>]*checked', text_of(client, person(panel, 0)))
    client.post(person(panel, 0), {"points": "4"})
    assert PanelRating.objects.filter(seat__member=rater).count() == 2


def test_kin_on_the_phone_is_no_grade_and_can_be_taken_back(
    here: Neighbourhood, panel: PanelReview, signed_in: Any
) -> None:
    client = signed_in(here.people[3].user)
    subject = panel.subjects.earliest("pk")
    client.post(reverse("panel_recuse", args=[subject.pk]))
    rating = PanelRating.objects.get()
    assert (rating.recused, rating.points) == (True, None)
    assert "您说过有关系，不评这一位" in text_of(client, person(panel, 0))
    client.post(person(panel, 0), {"points": "2"})
    rating.refresh_from_db()
    assert (rating.recused, rating.points) == (False, 2)


def test_a_form_without_a_card_says_what_to_do(
    here: Neighbourhood, panel: PanelReview, signed_in: Any
) -> None:
    client = signed_in(here.people[3].user)
    for data in ({}, {"points": "7"}):
        response = client.post(person(panel, 0), data)
        assert response.status_code == 422
    assert "请从六档里选一档" in client.post(person(panel, 0), {}).content.decode()
    assert not PanelRating.objects.exists()


def test_a_stranger_and_an_excluded_rater_find_nothing(
    here: Neighbourhood, panel: PanelReview, signed_in: Any
) -> None:
    kin, subject = signed_in(here.people[2].user), panel.subjects.earliest("pk")
    page = text_of(kin, reverse("panel_review", args=[panel.pk]))
    assert "共 1 位" in page
    assert here.people[0].name not in page
    stranger = signed_in(MemberFactory(with_account=True).user)
    assessed = signed_in(here.people[0].user)
    for client in (kin, stranger, assessed):
        assert client.get(person(panel, 0)).status_code == 404
        assert client.post(person(panel, 0), {"points": "6"}).status_code == 404
        assert client.post(reverse("panel_recuse", args=[subject.pk])).status_code == 404
    for client in (stranger, assessed):
        assert client.get(reverse("panel_review", args=[panel.pk])).status_code == 404
    assert not PanelRating.objects.exists()


def test_a_panel_that_is_only_called_is_nobodys_yet(here: Neighbourhood, signed_in: Any) -> None:
    panel = here.called(here.people[:1], here.people[3:8])
    client = signed_in(here.people[3].user)
    assert client.get(reverse("panel_review", args=[panel.pk])).status_code == 404
    assert client.get(person(panel, 0)).status_code == 404
    assert "还没有评议" in text_of(client, reverse("my_panels"))


def test_the_assessed_member_reads_mean_and_number_and_nobody_who_rated(
    here: Neighbourhood, signed_in: Any
) -> None:
    panel = here.opened(here.people[:1], here.people[3:8])
    here.graded(panel, GOOD)
    client = signed_in(here.people[0].user)
    # while it runs the member learns nothing
    assert "还没有评议" in text_of(client, reverse("my_panels"))
    here.closed(panel)
    page = text_of(client, reverse("my_panels"))
    assert "4.67 分" in page
    assert "5 人" in page
    for rater in here.people[3:8]:
        assert rater.name not in page
    assert client.get(reverse("panel_review", args=[panel.pk])).status_code == 404
    rater = signed_in(here.people[3].user)
    thanks = text_of(rater, reverse("panel_review", args=[panel.pk]))
    assert "评议已经结束，谢谢您" in thanks
    assert here.people[0].name not in thanks
    assert "4.67" not in thanks
    assert rater.get(person(panel, 0)).status_code == 404


def test_too_few_grades_are_no_figure_for_the_member(
    here: Neighbourhood, signed_in: Any, clock: Any
) -> None:
    panel = here.opened(here.people[:1], here.people[3:8])
    here.graded(panel, (6, 6, 6, 6, None))
    here.closed(panel)
    page = text_of(signed_in(here.people[0].user), reverse("my_panels"))
    assert "打分的人不够" in page
    assert not re.search(r"[56](\.00)? 分<", page)
    assert "4 人" not in page


def test_after_the_last_day_the_sheet_is_closed(
    here: Neighbourhood, panel: PanelReview, signed_in: Any, clock: Any
) -> None:
    clock.move_to(AFTER)
    client = signed_in(here.people[3].user)
    assert "评议已经结束" in text_of(client, reverse("panel_review", args=[panel.pk]))
    late = client.post(person(panel, 0), {"points": "4"})
    assert late.status_code == 422
    assert "现在已经结束" in late.content.decode()
    subject = panel.subjects.earliest("pk")
    client.post(reverse("panel_recuse", args=[subject.pk]))
    assert not PanelRating.objects.exists()


def test_a_cancelled_panel_says_why(
    here: Neighbourhood, panel: PanelReview, signed_in: Any
) -> None:
    panels.cancel_panel(panel_id=panel.pk, reason="农忙，过后再评。", by=here.convener, at=AT)
    page = text_of(signed_in(here.people[3].user), reverse("panel_review", args=[panel.pk]))
    assert "农忙，过后再评。" in page


# The officers' desk


def test_an_officer_calls_a_panel_with_suggested_raters(
    here: Neighbourhood, signed_in: Any
) -> None:
    desk = signed_in(here.convener, second_factor=True)
    call = f"{PANELS}call/"
    empty = text_of(desk, call)
    assert f"{here.people[0].name}（红光村）" in empty
    assert "评议人（可以打字查找）" not in empty.replace("被评议人（可以打字查找）", "")
    subjects = [one.memberships.get().pk for one in here.people[:2]]
    first = desk.post(call, {"subjects": subjects, "closes_on": "2026-05-27"})
    assert first.status_code == 422
    page = first.content.decode()
    # five and two to spare, and two of the nine rate each other
    assert "按规则推荐了 7 位评议人" in page
    assert "能评 2 位" in page
    assert "能评 1 位，1 位不能评：本人" in page
    assert not PanelReview.objects.exists()
    chosen = [
        int(pk)
        for pk in re.findall(r'<option value="(\d+)" selected', page.split('name="raters"')[1])
    ]
    assert len(chosen) == 7
    done = desk.post(call, {"subjects": subjects, "closes_on": "2026-05-27", "raters": chosen})
    panel = PanelReview.objects.get()
    assert done.url == f"{PANELS}{panel.pk}/change/"
    assert "按规则不能评的" in text_of(desk, done.url)
    assert desk.post(f"{PANELS}{panel.pk}/open/").status_code == 302
    panel.refresh_from_db()
    assert panel.state == "open"


def test_a_refusal_is_shown_in_the_form(here: Neighbourhood, signed_in: Any) -> None:
    desk = signed_in(here.convener, second_factor=True)
    subjects = [here.people[0].memberships.get().pk]
    raters = [one.pk for one in here.people[3:6]]
    said = desk.post(
        f"{PANELS}call/", {"subjects": subjects, "closes_on": "2026-05-27", "raters": raters}
    )
    assert said.status_code == 422
    assert "打分的评议人只有 3 位，至少要 5 位" in said.content.decode()
    other = MembershipFactory()
    strange = desk.post(f"{PANELS}call/", {"subjects": [other.pk], "closes_on": "2026-05-27"})
    assert strange.status_code == 422
    assert not PanelReview.objects.exists()


def test_raters_and_day_are_changed_before_it_opens(here: Neighbourhood, signed_in: Any) -> None:
    panel = here.called(here.people[:1], here.people[3:8])
    desk = signed_in(here.convener, second_factor=True)
    page = text_of(desk, f"{PANELS}{panel.pk}/raters/")
    assert page.count("selected") >= 5
    raters = [one.pk for one in here.people[1:7]]
    desk.post(f"{PANELS}{panel.pk}/raters/", {"closes_on": "2026-05-30", "raters": raters})
    assert panel.seats.count() == 6
    cancelled = desk.post(f"{PANELS}{panel.pk}/cancel/", {"reason": "人不齐"})
    assert cancelled.status_code == 302
    panel.refresh_from_db()
    assert panel.state == "cancelled"


def test_the_panel_shows_who_has_answered_and_never_what(
    here: Neighbourhood, panel: PanelReview, signed_in: Any
) -> None:
    subject = panel.subjects.latest("pk")
    say(subject, here.people[3], 1)
    desk = signed_in(here.convener, second_factor=True)
    page = text_of(desk, f"{PANELS}{panel.pk}/change/")
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th><td class="num">(\d)</td>', page))
    assert rows[f"{here.people[2].name}（红光村）"] == "1"
    assert rows[f"{here.people[3].name}（红光村）"] == "2"
    assert "同一家庭户" in page
    assert "评议打分" not in page
    assert "结束打分" not in page  # not due


def test_results_spread_and_who_stands_apart_are_shown_with_the_rule(
    here: Neighbourhood, signed_in: Any
) -> None:
    panel = here.opened(here.people[:3], here.people[3:8])
    here.graded(panel, (4, 4, 5, 5, 2), (5, 5, 5, 5, 3), (6, 4, 5, 5, 4))
    desk = signed_in(here.convener, second_factor=True)
    (due,) = [one for one in waiting_for(here.convener, DAY) if "评议" in str(one.label)]
    assert (due.count, due.late) == (1, 0)
    assert f"{PANELS}{panel.pk}/change/" in text_of(desk, due.href)
    assert desk.post(f"{PANELS}{panel.pk}/close/").status_code == 302
    page = text_of(desk, f"{PANELS}{panel.pk}/change/")
    assert "<strong>4.33</strong>" in page
    assert "偏严，平均低 1.83 分" in page
    assert page.count("没有明显偏差") == 4
    assert "超过 1.5 分就标出来" in page
    looks = Disclosure.objects.filter(purpose="scoring", by=here.convener)
    assert {row.member_id for row in looks} == {one.pk for one in here.people[:3]}


def test_an_auditor_reads_and_changes_nothing_and_a_stranger_finds_nothing(
    here: Neighbourhood, signed_in: Any
) -> None:
    panel = here.called(here.people[:1], here.people[3:8])
    auditor = signed_in(officer("auditor", here.union), second_factor=True)
    page = text_of(auditor, f"{PANELS}{panel.pk}/change/")
    assert here.people[3].name not in page  # masked: no right to see names whole
    for deed in ("raters", "open", "cancel"):
        assert auditor.post(f"{PANELS}{panel.pk}/{deed}/").status_code == 404
    assert auditor.get(f"{PANELS}call/").status_code == 404
    stranger = signed_in(officer("convener", MembershipFactory().union), second_factor=True)
    assert stranger.get(f"{PANELS}{panel.pk}/change/").status_code == 404
    assert f"{PANELS}{panel.pk}/" not in text_of(stranger, PANELS)


def test_the_list_asks_the_same_number_of_questions_for_any_number_of_panels(
    here: Neighbourhood, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    PanelReviewFactory.create_batch(12, union=here.union, open=True)
    desk = signed_in(here.convener, second_factor=True)
    desk.get(PANELS)
    with django_assert_max_num_queries(20):
        text_of(desk, PANELS)


def test_the_desk_says_what_waits(here: Neighbourhood, clock: Any) -> None:
    here.called(here.people[:1], here.people[3:8])
    here.opened(here.people[1:2], here.people[3:8])
    assert [one.count for one in waiting_for(here.convener, DAY) if "评议" in str(one.label)] == [1]
    late = DAY + timedelta(days=8)
    lines = [one for one in waiting_for(here.convener, late) if "评议" in str(one.label)]
    assert [(one.count, one.late) for one in lines] == [(1, 1), (1, 1)]
    assert [
        one
        for one in waiting_for(officer("reviewer", here.union), late)
        if "评议" in str(one.label)
    ] == []

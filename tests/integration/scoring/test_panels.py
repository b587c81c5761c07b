"""A panel from its call to its result; each refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from cooperative.notices.models import Notice
from core.errors import Refused
from core.models import AuditRow
from credit.scoring import tasks
from credit.scoring.conflicts import conflicts_between
from credit.scoring.models import PanelRating, PanelReview, PanelSeat, PanelSubject
from credit.scoring.services import panels
from credit.scoring.services.panels.erasing import erase_reviews
from tests.factories.membership import (
    HouseholdFactory,
    MemberFactory,
    MembershipFactory,
    OfficerUserFactory,
    PhoneUserFactory,
    officer,
)
from tests.factories.panels import AFTER, AT, DAY, GOOD, LAST, Neighbourhood, neighbourhood, say
from tests.factories.scoring import agree

pytestmark = pytest.mark.django_db
D = Decimal
TABLES = (PanelReview, PanelSubject, PanelSeat, PanelRating, AuditRow, Notice)


@pytest.fixture
def here() -> Neighbourhood:
    return neighbourhood()


def snapshot() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]  # type: ignore[attr-defined]


def refused(code: str, deed: Callable[[], Any]) -> Refused:
    before = snapshot()
    with pytest.raises(Refused) as caught:
        deed()
    assert caught.value.code == code
    assert snapshot() == before
    return caught.value


def test_a_panel_is_called_opened_rated_and_closed(here: Neighbourhood) -> None:
    subjects, raters = here.people[:3], here.people[3:8]
    panel = here.called(subjects, raters)
    assert (panel.state, Notice.objects.count()) == ("called", 0)
    panels.open_panel(panel_id=panel.pk, by=here.convener, at=AT)
    told = Notice.objects.filter(kind="scoring.panel_opened").order_by("pk")
    assert [row.recipient for row in told] == [rater.user for rater in raters]
    assert {row.due_on for row in told} == {LAST}
    here.graded(panel, GOOD, (6, 6, 5, 5, 4), (3, 3, None, 4, 5))
    assert panel.seats.filter(finished_at=AT).count() == 5
    closed = here.closed(panel, at=AT + timedelta(hours=1))
    assert (closed.state, closed.ended_at) == ("closed", AT + timedelta(hours=1))
    good, better, few = panel.subjects.order_by("pk")
    assert (good.outcome, good.mean, good.counted) == ("rated", D("4.67"), 5)
    assert (good.spread, good.deviation) == (4, D("1.36"))
    assert (good.decided_on, good.holds_until) == (DAY, date(2028, 5, 20))
    assert better.mean == D("5.33")
    assert (few.outcome, few.mean, few.holds_until) == ("too_few", None, None)
    titles = list(
        Notice.objects.filter(kind__startswith="scoring.panel_")
        .exclude(kind="scoring.panel_opened")
        .order_by("pk")
        .values_list("title", flat=True)
    )
    assert titles == [
        "您的邻里评议有了结果：平均 4.67 分，5 人打分。",
        "您的邻里评议有了结果：平均 5.33 分，5 人打分。",
        "您的邻里评议这次没有结果：打分的人不到 5 位。",
    ]


def test_no_audit_row_and_no_notice_tells_a_grade(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:1], here.people[1:6])
    here.graded(panel, GOOD)
    rows = AuditRow.objects.filter(action__in=["scoring.panel_rated", "scoring.panel_recused"])
    (subject,) = panel.subjects.all()
    assert [row.facts for row in rows] == [{"panel": panel.pk, "person": subject.pk}] * 5
    assert not Notice.objects.filter(kind="scoring.panel_rated").exists()


def test_a_rater_who_is_harder_throughout_is_flagged(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:3], here.people[3:8])
    here.graded(panel, (4, 4, 5, 5, 2), (5, 5, 5, 5, 3), (6, 4, 5, 5, 4))
    here.closed(panel)
    seats = list(panel.seats.order_by("pk"))
    assert [seat.is_outlier for seat in seats] == [False, False, False, False, True]
    assert seats[4].deviation == D("-1.83")


def test_of_two_people_nothing_is_said_about_raters(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:2], here.people[3:8])
    here.graded(panel, (6, 6, 6, 6, 1), (6, 6, 6, 6, 1))
    here.closed(panel)
    assert set(panel.seats.values_list("deviation", "is_outlier")) == {(None, False)}


def test_subjects_may_rate_each_other_but_not_themselves(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:6], here.people[:6])
    own = panel.subjects.get(member=here.people[0])
    refused("not_found", lambda: say(own, here.people[0], 6))
    say(own, here.people[1], 6)


# Calling


def test_calling_is_refused_with_too_few_who_are_no_kin(here: Neighbourhood) -> None:
    home = HouseholdFactory()
    for one in (here.people[0], here.people[4]):
        one.household = home
        one.save()
    said = refused("too_few_raters", lambda: here.called(here.people[:2], here.people[3:8]))
    assert str(said) == (
        f"能给{said_name(here.people[0])}打分的评议人只有 4 位，至少要 5 位。选了 5 位，"
        "其中 1 位是本人、家里人或者有往来的。请再添几位评议人，或者这次先不评这位成员。"
    )
    assert (said.facts["able"], said.facts["least"]) == (4, 5)
    here.called(here.people[:2], here.people[3:9])


def said_name(member: Any) -> str:
    return f"{member.name[0]}*{member.name[-1]}"


def test_calling_without_anybody_is_refused(here: Neighbourhood) -> None:
    refused("nobody_named", lambda: here.called([], here.people[3:8]))
    refused("too_few_raters", lambda: here.called(here.people[:1], []))


def test_who_has_not_agreed_is_not_assessed(here: Neighbourhood) -> None:
    silent = MembershipFactory(union=here.union, member=MemberFactory(name="赵不言")).member
    ended = MembershipFactory(union=here.union, member=MemberFactory(name="钱收回")).member
    agree(
        ended,
        withdrawn_at=AT - timedelta(days=1),
        withdrawn_by=PhoneUserFactory(),
        withdrawn_channel="page",
    )
    said = refused(
        "no_consent", lambda: here.called([silent, ended, here.people[0]], here.people[3:8])
    )
    assert "赵*言" in str(said)
    assert "钱*回" in str(said)


def test_a_member_is_on_one_panel_at_a_time(here: Neighbourhood) -> None:
    here.called(here.people[:1], here.people[3:8])
    refused("in_another_panel", lambda: here.called(here.people[:2], here.people[3:8]))


def test_after_a_panel_has_ended_there_may_be_another(here: Neighbourhood) -> None:
    panel = here.called(here.people[:1], here.people[3:8])
    panels.cancel_panel(panel_id=panel.pk, reason="人没有凑齐", by=here.convener, at=AT)
    here.called(here.people[:1], here.people[3:8])


def test_raters_are_admitted_members_with_an_account(here: Neighbourhood) -> None:
    for code, membership in (
        ("rater_without_account", MembershipFactory(union=here.union)),
        ("not_admitted", MembershipFactory(union=here.union, suspended=True)),
        ("not_found", MembershipFactory()),
    ):
        people = [*here.people[3:8], membership.member]
        refused(code, lambda people=people: here.called(here.people[:1], people))


def test_an_officer_neither_rates_nor_is_assessed_by_their_own_panel(here: Neighbourhood) -> None:
    own = here.people[8]
    officer_too = officer("convener", here.union)
    own.user = officer_too
    own.save()
    refused(
        "own_panel", lambda: here.called(here.people[:1], [*here.people[3:8], own], by=officer_too)
    )
    refused("own_matter", lambda: here.called([own], here.people[3:8], by=officer_too))
    panel = here.called([own], here.people[3:8])
    for deed in (panels.open_panel, panels.close_panel):
        refused("own_matter", lambda deed=deed: deed(panel_id=panel.pk, by=officer_too, at=AT))


def test_a_rater_who_may_rate_nobody_is_refused(here: Neighbourhood) -> None:
    home = HouseholdFactory()
    for one in (here.people[0], here.people[8]):
        one.household = home
        one.save()
    refused("rater_without_subjects", lambda: here.called(here.people[:1], here.people[3:9]))


@pytest.mark.parametrize("days", [0, -1, 15])
def test_the_last_day_is_tomorrow_to_a_fortnight_off(here: Neighbourhood, days: int) -> None:
    said = refused(
        "closing_day_wrong",
        lambda: here.called(
            here.people[:1], here.people[3:8], closes_on=DAY + timedelta(days=days)
        ),
    )
    assert "2026年5月21日（周四）到2026年6月3日（周三）" in str(said)


def test_only_who_may_call_panels_in_the_union_does(here: Neighbourhood) -> None:
    panel = here.called(here.people[:1], here.people[3:8])
    for outsider in (
        officer("convener", MembershipFactory().union),
        officer("reviewer", here.union),
    ):
        refused(
            "not_found",
            lambda outsider=outsider: here.called(here.people[1:2], here.people[3:8], by=outsider),
        )
        for deed in (panels.open_panel, panels.close_panel):
            refused(
                "not_found",
                lambda deed=deed, outsider=outsider: deed(panel_id=panel.pk, by=outsider, at=AT),
            )
        refused(
            "not_found",
            lambda outsider=outsider: panels.cancel_panel(
                panel_id=panel.pk, reason="不办了", by=outsider, at=AT
            ),
        )


# Before and after it is open


def test_raters_change_until_it_is_opened(here: Neighbourhood) -> None:
    panel = here.called(here.people[:1], here.people[1:6])
    change = {"panel_id": panel.pk, "closes_on": LAST + timedelta(days=1), "by": here.convener}
    others = [one.pk for one in here.people[3:8]]
    panels.change_panel(raters=others, at=AT, **change)
    panel.refresh_from_db()
    assert panel.closes_on == LAST + timedelta(days=1)
    assert set(panel.seats.values_list("member", flat=True)) == set(others)
    refused("too_few_raters", lambda: panels.change_panel(raters=others[:4], at=AT, **change))
    panels.open_panel(panel_id=panel.pk, by=here.convener, at=AT)
    refused("wrong_state", lambda: panels.change_panel(raters=others, at=AT, **change))


def test_opening_checks_again_what_may_have_changed(here: Neighbourhood) -> None:
    panel = here.called(here.people[:1], here.people[3:8])
    home = HouseholdFactory()
    for one in (here.people[0], here.people[4]):
        one.household = home
        one.save()
    do = {"panel_id": panel.pk, "by": here.convener}
    refused("too_few_raters", lambda: panels.open_panel(**do, at=AT))
    refused("closing_day_wrong", lambda: panels.open_panel(**do, at=AFTER))


def test_a_cancelled_panel_tells_its_raters_and_has_no_result(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:1], here.people[3:8])
    do = {"panel_id": panel.pk, "by": here.convener, "at": AT}
    refused("reason_missing", lambda: panels.cancel_panel(reason=" ", **do))
    refused("reason_too_long", lambda: panels.cancel_panel(reason="长" * 301, **do))
    panels.cancel_panel(reason="农忙，过后再评", **do)
    told = Notice.objects.filter(kind="scoring.panel_cancelled")
    assert {row.body for row in told} == {"原因：农忙，过后再评。"}
    assert told.count() == 5
    (subject,) = panel.subjects.all()
    refused("panel_cancelled", lambda: say(subject, here.people[3], 4))
    refused("wrong_state", lambda: panels.cancel_panel(reason="又一次", **do))
    refused("wrong_state", lambda: panels.close_panel(**do))


# Rating


def test_a_grade_changes_until_the_panel_closes_and_never_after(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:1], here.people[3:8])
    (subject,) = panel.subjects.all()
    rater = here.people[3]
    say(subject, rater, 2)
    say(subject, rater, None)
    say(subject, rater, 5, AT + timedelta(hours=1))
    (rating,) = PanelRating.objects.all()
    assert (rating.points, rating.recused, rating.given_at) == (5, False, AT + timedelta(hours=1))
    refused("points_wrong", lambda: say(subject, rater, 7))
    refused("panel_over", lambda: say(subject, rater, 6, AFTER))
    here.closed(panel)
    said = refused("panel_over", lambda: say(subject, rater, 6))
    assert "2026年5月27日" in str(said)
    refused("panel_over", lambda: say(subject, rater, None))


def test_the_database_keeps_grades_to_an_open_panel(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:2], here.people[2:7])
    other = here.opened([here.people[8]], here.people[2:7])
    here.graded(panel, GOOD, GOOD)
    rating = PanelRating.objects.filter(seat__panel=panel).earliest("pk")
    foreign = other.subjects.get()

    def impossible(change: Callable[[], Any]) -> None:
        said = r"open panel|who rated|append-only"
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            change()

    rows = PanelRating.objects.filter(pk=rating.pk)
    impossible(lambda: rows.update(subject=foreign))
    impossible(
        lambda: PanelRating.objects.create(seat=rating.seat, subject=foreign, points=1, given_at=AT)
    )
    here.closed(panel)
    impossible(lambda: rows.update(points=1))
    impossible(rows.delete)
    subject = panel.subjects.earliest("pk")
    impossible(lambda: PanelSubject.objects.filter(pk=subject.pk).update(mean=D(6)))
    bare = PanelSubject.objects.filter(pk=subject.pk)
    impossible(lambda: bare._raw_delete(bare.db))
    impossible(lambda: panel.seats.update(is_outlier=False))
    impossible(lambda: PanelReview.objects.filter(pk=panel.pk).update(closes_on=DAY))


def test_nobody_rates_themself_even_past_the_service(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:6], here.people[:6])
    own = panel.subjects.get(member=here.people[0])
    seat = panel.seats.get(member=here.people[0])
    with pytest.raises(IntegrityError, match="another member"), transaction.atomic():
        PanelRating.objects.create(seat=seat, subject=own, points=6, given_at=AT)


def test_strangers_and_excluded_raters_find_nothing(here: Neighbourhood) -> None:
    home = HouseholdFactory()
    for one in (here.people[0], here.people[3]):
        one.household = home
        one.save()
    panel = here.opened(here.people[:2], here.people[3:9])
    kin = panel.subjects.get(member=here.people[0])
    refused("not_found", lambda: say(kin, here.people[3], 6))
    refused("not_found", lambda: say(kin, here.people[2], 6))
    refused("not_found", lambda: say(kin, MemberFactory(with_account=True), 6))
    refused(
        "not_found",
        lambda: panels.rate(subject_id=kin.pk, points=4, by=OfficerUserFactory(), at=AT),
    )
    refused(
        "not_found",
        lambda: panels.rate(subject_id=0, points=4, by=here.people[3].user, at=AT),
    )
    say(panel.subjects.get(member=here.people[1]), here.people[3], 6)
    # all that this rater is asked
    assert panel.seats.get(member=here.people[3]).finished_at == AT


def test_who_is_suspended_meanwhile_rates_no_more(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:1], here.people[3:8])
    (subject,) = panel.subjects.all()
    here.people[3].memberships.update(state="suspended")
    refused("not_admitted", lambda: say(subject, here.people[3], 4))


def test_who_was_erased_before_it_opened_is_left_out(here: Neighbourhood) -> None:
    panel = here.called(here.people[:2], here.people[3:8])
    erase_reviews(member=here.people[0], at=AT)
    panels.open_panel(panel_id=panel.pk, by=here.convener, at=AT)
    assert panel.subjects.filter(outcome="waiting").count() == 1


def test_before_it_is_opened_nobody_rates(here: Neighbourhood) -> None:
    panel = here.called(here.people[:1], here.people[3:8])
    (subject,) = panel.subjects.all()
    refused("not_found", lambda: say(subject, here.people[3], 4))


# Closing


def test_an_officer_does_not_close_before_all_have_answered(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:1], here.people[3:8])
    (subject,) = panel.subjects.all()
    for rater in here.people[3:6]:
        say(subject, rater, 4)
    said = refused("panel_running", lambda: here.closed(panel, at=AT))
    assert "还有 2 位没有评完，一共 5 位" in str(said)
    here.closed(panel, at=AFTER)
    subject.refresh_from_db()
    assert (subject.outcome, subject.counted) == ("too_few", None)
    refused("wrong_state", lambda: here.closed(panel, at=AFTER))


def test_who_became_tied_after_rating_does_not_count(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:1], here.people[3:9])
    here.graded(panel, (6, 4, 4, 4, 4, 4))
    home = HouseholdFactory()
    for one in (here.people[0], here.people[3]):
        one.household = home
        one.save()
    here.closed(panel)
    (subject,) = panel.subjects.all()
    assert (subject.counted, subject.mean, subject.spread) == (5, D(4), 0)


def test_who_ends_their_consent_has_no_result_and_is_not_shown(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:2], here.people[3:8])
    here.graded(panel, GOOD, GOOD)
    consent = here.people[0].consents.get()
    consent.withdrawn_at, consent.withdrawn_by = AT, here.people[0].user
    consent.withdrawn_channel = "page"
    consent.save()
    first, second = panel.subjects.order_by("pk")
    refused("not_found", lambda: say(first, here.people[3], 6, AT + timedelta(hours=1)))
    here.closed(panel)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.outcome, first.mean) == ("no_consent", None)
    assert second.outcome == "rated"
    assert not Notice.objects.filter(person=f"member:{first.member_id}").exists()


def test_the_night_closes_what_is_past_its_last_day_once(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:1], here.people[3:8])
    here.graded(panel, GOOD)
    waiting = here.called(here.people[1:2], here.people[3:8])
    before = snapshot()
    assert panels.close_due_panels(at=AT + timedelta(days=7)) == 0
    assert snapshot() == before
    assert panels.close_due_panels(at=AFTER) == 1
    panel.refresh_from_db()
    waiting.refresh_from_db()
    assert (panel.state, panel.ended_at, waiting.state) == ("closed", AFTER, "called")
    after = snapshot()
    assert panels.close_due_panels(at=AFTER + timedelta(days=1)) == 0
    assert snapshot() == after


def test_raters_are_reminded_the_day_before_and_once(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:2], here.people[3:8])
    first, second = panel.subjects.order_by("pk")
    say(first, here.people[3], 4)
    say(second, here.people[3], 4)
    say(first, here.people[4], 4)
    assert panels.remind_panels(at=AT) == 0
    assert panels.remind_panels(at=AT + timedelta(days=6)) == 4
    panels.remind_panels(at=AT + timedelta(days=6, hours=1))
    told = Notice.objects.filter(kind="scoring.panel_reminder").order_by("pk")
    assert [row.title for row in told] == [
        f"邻里评议打分到2026年5月27日（周三）为止，您还有 {left} 位没有评。"
        for left in (1, 2, 2, 2)
    ]


def test_the_beats_tasks_remind_and_close(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:1], here.people[3:8])
    with time_machine.travel(AT + timedelta(days=6), tick=False):
        tasks.remind_panels()
    assert Notice.objects.filter(kind="scoring.panel_reminder").count() == 5
    with time_machine.travel(AFTER, tick=False):
        tasks.close_panels()
    panel.refresh_from_db()
    assert panel.state == "closed"


# What else reads it


def test_erasing_empties_results_and_removes_the_grades(here: Neighbourhood) -> None:
    panel = here.opened(here.people[:2], here.people[3:8])
    here.graded(panel, GOOD, GOOD)
    here.closed(panel)
    running = here.opened(here.people[2:3], here.people[3:8])
    (waiting,) = running.subjects.all()
    say(waiting, here.people[3], 4)
    erase_reviews(member=here.people[0], at=timezone.now())
    erase_reviews(member=here.people[2], at=timezone.now())
    gone, stays = panel.subjects.order_by("pk")
    assert (gone.outcome, gone.mean, gone.ratings.count()) == ("erased", None, 0)
    assert (stays.outcome, stays.ratings.count()) == ("rated", 5)
    here.closed(running)
    waiting.refresh_from_db()
    assert waiting.outcome == "erased"


def test_ties_are_found_for_many_with_a_fixed_number_of_queries(
    here: Neighbourhood, django_assert_num_queries: Any
) -> None:
    everybody = {one.pk for one in here.people}
    with django_assert_num_queries(2):
        found = conflicts_between(everybody, everybody)
    assert {pair: tie.code for pair, tie in found.items()} == {
        (one, one): "self" for one in everybody
    }

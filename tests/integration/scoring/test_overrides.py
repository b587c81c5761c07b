"""Overrides: two officers, a time, never over a veto or the cap, told to the member."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cooperative.notices.models import Delivery, Notice
from core.errors import NotFound, Refused
from core.models import AuditRow
from credit.scoring.desk import corrections_waiting
from credit.scoring.models import Override, Score
from credit.scoring.selectors.overrides import override_in_force
from credit.scoring.services import overrides
from tests.factories.correcting import Correcting, night
from tests.factories.membership import MembershipFactory, PostFactory, UnionFactory, officer
from tests.factories.scoring import DAY, ScoreFactory, after

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 8, 20)
AT = after(DAY)


@pytest.fixture
def scene() -> Correcting:
    return Correcting()


def proposed(scene: Correcting, **more: Any) -> Override:
    given = {
        "member_id": scene.member.pk,
        "limit_amount": Decimal("60000"),
        "reason": "新大棚已经验收，还没有登记",
        "starts_on": DAY,
        "ends_on": UNTIL,
        "at": AT,
    }
    by = more.pop("by", None) or scene.officer("convener")
    return overrides.propose_override(**(given | more), by=by)


def confirmed(scene: Correcting, **more: Any) -> Override:
    row = proposed(scene, **more)
    return overrides.confirm_override(override_id=row.pk, by=scene.officer("reviewer"), at=AT)


def refusal(do: Any) -> str:
    """The code of a refusal that changed nothing."""
    before = list(Override.objects.order_by("pk").values_list()), AuditRow.objects.count()
    with pytest.raises(Refused) as refused:
        do()
    assert (list(Override.objects.order_by("pk").values_list()), AuditRow.objects.count()) == before
    return refused.value.code


def test_a_proposal_changes_nothing_yet(scene: Correcting) -> None:
    row = proposed(scene)
    assert (row.state, row.score, row.checked_at) == ("proposed", scene.score, None)
    assert override_in_force([scene.member], DAY) == {}
    assert not Notice.objects.exists()


def test_a_confirmed_one_holds_by_its_dates(scene: Correcting) -> None:
    row = confirmed(scene)
    assert override_in_force([scene.member], DAY) == {scene.member.pk: row}
    assert override_in_force([scene.member], UNTIL - timedelta(days=1)) == {scene.member.pk: row}
    assert override_in_force([scene.member], UNTIL) == {}
    assert override_in_force([scene.member], DAY - timedelta(days=1)) == {}


def test_the_score_itself_stays_and_the_next_night_too(scene: Correcting) -> None:
    before = list(Score.objects.order_by("pk").values_list("pk", "limit_amount", "grade"))
    row = confirmed(scene)
    night(DAY + timedelta(days=1))
    assert list(Score.objects.order_by("pk").values_list("pk", "limit_amount", "grade")) == before
    assert override_in_force([scene.member], DAY + timedelta(days=1)) == {scene.member.pk: row}


def test_the_member_reads_what_changes_why_and_until_when(scene: Correcting) -> None:
    confirmed(scene, grade="aaa")
    notice = Notice.objects.get(kind="scoring.override_confirmed")
    assert notice.title == ("工会调整了您的信用：等级从 A 改为 AAA、额度从 50,000 元改为 60,000 元")
    assert notice.body == (
        "原因：新大棚已经验收，还没有登记。从2026年5月20日（周三）用到2026年8月19日（周三），"
        "以后还按评分算。不同意的，可以在“我的信用分”里提出异议，工会书面答复。"
    )
    assert Delivery.objects.filter(notice=notice).count() == 1


def test_confirmed_late_it_holds_from_the_day_of_confirmation(scene: Correcting) -> None:
    row = proposed(scene)
    day = DAY + timedelta(days=3)
    by = scene.officer("reviewer")
    row = overrides.confirm_override(override_id=row.pk, by=by, at=after(day))
    assert row.starts_on == day
    assert override_in_force([scene.member], DAY) == {}


def test_a_proposal_that_ran_out_is_not_confirmed(scene: Correcting) -> None:
    row, by = proposed(scene), scene.officer("reviewer")
    assert (
        refusal(lambda: overrides.confirm_override(override_id=row.pk, by=by, at=after(UNTIL)))
        == "period_over"
    )


def test_revoking_ends_it_that_day_and_says_why(scene: Correcting) -> None:
    row = confirmed(scene)
    day = DAY + timedelta(days=10)
    overrides.revoke_override(
        override_id=row.pk, remark="大棚没有通过验收", by=scene.officer("reviewer"), at=after(day)
    )
    row.refresh_from_db()
    assert (row.state, row.ends_on, row.remark) == ("revoked", day, "大棚没有通过验收")
    assert override_in_force([scene.member], day) == {}
    assert override_in_force([scene.member], DAY) == {scene.member.pk: row}
    notice = Notice.objects.get(kind="scoring.override_revoked")
    assert notice.title == ("工会撤销了对您信用的人工调整，现在按评分算：等级 A，额度 50,000 元")
    assert "大棚没有通过验收" in notice.body


def test_one_revoked_before_it_began_never_held_and_frees_the_time(scene: Correcting) -> None:
    row = confirmed(scene, starts_on=DAY + timedelta(days=5))
    by = scene.officer("reviewer")
    row = overrides.revoke_override(override_id=row.pk, remark="不需要了", by=by, at=AT)
    assert row.ends_on == row.starts_on
    assert override_in_force([scene.member], DAY + timedelta(days=5)) == {}
    assert confirmed(scene).state == "confirmed"


def test_a_rejected_one_never_holds_and_says_why(scene: Correcting) -> None:
    row = proposed(scene)
    by = scene.officer("reviewer")
    row = overrides.reject_override(override_id=row.pk, remark="凭证不清楚", by=by, at=AT)
    assert (row.state, row.remark, row.checked_by) == ("rejected", "凭证不清楚", by)
    assert override_in_force([scene.member], DAY) == {}
    assert refusal(lambda: overrides.confirm_override(override_id=row.pk, by=by, at=AT)) == (
        "wrong_state"
    )


def test_nobody_confirms_what_they_proposed(scene: Correcting) -> None:
    both = scene.officer("convener")
    officer_as(scene, both, "reviewer")
    row = proposed(scene, by=both)
    confirm = lambda: overrides.confirm_override(override_id=row.pk, by=both, at=AT)  # noqa: E731
    assert refusal(confirm) == "same_person"


def officer_as(scene: Correcting, user: Any, role: str) -> None:
    """A second post of an officer."""
    PostFactory(user=user, union=scene.union, role=role)


def test_nobody_decides_about_their_own_score(scene: Correcting) -> None:
    row, user = proposed(scene), scene.member.user
    for role in ("convener", "reviewer"):
        officer_as(scene, user, role)
    assert refusal(lambda: proposed(scene, by=user)) == "own_matter"
    assert refusal(lambda: overrides.confirm_override(override_id=row.pk, by=user, at=AT)) == (
        "own_matter"
    )


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reason": "  "}, "words_missing"),
        ({"reason": "长" * 301}, "words_too_long"),
        ({"limit_amount": Decimal("200100")}, "limit_above_cap"),
        ({"limit_amount": Decimal("60050")}, "limit_wrong"),
        ({"limit_amount": Decimal("50000")}, "changes_nothing"),
        ({"limit_amount": None, "grade": "a"}, "changes_nothing"),
        ({"limit_amount": Decimal("1000"), "grade": "c"}, "limit_without_grade"),
        ({"grade": "zz"}, "grade_unknown"),
        ({"starts_on": DAY - timedelta(days=1)}, "period_wrong"),
        ({"ends_on": DAY}, "period_wrong"),
        ({"ends_on": date(2026, 11, 21)}, "period_too_long"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_reason(
    scene: Correcting, wrong: dict[str, Any], code: str
) -> None:
    assert refusal(lambda: proposed(scene, **wrong)) == code


def test_six_months_to_the_day_are_allowed(scene: Correcting) -> None:
    assert proposed(scene, ends_on=date(2026, 11, 20)).ends_on == date(2026, 11, 20)


def test_a_veto_is_not_overridden(scene: Correcting) -> None:
    row, by = proposed(scene), scene.officer("reviewer")
    Score.objects.current().update(superseded_on=DAY)
    ScoreFactory(
        member=scene.member, scorecard=scene.card, vetoes=["overdue"], grade="c", limit_amount=0
    )
    assert refusal(lambda: proposed(scene, grade="a")) == "vetoed"
    with pytest.raises(Refused) as refused:
        overrides.confirm_override(override_id=row.pk, by=by, at=AT)
    assert (refused.value.code, str(refused.value)) == (
        "vetoed",
        "这位成员有否决项“逾期过久”，否决项不能用人工调整绕过去。先把这件事办清、重新评分，"
        "再看要不要调整。",
    )


def test_without_a_score_there_is_nothing_to_override(scene: Correcting) -> None:
    Score.objects.current().update(superseded_on=DAY)
    assert refusal(lambda: proposed(scene)) == "no_score"


def test_two_never_hold_at_one_time_but_one_after_the_other(scene: Correcting) -> None:
    waiting = proposed(scene, ends_on=UNTIL + timedelta(days=1))
    confirmed(scene)
    by = scene.officer("reviewer")
    assert refusal(lambda: proposed(scene, limit_amount=Decimal("70000"))) == "override_stands"
    assert refusal(lambda: overrides.confirm_override(override_id=waiting.pk, by=by, at=AT)) == (
        "override_stands"
    )
    assert confirmed(scene, starts_on=UNTIL, ends_on=date(2026, 10, 1)).state == "confirmed"


def test_officers_of_another_union_do_not_reach_the_member(scene: Correcting) -> None:
    stranger = officer("convener", UnionFactory())
    with pytest.raises(NotFound):
        proposed(scene, by=stranger)


def test_a_member_of_two_unions_is_reached_by_both_while_they_belong(scene: Correcting) -> None:
    other = MembershipFactory(member=scene.member)
    there = officer("convener", other.union)
    assert proposed(scene, by=there).state == "proposed"
    type(other).objects.filter(pk=other.pk).update(state="left", ended_on=DAY)
    with pytest.raises(NotFound):
        proposed(scene, by=there)


def test_every_deed_stands_in_the_trail_without_names(scene: Correcting) -> None:
    row = confirmed(scene)
    deeds = AuditRow.objects.filter(action__startswith="scoring.override").order_by("pk")
    assert [deed.action for deed in deeds] == [
        "scoring.override_proposed",
        "scoring.override_confirmed",
    ]
    assert {deed.scope for deed in deeds} == {scene.union.path}
    assert scene.member.name not in str([deed.facts for deed in deeds])
    assert row.reason not in str([deed.facts for deed in deeds])


def test_the_desk_counts_what_an_officer_may_confirm(scene: Correcting) -> None:
    proposed(scene)
    counts = {
        str(line.label): line.count for line in corrections_waiting(scene.officer("reviewer"), DAY)
    }
    assert counts["人工调整等您复核"] == 1
    lines = corrections_waiting(scene.officer("convener"), DAY)
    assert [line.count for line in lines] == [0, 0]

"""Objections: raised by the member, a clock, answered in writing, scored again where they were right."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cooperative.membership.marks import marks_of
from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.files import access_file
from core.models import AuditRow
from credit.scoring.desk import corrections_waiting
from credit.scoring.models import Objection, Override, Score
from credit.scoring.selectors.objections import open_objections, statements_of
from credit.scoring.services import objections
from credit.scoring.services.watching import watch_objections
from tests.factories.core import StoredFileFactory
from tests.factories.correcting import Correcting, night
from tests.factories.membership import (
    MemberFactory,
    PhoneUserFactory,
    PostFactory,
    UnionFactory,
    officer,
)
from tests.factories.scoring import DAY, OverrideFactory, after

pytestmark = pytest.mark.django_db
AT = after(DAY)
MARK = "本人对信用分提出异议，正在办理"


@pytest.fixture
def scene() -> Correcting:
    return Correcting()


def raised(scene: Correcting, **more: Any) -> Objection:
    given = {
        "member": scene.member,
        "about": "land",
        "words": "我家的地是60亩，不是40亩",
        "by": scene.member.user,
        "at": AT,
    }
    return objections.raise_objection(**(given | more))


def answered(do: Any, row: Objection, by: Any, answer: str = "地块登记已经更正") -> Objection:
    found: Objection = do(objection_id=row.pk, answer=answer, by=by, at=AT)
    return found


def refusal(do: Any) -> str:
    """The code of a refusal that changed nothing."""
    before = list(Objection.objects.order_by("pk").values_list()), AuditRow.objects.count()
    with pytest.raises(Refused) as refused:
        do()
    assert (
        list(Objection.objects.order_by("pk").values_list()),
        AuditRow.objects.count(),
    ) == before
    return refused.value.code


def test_the_clock_runs_for_twenty_days_and_the_score_is_marked(scene: Correcting) -> None:
    row = raised(scene)
    assert (row.state, row.score, row.due_on) == ("raised", scene.score, DAY + timedelta(days=20))
    assert list(open_objections(scene.member)) == [row]
    assert marks_of(scene.member) == [MARK]


def test_of_one_thing_only_one_waits(scene: Correcting) -> None:
    raised(scene)
    assert refusal(lambda: raised(scene)) == "already_open"
    assert raised(scene, about="").about == ""


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"words": " 不 对 "[:3]}, "words_missing"),
        ({"words": "长" * 501}, "words_too_long"),
        ({"about": "moon"}, "about_unknown"),
    ],
)
def test_what_cannot_be_raised_is_refused(
    scene: Correcting, wrong: dict[str, Any], code: str
) -> None:
    assert refusal(lambda: raised(scene, **wrong)) == code


def test_a_veto_may_be_objected_to(scene: Correcting) -> None:
    assert raised(scene, about="overdue").about == "overdue"


def test_without_a_score_there_is_nothing_to_object_to(scene: Correcting) -> None:
    Score.objects.current().update(superseded_on=DAY)
    assert refusal(lambda: raised(scene)) == "no_score"


def test_nobody_objects_for_another(scene: Correcting) -> None:
    with pytest.raises(NotFound):
        raised(scene, by=PhoneUserFactory())


def test_upheld_scores_again_at_once_and_says_what_changed(scene: Correcting) -> None:
    row, before = raised(scene), scene.score
    scene.correct_the_land()
    by = scene.officer("convener")
    row = answered(objections.uphold_objection, row, by)
    assert (row.state, row.answered_by, row.score) == ("upheld", by, before)
    assert (row.new_score, row.new_score.total) == (scene.score, Decimal("100.00"))
    notice = Notice.objects.get(kind="scoring.objection_upheld")
    assert notice.title == "您对信用分的异议成立，已经更正。信用分从 70 分到 100 分。"
    assert notice.link == f"/credit/score/objections/{row.pk}/"
    assert marks_of(scene.member) == []


def test_a_night_that_came_before_the_answer_is_what_changed(scene: Correcting) -> None:
    row = raised(scene)
    scene.correct_the_land()
    night(DAY + timedelta(days=1))
    by = scene.officer("convener")
    row = objections.uphold_objection(
        objection_id=row.pk, answer="已经更正", by=by, at=after(DAY + timedelta(days=1))
    )
    assert row.new_score == scene.score
    assert row.new_score != row.score


def test_upheld_where_the_points_stay_says_so(scene: Correcting) -> None:
    row = raised(scene)
    row = answered(objections.uphold_objection, row, scene.officer("convener"))
    assert row.new_score is None
    assert Notice.objects.get(kind="scoring.objection_upheld").title.endswith(
        "重新评分以后，分数没有变。"
    )


def test_a_rejection_stands_in_writing_and_lets_the_member_add_a_statement(
    scene: Correcting,
) -> None:
    row = answered(
        objections.reject_objection, raised(scene), scene.officer("reviewer"), "和合同一致"
    )
    assert (row.state, row.answer, row.new_score) == ("rejected", "和合同一致", None)
    row = objections.add_statement(
        objection_id=row.pk,
        member=scene.member,
        statement=" 合同写的是旧地界 ",
        by=scene.member.user,
        at=AT,
    )
    assert (row.statement, row.stated_at) == ("合同写的是旧地界", AT)
    assert list(statements_of(scene.member)) == [row]
    assert Notice.objects.filter(kind="scoring.objection_rejected").count() == 1


def test_only_a_rejection_takes_a_statement(scene: Correcting) -> None:
    row = raised(scene)
    state = lambda words: objections.add_statement(  # noqa: E731
        objection_id=row.pk, member=scene.member, statement=words, by=scene.member.user, at=AT
    )
    assert refusal(lambda: state("有话说")) == "wrong_state"
    answered(objections.reject_objection, row, scene.officer("reviewer"))
    assert refusal(lambda: state("长" * 201)) == "words_too_long"


def test_the_member_takes_it_back_and_may_raise_it_anew(scene: Correcting) -> None:
    row = raised(scene)
    row = objections.withdraw_objection(
        objection_id=row.pk, member=scene.member, by=scene.member.user, at=AT
    )
    assert (row.state, row.withdrawn_at) == ("withdrawn", AT)
    assert marks_of(scene.member) == []
    by = scene.officer("convener")
    assert refusal(lambda: answered(objections.reject_objection, row, by)) == "wrong_state"
    assert raised(scene).state == "raised"


@pytest.mark.parametrize("answer", ["", "   "])
def test_an_answer_is_in_writing(scene: Correcting, answer: str) -> None:
    row, by = raised(scene), scene.officer("convener")
    for do in (objections.uphold_objection, objections.reject_objection):
        assert refusal(lambda do=do: answered(do, row, by, answer)) == "words_missing"


def test_nobody_answers_their_own_or_about_their_own_override(scene: Correcting) -> None:
    row = raised(scene)
    PostFactory(user=scene.member.user, union=scene.union, role="convener")
    assert (
        refusal(lambda: answered(objections.reject_objection, row, scene.member.user))
        == "own_matter"
    )
    maker, checker = scene.officer("convener"), scene.officer("reviewer")
    OverrideFactory(score=scene.score, confirmed=True, made_by=maker, checked_by=checker)
    for by in (maker, checker):
        assert refusal(lambda by=by: answered(objections.reject_objection, row, by)) == (
            "own_override"
        )
    Override.objects.update(ends_on=DAY + timedelta(days=1))
    later = after(DAY + timedelta(days=1))
    row = objections.reject_objection(objection_id=row.pk, answer="不改", by=maker, at=later)
    assert row.state == "rejected"


def test_officers_of_another_union_do_not_reach_it(scene: Correcting) -> None:
    row, stranger = raised(scene), officer("convener", UnionFactory())
    with pytest.raises(NotFound):
        answered(objections.reject_objection, row, stranger)


def test_who_has_left_is_still_owed_an_answer(scene: Correcting) -> None:
    row = raised(scene)
    type(scene.membership).objects.filter(pk=scene.membership.pk).update(state="left", ended_on=DAY)
    by = scene.officer("convener")
    watch_objections(at=after(row.due_on))
    assert Notice.objects.filter(recipient=by).count() == 1
    assert answered(objections.reject_objection, row, by).state == "rejected"


def test_the_desk_counts_those_past_their_day(scene: Correcting) -> None:
    row = raised(scene)
    by = scene.officer("convener")

    def line(day: Any) -> tuple[int, int]:
        found = corrections_waiting(by, day)[0]
        return found.count, found.late

    assert line(row.due_on) == (1, 0)
    assert line(row.due_on + timedelta(days=1)) == (1, 1)
    assert corrections_waiting(scene.officer("auditor"), DAY)[0].count == 0


def test_officers_are_reminded_each_time_once(scene: Correcting) -> None:
    row, by = raised(scene), scene.officer("convener")
    kinds = []
    for left in (6, 5, 4, 1, 0, -1, -7, -8):
        for _twice in range(2):
            watch_objections(at=after(row.due_on - timedelta(days=left)))
        kinds.append(Notice.objects.filter(recipient=by).count())
    assert kinds == [0, 1, 1, 2, 2, 3, 3, 4]
    last = Notice.objects.filter(recipient=by).order_by("pk").last()
    assert last is not None
    assert (last.kind, last.title) == ("scoring.objection_overdue", "一件评分异议已超期 8 天")
    assert last.link == f"/admin/scoring/objection/{row.pk}/change/"


def test_answered_ones_are_not_reminded_of(scene: Correcting) -> None:
    row, by = raised(scene), scene.officer("convener")
    answered(objections.reject_objection, row, by)
    assert watch_objections(at=after(row.due_on)) == 0


def test_the_proof_is_seen_by_the_member_and_their_officers_only(scene: Correcting) -> None:
    file = StoredFileFactory(purpose="scoring.evidence")
    raised(scene, evidence=file)
    for user in (scene.member.user, scene.officer("auditor")):
        assert access_file(user, file.pk) == file
    for user in (MemberFactory(user=PhoneUserFactory()).user, officer("convener", UnionFactory())):
        with pytest.raises(NotFound):
            access_file(user, file.pk)

"""Divisions, unions, co-operatives, posts, figures, households."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cooperative.membership.access import can, unions_where
from cooperative.membership.models import Division, Post, Union
from cooperative.membership.parameters import REFERENCE, WAITING_MONTHS
from cooperative.membership.registrations import accounts_in_reach
from cooperative.membership.services import figures, members, officers, organisation
from core.errors import Forbidden, NotFound, Refused
from core.models import Parameter
from core.parameters import load_reference_values, value_on
from tests.factories.core import ParameterFactory
from tests.factories.membership import (
    NOON,
    TODAY,
    CooperativeFactory,
    HouseholdFactory,
    MemberFactory,
    MembershipFactory,
    OfficerUserFactory,
    PostFactory,
    UnionFactory,
    credit_code,
    officer,
)

pytestmark = pytest.mark.django_db


def test_the_real_divisions_load_and_load_again() -> None:
    assert organisation.load_divisions() == organisation.load_divisions() == 330
    shuangcheng = Division.objects.get(code="230113")
    assert shuangcheng.children.count() == 27
    assert Division.objects.get(code="230113217200").parent.name == "同心满族乡"


def _found(parent: Union, by: Any, **change: Any) -> Union:
    facts = {
        "code": "230113104-01",
        "name": "韩甸镇农机合作社工会",
        "level": "grassroots",
        "division": parent.division,
        "approval_number": "双工发〔2025〕8号",
        "approved_on": date(2025, 3, 1),
    } | change
    return organisation.found_union(parent=parent, by=by, at=NOON, **facts)


def test_a_union_is_founded_under_the_one_that_approved_it() -> None:
    township = UnionFactory(level="township")
    union = _found(township, officer("administrator", township))
    assert union.path == f"{township.path}230113104-01/"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"level": "township"}, "union_level"),
        ({"level": "city"}, "union_level"),
        ({"approval_number": ""}, "union_approval"),
        ({"approved_on": None}, "union_approval"),
    ],
)
def test_a_union_without_its_grounds_is_refused(change: dict[str, Any], code: str) -> None:
    township = UnionFactory(level="township")
    with pytest.raises(Refused) as caught:
        _found(township, officer("administrator", township), **change)
    assert caught.value.code == code
    assert Union.objects.count() == 1


def test_the_same_name_or_code_is_refused() -> None:
    township = UnionFactory(level="township")
    by = officer("administrator", township)
    _found(township, by)
    for change, code in (
        ({"code": "X-2"}, "union_name_taken"),
        ({"name": "别的工会"}, "union_code_taken"),
    ):
        with pytest.raises(Refused) as caught:
            _found(township, by, **change)
        assert caught.value.code == code


def test_a_convener_founds_nothing() -> None:
    township = UnionFactory(level="township")
    with pytest.raises(Forbidden):
        _found(township, officer("convener", township))


def test_a_cooperative_has_a_right_credit_code() -> None:
    union = UnionFactory()
    by = officer("administrator", union)
    facts = {
        "name": "丰收合作社",
        "kind": "cooperative",
        "union": union,
        "division": union.division,
    }
    made = organisation.register_cooperative(credit_code=credit_code(77), by=by, at=NOON, **facts)
    assert made.credit_code == credit_code(77)
    for code, refusal in ((credit_code(77), "credit_code_taken"), ("93X", "credit_code_wrong")):
        with pytest.raises(Refused) as caught:
            organisation.register_cooperative(credit_code=code, by=by, at=NOON, **facts)
        assert caught.value.code == refusal


def test_a_cooperative_cannot_be_a_federation_of_others() -> None:
    plain = CooperativeFactory()
    with pytest.raises(Refused) as caught:
        organisation.register_cooperative(
            name="某社",
            kind="cooperative",
            credit_code=credit_code(78),
            union=plain.union,
            division=plain.division,
            federation=plain,
            by=officer("administrator", plain.union),
            at=NOON,
        )
    assert caught.value.code == "federation_wrong"


def test_a_post_works_only_after_the_second_administrator() -> None:
    union = UnionFactory()
    user = OfficerUserFactory()
    post = officers.appoint(
        user=user,
        union=union,
        role="convener",
        starts_on=TODAY,
        by=officer("administrator", union),
        at=NOON,
    )
    assert not can(user, "ballot.record", union, TODAY)
    officers.confirm_post(post_id=post.pk, by=officer("administrator", union), at=NOON)
    assert can(user, "ballot.record", union, TODAY)
    officers.end_post(post_id=post.pk, by=officer("administrator", union), at=NOON)
    assert not can(user, "ballot.record", union, TODAY)


def test_nobody_appoints_or_confirms_themselves() -> None:
    union = UnionFactory()
    first, second = officer("administrator", union), officer("administrator", union)
    with pytest.raises(Refused) as caught:
        officers.appoint(
            user=first, union=union, role="reviewer", starts_on=TODAY, by=first, at=NOON
        )
    assert caught.value.code == "own_post"
    post = officers.appoint(
        user=second, union=union, role="reviewer", starts_on=TODAY, by=first, at=NOON
    )
    for by, code in ((first, "same_person"), (second, "own_post")):
        with pytest.raises(Refused) as caught:
            officers.confirm_post(post_id=post.pk, by=by, at=NOON)
        assert caught.value.code == code


def test_an_overlapping_post_is_refused() -> None:
    post = PostFactory()
    with pytest.raises(Refused) as caught:
        officers.appoint(
            user=post.user,
            union=post.union,
            role=post.role,
            starts_on=TODAY,
            by=officer("administrator", post.union),
            at=NOON,
        )
    assert caught.value.code == "post_overlaps"


def test_the_first_two_administrators_confirm_each_other_once() -> None:
    root = UnionFactory(level="province")
    first, second = OfficerUserFactory(), OfficerUserFactory()
    officers.appoint_first_administrators(root=root, first=first, second=second, at=NOON)
    assert can(first, "post.appoint", root, TODAY)
    assert can(second, "post.appoint", root, TODAY)
    with pytest.raises(Refused) as caught:
        officers.appoint_first_administrators(root=root, first=first, second=second, at=NOON)
    assert caught.value.code == "already_set_up"
    assert Post.objects.count() == 2


def test_reach_is_the_subtree_and_nothing_beside_it() -> None:
    root = UnionFactory(level="district")
    east, west = UnionFactory(parent=root, code="E"), UnionFactory(parent=root, code="E1")
    below = UnionFactory(parent=east, code="EE")
    seen = unions_where(officer("convener", east), "member.view", TODAY)
    assert set(seen) == {east, below}
    assert west not in seen
    assert set(unions_where(officer("auditor", root), "member.view", TODAY)) == {
        root,
        east,
        west,
        below,
    }


def test_a_post_of_tomorrow_or_yesterday_opens_nothing() -> None:
    union = UnionFactory()
    later = PostFactory(union=union, starts_on=date(2026, 5, 21))
    ended = PostFactory(union=union, ends_on=TODAY)
    waiting = PostFactory(union=union, unconfirmed=True)
    for post in (later, ended, waiting):
        assert not unions_where(post.user, "member.view", TODAY).exists()


def test_a_misspelt_permission_is_an_error_and_not_a_refusal() -> None:
    union = UnionFactory()
    with pytest.raises(KeyError):
        can(officer("convener", union), "member.veiw", union, TODAY)


def test_shipped_figures_load_once_and_leave_what_officers_wrote() -> None:
    first, second = OfficerUserFactory(), OfficerUserFactory()
    assert load_reference_values(REFERENCE, by=first, checked_by=second, at=NOON) == len(REFERENCE)
    assert load_reference_values(REFERENCE, by=first, checked_by=second, at=NOON) == 0
    assert value_on(WAITING_MONTHS, TODAY) == 6


def test_a_new_figure_ends_the_old_one_when_confirmed() -> None:
    union = UnionFactory()
    ParameterFactory(scope=union.path)
    row = figures.propose_figure(
        code=WAITING_MONTHS,
        union=union,
        value=Decimal(9),
        starts_on=date(2026, 7, 1),
        source="社员大会决议 2026-05-18",
        by=officer("administrator", union),
        at=NOON,
    )
    assert value_on(WAITING_MONTHS, date(2026, 7, 1), scope=union.path) == 6
    figures.confirm_figure(parameter_id=row.pk, by=officer("reviewer", union), at=NOON)
    assert value_on(WAITING_MONTHS, date(2026, 6, 30), scope=union.path) == 6
    assert value_on(WAITING_MONTHS, date(2026, 7, 1), scope=union.path) == 9


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": Decimal(40)}, "parameter_out_of_range"),
        ({"code": "no.such"}, "parameter_unknown"),
        ({"starts_on": date(2026, 5, 19)}, "parameter_backdated"),
        ({"ends_on": date(2026, 5, 20)}, "parameter_period"),
        ({"source": ""}, "parameter_source"),
    ],
)
def test_a_wrong_figure_is_refused(change: dict[str, Any], code: str) -> None:
    union = UnionFactory()
    facts = {
        "code": WAITING_MONTHS,
        "union": union,
        "value": Decimal(9),
        "starts_on": TODAY,
        "source": "决议",
    } | change
    with pytest.raises(Refused) as caught:
        figures.propose_figure(by=officer("administrator", union), at=NOON, **facts)
    assert caught.value.code == code
    assert not Parameter.objects.exists()


def test_a_figure_of_another_township_cannot_be_confirmed() -> None:
    row = ParameterFactory(scope=UnionFactory().path, unconfirmed=True)
    with pytest.raises(Forbidden):
        figures.confirm_figure(parameter_id=row.pk, by=officer("reviewer", UnionFactory()), at=NOON)


def test_a_member_moves_only_into_a_household_of_their_union() -> None:
    row = MembershipFactory()
    by = officer("convener", row.union)
    household = members.found_household(
        number="012", union=row.union, division=None, by=by, at=NOON
    )
    members.move_to_household(member_id=row.member_id, household=household, by=by, at=NOON)
    row.member.refresh_from_db()
    assert row.member.household == household
    with pytest.raises(Refused) as caught:
        members.move_to_household(
            member_id=row.member_id, household=HouseholdFactory(), by=by, at=NOON
        )
    assert caught.value.code == "household_elsewhere"
    with pytest.raises(NotFound):
        members.move_to_household(member_id=MemberFactory().pk, household=household, by=by, at=NOON)


def test_the_office_corrects_a_phone_only_without_an_account() -> None:
    row = MembershipFactory()
    by = officer("convener", row.union)
    members.correct_phone(member_id=row.member_id, phone="138 0000 1234", by=by, at=NOON)
    row.member.refresh_from_db()
    assert row.member.phone == "13800001234"
    with pytest.raises(Refused) as caught:
        members.correct_phone(member_id=row.member_id, phone="123", by=by, at=NOON)
    assert caught.value.code == "phone_wrong"
    own = MembershipFactory(union=row.union, member__with_account=True)
    with pytest.raises(Refused) as caught:
        members.correct_phone(member_id=own.member_id, phone="13800001234", by=by, at=NOON)
    assert caught.value.code == "phone_own"


def test_an_administrator_helps_nobody_who_serves_beyond_their_reach() -> None:
    district = UnionFactory(level="district")
    township = UnionFactory(parent=district, level="township")
    administrator = officer("administrator", township)
    colleague = officer("convener", township)
    above = officer("reviewer", township)
    PostFactory(user=above, union=district, role="administrator")
    reach = set(accounts_in_reach(administrator))
    assert colleague in reach
    assert above not in reach

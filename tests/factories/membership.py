"""Minimal valid rows of membership; traits for situations."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory
from stdnum.cn import ric, uscc

from cooperative.accounts.models import User, phone_index
from cooperative.membership.models import (
    Ballot,
    Cooperative,
    Division,
    Household,
    JoiningDraft,
    Member,
    Membership,
    Post,
    Union,
)
from cooperative.membership.models.members import identity_index

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)  # 12:00 in Shanghai
TODAY = date(2026, 5, 20)


def resident_id(number: int, born: str = "19800101") -> str:
    """A resident ID number that passes every check; ``number`` below 1000 makes it another person."""
    body = f"230113{born}{number % 1000:03d}"
    return body + ric.calc_check_digit(body + "0")


def credit_code(number: int) -> str:
    """A unified social credit code that passes its check."""
    body = f"93230113{number:09d}"
    return body + str(uscc.calc_check_digit(body))


class OfficerUserFactory(DjangoModelFactory[User]):
    """An officer's account."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"officer{n}")
    name = factory.Sequence(lambda n: f"干部{n}")


class PhoneUserFactory(DjangoModelFactory[User]):
    """A member's account with a verified phone."""

    class Meta:
        model = User

    phone = factory.Sequence(lambda n: f"137{n:08d}")
    phone_index = factory.LazyAttribute(lambda user: phone_index(user.phone))
    phone_verified_at = NOON


class DivisionFactory(DjangoModelFactory[Division]):
    """A township."""

    class Meta:
        model = Division
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"2301{n:05d}")
    name = factory.Sequence(lambda n: f"第{n}乡")
    level = "township"


class VillageFactory(DivisionFactory):
    """A village of a township; give ``parent``."""

    parent = factory.SubFactory(DivisionFactory)
    code = factory.LazyAttributeSequence(lambda village, n: f"{village.parent.code}{n % 1000:03d}")
    name = factory.Sequence(lambda n: f"第{n}村村委会")
    level = "village"


class UnionFactory(DjangoModelFactory[Union]):
    """A grassroots union at the root of its own tree; give ``parent`` for another place."""

    class Meta:
        model = Union

    code = factory.Sequence(lambda n: f"U{n}")
    name = factory.Sequence(lambda n: f"第{n}工会")
    level = "grassroots"
    division = factory.SubFactory(DivisionFactory)
    path = factory.LazyAttribute(
        lambda union: f"{union.parent.path if union.parent else ''}{union.code}/"
    )
    parent = None


class CooperativeFactory(DjangoModelFactory[Cooperative]):
    """A co-operative of a union."""

    class Meta:
        model = Cooperative

    name = factory.Sequence(lambda n: f"第{n}合作社")
    kind = "cooperative"
    credit_code = factory.Sequence(lambda n: credit_code(10_000_000 + n))
    union = factory.SubFactory(UnionFactory)
    division = factory.SelfAttribute("union.division")


class HouseholdFactory(DjangoModelFactory[Household]):
    """A household of a union."""

    class Meta:
        model = Household

    number = factory.Sequence(lambda n: f"H{n}")
    union = factory.SubFactory(UnionFactory)


class MemberFactory(DjangoModelFactory[Member]):
    """A person without an account; ``with_account`` gives one."""

    class Meta:
        model = Member

    class Params:
        with_account = factory.Trait(user=factory.SubFactory(PhoneUserFactory))

    name = factory.Sequence(lambda n: f"王秋{'甲乙丙丁戊己庚辛壬癸'[n % 10]}")
    identity_number = factory.Sequence(
        lambda n: resident_id(n % 1000, f"19{60 + n // 1000 % 40:02d}0101")
    )
    identity_index = factory.LazyAttribute(lambda member: identity_index(member.identity_number))
    created_at = NOON


class MembershipFactory(DjangoModelFactory[Membership]):
    """An admitted membership past its waiting period; traits for the other states."""

    class Meta:
        model = Membership

    class Params:
        applied = factory.Trait(state="applied", admitted_on=None, waiting_ends_on=None)
        balloted = factory.Trait(state="balloted", admitted_on=None, waiting_ends_on=None)
        waiting = factory.Trait(admitted_on=TODAY, waiting_ends_on=date(2026, 11, 20))
        suspended = factory.Trait(state="suspended")
        gone = factory.Trait(state="left", ended_on=TODAY)

    member = factory.SubFactory(MemberFactory)
    union = factory.SubFactory(UnionFactory)
    ground = "cooperative_member"
    state = "admitted"
    applied_at = datetime(2025, 1, 10, 4, tzinfo=UTC)
    admitted_on = date(2025, 2, 1)
    waiting_ends_on = date(2025, 8, 1)


class BallotFactory(DjangoModelFactory[Ballot]):
    """A recorded, carried vote that waits for the second officer."""

    class Meta:
        model = Ballot

    membership = factory.SubFactory(MembershipFactory, balloted=True)
    held_on = TODAY
    entitled = 30
    present = 24
    votes_for = 22
    votes_against = 1
    abstained = 1
    made_by = factory.SubFactory(OfficerUserFactory)
    made_at = NOON


class PostFactory(DjangoModelFactory[Post]):
    """A confirmed post in force since 2025."""

    class Meta:
        model = Post

    class Params:
        unconfirmed = factory.Trait(checked_by=None, checked_at=None)

    user = factory.SubFactory(OfficerUserFactory)
    union = factory.SubFactory(UnionFactory)
    role = "convener"
    starts_on = date(2025, 1, 1)
    made_by = factory.SubFactory(OfficerUserFactory)
    made_at = NOON
    checked_by = factory.SubFactory(OfficerUserFactory)
    checked_at = NOON


class JoiningDraftFactory(DjangoModelFactory[JoiningDraft]):
    """A draft with nothing in it."""

    class Meta:
        model = JoiningDraft

    user = factory.SubFactory(PhoneUserFactory)
    sealed_answers = "{}"


def officer(role: str, union: Union) -> User:
    """An account that holds a post of this role in this union."""
    post: Post = PostFactory(role=role, union=union)
    return post.user

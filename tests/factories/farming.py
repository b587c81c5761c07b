"""Facts of a farm: minimal valid rows, with traits for where they stand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cooperative.accounts.models import User
from cooperative.farming.models import Asset, Crop, Plot, SeasonPlan, YearlyIncome
from cooperative.membership.models import Division, Member, Membership, Post, Union

AT = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 4, 1)


def division(code: str, name: str, level: str, parent: Division | None = None) -> Division:
    """A division, made once."""
    values = {"name": name, "level": level, "parent": parent}
    return Division.objects.get_or_create(code=code, defaults=values)[0]


def township_union(number: int = 1) -> Union:
    """A grassroots union of the township with this number, made once."""
    place = division(f"23011310{number}", f"第{number}镇", "township")
    path = f"T{number}/"
    defaults = {"name": f"第{number}镇工会", "level": "grassroots", "path": path, "division": place}
    return Union.objects.get_or_create(code=f"T{number}", defaults=defaults)[0]


def village(number: int = 1, union: int = 1) -> Division:
    """A village of a township, made once."""
    parent = division(f"23011310{union}", f"第{union}镇", "township")
    return division(f"23011310{union}20{number}", f"第{number}村村委会", "village", parent)


class AccountFactory(DjangoModelFactory):
    """An account that signs in by name."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"farmer-{n}")
    name = factory.Sequence(lambda n: f"干部{n}")


def officer(role: str, union: Union | None = None) -> User:
    """An account with a post in force."""
    user, maker, checker = AccountFactory.create_batch(3)
    Post.objects.create(
        user=user,
        union=union or township_union(),
        role=role,
        starts_on=date(2020, 1, 1),
        made_by=maker,
        made_at=AT,
        checked_by=checker,
        checked_at=AT,
    )
    return user  # type: ignore[no-any-return]


class FarmerFactory(DjangoModelFactory):
    """An admitted member of the first township's union with an account."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"王秋实{n}")
    identity_number = factory.Sequence(lambda n: f"23010219800101{n:04d}")
    identity_index = factory.Sequence(lambda n: f"{n:064d}")
    user = factory.SubFactory(AccountFactory)
    division = factory.LazyFunction(village)
    created_at = AT

    @factory.post_generation
    def unions(self: Any, create: bool, unions: Any, **_more: Any) -> None:
        """The unions the member belongs to; the first township's unless others are given."""
        for union in [township_union()] if unions is None else unions:
            Membership.objects.create(
                member=self,
                union=union,
                ground="cooperative_member",
                state="admitted",
                applied_at=AT,
                admitted_on=date(2025, 1, 1),
                waiting_ends_on=date(2025, 7, 1),
            )


class CropFactory(DjangoModelFactory):
    """Corn, unless another is named."""

    class Meta:
        model = Crop
        django_get_or_create = ("code",)

    code = "corn"
    name = "玉米"
    group = "grain"
    position = 1


class FactFactory(DjangoModelFactory):
    """What all facts share; ``confirmed=True`` and ``refused=True`` for where they stand."""

    class Meta:
        abstract = True

    class Params:
        confirmed = factory.Trait(
            state="confirmed", checked_by=factory.SubFactory(AccountFactory), checked_at=AT
        )
        refused = factory.Trait(
            state="refused",
            reason="请补凭证。",
            checked_by=factory.SubFactory(AccountFactory),
            checked_at=AT,
        )

    member = factory.SubFactory(FarmerFactory)
    made_by = factory.SelfAttribute("member.user")
    made_at = AT


class PlotFactory(FactFactory):
    """Ten mu of one's own."""

    class Meta:
        model = Plot

    local_name = factory.Sequence(lambda n: f"东甸子{n}")
    area_mu = Decimal("10.00")
    tenure = "contracted"
    land = "dry"
    division = factory.SelfAttribute("member.division")


class SeasonPlanFactory(FactFactory):
    """Four mu of corn this year, on no particular plot."""

    class Meta:
        model = SeasonPlan

    year = 2026
    crop = factory.SubFactory(CropFactory)
    area_mu = Decimal("4.00")


class AssetFactory(FactFactory):
    """A tractor."""

    class Meta:
        model = Asset

    kind = "machine"
    name = "拖拉机"
    value = Decimal("60000.00")


class YearlyIncomeFactory(FactFactory):
    """Grain sold last year."""

    class Meta:
        model = YearlyIncome

    year = 2025
    source = "grain"
    amount = Decimal("15000.00")


FACTORIES: dict[str, type[FactFactory]] = {
    "plot": PlotFactory,
    "plan": SeasonPlanFactory,
    "asset": AssetFactory,
    "income": YearlyIncomeFactory,
}

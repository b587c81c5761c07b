"""Invented farms for every member of the demo union, like those around Shuangcheng."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from cooperative.accounts.models import User
from cooperative.farming.models import Asset, Crop, Fact, Plot, SeasonPlan, YearlyIncome
from cooperative.farming.services.reference import load_crops
from cooperative.membership import roles
from cooperative.membership.models import Member, Membership, Post
from core.dates import BUSINESS_ZONE
from core.models import AuditRow

PLOT_NAMES = (
    "东甸子", "西大坡", "村南大块地", "北岗子", "屯后地", "河套地", "老坟西", "道东长垄",
    "机耕路北", "前屯南洼", "柳条沟", "砖厂后身", "学校东", "水渠西", "铁道南", "三节地",
)  # fmt: skip
MACHINES = (
    ("拖拉机 904", 68_000), ("拖拉机 1204", 115_000), ("玉米收割机（四行）", 158_000),
    ("免耕播种机", 21_000), ("旋耕机", 9_500), ("植保打药机", 36_000), ("农用三轮车", 8_800),
    ("灭茬起垄机", 13_500),
)  # fmt: skip
BUILDINGS = (("粮仓", 26_000), ("机库", 45_000), ("住房", 120_000))
KG_A_MU = {"corn": (600, 700), "rice": (520, 600), "soybean": (150, 190), "potato": (2000, 2600)}
YUAN_A_KG = {
    "corn": ("2.10", "2.40"), "rice": ("2.70", "3.00"), "soybean": ("4.40", "5.00"),
    "potato": ("0.90", "1.30"),
}  # fmt: skip
"""Yields and farm-gate prices around Shuangcheng: corn 600 to 700 kg a mu at 2.1 to 2.4 yuan."""
COST_A_MU = (480, 620)
RENT_A_MU = (550, 750)
REASONS = (
    "面积和承包证上的不一样，请拍一张承包证再报。",
    "这份收入没有卖粮单，请补上再报。",
)


@dataclass
class _Farm:
    """Rows of one member before they are stored."""

    plots: list[Plot] = field(default_factory=list)
    plans: list[SeasonPlan] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    incomes: list[YearlyIncome] = field(default_factory=list)


@dataclass
class _Maker:
    """Makes farms with the same random numbers each time; ``checkers`` by path of their union."""

    today: date
    rng: Random
    crops: dict[str, Crop]
    checkers: list[tuple[str, User]]
    paths: dict[int, str]

    def between(self, low: int | str, high: int | str, step: str = "1") -> Decimal:
        """A number from low to high in steps."""
        grain = Decimal(step)
        return grain * self.rng.randint(int(Decimal(low) / grain), int(Decimal(high) / grain))

    def at(self, days_ago: int) -> datetime:
        """A moment of a working day."""
        moment = time(8 + self.rng.randrange(9), self.rng.randrange(60))
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, moment, tzinfo=BUSINESS_ZONE)

    def officers(self, member: Member) -> list[User]:
        """Those who may enter and check facts of the member."""
        path = self.paths.get(member.pk, "")
        return [user for of, user in self.checkers if path.startswith(of)]

    def stated(self, member: Member, model: type[Fact], waits: float, **values: Any) -> Any:
        """A fact as it came in, confirmed unless it waits."""
        officers = self.officers(member)
        maker = member.user if member.user is not None else (officers or [None])[0]
        checker = next((user for user in reversed(officers) if user != maker), None)
        days = self.rng.randint(20, 300)
        row = model(
            member=member,
            made_by=maker,
            made_at=self.at(days),
            origin="member" if maker == member.user else "officer",
            **values,
        )
        if checker is None or self.rng.random() < waits:
            row.made_at = self.at(self.rng.randint(1, 12))
        else:
            row.state, row.checked_by = Fact.State.CONFIRMED, checker
            row.checked_at = row.made_at + timedelta(days=self.rng.randint(1, 9), hours=1)
        return row

    def farm(self, member: Member, roster: list[Plot]) -> _Farm:
        """A household's land, plans, things and three years of income.

        Land that a roster gave is taken as it is, most of it confirmed by now.
        """
        farm = _Farm(plots=[self._from_roster(member, plot) for plot in roster])
        if not roster:
            self._plots(farm, member)
        chosen = self.rng.choices(["corn", "soybean", "rice", "potato"], weights=[82, 9, 6, 3])
        self._plans(farm, member, chosen[0])
        self._assets(farm, member)
        self._incomes(farm, member, chosen[0])
        return farm

    def _from_roster(self, member: Member, plot: Plot) -> Plot:
        officers = [user for user in self.officers(member) if user.pk != plot.made_by_id]
        if officers and self.rng.random() < 0.9:
            plot.local_name, plot.land = self.rng.choice(PLOT_NAMES), Plot.Land.DRY
            plot.state, plot.checked_by = Fact.State.CONFIRMED, officers[-1]
            plot.checked_at = plot.made_at + timedelta(minutes=1)
        return plot

    def _plots(self, farm: _Farm, member: Member) -> None:
        names = self.rng.sample(PLOT_NAMES, 4)
        own = self.between(15, 120, "0.5")
        first = (own * self.between("0.5", "0.9", "0.1")).quantize(Decimal("0.1"))
        for area in [first, own - first]:
            farm.plots.append(self._plot(member, names.pop(), area, "contracted"))
        if self.rng.random() < 0.55:
            farm.plots.append(self._plot(member, names.pop(), self.between(20, 150), "rented_in"))

    def _plot(self, member: Member, name: str, area: Decimal, tenure: str) -> Plot:
        rented = tenure == "rented_in"
        until = date(self.today.year + self.rng.randint(0, 4), 12, 31) if rented else None
        plot: Plot = self.stated(
            member,
            Plot,
            0.08,
            local_name=name,
            area_mu=area,
            tenure=tenure,
            land="dry",
            division_id=member.division_id,
            rented_until=until,
            main_crop=self.crops["corn"],
        )
        return plot

    def _plans(self, farm: _Farm, member: Member, main: str) -> None:
        for plot in farm.plots:
            crop = main if self.rng.random() < 0.85 else self.rng.choice(["soybean", "corn"])
            waits = 1.0 if plot.state == "stated" else 0.1
            if crop == "rice":
                plot.land = "paddy"
            farm.plans.append(
                self.stated(
                    member,
                    SeasonPlan,
                    waits,
                    year=self.today.year,
                    crop=self.crops[crop],
                    plot=plot,
                    area_mu=plot.area_mu,
                )
            )

    def _assets(self, farm: _Farm, member: Member) -> None:
        things = [
            ("machine", *thing) for thing in self.rng.sample(MACHINES, self.rng.randint(0, 3))
        ]
        if self.rng.random() < 0.6:
            things.append(("building", *self.rng.choice(BUILDINGS)))
        for kind, name, worth in things:
            farm.assets.append(self._asset(member, kind, name, Decimal(worth), 1))
        if self.rng.random() < 0.15:
            head = self.rng.randint(2, 18)
            farm.assets.append(
                self._asset(member, "livestock", "肉牛", Decimal(9_000) * head, head)
            )
        if self.rng.random() < 0.08:
            farm.assets.append(self._asset(member, "greenhouse", "蔬菜大棚", Decimal(42_000), 1))

    def _asset(self, member: Member, kind: str, name: str, worth: Decimal, count: int) -> Asset:
        years = self.rng.randint(0, 9)
        value = (worth * (Decimal(100) - 7 * years) / 100).quantize(Decimal("100"))
        bought = date(self.today.year - years, self.rng.randint(1, 12), self.rng.randint(1, 28))
        asset: Asset = self.stated(
            member,
            Asset,
            0.08,
            kind=kind,
            name=name,
            quantity=count,
            value=value,
            acquired_on=min(bought, self.today),
        )
        return asset

    def _incomes(self, farm: _Farm, member: Member, main: str) -> None:
        own = sum((p.area_mu for p in farm.plots if p.tenure == "contracted"), Decimal(0))
        rented = sum((p.area_mu for p in farm.plots if p.tenure == "rented_in"), Decimal(0))
        wages = self.rng.random() < 0.45
        services = any(asset.kind == "machine" for asset in farm.assets) and self.rng.random() < 0.5
        for year in range(self.today.year - 3, self.today.year):
            land = own + rented
            sold = land * self.between(*KG_A_MU[main]) * self.between(*YUAN_A_KG[main], "0.01")
            costs = land * self.between(*COST_A_MU) + rented * self.between(*RENT_A_MU)
            lines = [("grain", sold, costs), ("subsidies", own * self.between(38, 60), None)]
            if wages:
                lines.append(("wages", self.between(8_000, 42_000, "500"), None))
            if services:
                lines.append(("machine_services", self.between(6_000, 60_000, "500"), None))
            waits = 0.25 if year == self.today.year - 1 else 0.0
            for source, amount, spent in lines:
                farm.incomes.append(self._income(member, waits, year, source, amount, spent))

    def _income(
        self,
        member: Member,
        waits: float,
        year: int,
        source: str,
        amount: Decimal,
        spent: Decimal | None,
    ) -> YearlyIncome:
        ten = Decimal("10")
        income: YearlyIncome = self.stated(
            member,
            YearlyIncome,
            waits,
            year=year,
            source=source,
            amount=(amount / ten).to_integral_value() * ten,
            costs=None if spent is None else (spent / ten).to_integral_value() * ten,
        )
        return income


def load(*, today: date, rng: Random) -> int:
    """Give every admitted demo member a farm; returns how many facts. Doing it twice adds nothing.

    Most facts are confirmed, some wait, two were returned with a reason.
    """
    load_crops()
    admitted = Membership.objects.filter(state="admitted").select_related("union").order_by("pk")
    paths = {row.member_id: row.union.path for row in admitted}
    done = YearlyIncome.objects.values("member")
    members = list(
        Member.objects.filter(pk__in=paths)
        .exclude(pk__in=done)
        .select_related("user")
        .order_by("pk")
    )
    maker = _Maker(
        today=today,
        rng=rng,
        crops={crop.code: crop for crop in Crop.objects.order_by("pk")},
        checkers=_checkers(today),
        paths=paths,
    )
    roster: dict[int, list[Plot]] = {}
    for plot in Plot.objects.filter(member__in=members, state="stated").order_by("pk"):
        roster.setdefault(plot.member_id, []).append(plot)
    farms = [
        maker.farm(member, roster.get(member.pk, []))
        for member in members
        if maker.officers(member)
    ]
    _return_two(farms, maker)
    return _store(farms, paths)


def _checkers(today: date) -> list[tuple[str, User]]:
    """Conveners and reviewers by the path of their union; conveners first, they enter facts."""
    posts = Post.objects.in_force(today).filter(role__in=[roles.CONVENER, roles.REVIEWER])
    rows = posts.select_related("user", "union").order_by("role", "pk")
    return [(post.union.path, post.user) for post in rows]


def _return_two(farms: list[_Farm], maker: _Maker) -> None:
    """Return one waiting plot and one waiting income, if there are any."""
    kinds: list[Callable[[_Farm], Iterable[Fact]]] = [lambda f: f.plots, lambda f: f.incomes]
    for reason, rows_of in zip(REASONS, kinds, strict=True):
        waiting = (row for farm in farms for row in rows_of(farm) if row.state == "stated")
        row = next(waiting, None)
        if row is None:
            continue
        officers = [user for user in maker.officers(row.member) if user != row.made_by]
        if officers:
            row.state, row.reason = Fact.State.REFUSED, reason
            row.checked_by, row.checked_at = officers[-1], row.made_at + timedelta(hours=20)


@transaction.atomic
def _store(farms: list[_Farm], paths: dict[int, str]) -> int:
    """Store the rows with their audit, in bulk; plots first, plans refer to them."""
    count = _confirm_roster(farms, paths)
    for kind in ("plots", "plans", "assets", "incomes"):
        rows = [row for farm in farms for row in getattr(farm, kind) if row.pk is None]
        if not rows:
            continue
        model = type(rows[0])
        stored = model.objects.bulk_create(rows, batch_size=1000)
        subject = ContentType.objects.get_for_model(model)
        AuditRow.objects.bulk_create(
            (deed for row in stored for deed in _deeds(row, subject, paths)), batch_size=2000
        )
        count += len(stored)
    return count


def _confirm_roster(farms: list[_Farm], paths: dict[int, str]) -> int:
    """Store what became of the plots that a roster gave."""
    taken = [row for farm in farms for row in farm.plots if row.pk and row.checked_by]
    fields = ["local_name", "land", "state", "reason", "checked_by", "checked_at"]
    Plot.objects.bulk_update(taken, fields, batch_size=500)
    subject = ContentType.objects.get_for_model(Plot)
    deeds = (list(_deeds(row, subject, paths))[-1] for row in taken)
    AuditRow.objects.bulk_create(deeds, batch_size=2000)
    return len(taken)


def _deeds(row: Fact, subject: ContentType, paths: dict[int, str]) -> Iterable[AuditRow]:
    about = {"subject_type": subject, "subject_id": row.pk, "scope": paths[row.member_id]}
    yield AuditRow(action="fact.stated", by=row.made_by, at=row.made_at, **about)
    if row.checked_by is not None:
        yield AuditRow(action=f"fact.{row.state}", by=row.checked_by, at=row.checked_at, **about)

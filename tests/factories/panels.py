"""Panels of neighbours: minimal valid rows, and a union that is about to call one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cooperative.membership.models import Member, Union
from core.models import Parameter
from core.parameters import load_reference_values
from credit.scoring.models import PanelRating, PanelReview, PanelSeat, PanelSubject
from credit.scoring.parameters import REFERENCE
from credit.scoring.services import panels
from tests.factories.membership import (
    DivisionFactory,
    MemberFactory,
    MembershipFactory,
    OfficerUserFactory,
    UnionFactory,
    VillageFactory,
    officer,
)
from tests.factories.scoring import agree

AT = datetime(2026, 5, 20, 4, tzinfo=UTC)
DAY = date(2026, 5, 20)
LAST = date(2026, 5, 27)
AFTER = AT + timedelta(days=8)
GOOD = (4, 5, 5, 6, 2)


class PanelReviewFactory(DjangoModelFactory[PanelReview]):
    """A panel that was called; traits for the rest of its life."""

    class Meta:
        model = PanelReview

    class Params:
        open = factory.Trait(state="open", opened_at=AT)
        closed = factory.Trait(state="closed", opened_at=AT, ended_at=AFTER)
        cancelled = factory.Trait(state="cancelled", ended_at=AFTER, reason="人没有凑齐。")

    union = factory.SubFactory(UnionFactory)
    called_by = factory.SubFactory(OfficerUserFactory)
    called_at = AT
    closes_on = LAST


class PanelSubjectFactory(DjangoModelFactory[PanelSubject]):
    """A member to be assessed on an open panel; ``rated`` on a closed one."""

    class Meta:
        model = PanelSubject

    class Params:
        rated = factory.Trait(
            panel=factory.SubFactory(PanelReviewFactory, closed=True),
            outcome="rated",
            mean=Decimal("4.67"),
            counted=5,
            spread=4,
            deviation=Decimal("1.36"),
            decided_on=DAY,
            holds_until=date(2028, 5, 20),
        )

    panel = factory.SubFactory(PanelReviewFactory, open=True)
    member = factory.SubFactory(MemberFactory)


class PanelSeatFactory(DjangoModelFactory[PanelSeat]):
    """A rater of an open panel."""

    class Meta:
        model = PanelSeat

    panel = factory.SubFactory(PanelReviewFactory, open=True)
    member = factory.SubFactory(MemberFactory)


class PanelRatingFactory(DjangoModelFactory[PanelRating]):
    """A grade on an open panel."""

    class Meta:
        model = PanelRating

    seat = factory.SubFactory(PanelSeatFactory)
    subject = factory.SubFactory(PanelSubjectFactory, panel=factory.SelfAttribute("..seat.panel"))
    points = 4
    given_at = AT


@dataclass
class Neighbourhood:
    """A union of people with accounts who agreed to be scored, and an officer who calls panels."""

    union: Union
    convener: Any
    people: list[Member]

    def called(self, subjects: Iterable[Member], raters: Iterable[Member], **more: Any) -> Any:
        """A panel as the service leaves it."""
        said = {"closes_on": LAST, "by": self.convener, "at": AT, **more}
        return panels.call_panel(
            union_id=self.union.pk,
            subjects=[one.pk for one in subjects],
            raters=[one.pk for one in raters],
            **said,
        )

    def opened(
        self, subjects: Iterable[Member], raters: Iterable[Member], **more: Any
    ) -> PanelReview:
        """The same, opened."""
        panel = self.called(subjects, raters, **more)
        return panels.open_panel(panel_id=panel.pk, by=self.convener, at=more.get("at", AT))

    def graded(
        self, panel: PanelReview, *grades: Iterable[int | None], at: datetime = AT
    ) -> PanelReview:
        """Each subject's grades in the order of seats; None is kin or dealings."""
        raters = [seat.member for seat in panel.seats.order_by("pk")]
        for subject, row in zip(panel.subjects.order_by("pk"), grades, strict=True):
            for rater, points in zip(raters, row, strict=True):
                say(subject, rater, points, at)
        return panel

    def closed(self, panel: PanelReview, at: datetime = AFTER) -> PanelReview:
        """Closed by the officer."""
        return panels.close_panel(panel_id=panel.pk, by=self.convener, at=at)


def say(subject: PanelSubject, rater: Member, points: int | None, at: datetime = AT) -> None:
    """One answer by the service."""
    if points is None:
        panels.recuse(subject_id=subject.pk, by=rater.user, at=at)
    else:
        panels.rate(subject_id=subject.pk, points=points, by=rater.user, at=at)


def neighbourhood(size: int = 9, at: datetime = AT) -> Neighbourhood:
    """A union with so many people; the figures of scoring are in force."""
    maker, checker = OfficerUserFactory(), OfficerUserFactory()
    if not Parameter.objects.filter(code__startswith="scoring.panel").exists():
        load_reference_values(REFERENCE, by=maker, checked_by=checker, at=at)
    union = UnionFactory(name="韩甸镇农机合作社工会")
    village = VillageFactory(parent=DivisionFactory(name="韩甸镇"), name="红光村村委会")
    people = [
        MembershipFactory(
            union=union, member=MemberFactory(with_account=True, division=village)
        ).member
        for _number in range(size)
    ]
    for member in people:
        agree(member)
    return Neighbourhood(union, officer("convener", union), people)

"""Situations of overrides and objections: a scored member of a union, and its officers."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.jobs import run_job_now
from core.parameters import load_reference_values
from credit.scoring.models import Score
from credit.scoring.parameters import REFERENCE
from credit.scoring.services import nightly
from tests.factories.accounts import UserFactory
from tests.factories.farming import PlotFactory
from tests.factories.membership import (
    MembershipFactory,
    OfficerUserFactory,
    PhoneUserFactory,
    UnionFactory,
    officer,
)
from tests.factories.scoring import DAY, ScorecardFactory, after, agree


class Correcting:
    """A member of six years with 40 mu on the small card: 70 points, grade A, 50 000 yuan."""

    def __init__(
        self,
        admitted_on: date = date(2020, 5, 20),
        mu: str = "40",
        day: date = DAY,
        **card: Any,
    ) -> None:
        load_reference_values(
            REFERENCE, by=OfficerUserFactory(), checked_by=OfficerUserFactory(), at=after(DAY)
        )
        self.card = ScorecardFactory(active=True, **card)
        self.union = UnionFactory()
        self.membership = MembershipFactory(
            union=self.union, member__user=PhoneUserFactory(), admitted_on=admitted_on
        )
        self.member = self.membership.member
        agree(self.member, valid_until=after(day) + timedelta(days=365))
        self.plot = PlotFactory(
            member=self.member, made_by=UserFactory(), confirmed=True, area_mu=Decimal(mu)
        )
        night(day)

    @property
    def score(self) -> Score:
        """The current one."""
        return Score.objects.current().get(member=self.member)

    def officer(self, role: str) -> Any:
        """Somebody else each time."""
        return officer(role, self.union)

    def correct_the_land(self, mu: str = "60") -> None:
        """The fact itself put right, as farming's own flow leaves it."""
        type(self.plot).objects.filter(pk=self.plot.pk).update(area_mu=Decimal(mu))


def night(on: date) -> None:
    """The scores of a date, of all members."""
    run_job_now(nightly.score_members(on=on, full=True, at=after(on)))


def photo() -> SimpleUploadedFile:
    """A picture as somebody uploads it."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#d9e8dd").save(out, "PNG")
    return SimpleUploadedFile("合同.png", out.getvalue(), content_type="image/png")

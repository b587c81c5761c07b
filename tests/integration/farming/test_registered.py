"""What farming does for the apps below: rosters, a member's own data, to-dos, the demo."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperative.consent.personal_data import sections
from cooperative.farming import demo, personal_data
from cooperative.farming.evidence import may_see
from cooperative.farming.models import KINDS, Plot
from cooperative.farming.registrations import facts_to_confirm, returned_facts
from cooperative.farming.services import import_roster_plots
from cooperative.membership.roster.extras import RosterFacts
from core.models import AuditRow, StoredFile
from tests.factories.farming import (
    AT,
    TODAY,
    FarmerFactory,
    PlotFactory,
    YearlyIncomeFactory,
    officer,
    township_union,
)

pytestmark = pytest.mark.django_db


def rows_for(
    members: list[Any], contracted: str = "12.5", rented: str | None = "30"
) -> list[RosterFacts]:
    """One line a member."""
    clerk, union = officer("convener"), township_union()
    area = None if rented is None else Decimal(rented)
    return [
        RosterFacts(member.pk, union.pk, Decimal(contracted), area, "玉米", clerk, AT)
        for member in members
    ]


def test_a_roster_makes_plots_that_wait_and_twice_changes_nothing() -> None:
    rows = rows_for(FarmerFactory.create_batch(3))
    assert import_roster_plots(rows) == 6
    assert import_roster_plots(rows) == 0
    assert Plot.objects.filter(state="stated", origin="roster").count() == 6
    assert AuditRow.objects.filter(action="fact.imported", scope="T1/").count() == 6
    plot = Plot.objects.filter(tenure="rented_in").order_by("pk").first()
    assert plot is not None
    assert (plot.area_mu, plot.land, plot.main_crop_id) == (Decimal(30), "unspecified", "corn")


def test_a_later_roster_does_not_override_and_empty_areas_make_no_plot() -> None:
    members = FarmerFactory.create_batch(2)
    assert import_roster_plots(rows_for(members, rented=None)) == 2
    assert import_roster_plots(rows_for(members, contracted="99")) == 2
    assert set(Plot.objects.filter(tenure="contracted").values_list("area_mu", flat=True)) == {
        Decimal("12.50")
    }


def test_a_roster_costs_a_fixed_number_of_queries(django_assert_num_queries: Any) -> None:
    rows = rows_for(FarmerFactory.create_batch(2))
    import_roster_plots(rows_for(FarmerFactory.create_batch(1)))
    with django_assert_num_queries(9):
        import_roster_plots(rows)


def test_own_data_shows_every_fact_and_erasure_removes_it() -> None:
    assert "farming" in {section.code for section in sections()}
    plot = PlotFactory(refused=True)
    YearlyIncomeFactory(member=plot.member)
    PlotFactory()
    entries = personal_data.collect(plot.member)
    assert [str(entry.title)[:4] for entry in entries] == ["地块 东", "年度收入"]
    texts = [str(item.value) for item in entries[0].items]
    assert "10 亩" in texts
    assert "请补凭证。" in texts
    personal_data.erase(plot.member, AT)
    assert personal_data.collect(plot.member) == []
    assert Plot.objects.count() == 1


def test_what_waits_is_told_to_whom_it_waits_for() -> None:
    plot = PlotFactory()
    PlotFactory(refused=True, member=plot.member)
    reviewer = officer("reviewer")
    assert [line.count for line in facts_to_confirm(reviewer, TODAY)] == [1]
    elsewhere = officer("reviewer", township_union(2))
    assert [line.count for line in facts_to_confirm(elsewhere, TODAY)] == [0]
    assert [line.count for line in facts_to_confirm(officer("auditor"), TODAY)] == [0]
    assert len(returned_facts(plot.member, TODAY)) == 1
    assert returned_facts(FarmerFactory(), TODAY) == []


def test_evidence_is_seen_by_its_member_and_officers_in_reach() -> None:
    plot = PlotFactory()
    values = {"content_type": "image/jpeg", "size": 1, "sha256": "", "uploaded_at": AT}
    file = StoredFile.objects.create(
        purpose="farming_evidence", path="files/a.jpg", original_name="a.jpg", **values
    )
    assert not may_see(plot.member.user, file)
    plot.evidence.add(file)
    allowed = [plot.member.user, officer("auditor"), officer("convener")]
    assert all(may_see(user, file) for user in allowed)
    denied = [FarmerFactory().user, officer("convener", township_union(2)), AnonymousUser()]
    assert not any(may_see(user, file) for user in denied)


def test_the_demo_gives_every_member_a_farm_in_few_queries_and_once() -> None:
    officer("convener")
    officer("reviewer")
    members = FarmerFactory.create_batch(300)
    import_roster_plots(rows_for(members[:100]))
    with CaptureQueriesContext(connection) as queries:
        count = demo.load(today=TODAY, rng=random.Random(7))
    assert count > 3000
    assert demo.load(today=TODAY, rng=random.Random(7)) == 0
    states = [
        row.state
        for model in KINDS.values()
        for row in model.objects.all()  # type: ignore[attr-defined]
    ]
    assert states.count("refused") == 2
    assert Plot.objects.filter(origin="roster", state="confirmed").count() > 150
    assert states.count("confirmed") > 0.7 * len(states)
    assert states.count("stated") > 0.03 * len(states)
    assert len(queries) < len(members)

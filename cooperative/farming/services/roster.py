"""Land areas of a roster become plots that somebody still has to confirm."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.farming.models import Crop, Fact, Plot
from cooperative.membership.models import Member, Union
from cooperative.membership.roster.extras import RosterFacts
from core.models import AuditRow


@transaction.atomic
def import_roster_plots(rows: Iterable[RosterFacts]) -> int:
    """Create a plot for each area that no roster gave before; returns how many.

    A member's roster plots are created once per tenure (a unique constraint says so), so importing
    twice changes nothing, and a later roster never overrides what member and officer settled.
    """
    rows = list(rows)
    crops = {crop.name: crop for crop in Crop.objects.order_by("pk")}
    members = Member.objects.in_bulk([row.member_id for row in rows])
    paths = dict(
        Union.objects.filter(pk__in={row.union_id for row in rows}).values_list("pk", "path")
    )
    known = set(
        Plot.objects.filter(
            member__in=members, origin=Fact.Origin.ROSTER, corrects__isnull=True
        ).values_list("member_id", "tenure")
    )
    plots = {
        (plot.member_id, plot.tenure): (plot, paths[row.union_id])
        for row in rows
        for plot in _plots_of(row, members[row.member_id], crops)
        if (plot.member_id, plot.tenure) not in known
    }
    Plot.objects.bulk_create([plot for plot, _path in plots.values()], ignore_conflicts=True)
    # With conflicts ignored the keys do not come back: read the new rows for their audit.
    stored = Plot.objects.filter(
        member__in=members, origin=Fact.Origin.ROSTER, corrects__isnull=True
    )
    new = [plot for plot in stored.order_by("pk") if (plot.member_id, plot.tenure) in plots]
    subject = ContentType.objects.get_for_model(Plot)
    AuditRow.objects.bulk_create(
        AuditRow(
            subject_type=subject,
            subject_id=plot.pk,
            scope=plots[plot.member_id, plot.tenure][1],
            action="fact.imported",
            facts={"tenure": plot.tenure, "area_mu": plot.area_mu},
            by_id=plot.made_by_id,
            at=plot.made_at,
        )
        for plot in new
    )
    return len(new)


def _plots_of(row: RosterFacts, member: Member, crops: dict[str, Crop]) -> list[Plot]:
    areas = {
        Plot.Tenure.CONTRACTED: (row.contracted_mu, _("名册登记的承包地")),
        Plot.Tenure.RENTED_IN: (row.rented_mu, _("名册登记的流转地")),
    }
    return [
        Plot(
            member=member,
            division_id=member.division_id,
            local_name=name,
            area_mu=area,
            tenure=tenure,
            land=Plot.Land.UNSPECIFIED,
            main_crop=crops.get((row.crop or "").strip()),
            origin=Fact.Origin.ROSTER,
            made_by=row.by,
            made_at=row.at,
        )
        for tenure, (area, name) in areas.items()
        if area
    ]

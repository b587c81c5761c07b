"""The naive way: one transaction a member over model instances; Django is set up before."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

from django.db import transaction

from benchmarks.scoring_book import DAY, night
from cooperative.consent.models import Consent
from cooperative.farming.models import Asset, Plot, YearlyIncome
from cooperative.membership.models import Member, Membership
from credit.lending.models import Instalment, Share
from credit.scoring.models import Score, Scorecard
from credit.scoring.rules import Card, card_from_json, evaluate


def score_one_by_one(sample: int) -> float:
    """Seconds a member, from a sample spread over all; nothing is kept."""
    card = Scorecard.objects.active().get()
    rules = card_from_json(card.definition)
    highest = Member.objects.order_by("-pk").values_list("pk", flat=True)[0]
    spread = range(1, highest + 1, max(1, highest // sample))
    members = list(Member.objects.filter(pk__in=spread).order_by("pk"))
    start = time.perf_counter()
    for member in members:
        with transaction.atomic():
            _one(member, card, rules)
            transaction.set_rollback(True)
    return (time.perf_counter() - start) / len(members)


def _one(member: Member, card: Scorecard, rules: Card) -> None:
    if not Consent.objects.filter(member=member, purpose="scoring").live(night(DAY)).exists():
        return
    found = {**_belonging(member), **_farm(member), **_loans(member)}
    result = evaluate(rules, found)
    Score.objects.current().filter(member=member).update(superseded_on=DAY)
    Score.objects.create(
        member=member,
        scorecard=card,
        as_of=DAY,
        confirmed_on=DAY,
        inputs=[found.get(code) for code in rules.indicators],
        points=list(result.points),
        total=result.total,
        vetoes=list(result.vetoes),
        grade=result.grade,
        limit_amount=result.limit,
    )


def _belonging(member: Member) -> dict[str, Decimal | None]:
    belongs = Membership.objects.filter(member=member, state__in=["admitted", "suspended"])
    since = min(one.admitted_on for one in belongs.order_by("pk") if one.admitted_on)
    return {"membership_years": Decimal((DAY - since).days // 365)}


def _farm(member: Member) -> dict[str, Decimal | None]:
    plots = Plot.objects.filter(member=member).confirmed().order_by("pk")
    assets = Asset.objects.filter(member=member).confirmed().order_by("pk")
    net = list(_net_by_year(member).values())
    mean = sum(net[:3], Decimal(0)) / max(1, len(net[:3]))
    return {
        "land_mu": sum((plot.area_mu for plot in plots), Decimal(0)),
        "assets_value": sum((asset.value for asset in assets), Decimal(0)),
        "income_years": Decimal(len(net)),
        "income_stability": round(min(net[:3]) / mean, 4) if mean else None,
        "operating_income": net[0] if net else None,
    }


def _net_by_year(member: Member) -> dict[int, Decimal]:
    years: dict[int, Decimal] = {}
    for row in YearlyIncome.objects.filter(member=member).confirmed().order_by("-year", "pk"):
        years[row.year] = years.get(row.year, Decimal(0)) + row.amount - (row.costs or 0)
    return years


def _loans(member: Member) -> dict[str, Decimal | None]:
    shares = list(Share.objects.filter(loan__membership__member=member).order_by("pk"))
    if not shares:
        return {}
    due = list(Instalment.objects.filter(share__in=shares, due_on__lt=DAY).order_by("pk"))
    in_time = [row for row in due if row.settled_on and row.settled_on <= row.due_on]
    late = [(DAY - s.next_due_on).days for s in shares if s.state == "formed" and s.next_due_on]
    debt = sum((share.principal_outstanding for share in shares), Decimal(0))
    income = next(iter(_net_by_year(member).values()), None)
    ratio: Any = round(debt / income, 4) if income else None
    return {
        "loans_repaid": Decimal(len({s.loan_id for s in shares if s.state == "settled"})),
        "overdue_days": Decimal(max([0, *late])),
        "debt_to_income": ratio,
        "repaid_on_time_share": round(Decimal(len(in_time)) / len(due), 4) if due else None,
    }

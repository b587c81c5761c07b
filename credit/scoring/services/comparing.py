"""What a card would change for today's members, before anybody approves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from cooperative.consent.vocabulary import SCORING
from core.dates import business_date
from credit.scoring.models import Score
from credit.scoring.rules import Card
from credit.scoring.services.statements import build_comparison

MOST = 50_000


@dataclass(frozen=True)
class Effect:
    """How a card would move scored members: how many from which grade to which.

    ``looked_at`` of ``scored`` members were worked out; all, unless there are more than ``MOST``.
    Means are points; None where nobody was looked at.
    """

    moves: dict[tuple[str, str], int]
    looked_at: int
    scored: int
    raised: int
    lowered: int
    mean_before: Decimal | None
    mean_after: Decimal | None


def effect_of(card: Card, *, unions: list[int], at: datetime) -> Effect:
    """Score today's scored members of some unions by a card that scores nobody yet.

    Of very many members every so-many-th by key is taken, so that the answer comes within seconds
    and is the same each time. Three queries.
    """
    day = business_date(at)
    rows = Score.objects.current().filter(member__memberships__union__in=unions).distinct()
    scored = rows.count()
    members = list(rows.order_by("member").values_list("member", flat=True))
    chosen = members[:: -(-scored // MOST) or 1]
    return _effect(_compared(card, chosen, day, at), scored)


def _compared(
    card: Card, members: list[int], day: date, at: datetime
) -> list[tuple[str, str, int, int, int, Decimal, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(
            build_comparison(card),
            {"day": day, "purpose": SCORING, "moment": at, "members": members},
        )
        return [row for row in cursor.fetchall() if row[0] is not None]


def _effect(rows: list[tuple[str, str, int, int, int, Decimal, Decimal]], scored: int) -> Effect:
    looked_at = sum(row[2] for row in rows)

    def mean(totals: list[Decimal]) -> Decimal | None:
        return round(sum(totals, Decimal(0)) / looked_at, 2) if looked_at else None

    return Effect(
        moves={(row[0], row[1]): row[2] for row in rows},
        looked_at=looked_at,
        scored=scored,
        raised=sum(row[3] for row in rows),
        lowered=sum(row[4] for row in rows),
        mean_before=mean([row[5] for row in rows]),
        mean_after=mean([row[6] for row in rows]),
    )

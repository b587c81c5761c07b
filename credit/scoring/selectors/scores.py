"""A member's scores, read back into the terms of their card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from cooperative.consent.models import Consent
from cooperative.consent.selectors import Offer, offers_for
from cooperative.consent.vocabulary import SCORING
from cooperative.membership.models import Member
from credit.scoring.models import Score
from credit.scoring.rules import Card, Grade, Result, card_from_json


@dataclass(frozen=True)
class ReadScore:
    """A stored score with its card and the inputs by indicator."""

    row: Score
    card: Card
    inputs: dict[str, Decimal | None]
    result: Result

    @property
    def grade(self) -> Grade:
        """The card's grade."""
        return next(one for one in self.card.grades if one.code == self.result.grade)


def read_score(row: Score) -> ReadScore:
    """A row that comes with its scorecard, read; no query."""
    card = card_from_json(row.scorecard.definition)
    return ReadScore(
        row,
        card,
        dict(zip(card.indicators, row.inputs, strict=True)),
        Result(tuple(row.points), row.total, tuple(row.vetoes), row.grade, row.limit_amount),
    )


def scores_of(member: Member) -> QuerySet[Score]:
    """All of a member's scores with their cards, the newest first."""
    rows = Score.objects.filter(member=member).select_related("scorecard")
    return rows.order_by("-as_of", "-pk")


def current_score(member: Member) -> Score | None:
    """The score that holds, with its card; None for somebody who is not scored."""
    return scores_of(member).filter(superseded_on__isnull=True).first()


def agrees_to_scoring(member: Member, at: datetime) -> bool:
    """Whether the member's consent to being scored is in force."""
    return Consent.objects.live(at).filter(member=member, purpose=SCORING).exists()


def scoring_offer(member: Member, at: datetime) -> Offer | None:
    """The consent to being scored that the member could give now, to the first union that asks."""
    return next((one for one in offers_for(member, at) if one.text.purpose == SCORING), None)


def moved_on(day: date) -> list[tuple[int, int]]:
    """Keys of a day's scores that differ in grade or limit from what they replaced, with its key."""
    replaced = Score.objects.filter(
        member=OuterRef("member"), superseded_on=OuterRef("as_of")
    ).order_by("-pk")
    another = ~Q(grade=OuterRef("grade")) | ~Q(limit_amount=OuterRef("limit_amount"))
    rows = Score.objects.current().filter(Exists(replaced.filter(another)), as_of=day)
    old = Subquery(replaced.values("pk")[:1])
    return list(rows.annotate(old=old).order_by("pk").values_list("pk", "old"))

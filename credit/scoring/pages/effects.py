"""What a card would change, as a table of grades now and by the card."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.formats import format_number
from credit.scoring.rules import Card
from credit.scoring.services.comparing import Effect


@dataclass(frozen=True)
class EffectView:
    """``rows``: a grade now, how many members it has, and how many of them each grade would have.

    ``up`` and ``down`` count members who would rise or fall; ``is_sample``: not all were worked out.
    """

    columns: list[str]
    rows: list[tuple[str, int, list[tuple[int, str]]]]
    after: list[int]
    up: int
    down: int
    same: int
    raised: int
    lowered: int
    mean_before: str
    mean_after: str
    looked_at: int
    scored: int

    @property
    def is_sample(self) -> bool:
        """Whether only some of the members were worked out."""
        return self.looked_at < self.scored


def effect_view(effect: Effect, card: Card, now: Card) -> EffectView:
    """An effect in words; grades that both cards know stand in the order of the new one."""
    codes = [one.code for one in card.grades]
    titles = {one.code: one.title for one in [*now.grades, *card.grades]}
    places = {one.code: place for place, one in enumerate(card.grades)}
    before = [one.code for one in now.grades]
    moves = effect.moves
    up = _count(moves, places, 1)
    down = _count(moves, places, -1)
    return EffectView(
        columns=[titles[code] for code in codes],
        rows=[
            (
                titles[old],
                sum(moves.get((old, new), 0) for new in codes),
                [(moves.get((old, new), 0), _way(places, old, new)) for new in codes],
            )
            for old in before
        ],
        after=[sum(moves.get((old, new), 0) for old in before) for new in codes],
        up=up,
        down=down,
        same=effect.looked_at - up - down,
        raised=effect.raised,
        lowered=effect.lowered,
        mean_before=_mean(effect.mean_before),
        mean_after=_mean(effect.mean_after),
        looked_at=effect.looked_at,
        scored=effect.scored,
    )


def _way(places: dict[str, int], old: str, new: str) -> str:
    if old not in places or places[old] == places[new]:
        return "same"
    return "up" if places[new] < places[old] else "down"


def _count(moves: dict[tuple[str, str], int], places: dict[str, int], sign: int) -> int:
    wanted = "up" if sign > 0 else "down"
    return sum(n for (old, new), n in moves.items() if _way(places, old, new) == wanted)


def _mean(value: Decimal | None) -> str:
    return "—" if value is None else format_number(value)

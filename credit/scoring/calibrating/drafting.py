"""A fitted model as a card that officers can read, change and approve."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from credit.scoring.calibrating.binning import Binning
from credit.scoring.calibrating.fitting import Model, Scored
from credit.scoring.rules.card import Bin, Card, Characteristic, Group

CENT = Decimal("0.01")
ADVICE = "这一项按登记的情况计分。登记得不对，可以请经办改正。"


def draft_card(model: Model, *, like: Card, title: str, source: str) -> Card:
    """The model's characteristics with titles, advice, vetoes, grades and limit of another card.

    What is no statistics is not invented: vetoes, grades and limits are the union's policy.
    """
    known = {one.indicator: one for one in like.characteristics}
    characteristics = tuple(
        _characteristic(one, known.get(one.binning.code)) for one in model.characteristics
    )
    return Card(title, source, characteristics, like.vetoes, like.grades, like.limit)


def coding(model: Model) -> dict[str, list[str]]:
    """For each column of texts the texts by the number they have in the card, from 0."""
    return {
        one.binning.code: list(one.binning.order)
        for one in model.characteristics
        if one.binning.order
    }


def _characteristic(one: Scored, known: Characteristic | None) -> Characteristic:
    code = one.binning.code
    title = known.title if known else code
    return Characteristic(
        code=code,
        title=title,
        group=known.group if known else Group.PRODUCTION,
        indicator=code,
        bins=_bins(one, title),
        missing_points=_exact(one.missing_points),
        missing_reason=known.missing_reason if known else f"还没有登记“{title}”",
        advice=known.advice if known else ADVICE,
    )


def _bins(one: Scored, title: str) -> tuple[Bin, ...]:
    ends = [None, *(Decimal(repr(float(cut))).normalize() for cut in one.binning.cuts), None]
    return tuple(
        Bin(low, high, _exact(points), reason(one.binning, title, low, high))
        for (low, high), points in zip(pairwise(ends), one.points, strict=True)
    )


def reason(binning: Binning, title: str, low: Decimal | None, high: Decimal | None) -> str:
    """What a bin holds, as a sentence for the member."""
    if binning.order:
        labels = binning.order[int(low or 0) : None if high is None else int(high)]
        return f"“{title}”是{'、'.join(labels)}"
    if low is None:
        return f"“{title}”不到 {high:f}"
    if high is None:
        return f"“{title}”在 {low:f} 以上"
    return f"“{title}”在 {low:f} 以上，不到 {high:f}"


def _exact(points: float) -> Decimal:
    return Decimal(repr(float(points))).quantize(CENT)

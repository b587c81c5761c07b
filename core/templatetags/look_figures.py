"""Component tags that draw figures: steps, progress, ladders, bars, scores; loaded by ``look``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from core import look

register = template.Library()
Shown = dict[str, Any]


@register.inclusion_tag("components/price_ladder.html")
def price_ladder(
    tiers: Iterable[Mapping[str, Any]], unit: str, missing: str = "", caption: str = ""
) -> Shown:
    """Prices that fall as more is ordered; which is reached and how much is missing."""
    return {"tiers": tiers, "unit": unit, "missing": missing, "caption": caption}


@register.inclusion_tag("components/allocation.html")
def allocation(get: Decimal, maybe: Decimal, lost: Decimal, unit: str, note: str = "") -> Shown:
    """Of what was asked: what one will get, may get and will not get."""
    widths = look.shares(get, maybe, lost)
    starts = ["0", widths[0], str(Decimal(widths[0]) + Decimal(widths[1]))]
    shown = {"get": get, "maybe": maybe, "lost": lost, "unit": unit, "note": note}
    return {**shown, "widths": widths, "starts": starts}


@register.inclusion_tag("components/score_chart.html")
def score_chart(
    parts: Iterable[Mapping[str, Any] | Sequence[Any]],
    total: Decimal,
    grade: str = "",
    caption: str = "",
) -> Shown:
    """Points of each part of a score as bars, and the same in a table."""
    bars = look.score_bars(parts)
    return {"bars": bars, "total": total, "grade": grade, "caption": caption}


@register.inclusion_tag("components/steps.html")
def steps(items: Iterable[Mapping[str, Any]], label: str = "") -> Shown:
    """Where am I, what comes next, who must act."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any], today: date | None = None, label: str = "") -> Shown:
    """What happened, newest first as given."""
    return {"entries": entries, "today": today, "label": label}


@register.inclusion_tag("components/progress.html")
def progress(
    done: int,
    total: int,
    label: str,
    poll: str = "",
    here: str = "",
    failed: int = 0,
    finished: bool = False,
    detail: str = "",
    anchor: str = "progress",
) -> Shown:
    """How far long work is, in numbers; asks ``poll`` again every two seconds until finished."""
    percent = 100 if finished else (done * 100 // total if total else 0)
    shown = {"done": done, "total": total, "label": label, "poll": poll, "here": here}
    shown |= {"failed": failed, "finished": finished, "detail": detail, "id": anchor}
    return {**shown, "percent": percent}

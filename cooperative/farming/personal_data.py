"""A member's own data: farming's section of what is shown, exported and erased."""

from __future__ import annotations

from datetime import datetime

from cooperative.consent.personal_data import Entry, Item
from cooperative.farming import services, words
from cooperative.farming.models import KINDS, Fact
from cooperative.farming.selectors import facts_of_kind
from cooperative.membership.models import Member
from core.formats import format_moment


def collect(member: Member) -> list[Entry]:
    """Every stored fact, also those replaced or withdrawn; four queries."""
    return [
        _entry(fact)
        for kind in KINDS
        for fact in facts_of_kind(kind).filter(member=member).order_by("pk")
    ]


def _entry(fact: Fact) -> Entry:
    items = [
        Item(f"{fact.KIND}_{number}", label, value)
        for number, (label, value) in enumerate(words.lines_of(fact), 1)
    ]
    items += [
        Item("state", words.STATE_LABEL, words.state_of(fact)),
        Item("made_at", words.MADE_AT_LABEL, format_moment(fact.made_at)),
    ]
    if fact.reason:
        items.append(Item("reason", words.REASON_LABEL, fact.reason))
    title = f"{words.KIND_WORDS[fact.KIND].title} {words.title_of(fact)}"
    return Entry(title, tuple(items), fact.get_origin_display())  # type: ignore[attr-defined]


def erase(member: Member, at: datetime) -> None:
    """Remove all facts and their evidence; nothing obliges the union to keep them."""
    services.erase_farm(member=member, by=None, at=at)

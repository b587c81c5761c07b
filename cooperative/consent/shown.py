"""How a look, a consent and a request read in plain words: for pages and for the export alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from cooperative.consent.models import Channel, Consent, DataRequest, Disclosure
from cooperative.consent.rules.lifetime import Standing
from cooperative.consent.rules.purposes import category_titles, purpose_of
from cooperative.membership.models import Post
from core.dates import business_date, days_until
from core.formats import format_day
from core.sentences import listed


@dataclass(frozen=True)
class Look:
    """One look: when, who, what they saw, why, and on what ground."""

    at: datetime
    who: str
    what: str
    why: str
    ground: str
    tone: str = "sky"

    def entry(self) -> dict[str, Any]:
        """The look as an entry of the timeline."""
        return {
            "at": self.at,
            "text": _("%(who)s看了：%(what)s") % {"who": self.who, "what": self.what},
            "detail": _("为了：%(why)s · 依据：%(ground)s")
            % {"why": self.why, "ground": self.ground},
            "tone": self.tone,
        }


def titles(codes: list[str]) -> str:
    """Kinds of data in one phrase."""
    return listed(category_titles(codes))


def look_of(row: Disclosure) -> Look:
    """One disclosure in words; expects ``by``, ``union`` and ``recipient`` fetched."""
    return Look(
        at=row.at,
        who=_who(row),
        what=titles(row.categories),
        why=str(purpose_of(row.purpose).title),
        ground=str(row.get_basis_display()),
        tone="field" if row.basis == Disclosure.Basis.OWN else "sky",
    )


def _who(row: Disclosure) -> str:
    if row.basis == Disclosure.Basis.OWN:
        return _("您自己")
    if row.recipient is not None:
        return row.recipient.name
    role = Post.Role(row.role).label if row.role in Post.Role.values else ""
    name = str(row.by) if row.by else ""
    union = row.union.name if row.union else ""
    return _("%(name)s（%(union)s%(role)s）") % {"name": name, "union": union, "role": role}


_STANDINGS = {
    Standing.LIVE: ("field", "check"),
    Standing.EXPIRED: ("soft", "clock"),
    Standing.WITHDRAWN: ("soft", "close"),
    Standing.NOT_YET: ("soft", "clock"),
}


@dataclass(frozen=True)
class ConsentView:
    """A consent as a card."""

    row: Consent
    standing: str
    tone: str
    icon: str
    what: str


def consent_view(row: Consent, at: datetime) -> ConsentView:
    """A consent in words at a moment."""
    standing = row.standing(at)
    words = {
        Standing.LIVE: _("有效"),
        Standing.EXPIRED: _("已到期"),
        Standing.WITHDRAWN: _("已撤回"),
        Standing.NOT_YET: _("还没开始"),
    }
    tone, icon = _STANDINGS[standing]
    return ConsentView(row, words[standing], tone, icon, titles(row.categories))


def given_in_words(row: Consent) -> str:
    """When a consent was given, and how where it was on paper; expects ``paper`` fetched."""
    day = format_day(business_date(row.given_at))
    if row.given_channel != Channel.PAPER:
        return day
    return _("%(day)s起，纸面签字（%(signed)s签）") % {
        "day": day,
        "signed": format_day(row.paper.signed_on),
    }


@dataclass(frozen=True)
class RequestView:
    """A request with its clock."""

    row: DataRequest
    waits: bool
    tone: str
    clock: str


_TONES = {"open": "wheat", "proposed": "wheat", "answered": "field", "refused": "brick"}


def request_view(row: DataRequest, today: date) -> RequestView:
    """A request in words on a day."""
    waits = row.closed_at is None
    left = days_until(row.due_on, today)
    clock = ""
    if waits and left >= 0:
        clock = _("还剩 %(days)s 天") % {"days": left}
    elif waits:
        clock = _("已超期 %(days)s 天") % {"days": -left}
    tone = "brick" if waits and left < 0 else _TONES.get(row.state, "soft")
    return RequestView(row, waits, tone, clock)


def final_answer(row: DataRequest) -> str:
    """The written answer once it holds; empty while a second officer has yet to confirm it."""
    ended = row.state in (DataRequest.State.ANSWERED, DataRequest.State.REFUSED)
    return row.answer if ended else ""


def steps_of(view: RequestView) -> list[dict[str, Any]]:
    """Where a request stands: filed, answered, checked, told."""
    row = view.row
    second = row.kind in ("correction", "erasure")
    names = [_("您提出"), _("经办人书面答复")]
    if second:
        names.append(_("另一位同事复核"))
    names.append(_("您收到答复"))
    reached = {"open": 1, "proposed": 2}.get(row.state, len(names))
    return [
        {
            "label": name,
            "state": "done" if n < reached else ("now" if n == reached else "next"),
            "who": "",
            "detail": "",
        }
        for n, name in enumerate(names)
    ]

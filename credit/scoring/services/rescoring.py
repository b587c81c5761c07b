"""One member's score again, at once, when something about them has been corrected.

The same statement as the night's, for a list of one. A night may be under way: the member's row keeps
two of us apart, the score's row us and the night. Whoever comes second leaves the newer score alone
(``statements``), so that a night neither fails nor undoes what was corrected while it ran. No run is
recorded: what the nights count as news stays as it was.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cooperative.consent.vocabulary import SCORING
from cooperative.farming.selectors import scope_of
from cooperative.membership.models import Member
from core import audit
from core.dates import business_date
from core.errors import Busy, Refused, busy_is_refused, refusing
from credit.scoring.models import Score, Scorecard
from credit.scoring.services.statements import statement_of


def rescore(*, member: Member, by: Any, at: datetime) -> Score | None:
    """The member's score as of now; the current one if nothing is different.

    Twice changes nothing more. None where there was no score, which the night gives, or where the
    member does not agree to be scored any more: then it ends.

    Raises:
        Refused: ``no_card``: no card is active.
        Busy: a night has this member in hand.
    """
    card = Scorecard.objects.active().first()
    if card is None:
        raise Refused("no_card", _("还没有在用的评分卡。"), way_on=_("请先批准并启用一张。"))
    with busy_is_refused(), transaction.atomic():
        Member.objects.locked().get(pk=member.pk)
        before = _lock_current(member)
        if before is None:
            return None
        _score(member, card, at)
        now = Score.objects.current().filter(member=member).first()
        if now != before:
            audit.record(
                "scoring.rescored",
                now or before,
                by=by,
                at=at,
                scope=scope_of(member),
                member=member.pk,
                before=before.pk,
            )
    return now


def score_first(*, member: Member, by: Any, at: datetime) -> Score | None:
    """The first score of a member who has just agreed, without waiting for the night; else the current.

    None where the member does not agree or belongs to no union. Of two who insert the first one, here
    and in a night, the constraint lets one: here it is ``Busy``, and a night's chunk is done again in
    halves, which find the score and confirm it.

    Raises:
        Refused: ``no_card``: no card is active.
        Busy: another one has this member in hand.
    """
    card = Scorecard.objects.active().first()
    if card is None:
        raise Refused("no_card", _("还没有在用的评分卡。"), way_on=_("工会启用评分卡以后再来看。"))
    with busy_is_refused(), transaction.atomic():
        Member.objects.locked().get(pk=member.pk)
        if (before := _lock_current(member)) is not None:
            return before
        with refusing({"scoring_score_one_current": Busy()}):
            _score(member, card, at)
        now = Score.objects.current().filter(member=member).first()
        if now is not None:
            audit.record(
                "scoring.scored_first",
                now,
                by=by,
                at=at,
                scope=scope_of(member),
                member=member.pk,
            )
    return now


def _lock_current(member: Member) -> Score | None:
    """The current score, locked; read twice, for a night may put another in place while we wait."""
    rows = Score.objects.current().locked().filter(member=member)
    return rows.first() or rows.all().first()


def _score(member: Member, card: Scorecard, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            statement_of(card.pk, by_range=False),
            {
                "day": business_date(at),
                "card": card.pk,
                "purpose": SCORING,
                "moment": at.isoformat(),
                "members": [member.pk],
            },
        )

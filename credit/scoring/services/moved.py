"""In the morning, members whose grade or limit the night changed are told, and why."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperative.membership.services.telling import addressee_of
from cooperative.notices.services import Message, notify_many
from core.dates import business_date
from core.sentences import filled
from credit.scoring.models import Score
from credit.scoring.pages.score import score_moved
from credit.scoring.selectors.scores import moved_on, read_score

MOVED = "scoring.moved"
TITLE = _("信用等级或额度变了")
_AT_ONCE = 500


def tell_moved(*, at: datetime) -> int:
    """Tell the members whom today's scores gave another grade or limit; how many were told anew.

    Not who is scored for the first time: their score is there when they look. Safe to run twice.
    """
    pairs, told = moved_on(business_date(at)), 0
    for first in range(0, len(pairs), _AT_ONCE):
        told += notify_many(messages=_messages(pairs[first : first + _AT_ONCE]), at=at)
    return told


def _messages(pairs: list[tuple[int, int]]) -> list[Message]:
    rows = Score.objects.select_related("scorecard", "member__user").in_bulk(
        [key for pair in pairs for key in pair]
    )
    return [_message(rows[now], rows[before]) for now, before in pairs]


def _message(now: Score, before: Score) -> Message:
    read, earlier = read_score(now), read_score(before)
    words: dict[str, Any] = {
        "grade": read.grade.title,
        "before": earlier.grade.title,
        "limit": now.limit_amount,
        "moved": partial(score_moved, read, earlier),
    }
    return Message(
        to=addressee_of(now.member),
        kind=MOVED,
        title=filled(
            _("您的信用等级现在是 %(grade)s（原来 %(before)s），额度 %(limit)s 元"), **words
        ),
        body=filled(_("您的信用分%(moved)s怎么来的、怎么能加上去，点开看。"), **words),
        link=reverse("my_score"),
        subject=now,
        due_on=now.as_of,
    )

"""The life of a scorecard: proposed by one officer, approved and put in force by another, replaced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import check_everywhere
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused
from credit.scoring.models import Scorecard
from credit.scoring.models.cards import TITLE_LENGTH
from credit.scoring.rules.card import Card, card_from_json, card_to_json
from credit.scoring.rules.checking import errors_of

PROPOSE = "scorecard.propose"
APPROVE = "scorecard.approve"
State = Scorecard.State


def propose_card(*, definition: Mapping[str, Any], by: Any, at: datetime) -> Scorecard:
    """A new version as a draft, which another officer has to approve.

    Raises:
        Forbidden: ``no_permission``: one card holds in every union, so only officers of the root.
        Refused: ``card_unreadable``, ``card_title_long``, or ``card_faulty`` naming the
            characteristic and the bin.
    """
    check_everywhere(by, PROPOSE, business_date(at))
    card = _checked(definition)
    with transaction.atomic():
        row = _written(card, by=by, at=at)
        audit.record("scoring.card_proposed", row, by=by, at=at, number=row.number)
    return row


def change_card(*, card_id: int, definition: Mapping[str, Any], by: Any, at: datetime) -> Scorecard:
    """Write a draft anew; only whoever proposed it may.

    Raises:
        NotFound: no such card.
        Forbidden: ``no_permission``.
        Refused: ``wrong_state``, ``not_yours``, and as ``propose_card``.
    """
    check_everywhere(by, PROPOSE, business_date(at))
    card = _checked(definition)
    with busy_is_refused(), transaction.atomic():
        row = _locked(card_id, State.DRAFT)
        if row.made_by_id != by.pk:
            raise Refused(
                "not_yours",
                _("这张草稿是别人写的。"),
                way_on=_("可以以它为底稿，另写一版。"),
            )
        row.title, row.source, row.definition = card.title, card.source, card_to_json(card)
        row.save(update_fields=["title", "source", "definition"])
        audit.record("scoring.card_changed", row, by=by, at=at, number=row.number)
    return row


def approve_card(*, card_id: int, by: Any, at: datetime) -> Scorecard:
    """Approve a draft; from now on nobody changes it.

    Raises:
        NotFound: no such card.
        Forbidden: ``no_permission``.
        Refused: ``wrong_state``, or ``same_person`` for whoever proposed it.
    """
    check_everywhere(by, APPROVE, business_date(at))
    with busy_is_refused(), transaction.atomic():
        row = _locked(card_id, State.DRAFT)
        if row.made_by_id == by.pk:
            raise Refused(
                "same_person",
                _("您自己提出的评分卡不能由您批准。"),
                way_on=_("请另一位复核人员办理。"),
            )
        row.state, row.checked_by, row.checked_at = State.APPROVED, by, at
        row.save(update_fields=["state", "checked_by", "checked_at"])
        audit.record("scoring.card_approved", row, by=by, at=at, number=row.number)
    return row


def activate_card(*, card_id: int, by: Any, at: datetime) -> Scorecard:
    """Put an approved card in force in place of the one before. Runs under way keep theirs.

    Raises:
        NotFound: no such card.
        Forbidden: ``no_permission``.
        Refused: ``wrong_state``.
    """
    check_everywhere(by, APPROVE, business_date(at))
    with busy_is_refused(), transaction.atomic():
        before = Scorecard.objects.active().locked().first()
        row = _locked(card_id, State.APPROVED)
        if before is not None:
            before.state, before.retired_at = State.RETIRED, at
            before.save(update_fields=["state", "retired_at"])
            audit.record("scoring.card_retired", before, by=by, at=at, number=before.number)
        _activate(row, by=by, at=at)
    return row


def load_card(*, definition: Mapping[str, Any], by: Any, checked_by: Any, at: datetime) -> int:
    """Put a shipped card in force if there is no card at all; how many were added.

    ``by`` and ``checked_by`` are two different users: a shipped card obeys four eyes too.
    """
    with transaction.atomic():
        if Scorecard.objects.exists():
            return 0
        row = _written(_checked(definition), by=by, at=at)
        row.state, row.checked_by, row.checked_at = State.APPROVED, checked_by, at
        row.save(update_fields=["state", "checked_by", "checked_at"])
        _activate(row, by=None, at=at)
    return 1


def _checked(definition: Mapping[str, Any]) -> Card:
    try:
        card = card_from_json(definition)
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(
            "card_unreadable",
            _("这张评分卡的内容读不出来。"),
            way_on=_("请照在用的那一张的写法改。"),
            where=str(error),
        ) from error
    faults = errors_of(card)
    if faults:
        raise Refused(
            "card_faulty",
            faults[0].message,
            way_on=_("请改好再提出。"),
            faults=[fault.message for fault in faults],
        )
    most = TITLE_LENGTH
    if len(card.title) > most:
        raise Refused(
            "card_title_long",
            _("评分卡的名称最多 %(most)s 个字，现在是 %(length)s 个字。")
            % {"most": most, "length": len(card.title)},
            way_on=_("请改短一些再提出。"),
        )
    return card


def _written(card: Card, *, by: Any, at: datetime) -> Scorecard:
    highest = Scorecard.objects.aggregate(highest=Max("number"))["highest"] or 0
    return Scorecard.objects.create(
        number=highest + 1,
        title=card.title,
        source=card.source,
        definition=card_to_json(card),
        made_by=by,
        made_at=at,
    )


def _activate(row: Scorecard, *, by: Any, at: datetime) -> None:
    row.state, row.activated_at = State.ACTIVE, at
    row.save(update_fields=["state", "activated_at"])
    audit.record("scoring.card_activated", row, by=by, at=at, number=row.number)


def _locked(card_id: int, state: str) -> Scorecard:
    row = Scorecard.objects.locked().filter(pk=card_id).first()
    if row is None:
        raise NotFound()
    if row.state != state:
        raise Refused(
            "wrong_state",
            _("这张评分卡现在是“%(state)s”，不能这样办。") % {"state": row.get_state_display()},
            way_on=_("请刷新页面看最新情况。"),
        )
    return row

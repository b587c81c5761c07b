"""Erasing a member's data: only the legal minimum stays, locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperative.consent.models import Channel, DataRequest
from cooperative.consent.personal_data import sections
from cooperative.consent.services.consents import end_all_consents
from cooperative.consent.services.papers import end_waiting_papers
from cooperative.membership.models import Member
from core import audit

_ERASED = _("本人要求删除资料")


def check_erasable(member: Member) -> None:
    """Let a member's data be erased unless some app must keep it.

    Raises:
        Refused: the first reason, with the law and the way on.
    """
    for section in sections():
        reason = section.keeps(member)
        if reason is not None:
            raise reason


def erase_member(*, member: Member, request: DataRequest, by: Any, at: datetime) -> None:
    """Erase in every registered section; the caller's transaction holds the confirmed request.

    What stays: that there was a member with this key, consents and disclosures (at least three
    years, Network Data Security Regulation art. 12), and the written answer to this request.

    Raises:
        Refused: some app must keep the data.
    """
    locked = Member.objects.locked().get(pk=member.pk)
    check_erasable(locked)
    end_waiting_papers(member=locked, reason=str(_ERASED), by=by, at=at)
    end_all_consents(member=locked, by=by, at=at, channel=Channel.ERASURE)
    others = DataRequest.objects.filter(member=locked).exclude(pk=request.pk)
    others.waiting().update(state=DataRequest.State.WITHDRAWN, closed_at=at)
    others.update(details="")
    for section in reversed(sections()):  # who it was goes last: others still find by it
        section.erase(locked, at)
    audit.record(
        "member.erased", locked, by=by, at=at, scope=request.union.path, request=request.pk
    )

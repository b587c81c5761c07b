"""Giving and withdrawing consent: the same effort either way (PIPL 15)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.consent.models import Channel, Consent, ConsentText, Recipient
from cooperative.consent.rules.lifetime import Standing
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.selectors import current_text, recipients_for
from cooperative.membership.models import Member
from core import audit
from core.dates import add_months, business_date, start_of_day
from core.errors import NotFound, Refused, refusing


def give_consent(
    *,
    member: Member,
    recipient: Recipient,
    text: ConsentText,
    extra_categories: Collection[str] = (),
    by: Any,
    at: datetime,
    channel: str = Channel.PAGE,
    address: str | None = None,
) -> Consent:
    """Say yes to one recipient for the purpose of the text that was shown.

    Covers the text's needed kinds of data and those of its optional ones that were chosen; lives
    until the end of its last business day, ``text.valid_months`` later. A live consent to an
    older version ends at the same moment.

    Raises:
        NotFound: the member is another's, or the recipient is none of the member's own.
        Refused: ``text_changed``, ``already_given``, ``category_unknown``.
    """
    with transaction.atomic():
        _lock_member(member, by)
        _check_recipient(member, recipient, text)
        _check_text(text, at)
        _end_older(member, recipient, text, by=by, at=at, address=address)
        consent = Consent(
            member=member,
            recipient=recipient,
            purpose=text.purpose,
            text=text,
            categories=_categories(text, extra_categories),
            given_at=at,
            given_by=by,
            given_channel=channel,
            given_address=address,
            valid_until=start_of_day(add_months(business_date(at), text.valid_months)),
        )
        with refusing({"consent_consent_one_live": _ALREADY_GIVEN}):
            consent.save()
        audit.record(
            "consent.given",
            consent,
            by=by,
            at=at,
            scope=_scope(recipient),
            member=member.pk,
            recipient=recipient.pk,
            purpose=text.purpose,
            version=text.version,
            categories=consent.categories,
        )
    return consent


def withdraw_consent(
    *,
    consent_id: int,
    member: Member,
    by: Any,
    at: datetime,
    channel: str = Channel.PAGE,
    address: str | None = None,
) -> Consent:
    """End a consent at once; what was lawfully seen before stays lawful (PIPL 15).

    Waits for a disclosure that is just being read, so that none is read afterwards.

    Raises:
        NotFound: absent or another member's.
        Refused: ``consent_revoked`` or ``consent_expired``: it has already ended.
    """
    with transaction.atomic():
        consent = (
            Consent.objects.locked().filter(pk=consent_id, member=member, member__user=by).first()
        )
        if consent is None:
            raise NotFound()
        _check_still_live(consent, at)
        _end(consent, by=by, at=at, channel=channel, address=address)
    return consent


def end_all_consents(*, member: Member, by: Any, at: datetime, channel: str) -> int:
    """End every live consent of a member whose data is erased; the caller holds a transaction."""
    live = list(Consent.objects.live(at).filter(member=member).locked())
    for consent in live:
        _end(consent, by=by, at=at, channel=channel, address=None)
    return len(live)


def _lock_member(member: Member, by: Any) -> None:
    """Consents of one member are given one after another, and only by that member."""
    owned = Member.objects.filter(pk=member.pk, user=by, erased_at__isnull=True)
    if owned.locked().first() is None:
        raise NotFound()


def _check_recipient(member: Member, recipient: Recipient, text: ConsentText) -> None:
    fits = purpose_of(text.purpose).recipient_kind == recipient.kind
    if not fits or not recipients_for(member).filter(pk=recipient.pk).exists():
        raise NotFound()


def _check_text(text: ConsentText, at: datetime) -> None:
    current = current_text(text.purpose, at)
    if current is None or current.pk != text.pk:
        raise Refused(
            "text_changed",
            _("这份说明刚刚换了新的一版，您看到的是旧的。"),
            way_on=_("请看一遍新的说明，再决定。"),
            purpose=text.purpose,
        )


def _categories(text: ConsentText, extra: Collection[str]) -> list[str]:
    unknown = set(extra) - set(text.optional_categories)
    if unknown:
        raise Refused(
            "category_unknown",
            _("您选的资料不在这份说明里。"),
            way_on=_("请重新打开说明再选。"),
            categories=sorted(unknown),
        )
    return [*text.categories, *(code for code in text.optional_categories if code in extra)]


def _end_older(
    member: Member,
    recipient: Recipient,
    text: ConsentText,
    *,
    by: Any,
    at: datetime,
    address: str | None,
) -> None:
    older = (
        Consent.objects.live(at)
        .filter(member=member, recipient=recipient, purpose=text.purpose)
        .exclude(text=text)
    )
    for consent in older.locked():
        _end(consent, by=by, at=at, channel=Channel.REPLACED, address=address)


def _check_still_live(consent: Consent, at: datetime) -> None:
    standing = consent.standing(at)
    if standing == Standing.WITHDRAWN:
        raise Refused("consent_revoked", _("这份授权您已经撤回过了。"))
    if standing == Standing.EXPIRED:
        raise Refused("consent_expired", _("这份授权已经到期，不用再撤回。"))


def _end(consent: Consent, *, by: Any, at: datetime, channel: str, address: str | None) -> None:
    consent.withdrawn_at = max(at, consent.given_at)
    consent.withdrawn_by = by
    consent.withdrawn_channel = channel
    consent.withdrawn_address = address
    consent.save(
        update_fields=[
            "withdrawn_at",
            "withdrawn_by",
            "withdrawn_channel",
            "withdrawn_address",
        ]
    )
    audit.record(
        "consent.withdrawn",
        consent,
        by=by,
        at=at,
        scope=_scope(consent.recipient),
        member=consent.member_id,
        purpose=consent.purpose,
        channel=channel,
    )


def _scope(recipient: Recipient) -> str:
    return recipient.union.path if recipient.union else ""


_ALREADY_GIVEN = Refused(
    "already_given",
    _("这份授权您已经给过了，现在有效。"),
    way_on=_("不用再给，想停随时可以撤回。"),
)

"""Giving and withdrawing consent: the same effort either way (PIPL 15)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.consent.access import access_consent
from cooperative.consent.ending import consent_ended
from cooperative.consent.models import Channel, Consent, ConsentText, Recipient
from cooperative.consent.rules.lifetime import Standing
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.selectors import current_text, recipients_for
from cooperative.consent.services.checks import clean_reason
from cooperative.consent.services.paper_notices import tell_withdrawn
from cooperative.membership.models import Member
from core import audit
from core.dates import add_months, business_date, start_of_day
from core.errors import NotFound, Refused, busy_is_refused, refusing
from core.models import StoredFile


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
        end_older(member, recipient, text, by=by, at=at, address=address)
        consent = Consent(
            member=member,
            recipient=recipient,
            purpose=text.purpose,
            text=text,
            categories=categories_of(text, extra_categories),
            given_at=at,
            given_by=by,
            given_channel=channel,
            given_address=address,
            valid_until=runs_until(text, business_date(at)),
        )
        with refusing({"consent_consent_one_live": _ALREADY_GIVEN}):
            consent.save()
        record_given(consent, by=by, at=at)
    return consent


def runs_until(text: ConsentText, agreed_on: date) -> datetime:
    """When a consent agreed to on a day runs out: at the start of the day ``valid_months`` later."""
    return start_of_day(add_months(agreed_on, text.valid_months))


def record_given(consent: Consent, *, by: Any, at: datetime, **facts: Any) -> None:
    """The trail's row of a consent that was just written."""
    audit.record(
        "consent.given",
        consent,
        by=by,
        at=at,
        scope=scope_of(consent.recipient),
        **given_facts(consent),
        **facts,
    )


def given_facts(consent: Consent) -> dict[str, Any]:
    """What the trail keeps of a consent."""
    return {
        "member": consent.member_id,
        "recipient": consent.recipient_id,
        "purpose": consent.purpose,
        "version": consent.text.version,
        "categories": consent.categories,
    }


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
        Busy: what follows from it is in somebody's hands.
    """
    with busy_is_refused(), transaction.atomic():
        consent = (
            Consent.objects.locked().filter(pk=consent_id, member=member, member__user=by).first()
        )
        if consent is None:
            raise NotFound()
        _check_still_live(consent, at)
        _end(consent, by=by, at=at, channel=channel, address=address)
    return consent


def withdraw_for_member(
    *, consent_id: int, reason: str, evidence: StoredFile | None = None, by: Any, at: datetime
) -> Consent:
    """An officer ends a consent at once because the member said so: on paper, or by word.

    One pair of hands is enough: taking back is no harder than giving (PIPL 15). The member is
    told, so that nobody's consent ends unseen.

    Raises:
        NotFound: absent, or not for this officer.
        Refused: ``reason_missing``, ``reason_too_long``, ``consent_revoked`` or
            ``consent_expired``.
    """
    reason = clean_reason(reason)
    found = access_consent(by, consent_id, business_date(at))
    with busy_is_refused(), transaction.atomic():
        consent = (
            Consent.objects.locked()
            .select_related("member", "recipient__union", "text")
            .get(pk=found.pk)
        )
        _check_still_live(consent, at)
        consent.withdrawn_reason, consent.withdrawn_evidence = reason, evidence
        channel = Channel.PAPER if evidence is not None else Channel.WORD
        _end(consent, by=by, at=at, channel=channel, address=None)
        tell_withdrawn(consent, at=at)
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


def categories_of(text: ConsentText, extra: Collection[str]) -> list[str]:
    """The needed kinds of data and the chosen ones, in the order of the text.

    Raises:
        Refused: ``category_unknown``.
    """
    unknown = set(extra) - set(text.optional_categories)
    if unknown:
        raise Refused(
            "category_unknown",
            _("您选的资料不在这份说明里。"),
            way_on=_("请重新打开说明再选。"),
            categories=sorted(unknown),
        )
    return [*text.categories, *(code for code in text.optional_categories if code in extra)]


def end_older(
    member: Member,
    recipient: Recipient,
    text: ConsentText,
    *,
    by: Any,
    at: datetime,
    address: str | None,
) -> None:
    """End what lives under an older version of the text."""
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
        raise Refused("consent_revoked", _("这份授权已经撤回过了。"))
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
            "withdrawn_reason",
            "withdrawn_evidence",
        ]
    )
    audit.record(
        "consent.withdrawn",
        consent,
        by=by,
        at=at,
        scope=scope_of(consent.recipient),
        member=consent.member_id,
        purpose=consent.purpose,
        channel=channel,
    )
    # A newer version goes on for the older one, and another union may have a consent of its own.
    live = Consent.objects.live(at).filter(member=consent.member_id, purpose=consent.purpose)
    if channel != Channel.REPLACED and not live.exclude(pk=consent.pk).exists():
        consent_ended(consent.purpose, consent.member_id, by, at)


def scope_of(recipient: Recipient) -> str:
    """The union path whose officers may read about it."""
    return recipient.union.path if recipient.union else ""


_ALREADY_GIVEN = Refused(
    "already_given",
    _("这份授权您已经给过了，现在有效。"),
    way_on=_("不用再给，想停随时可以撤回。"),
)

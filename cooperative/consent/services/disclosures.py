"""Writing down who sees what: nothing is read without it (I12)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperative.consent.models import Consent, Disclosure, Recipient
from cooperative.consent.rules.lifetime import Standing, not_covered
from cooperative.membership import roles
from cooperative.membership.access import posts_of
from cooperative.membership.models import Member, Membership
from core import audit
from core.crypto import blind_index
from core.dates import business_date
from core.errors import Forbidden, Refused, refusing


def disclose(
    *,
    consent_id: int,
    categories: Collection[str],
    fields: Mapping[str, Any],
    by: Any | None,
    at: datetime,
    request_id: str = "",
    address: str | None = None,
) -> Disclosure:
    """Write down that a recipient sees these fields of a member, on a live consent.

    Call it inside the transaction that reads, before the data leaves: the consent stays locked
    until that transaction ends, so it cannot be withdrawn between check and reading. ``fields``
    are what is shown; only a keyed digest of them is kept.

    Raises:
        Refused: ``consent_missing``, ``consent_expired``, ``consent_revoked``,
            ``consent_narrower`` (with the kinds of data that are not covered).
        TransactionManagementError: called outside a transaction.
    """
    consent = Consent.objects.locked().filter(pk=consent_id).first()
    if consent is None:
        raise _refusal("consent_missing", consent_id)
    _check_live(consent, at)
    _check_covered(consent, categories)
    disclosure = Disclosure(
        member_id=consent.member_id,
        basis=Disclosure.Basis.CONSENT,
        consent=consent,
        recipient_id=consent.recipient_id,
        purpose=consent.purpose,
        categories=sorted(categories),
        digest=digest_of(fields),
        by=by,
        at=at,
        request_id=request_id,
        address=address or None,
    )
    with refusing({"consent_disclosure_consent_live": _refusal("consent_missing", consent_id)}):
        disclosure.save()
    return disclosure


def disclose_to(
    *,
    member: Member,
    recipient: Recipient,
    purpose: str,
    categories: Collection[str],
    fields: Mapping[str, Any],
    by: Any | None,
    at: datetime,
    request_id: str = "",
    address: str | None = None,
) -> Disclosure:
    """``disclose`` where the caller knows the recipient and the purpose, not the consent.

    Raises:
        Refused: as ``disclose``; of several consents the newest answers.
    """
    rows = Consent.objects.filter(member=member, recipient=recipient, purpose=purpose)
    newest = rows.order_by("-given_at", "-pk").values_list("pk", flat=True).first()
    return disclose(
        consent_id=newest or 0,
        categories=categories,
        fields=fields,
        by=by,
        at=at,
        request_id=request_id,
        address=address or None,
    )


def record_look(
    *,
    member: Member,
    by: Any,
    purpose: str,
    categories: Sequence[str],
    at: datetime,
    address: str | None = None,
    request_id: str = "",
) -> Disclosure:
    """Write down that an officer of the member's own union saw the data in doing their work.

    Source: PIPL 13(2) and (3); Credit Reporting Regulation art. 22 (name, time, content, purpose).

    Raises:
        Forbidden: ``no_permission``: no post of the officer reaches the member.
    """
    union_id, role = _post_that_reaches(member, by, at)
    return Disclosure.objects.create(
        member=member,
        basis=Disclosure.Basis.DUTY,
        union_id=union_id,
        role=role,
        purpose=purpose,
        categories=sorted(categories),
        by=by,
        at=at,
        request_id=request_id,
        address=address or None,
    )


def record_own_export(
    *,
    member: Member,
    by: Any,
    file_kind: str,
    at: datetime,
    address: str | None = None,
    categories: Collection[str] = ("all",),
) -> Disclosure:
    """Write down that the member took a copy, so that they notice if it was not them."""
    row = Disclosure.objects.create(
        member=member,
        basis=Disclosure.Basis.OWN,
        purpose="own_export",
        categories=sorted(categories),
        by=by,
        at=at,
        address=address or None,
    )
    audit.record("my_data.exported", member, by=by, at=at, format=file_kind)
    return row


def digest_of(fields: Mapping[str, Any]) -> str:
    """Keyed digest of what was shown: the same fields give the same digest, in any order."""
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str)
    return blind_index("disclosure", text)


def _post_that_reaches(member: Member, by: Any, at: datetime) -> tuple[int, str]:
    """The union and role in which the officer may see the member; the nearest post counts."""
    paths = list(
        Membership.objects.filter(member=member)
        .values_list("union__path", flat=True)
        .order_by("pk")
    )
    reaching = [
        post
        for post in posts_of(by, business_date(at))
        if roles.allows(post.role, "member.view")
        and any(path.startswith(post.union.path) for path in paths)
    ]
    if not reaching:
        raise Forbidden("no_permission", _("您的岗位不能查看这位成员的资料。"))
    nearest = max(reaching, key=lambda post: (len(post.union.path), -post.pk))
    return nearest.union_id, nearest.role


def _check_live(consent: Consent, at: datetime) -> None:
    codes = {
        Standing.EXPIRED: "consent_expired",
        Standing.WITHDRAWN: "consent_revoked",
        Standing.NOT_YET: "consent_missing",
    }
    # A clock that is behind must not read past a withdrawal that is already written.
    standing = Standing.WITHDRAWN if consent.withdrawn_at else consent.standing(at)
    if standing in codes:
        raise _refusal(codes[standing], consent.pk)


def _check_covered(consent: Consent, categories: Collection[str]) -> None:
    missing = not_covered(categories, consent.categories)
    if missing or not categories:
        raise Refused(
            "consent_narrower",
            _("这位成员没有同意给出这些资料。"),
            way_on=_("请只查看授权里写明的资料。"),
            consent=consent.pk,
            categories=missing,
        )


_REFUSALS = {
    "consent_missing": _("这位成员没有为这件事给出授权。"),
    "consent_expired": _("这位成员的授权已经到期。"),
    "consent_revoked": _("这位成员已经撤回授权。"),
}


def _refusal(code: str, consent_id: int) -> Refused:
    return Refused(
        code,
        _REFUSALS[code],
        way_on=_("要看这些资料，请先请本人授权。"),
        consent=consent_id,
    )

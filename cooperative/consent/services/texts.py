"""New versions of what members are told, written by one and published by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cooperative.consent.models import ConsentText
from cooperative.consent.rules.purposes import is_category, purpose_of
from cooperative.membership.access import check_everywhere
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, refusing

WRITTEN = (
    "title",
    "body",
    "means",
    "categories",
    "optional_categories",
    "consequences",
    "retention",
    "automated_decision",
    "valid_months",
)


def propose_text(*, purpose: str, content: Mapping[str, Any], by: Any, at: datetime) -> ConsentText:
    """Write the next version of a purpose's text; nobody sees it until it is published.

    Raises:
        Forbidden: ``no_permission``: the text holds in every union, so only administrators of the
            topmost union write one.
        Refused: ``purpose_unknown``, ``category_unknown``, ``text_incomplete``, ``validity``.
    """
    check_everywhere(by, "consent_text.propose", business_date(at))
    if not purpose_of(purpose).recipient_kind:
        raise Refused("purpose_unknown", _("没有这个用途，不能写授权说明。"), purpose=purpose)
    kinds = [*content["categories"], *content["optional_categories"]]
    if not all(is_category(code) for code in kinds) or len(set(kinds)) != len(kinds):
        raise Refused("category_unknown", _("资料的种类填得不对，或有重复。"))
    with transaction.atomic():
        newest = ConsentText.objects.filter(purpose=purpose).aggregate(at=Max("version"))["at"]
        text = ConsentText(
            purpose=purpose,
            version=(newest or 0) + 1,
            made_by=by,
            made_at=at,
            **{name: content[name] for name in WRITTEN},
        )
        with refusing(_REFUSALS):
            text.save()
        audit.record(
            "consent_text.proposed", text, by=by, at=at, purpose=purpose, version=text.version
        )
    return text


def publish_text(*, text_id: int, by: Any, at: datetime) -> ConsentText:
    """Put a version in force. Who agreed to an older one is asked again (PIPL 14).

    Raises:
        NotFound: no such text.
        Forbidden: ``no_permission``, as for writing one.
        Refused: ``already_confirmed``, ``same_person``, ``text_changed`` (a newer one is out).
    """
    check_everywhere(by, "consent_text.publish", business_date(at))
    with transaction.atomic():
        text = ConsentText.objects.locked().filter(pk=text_id).first()
        if text is None:
            raise NotFound()
        if text.published_at is not None:
            raise Refused("already_confirmed", _("这一版已经发布过了。"))
        if text.made_by_id == by.pk:
            raise Refused(
                "same_person",
                _("您自己写的说明不能由您发布。"),
                way_on=_("请另一位管理员看过再发布。"),
            )
        newer = ConsentText.objects.filter(
            purpose=text.purpose, version__gt=text.version, published_at__isnull=False
        )
        if newer.exists():
            raise Refused("text_changed", _("更新的一版已经发布，这一版用不上了。"))
        text.checked_by = by
        text.checked_at = text.published_at = at
        text.save(update_fields=["checked_by", "checked_at", "published_at"])
        audit.record(
            "consent_text.published",
            text,
            by=by,
            at=at,
            purpose=text.purpose,
            version=text.version,
        )
    return text


_REFUSALS = {
    "consent_consenttext_version_once": Refused(
        "busy", _("有人同时写了一版新的说明，请看过那一版再写。")
    ),
    "consent_consenttext_told_whole": Refused("text_incomplete", _("说明的每一项都要写。")),
    "consent_consenttext_categories_named": Refused("text_incomplete", _("要写明用哪些资料。")),
    "consent_consenttext_validity_limited": Refused("validity", _("有效期要在 1 到 60 个月之间。")),
}

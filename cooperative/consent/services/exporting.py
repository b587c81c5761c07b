"""A member's whole data as JSON and as PDF; every copy is written down as a look of their own.

The JSON (schema ``sanwei.my-data/1``): ``schema``, ``generated_at``, ``member.id``;
``sections[]`` of ``code``, ``title``, ``entries[]`` of ``title``, ``source``, ``items[]`` of
``name`` (stable), ``label`` and ``value`` (text); ``consents[]``, ``looks[]``, ``requests[]``.
Moments are RFC 3339 with +08:00, dates ISO. Keys are only ever added under the same version.
Source: PIPL 45 (copy, portability).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.consent.models import Channel, Consent
from cooperative.consent.personal_data import Entry, sections
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.selectors import consents_of, looks_at, requests_of
from cooperative.consent.services.disclosures import record_own_export
from cooperative.consent.shown import consent_view, final_answer, given_in_words, look_of, titles
from cooperative.membership.models import Member
from core import audit
from core.dates import BUSINESS_ZONE, business_date
from core.documents import issue_document
from core.formats import format_day, format_moment

SCHEMA = "sanwei.my-data/1"


@dataclass(frozen=True)
class Copy:
    """A finished copy, ready to be handed to the member and to nobody else."""

    content: bytes
    content_type: str
    file_name: str


def export_json(*, member: Member, by: Any, at: datetime, address: str | None = None) -> Copy:
    """Everything stored about a member, for machines."""
    with transaction.atomic():
        record_own_export(member=member, by=by, file_kind="json", at=at, address=address)
        data = everything(member, at)
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return Copy(text.encode(), "application/json", f"my-data-{business_date(at)}.json")


def export_pdf(*, member: Member, by: Any, at: datetime, address: str | None = None) -> Copy:
    """Everything stored about a member, for people: numbered, hashed, to be verified by its code."""
    with transaction.atomic():
        record_own_export(member=member, by=by, file_kind="pdf", at=at, address=address)
        issued = issue_document(
            template_name="my_data",
            kind="my_data",
            title=_("我的资料"),
            data=_on_paper(member, at),
            at=at,
        )
        audit.record("document.issued", issued.record, by=by, at=at, kind="my_data")
    return Copy(issued.pdf, "application/pdf", f"my-data-{business_date(at)}.pdf")


def everything(member: Member, at: datetime) -> dict[str, Any]:
    """The export as plain data, see the module's docstring."""
    return {
        "schema": SCHEMA,
        "generated_at": _iso(at),
        "member": {"id": member.pk},
        "sections": [
            {
                "code": section.code,
                "title": str(section.title),
                "entries": [_entry(entry) for entry in section.collect(member)],
            }
            for section in sections()
        ],
        "consents": [_consent(row) for row in _consents(member)],
        "looks": [
            {
                "at": _iso(row.at),
                "basis": row.basis,
                "who": look_of(row).who,
                "categories": row.categories,
                "purpose": row.purpose,
                "consent": row.consent_id,
                "digest": row.digest,
            }
            for row in looks_at(member)
        ],
        "requests": [
            {
                "id": row.pk,
                "kind": row.kind,
                "state": row.state,
                "opened_at": _iso(row.opened_at),
                "due_on": row.due_on.isoformat(),
                "details": row.details,
                "answer": final_answer(row),
                "closed_at": _iso(row.closed_at),
            }
            for row in requests_of(member)
        ],
    }


def _consents(member: Member) -> Any:
    return consents_of(member).order_by("-given_at", "-pk")


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "title": str(entry.title),
        "source": str(entry.source),
        "items": [
            {"name": item.name, "label": str(item.label), "value": str(item.value)}
            for item in entry.items
        ],
    }


def _consent(row: Consent) -> dict[str, Any]:
    return {
        "id": row.pk,
        "recipient": row.recipient.name,
        "purpose": row.purpose,
        "version": row.text.version,
        "categories": row.categories,
        "given_at": _iso(row.given_at),
        "given_channel": row.given_channel,
        "signed_on": _iso(row.paper.signed_on) if row.given_channel == Channel.PAPER else None,
        "valid_until": _iso(row.valid_until),
        "withdrawn_at": _iso(row.withdrawn_at),
        "withdrawn_channel": row.withdrawn_channel,
        "withdrawn_reason": row.withdrawn_reason,
    }


def _iso(moment: datetime | date | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds")
    return moment.isoformat() if moment else None


def _on_paper(member: Member, at: datetime) -> dict[str, Any]:
    """The same, in words and in the order of reading."""
    return {
        "lead": _("这是平台上存着的关于您的全部资料，以及您的授权、查看记录和请求。请自己收好。"),
        "sections": [
            {
                "title": section.title,
                "entries": [
                    {
                        "title": entry.title,
                        "source": entry.source,
                        "items": [[item.label, str(item.value)] for item in entry.items],
                    }
                    for entry in section.collect(member)
                ],
            }
            for section in sections()
        ],
        "consents": [
            [
                purpose_of(row.purpose).title,
                row.recipient.name,
                titles(row.categories),
                given_in_words(row),
                _("%(state)s，到 %(day)s")
                % {
                    "state": consent_view(row, at).standing,
                    "day": format_day(business_date(row.withdrawn_at or row.valid_until)),
                },
            ]
            for row in _consents(member)
        ],
        "looks": [
            [format_moment(look.at), look.who, look.what, look.why]
            for look in map(look_of, looks_at(member))
        ],
        "requests": [
            [
                row.get_kind_display(),
                format_day(business_date(row.opened_at)),
                row.get_state_display(),
                final_answer(row) or "—",
            ]
            for row in requests_of(member)
        ],
        "labels": {
            "nothing": _("没有记录。"),
            "consents": _("我的授权"),
            "consent_headings": [
                _("用途"),
                _("给谁"),
                _("哪些资料"),
                _("给出"),
                _("状态"),
            ],
            "looks": _("谁看过我的资料"),
            "look_headings": [_("时间"), _("谁"), _("看了什么"), _("为什么")],
            "requests": _("我的请求"),
            "request_headings": [_("事项"), _("提出"), _("状态"), _("书面答复")],
        },
    }

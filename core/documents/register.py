"""Issuing a document: number, hashes, QR code, and the row by which anybody can verify it."""

from __future__ import annotations

import hashlib
import io
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core.dates import BUSINESS_ZONE
from core.documents.rendering import content_digest, render_pdf
from core.formats import format_moment
from core.models import DocumentRecord

_GROUPS, _GROUP_DIGITS = 3, 4


@dataclass(frozen=True)
class Issued:
    """A set document and the row that proves it."""

    record: DocumentRecord
    pdf: bytes


def issue_document(
    *,
    template_name: str,
    kind: str,
    title: Any,
    data: Mapping[str, Any],
    at: datetime,
    scope: str = "",
    number: str | None = None,
) -> Issued:
    """Set a document, number it and record its hashes; the caller holds the transaction.

    ``kind`` is a registered kind (``register_kind``), ``scope`` the union path that may list the
    record. Nothing of ``data`` is kept. The template finds ``data.document`` with ``number``,
    ``title``, ``issued_at``, ``digest``, ``verify_url`` and ``qr``.

    Raises:
        DocumentError: the template could not be set.
    """
    number = number or new_number(at)
    content = {**data, "number": number, "title": title, "issued_at": at}
    digest = content_digest(content)
    pdf = render_pdf(
        template_name,
        {**data, "document": document_head(number=number, title=title, digest=digest, at=at)},
    )
    record = DocumentRecord.objects.create(
        number=number,
        kind=kind,
        content_sha256=digest,
        sha256=hashlib.sha256(pdf).hexdigest(),
        issued_at=at,
        scope=scope,
    )
    return Issued(record, pdf)


def document_head(*, number: str, title: Any, digest: str, at: datetime) -> dict[str, Any]:
    """What the base template prints round a document."""
    url = settings.SITE_URL.rstrip("/") + reverse("verify_document", args=[number])
    return {
        "number": number,
        "title": title,
        "digest": digest,
        "issued_at": format_moment(at),
        "issued_on": at.astimezone(BUSINESS_ZONE).date().isoformat(),
        "verify_url": url,
        "qr": qr_svg(url),
        "words": {
            "number": _("编号"),
            "issued": _("出具时间"),
            "digest": _("内容防改码"),
            "page": _("第"),
            "of": _("页，共"),
            "pages": _("页"),
            "verify": _("扫码核对真伪"),
            "platform": _("三位一体合作平台"),
        },
    }


def qr_svg(text: str) -> str:
    """A QR code as SVG, dark modules only."""
    picture = io.BytesIO()
    segno.make(text, error="m").save(picture, kind="svg", border=0, xmldecl=False)
    return picture.getvalue().decode()


def new_number(at: datetime) -> str:
    """A fresh number, digits only so that it can be read out: date, then twelve random digits.

    Random, so that numbers cannot be guessed one after another.
    """
    groups = [f"{secrets.randbelow(10**_GROUP_DIGITS):04d}" for _group in range(_GROUPS)]
    return "-".join([f"{at.astimezone(BUSINESS_ZONE):%Y%m%d}", *groups])


_NUMBER = re.compile(r"\d{8}(-\d{4}){3}")


def clean_number(text: str) -> str:
    """A number as somebody typed it, in its one form; empty when it cannot be one.

    >>> clean_number(" 20261123 4821 9937 5520 "), clean_number("2026")
    ('20261123-4821-9937-5520', '')
    """
    digits = re.sub(r"\D", "", text)
    parts = [digits[:8], *(digits[n : n + 4] for n in range(8, len(digits), 4))]
    number = "-".join(parts)
    return number if _NUMBER.fullmatch(number) else ""


def in_fours(digest: str) -> str:
    """A digest in groups of four, so that people can compare it.

    >>> in_fours("0123456789")
    '0123 4567 89'
    """
    return " ".join(digest[n : n + 4] for n in range(0, len(digest), 4))


_KINDS: dict[str, Any] = {}


def register_kind(kind: str, title: Any) -> None:
    """Declare a kind of document, from an ``AppConfig.ready``."""
    _KINDS[kind] = title


def kind_title(kind: str) -> Any:
    """The title of a kind; an unknown one reads as itself."""
    return _KINDS.get(kind, kind)

"""PDFs by typst: a template of ``templates/documents`` and data as JSON, never by interpolation.

Every template imports ``base.typ`` (A4, the tokens of the look, head and foot). Fonts come from a
wheel and are embedded; nothing depends on the machine. The same data gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import cvttf_NotoSansCJK_Regular
import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise

FONT = "Noto Sans CJK TC"  # one file with the glyphs of every region; lang/region choose
_EPOCH = 0
_NAME = re.compile(r"[a-z_]+")


class DocumentError(RuntimeError):
    """A template could not be set: a defect of the template or its data."""


class _Encoder(DjangoJSONEncoder):
    """Also lazy translations, in the language in force."""

    def default(self, o: Any) -> Any:
        return str(o) if isinstance(o, Promise) else super().default(o)


def render_pdf(template_name: str, data: Mapping[str, Any]) -> bytes:
    """The document as PDF, for the template ``templates/documents/<template_name>.typ``.

    ``data`` reaches it as ``data`` and may hold texts, numbers, dates, lists and mappings; the
    base template prints ``data.document`` (see ``register.issue_document``).

    Raises:
        DocumentError: typst refused, with its words.
    """
    return cast(bytes, _compile(template_name, data, format="pdf", timestamp=_EPOCH))


def render_pictures(template_name: str, data: Mapping[str, Any], *, ppi: int = 96) -> list[bytes]:
    """The same pages as PNG pictures, for looking at them."""
    pages = _compile(template_name, data, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def content_digest(data: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the data in one canonical form: the same content, the same digest."""
    return hashlib.sha256(_json(data, sort_keys=True).encode()).hexdigest()


def _json(data: Mapping[str, Any], **options: Any) -> str:
    return json.dumps(data, cls=_Encoder, ensure_ascii=False, **options)


@cache
def _fonts() -> typst.Fonts:
    folder = Path(cvttf_NotoSansCJK_Regular.__file__).parent
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )


def _compile(template_name: str, data: Mapping[str, Any], **options: Any) -> Any:
    if not _NAME.fullmatch(template_name):
        raise DocumentError(f"not a template name: {template_name!r}")
    root = settings.BASE_DIR / "templates" / "documents"
    try:
        return typst.compile(
            str(root / f"{template_name}.typ"),
            root=str(root),
            font_paths=_fonts(),
            sys_inputs={"data": _json(data)},
            **options,
        )
    except RuntimeError as error:  # TypstError, or a file that is not there
        raise DocumentError(f"{template_name}: {error}") from error

"""Checks that the services of consent share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Refused

_LONGEST = 300


def clean_reason(reason: str) -> str:
    """A reason as it will be read.

    Raises:
        Refused: ``reason_missing`` or ``reason_too_long``.
    """
    cleaned = reason.strip()
    if not cleaned:
        raise Refused("reason_missing", _("请写明原因。"), way_on=_("写一两句话就行。"))
    if len(cleaned) > _LONGEST:
        raise Refused(
            "reason_too_long",
            _("原因写了 %(length)s 个字，最多 %(most)s 个字。")
            % {"length": len(cleaned), "most": _LONGEST},
            way_on=_("请写得短一些。"),
        )
    return cleaned

"""What the services of overrides and objections check of what people write."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.sentences import Text

REASON_LENGTH = 300


def clean_words(
    words: str, missing: Text, *, most: int = REASON_LENGTH, least: int = 1, code: str = "words"
) -> str:
    """What others will read, trimmed.

    Raises:
        Refused: ``<code>_missing`` with the sentence given, or ``<code>_too_long``.
    """
    words = words.strip()
    if len(words) < least:
        raise Refused(f"{code}_missing", missing)
    if len(words) > most:
        raise Refused(
            f"{code}_too_long",
            _("写了 %(length)s 个字，最多 %(most)s 个字。") % {"length": len(words), "most": most},
            way_on=_("请写短一些，凭证可以拍照附上。"),
        )
    return words

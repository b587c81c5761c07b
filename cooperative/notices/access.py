"""Who may open which notice: only the account it is addressed to."""

from __future__ import annotations

from typing import Any

from cooperative.notices.models import Notice
from core.errors import NotFound


def access_notice(user: Any, pk: int) -> Notice:
    """The account's own notice.

    Raises:
        NotFound: absent, or somebody else's.
    """
    notice = Notice.objects.filter(pk=pk, recipient=user).first()
    if notice is None:
        raise NotFound()
    return notice

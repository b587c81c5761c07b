"""Small steps that the services of a transfer share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from credit.lending.models import Share


def wrong_state(share: Share) -> Refused:
    """What is said of a share that stands elsewhere meanwhile."""
    return Refused(
        "share_wrong_state",
        _("这一份现在是“%(state)s”，不能这样办理。") % {"state": share.get_state_display()},
        way_on=_("请刷新页面看最新情况。"),
        state=share.state,
    )


def clear_transfer(share: Share) -> None:
    """Put a share back to before its transfer; the trail keeps what was said. The caller saves."""
    share.state = Share.State.AGREED
    share.sent_on = share.sent_at = share.slip = None
    share.slip_number = ""

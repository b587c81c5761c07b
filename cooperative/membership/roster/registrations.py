"""What the roster import tells the apps below; called once at start."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import unions_where
from cooperative.membership.desk import Waiting, register_waiting
from cooperative.membership.models import Roster
from cooperative.membership.roster import jobs, services
from cooperative.membership.roster.selectors import may_see_file
from core.audit_words import register_words
from core.files import register_file_purpose

WORDS = {
    "roster.uploaded": _("上传名册"),
    "roster.confirmed": _("复核名册，开始导入"),
    "roster.rejected": _("退回名册"),
    "roster.imported": _("名册导入完成"),
    "roster.report": _("下载名册的问题清单"),
    "membership.imported": _("名册导入入会"),
    "member.updated_by_roster": _("按名册更新资料"),
}


def waiting(user: Any, today: date) -> list[Waiting]:
    """Checked rosters that wait for this officer's confirmation."""
    count = (
        Roster.objects.filter(
            union__in=unions_where(user, "roster.confirm", today), state=Roster.State.CHECKED
        )
        .exclude(made_by=user)
        .count()
    )
    href = reverse("admin:membership_roster_changelist") + "?state__exact=checked"
    return [Waiting(_("名册等复核"), count, href)]


def register() -> None:
    """Declare everything."""
    jobs.register()
    register_words(WORDS)
    register_waiting(waiting)
    register_file_purpose(services.FILE_PURPOSE, may_see_file)

"""What waits for an officer: objections to answer, overrides to confirm."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperative.membership.desk import Waiting
from credit.scoring.access import ANSWER, BELONGED, CONFIRM, in_reach
from credit.scoring.models import Objection, Override


def corrections_waiting(user: Any, today: date) -> list[Waiting]:
    """Open objections with those past their day, and proposals of other officers; none of one's own."""
    open_ = in_reach(Objection.objects.open(), user, ANSWER, today, states=BELONGED)
    open_ = open_.exclude(member__user=user)
    proposed = Override.objects.filter(state=Override.State.PROPOSED)
    to_confirm = in_reach(proposed, user, CONFIRM, today)
    to_confirm = to_confirm.exclude(made_by=user).exclude(member__user=user)
    return [
        Waiting(
            _("评分异议等书面答复"),
            open_.count(),
            reverse("admin:scoring_objection_changelist") + "?state__exact=raised",
            open_.filter(due_on__lt=today).count(),
        ),
        Waiting(
            _("人工调整等您复核"),
            to_confirm.count(),
            reverse("admin:scoring_override_changelist") + "?state__exact=proposed",
        ),
    ]

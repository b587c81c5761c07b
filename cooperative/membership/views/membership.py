"""A member's own membership: where it stands, what comes next, taking an application back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cooperative.membership.access import member_page
from cooperative.membership.models import Membership
from cooperative.membership.selectors.members import may_borrow_and_lend_from, memberships_of
from cooperative.membership.services import joining
from core.dates import today
from core.errors import NotFound


@require_GET
@member_page
def my_membership(request: HttpRequest) -> HttpResponse:
    """Each membership with its steps: applied, balloted, admitted, free to borrow and lend."""
    member = request.member  # type: ignore[attr-defined]
    now = today()
    shown = [
        {
            "row": row,
            "waits": may_borrow_and_lend_from(row, now) is not None,
            "steps": joining_steps(row, now),
            "ballot": next(iter(row.ballots.all()), None),
            "may_withdraw": row.state in ("applied", "balloted"),
            "tone": _TONES[row.state],
        }
        for row in memberships_of(member)
    ]
    context = {"member": member, "memberships": shown, "tab": "me"}
    return render(request, "membership/my_membership.html", context)


@require_http_methods(["GET", "POST"])
@member_page
def withdraw(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Ask before an application is taken back, then take it back."""
    row = memberships_of(request.member).filter(pk=membership_id).first()  # type: ignore[attr-defined]
    if row is None:
        raise NotFound()
    if request.method == "POST":
        joining.withdraw_application(membership_id=row.pk, user=request.user, at=timezone.now())
        messages.success(request, _("申请已撤回。想好了可以随时再申请。"))
        return redirect("my_membership")
    return render(request, "membership/withdraw.html", {"row": row, "tab": "me"})


_TONES = {
    "applied": "wheat",
    "balloted": "wheat",
    "admitted": "field",
    "suspended": "brick",
    "rejected": "soft",
    "withdrawn": "soft",
    "left": "soft",
}


def joining_steps(row: Membership, today: Any) -> list[dict[str, Any]]:
    """The way of an application as steps: what is done, what is now and who must act.

    None for a membership from a roster: nobody applied, and no ballot is on record here.
    """
    if row.source == Membership.Source.ROSTER:
        return []
    if row.state in ("rejected", "withdrawn"):
        return [
            {"label": _("提交申请"), "state": "done", "who": "", "detail": ""},
            {
                "label": row.get_state_display(),
                "state": "stopped",
                "who": "",
                "detail": row.reason,
            },
        ]
    reached = {"applied": 1, "balloted": 2, "admitted": 3, "suspended": 3, "left": 4}[row.state]
    waits = may_borrow_and_lend_from(row, today) is not None
    if reached == 3 and not waits:
        reached = 4
    steps = [
        (_("提交申请"), "", ""),
        (_("社员大会表决"), _("工会经办人"), _("开会表决后录入结果")),
        (_("复核入会"), _("工会复核人"), _("另一位干部核对表决结果")),
        (_("等待期"), "", _("满了就能借入和借出")),
    ]
    return [
        {
            "label": label,
            "who": who,
            "detail": detail,
            "state": "done" if index < reached else "now" if index == reached else "next",
        }
        for index, (label, who, detail) in enumerate(steps)
    ]

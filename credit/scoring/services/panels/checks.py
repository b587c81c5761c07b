"""What must hold before a panel goes on; each refusal names whom it is about and the numbers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cooperative.membership.access import access_row
from cooperative.membership.models import Member, Membership, Union
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused
from core.formats import format_day
from core.masking import mask_name
from core.parameters import value_on
from core.sentences import listed
from credit.scoring.conflicts import conflicts_between
from credit.scoring.models import PanelReview
from credit.scoring.parameters import PANEL_DAYS, PANEL_RATERS
from credit.scoring.rules.panel_states import PanelActor, PanelState, may_move
from credit.scoring.selectors.panels import agreed_among, under_review

CALL = "panel_review.call"
REASON_LENGTH = 300
People = dict[int, Membership]


def officers_panel(panel_id: int, by: Any, at: datetime) -> PanelReview:
    """A panel of a union in which the officer calls panels, and of which they are no subject.

    Raises:
        NotFound: absent, or out of reach.
        Refused: ``own_matter``.
    """
    rows = PanelReview.objects.select_related("union")
    panel = access_row(rows, panel_id, by, CALL, business_date(at), union="union")
    if panel.subjects.filter(member__user=by).exists():
        raise _own_matter()
    return panel


def lock_panel(panel_id: int) -> PanelReview:
    """The panel with its union; only the panel is locked."""
    return PanelReview.objects.locked().select_related("union").get(pk=panel_id)


def lock_members(members: Collection[int]) -> None:
    """All people of a panel, so that nobody is put into two panels at once."""
    list(Member.objects.filter(pk__in=members).locked())


def people_of(union: Union, members: Collection[int]) -> People:
    """The memberships of these members in the union, by member.

    Raises:
        NotFound: one of them never belonged to it.
        Refused: ``not_admitted``.
    """
    rows = Membership.objects.filter(union=union, member__in=members)
    found = {row.member_id: row for row in rows.select_related("member").order_by("pk")}
    if set(found) != set(members):
        raise NotFound()
    for row in found.values():
        if row.state != Membership.State.ADMITTED or row.member.erased_at is not None:
            raise Refused(
                "not_admitted",
                _("%(name)s现在不是本会的正式成员，不能参加评议。") % {"name": _name(row)},
                way_on=_("请从名单里去掉这一位。"),
                member=row.member_id,
            )
    return found


def check_subjects(
    people: People, subjects: Collection[int], by: Any, at: datetime, *, called: bool = False
) -> None:
    """Let only people be assessed who agreed to it, and by one panel at a time.

    ``called``: their panel exists already and is not another one.

    Raises:
        Refused: ``nobody_named``, ``own_matter``, ``no_consent`` or ``in_another_panel``.
    """
    if not subjects:
        raise Refused("nobody_named", _("请先选要评议的成员。"))
    if any(people[subject].member.user_id == by.pk for subject in subjects):
        raise _own_matter()
    without = sorted(set(subjects) - agreed_among(subjects, at))
    if without:
        raise Refused(
            "no_consent",
            _("%(names)s没有同意信用评议，不能请人打分。")
            % {"names": listed(_name(people[member]) for member in without)},
            way_on=_("请本人在“我的信息”里同意以后再召集，或者这次先不评。"),
            members=without,
        )
    busy = [] if called else sorted(under_review(subjects))
    if busy:
        raise Refused(
            "in_another_panel",
            _("%(names)s已经在另一次评议里，还没有结果。")
            % {"names": listed(_name(people[member]) for member in busy)},
            way_on=_("等那一次有了结果再评。"),
            members=busy,
        )


def check_raters(people: People, raters: Collection[int], called_by: Any) -> None:
    """Let only members rate who can do so on the phone, and not who calls the panel.

    Raises:
        Refused: ``own_panel`` or ``rater_without_account``.
    """
    for rater in raters:
        account = people[rater].member.user_id
        if account == called_by.pk:
            raise Refused(
                "own_panel",
                _("这次评议由您召集，您不能同时当评议人。"),
                way_on=_("请换一位评议人，或者请另一位经办召集。"),
            )
        if account is None:
            raise Refused(
                "rater_without_account",
                _("%(name)s还没有账号，不能在手机上打分。") % {"name": _name(people[rater])},
                way_on=_("请本人先用手机号登录，或者换一位评议人。"),
                member=rater,
            )


def check_enough(
    people: People, subjects: Collection[int], raters: Collection[int], least: int
) -> None:
    """Let everybody have raters enough who are neither kin nor tied, and every rater somebody.

    Raises:
        Refused: ``too_few_raters`` or ``rater_without_subjects``.
    """
    ties = conflicts_between(set(raters), set(subjects))
    for subject in sorted(subjects):
        able = sum((rater, subject) not in ties for rater in raters)
        if able < least:
            raise Refused(
                "too_few_raters",
                _(
                    "能给%(name)s打分的评议人只有 %(able)s 位，至少要 %(least)s 位。选了 %(chosen)s 位，"
                    "其中 %(excluded)s 位是本人、家里人或者有往来的。"
                )
                % {
                    "name": _name(people[subject]),
                    "able": able,
                    "least": least,
                    "chosen": len(raters),
                    "excluded": len(raters) - able,
                },
                way_on=_("请再添几位评议人，或者这次先不评这位成员。"),
                member=subject,
                able=able,
                least=least,
            )
    for rater in sorted(raters):
        if all((rater, subject) in ties for subject in subjects):
            raise Refused(
                "rater_without_subjects",
                _("%(name)s和名单里的每一位都有关系，一位也不能评。")
                % {"name": _name(people[rater])},
                way_on=_("请换一位评议人。"),
                member=rater,
            )


def check_closing_day(closes_on: date, union: Union, at: datetime) -> None:
    """The last day is tomorrow at the earliest, and not too far.

    Raises:
        Refused: ``closing_day_wrong``.
    """
    today = business_date(at)
    first = today + timedelta(days=1)
    last = today + timedelta(days=int(value_on(PANEL_DAYS, today, scope=union.path)))
    if not first <= closes_on <= last:
        raise Refused(
            "closing_day_wrong",
            _("打分最后一天要在%(first)s到%(last)s之间，现在是%(day)s。")
            % {
                "first": format_day(first),
                "last": format_day(last),
                "day": format_day(closes_on),
            },
            way_on=_("请改一个日子。"),
        )


def least_raters(union: Union, at: datetime) -> int:
    """How many must be able to rate each person."""
    return int(value_on(PANEL_RATERS, business_date(at), scope=union.path))


def check_move(panel: PanelReview, to: PanelState, actor: PanelActor) -> None:
    """Let only moves of the table pass.

    Raises:
        Refused: ``wrong_state``.
    """
    if not may_move(PanelState(panel.state), to, actor):
        raise Refused(
            "wrong_state",
            _("这次评议现在是“%(state)s”，不能再办。") % {"state": panel.get_state_display()},
            way_on=_("请刷新页面，看看最新的情况。"),
            state=panel.state,
        )


def clean_reason(reason: str) -> str:
    """A reason that the raters will read, trimmed.

    Raises:
        Refused: ``reason_missing`` or ``reason_too_long``.
    """
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", _("请写明原因，评议人会看到。"))
    if len(reason) > REASON_LENGTH:
        raise Refused("reason_too_long", _("原因最多写 300 个字。"))
    return reason


def record(deed: str, panel: PanelReview, by: Any, at: datetime, **facts: Any) -> None:
    """An audit row of the panel."""
    audit.record(f"scoring.panel_{deed}", panel, by=by, at=at, scope=panel.union.path, **facts)


def _name(row: Membership) -> str:
    return mask_name(row.member.name) or _("有一位成员")


def _own_matter() -> Refused:
    return Refused(
        "own_matter",
        _("您自己在被评议的名单里，不能由您办理。"),
        way_on=_("请另一位同事办理。"),
    )

"""Whether a loan may be extended, and how far."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.dates import business_date
from core.errors import Refused
from core.formats import format_day
from credit.lending.extension_checks import check_extension
from credit.lending.limit_words import months_text
from credit.lending.models import Extension, Loan, Share
from credit.lending.selectors.extending import Room, room_to_extend


def running_of(shares: list[Share]) -> list[Share]:
    """Shares that still run."""
    return [share for share in shares if share.state == Share.State.FORMED]


def check_all(extension: Extension, loan: Loan, shares: list[Share], at: datetime) -> None:
    """Everything again, at each step: days pass between them."""
    today = business_date(at)
    check_runs(loan)
    check_end(loan, shares, extension.ends_on, today)
    agreed = set(
        extension.consents.filter(agreed=True).order_by("pk").values_list("share_id", flat=True)
    )
    missing = [share for share in running_of(shares) if share.pk not in agreed]
    if missing:
        raise Refused(
            "not_all_agreed",
            _("%(all)s位出借人里还有%(missing)s位没有同意。")
            % {"all": len(running_of(shares)), "missing": len(missing)},
            way_on=_("每位出借人都同意以后再办。"),
            missing=[share.pk for share in missing],
        )
    check_extension(extension, today)


def check_runs(loan: Loan) -> None:
    """Only a running loan is extended.

    Raises:
        Refused: ``loan_not_running``.
    """
    if loan.state != Loan.State.ACTIVE:
        raise Refused(
            "loan_not_running",
            _("合同 %(number)s 现在是“%(state)s”，不能展期。")
            % {"number": loan.number, "state": loan.get_state_display()},
            state=loan.state,
        )


def check_end(loan: Loan, shares: list[Share], ends_on: date, today: date) -> None:
    """The new end is later, asked for in time, and within the limits.

    Raises:
        Refused: ``extension_too_late``, ``extension_not_later``, ``extension_term`` or
            ``extension_stop``.
    """
    running = running_of(shares)
    if today > loan.ends_on or not running:
        raise Refused(
            "extension_too_late",
            _("展期要在到期前申请，这笔借款%(day)s已经到期。") % {"day": format_day(loan.ends_on)},
            way_on=_("请和出借人、工会商量怎么还，能还多少先还多少。"),
            ends_on=loan.ends_on,
        )
    if ends_on <= loan.ends_on:
        raise Refused(
            "extension_not_later",
            _("新的到期日要晚于原来的%(day)s。") % {"day": format_day(loan.ends_on)},
            ends_on=loan.ends_on,
        )
    room = room_to_extend(loan, today)
    check_term_extends(room)
    _check_room(room, ends_on)


def check_term_extends(room: Room) -> None:
    """Whether a loan of this term may be extended at all.

    Raises:
        Refused: ``extension_term``.
    """
    if room.term_too_long:
        raise Refused(
            "extension_term",
            _("这笔借款的期限是 %(term)s，超过了现在的上限 %(most)s，不能再展期。")
            % {
                "term": months_text(room.term_months),
                "most": months_text(room.most_term_months),
            },
            way_on=_("请和出借人、工会商量怎么还，能还多少先还多少。"),
            term_months=room.term_months,
        )


def _check_room(room: Room, ends_on: date) -> None:
    if ends_on > room.latest:
        raise Refused(
            "extension_stop",
            _("最多延 %(most)s，也不能超过原来的期限 %(term)s，所以最晚延到%(latest)s。")
            % {
                "most": months_text(room.most_months),
                "term": months_text(room.term_months),
                "latest": format_day(room.latest),
            },
            way_on=_("请选这天或更早的日子；还不上的部分，请和出借人、工会商量。"),
            latest=room.latest,
        )

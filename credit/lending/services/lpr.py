"""The reference rate: entered by one officer, checked by another, loaded from what ships."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import can_anywhere
from cooperative.membership.models import Post
from cooperative.membership.roles import roles_with
from cooperative.notices.services import notify, to_account
from core import audit
from core.dates import business_date
from core.errors import Forbidden, NotFound, Refused, refusing
from core.formats import format_day
from core.sentences import filled
from credit.lending.links import panel_list
from credit.lending.models import LprRate
from credit.lending.rules.publication import FIRST_PUBLICATION, PUBLICATION_DAY
from credit.lending.selectors.rates import lpr_due_on

PROPOSE = "lpr.propose"
CONFIRM = "lpr.confirm"
DUE_NOTICE = "lending.lpr_due"
DATA = Path(__file__).resolve().parent.parent / "data" / "lpr.csv"
SOURCE = "全国银行间同业拆借中心公布的一年期贷款市场报价利率"
HUNDRED = Decimal(100)


def propose_lpr(
    *, published_on: date, one_year_rate: Decimal, source: str, by: Any, at: datetime
) -> LprRate:
    """Enter a publication that waits for a second officer. ``one_year_rate``: a fraction a year.

    Raises:
        Forbidden: ``no_permission``.
        Refused: ``lpr_date``, ``lpr_rate``, ``lpr_source`` or ``lpr_twice``.
    """
    _check_permission(by, PROPOSE, at)
    row = LprRate(made_by=by, made_at=at)
    with transaction.atomic():
        _write(row, published_on, one_year_rate, source, at)
        _record("proposed", row, by, at)
    return row


def correct_lpr(
    *,
    lpr_id: int,
    published_on: date,
    one_year_rate: Decimal,
    source: str,
    by: Any,
    at: datetime,
) -> LprRate:
    """Mend a row; it counts again once somebody else has checked it.

    Contracts already signed keep the rate they were signed by.

    Raises:
        NotFound: no such row.
        Forbidden: ``no_permission``.
        Refused: as ``propose_lpr``.
    """
    _check_permission(by, PROPOSE, at)
    with transaction.atomic():
        row = _locked(lpr_id)
        before = {"was_on": row.published_on.isoformat(), "was": str(row.one_year_rate)}
        row.made_by, row.made_at = by, at
        row.checked_by = row.checked_at = None
        _write(row, published_on, one_year_rate, source, at)
        _record("corrected", row, by, at, **before)
    return row


def confirm_lpr(*, lpr_id: int, by: Any, at: datetime) -> LprRate:
    """Check a row against the publication: from now on it counts.

    Raises:
        NotFound: no such row.
        Forbidden: ``no_permission``.
        Refused: ``already_confirmed`` or ``same_person``.
    """
    _check_permission(by, CONFIRM, at)
    with transaction.atomic():
        row = _locked(lpr_id)
        if row.checked_at is not None:
            raise Refused("already_confirmed", _("这一期利率已经复核过了。"))
        if row.made_by_id == by.pk:
            raise Refused(
                "same_person",
                _("您自己登记的利率不能由您复核。"),
                way_on=_("请另一位复核人员办理。"),
            )
        row.checked_by, row.checked_at = by, at
        row.save(update_fields=["checked_by", "checked_at"])
        _record("confirmed", row, by, at)
    return row


def load_lpr(*, by: Any, checked_by: Any, at: datetime) -> int:
    """Put the shipped publications in force that are not there yet; returns how many were added.

    Idempotent; a day that officers have entered stays as they entered it. One row of the audit
    trail tells of all of them.
    """
    with transaction.atomic():
        known = set(LprRate.objects.values_list("published_on", flat=True))
        fresh = [
            LprRate(
                published_on=day,
                one_year_rate=rate,
                source=SOURCE,
                made_by=by,
                made_at=at,
                checked_by=checked_by,
                checked_at=at,
            )
            for day, rate in shipped_rates()
            if day not in known
        ]
        LprRate.objects.bulk_create(fresh)
        if fresh:
            audit.record("lending.lpr_shipped", fresh[-1], by=None, at=at, rows=len(fresh))
    return len(fresh)


def shipped_rates() -> list[tuple[date, Decimal]]:
    """The publications in ``data/lpr.csv``: day and fraction a year, oldest first."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return [
            (date.fromisoformat(line["date"]), Decimal(line["one_year_lpr_percent"]) / HUNDRED)
            for line in csv.DictReader(file)
        ]


def remind_lpr(*, at: datetime) -> int:
    """Tell who may enter it that a publication is due; once a day each. How many were told."""
    today = business_date(at)
    due_on = lpr_due_on(today)
    if due_on is None:
        return 0
    people = list(_holders(PROPOSE, today))
    for user in people:
        notify(
            to=to_account(user),
            kind=DUE_NOTICE,
            title=filled(
                _("%(day)s 公布的贷款市场报价利率还没有登记"),
                day=partial(format_day, due_on, today),
            ),
            body=_("没有它就算不出利率上限，新的合同签不了字。请登记，再请另一位同事复核。"),
            at=at,
            link=panel_list("lprrate"),
            due_on=today,
        )
    return len(people)


def _holders(permission: str, today: date) -> Iterable[Any]:
    """The officers whose post in force carries a permission."""
    posts = Post.objects.in_force(today).filter(role__in=roles_with(permission))
    found = {post.user_id: post.user for post in posts.select_related("user").order_by("user_id")}
    return found.values()


def _check_permission(by: Any, permission: str, at: datetime) -> None:
    """The rate is one for the whole country, so any post that carries the permission will do."""
    if not can_anywhere(by, permission, business_date(at)):
        raise Forbidden(
            "no_permission",
            _("您的岗位不能办理报价利率。"),
            way_on=_("请找有这项权限的同事办理。"),
            permission=permission,
        )


def _locked(lpr_id: int) -> LprRate:
    row = LprRate.objects.locked().filter(pk=lpr_id).first()
    if row is None:
        raise NotFound()
    return row


def _write(
    row: LprRate, published_on: date, one_year_rate: Decimal, source: str, at: datetime
) -> None:
    today = business_date(at)
    if not FIRST_PUBLICATION <= published_on <= today or published_on.day < PUBLICATION_DAY:
        raise Refused(
            "lpr_date",
            _("公布日期不对：每月 20 日公布，遇休息日顺延；最早是 %(first)s，不能晚于今天。")
            % {"first": format_day(FIRST_PUBLICATION)},
            way_on=_("请照公告上的日期填写。"),
            published_on=published_on,
        )
    row.published_on, row.one_year_rate, row.source = published_on, one_year_rate, source.strip()
    with refusing(_REFUSALS):
        row.save()


def _record(deed: str, row: LprRate, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(
        f"lending.lpr_{deed}",
        row,
        by=by,
        at=at,
        published_on=row.published_on,
        rate=str(row.one_year_rate),
        **facts,
    )


_REFUSALS = {
    "lending_lprrate_plausible": Refused("lpr_rate", _("利率要大于零、小于百分之百，例如 3.00%。")),
    "lending_lprrate_source_given": Refused("lpr_source", _("请写明出处，例如公告的网址或文号。")),
    "lending_lprrate_published_on_key": Refused(
        "lpr_twice",
        _("这一天公布的利率已经登记过了。"),
        way_on=_("数字有误的，请在那一行上改。"),
    ),
}

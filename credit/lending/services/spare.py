"""Spare money: a member says that some of their own lies idle. Nothing is deposited anywhere."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.membership.models import Membership
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused, refusing
from core.exact import FEN
from core.formats import format_day, format_yuan_short
from credit.lending.models import SpareMoney
from credit.lending.selectors.spare import promised_of
from credit.lending.services.standing import check_may_lend, check_own, lock_parties


def register_spare_money(
    *,
    membership: Membership,
    amount: Decimal,
    available_from: date,
    available_until: date | None,
    own_funds: bool,
    by: Any,
    at: datetime,
) -> SpareMoney:
    """Register what lies idle, declared to be one's own.

    Raises:
        NotFound: not the member's own account.
        Refused: an obstacle of I9, ``own_funds_undeclared``, ``spare_amount``, ``spare_period`` or
            ``spare_registered``.
    Source: 法释〔2020〕17号 art. 13.
    """
    today = business_date(at)
    with busy_is_refused(), transaction.atomic():
        own = lock_parties([membership.pk])[membership.pk]
        check_own(own, by)
        check_may_lend(own, today)
        spare = SpareMoney(membership=own)
        _write(spare, amount, available_from, available_until, own_funds, today, at)
        _record("registered", spare, by, at)
    return spare


def change_spare_money(
    *,
    spare_id: int,
    amount: Decimal,
    available_from: date,
    available_until: date | None,
    own_funds: bool,
    by: Any,
    at: datetime,
) -> SpareMoney:
    """Say anew what lies idle now, what is already promised to a request among it.

    Raises:
        NotFound: absent, withdrawn or another's.
        Refused: as ``register_spare_money``, and ``spare_promised`` below what is promised.
    """
    today = business_date(at)
    with busy_is_refused(), transaction.atomic():
        spare = _locked(spare_id, by)
        check_may_lend(spare.membership, today)
        promised = promised_of(spare)
        if amount < promised:
            raise Refused(
                "spare_promised",
                _("您已经答应借出 %(promised)s 元，余钱不能少于这个数。")
                % {"promised": format_yuan_short(promised)},
                way_on=_("请先在邀请那里收回答应，再改余钱。"),
                **{_("已经答应"): _("%(yuan)s 元") % {"yuan": format_yuan_short(promised)}},
            )
        before = str(spare.amount)
        _write(spare, amount, available_from, available_until, own_funds, today, at)
        _record("changed", spare, by, at, was=before)
    return spare


def withdraw_spare_money(*, spare_id: int, by: Any, at: datetime) -> SpareMoney:
    """Take it back: nobody is invited to lend it any more.

    Raises:
        NotFound: absent, withdrawn or another's.
        Refused: ``spare_promised`` while a promise stands.
    """
    with busy_is_refused(), transaction.atomic():
        spare = _locked(spare_id, by)
        promised = promised_of(spare)
        if promised:
            raise Refused(
                "spare_promised",
                _("您已经答应借出 %(promised)s 元，现在不能撤下。")
                % {"promised": format_yuan_short(promised)},
                way_on=_("请先在邀请那里收回答应，再撤下余钱。"),
            )
        spare.ended_at = at
        spare.save(update_fields=["ended_at"])
        _record("withdrawn", spare, by, at)
    return spare


def _locked(spare_id: int, by: Any) -> SpareMoney:
    found = SpareMoney.objects.filter(pk=spare_id).values_list("membership", flat=True).first()
    if found is None:
        raise NotFound()
    own = lock_parties([found])[found]
    check_own(own, by)
    spare = SpareMoney.objects.locked().filter(pk=spare_id, ended_at__isnull=True).first()
    if spare is None:
        raise NotFound()
    spare.membership = own
    return spare


def _write(
    spare: SpareMoney,
    amount: Decimal,
    available_from: date,
    available_until: date | None,
    own_funds: bool,
    today: date,
    at: datetime,
) -> None:
    if not own_funds:
        raise Refused(
            "own_funds_undeclared",
            _("只能借出自己的钱，不能转借贷款，也不能替别人放。"),
            way_on=_("请确认是自己的钱，再登记。"),
        )
    if amount <= 0 or amount % FEN:
        raise Refused("spare_amount", _("金额要大于零，最多写到分。"))
    if available_until is not None and available_until <= today:
        raise Refused(
            "spare_period",
            _("收回的日子要晚于今天（%(today)s）。") % {"today": format_day(today)},
            way_on=_("请改日期，或者不填。"),
        )
    spare.amount = amount
    spare.available_from, spare.available_until = available_from, available_until
    spare.own_funds_declared_at = spare.registered_at = at
    with refusing(
        {
            "lending_sparemoney_one_open": Refused(
                "spare_registered",
                _("您已经登记过余钱。"),
                way_on=_("请在登记过的那一份上改金额。"),
            ),
            "lending_sparemoney_period_forward": Refused(
                "spare_period", _("收回的日子要晚于可以用的日子。"), way_on=_("请改日期。")
            ),
        }
    ):
        spare.save()


def _record(deed: str, spare: SpareMoney, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(
        f"lending.spare_{deed}",
        spare,
        by=by,
        at=at,
        scope=spare.membership.union.path,
        amount=str(spare.amount),
        **facts,
    )

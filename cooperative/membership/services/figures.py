"""Dated figures under a union's authority: proposed by an administrator, confirmed by another."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import check_permission, unions_where
from cooperative.membership.models import Union
from core.dates import business_date
from core.errors import NotFound, Refused
from core.models import Parameter
from core.parameters import confirm_parameter, propose_parameter


def figures_for(user: Any, rows: QuerySet[Parameter], today: date) -> QuerySet[Parameter]:
    """Figures that hold in the officer's unions: theirs, those above them, and everywhere's.

    Each carries ``scope_name``, the union it was set for.
    """
    paths = [union.path for union in unions_where(user, "parameter.view", today)]
    above = {path[: end + 1] for path in paths for end, letter in enumerate(path) if letter == "/"}
    named = Union.objects.filter(path=OuterRef("scope")).values("name")[:1]
    return rows.filter(Q(scope="") | Q(scope__in=above)).annotate(scope_name=Subquery(named))


def propose_figure(
    *,
    code: str,
    union: Union,
    value: Decimal,
    starts_on: date,
    source: str,
    by: Any,
    at: datetime,
    ends_on: date | None = None,
) -> Parameter:
    """Propose a value for a union and everything under it. Raises as ``propose_parameter``.

    Raises:
        Forbidden: ``no_permission``.
        Refused: ``parameter_backdated``: what is past was decided by the old value.
    """
    today = business_date(at)
    check_permission(by, "parameter.propose", union, today)
    if starts_on < today:
        raise Refused(
            "parameter_backdated", _("生效日期不能早于今天，已经办过的事按当时的数值算。")
        )
    return propose_parameter(
        code=code,
        value=value,
        starts_on=starts_on,
        ends_on=ends_on,
        source=source,
        scope=union.path,
        by=by,
        at=at,
    )


def confirm_figure(*, parameter_id: int, by: Any, at: datetime) -> Parameter:
    """Confirm a proposed value of a union in reach. Raises as ``confirm_parameter``.

    Raises:
        NotFound: out of reach of ``parameter.confirm``.
    """
    row = Parameter.objects.filter(pk=parameter_id).first()
    union = Union.objects.filter(path=row.scope).first() if row is not None else None
    if union is None:
        raise NotFound()
    check_permission(by, "parameter.confirm", union, business_date(at))
    return confirm_parameter(parameter_id=parameter_id, by=by, at=at)

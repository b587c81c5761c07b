"""Registered codes of dated parameters, and their value on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Length
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import Refused, refusing
from core.models import Parameter


@dataclass(frozen=True)
class ParameterCode:
    """What a code means: its Chinese title, its unit, and the values it may take (ends inclusive)."""

    code: str
    title: str | Promise
    unit: str | Promise
    least: Decimal
    most: Decimal


@dataclass(frozen=True)
class ReferenceValue:
    """A value that the program ships, with the law or practice it comes from."""

    code: str
    value: Decimal
    starts_on: date
    source: str


_CODES: dict[str, ParameterCode] = {}


def register_parameter(code: ParameterCode) -> None:
    """Declare a code, once, from an ``AppConfig.ready``."""
    _CODES[code.code] = code


def parameter_codes() -> list[ParameterCode]:
    """All declared codes in alphabetical order."""
    return [_CODES[code] for code in sorted(_CODES)]


def value_on(code: str, day: date, *, scope: str = "") -> Decimal:
    """The checked value of a code in force on a day; the row with the longest matching scope wins.

    Raises:
        Refused: ``parameter_missing`` when no row covers the day: an error, never a guess.
    """
    return values_on([code], day, scope=scope)[code]


def values_on(codes: Iterable[str], day: date, *, scope: str = "") -> dict[str, Decimal]:
    """The values of many codes at once, each as ``value_on`` finds it; one query.

    Raises:
        Refused: ``parameter_missing`` for the first code that no row covers.
    """
    wanted = list(codes)
    rows = (
        Parameter.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=day),
            code__in=wanted,
            starts_on__lte=day,
            checked_at__isnull=False,
        )
        .annotate(asked=Value(scope))
        .filter(asked__startswith=F("scope"))
        .order_by(Length("scope"), "pk")
        .values_list("code", "value")
    )
    found = dict(rows)  # the longest scope comes last and stays
    for code in wanted:
        if code not in found:
            raise _missing(code, day)
    return found


def _missing(code: str, day: date) -> Refused:
    return Refused(
        "parameter_missing",
        _("%(day)s 没有登记“%(code)s”的数值。") % {"day": day, "code": _CODES[code].title},
        way_on=_("请管理员在“规则参数”里补上并复核。"),
        parameter=code,
        day=day,
    )


def load_reference_values(
    values: Iterable[ReferenceValue], *, by: Any, checked_by: Any, at: datetime
) -> int:
    """Put shipped values in force where a code has no row yet; returns how many were added.

    Idempotent: what officers have since written stays.
    """
    added = 0
    with transaction.atomic():
        for shipped in values:
            if Parameter.objects.filter(code=shipped.code, scope="").exists():
                continue
            row = Parameter.objects.create(
                code=shipped.code,
                value=shipped.value,
                starts_on=shipped.starts_on,
                source=shipped.source,
                made_by=by,
                made_at=at,
                checked_by=checked_by,
                checked_at=at,
            )
            audit.record("parameter.shipped", row, by=None, at=at, code=row.code, value=row.value)
            added += 1
    return added


def propose_parameter(
    *,
    code: str,
    value: Decimal,
    starts_on: date,
    source: str,
    by: Any,
    at: datetime,
    scope: str = "",
    ends_on: date | None = None,
) -> Parameter:
    """Write a row that waits for a second officer; nothing is in force yet.

    Raises:
        Refused: ``parameter_unknown`` or ``parameter_out_of_range``.
    """
    meaning = _CODES.get(code)
    if meaning is None:
        raise Refused("parameter_unknown", _("没有这个参数。"), parameter=code)
    if not meaning.least <= value <= meaning.most:
        raise Refused(
            "parameter_out_of_range",
            _("“%(title)s”要在 %(least)s 和 %(most)s %(unit)s之间。")
            % {
                "title": meaning.title,
                "least": meaning.least,
                "most": meaning.most,
                "unit": meaning.unit,
            },
            value=value,
        )
    with transaction.atomic():
        row = Parameter(
            code=code,
            scope=scope,
            value=value,
            starts_on=starts_on,
            ends_on=ends_on,
            source=source,
            made_by=by,
            made_at=at,
        )
        with refusing(_REFUSALS):
            row.save()
        audit.record("parameter.proposed", row, by=by, at=at, scope=scope, code=code, value=value)
    return row


def confirm_parameter(*, parameter_id: int, by: Any, at: datetime) -> Parameter:
    """Put a proposed row in force, ending the open row of the same code and scope on its first day.

    Raises:
        Refused: same person, already confirmed, or overlapping another row's closed period.
    """
    with transaction.atomic():
        rows = Parameter.objects.locked()
        row = rows.get(pk=parameter_id)
        if row.checked_at is not None:
            raise Refused("already_confirmed", _("这一条已经复核过了。"))
        if row.made_by_id == by.pk:
            raise Refused(
                "same_person", _("您自己经办的不能由您复核。"), way_on=_("请另一位复核人员办理。")
            )
        open_row = (
            rows.filter(
                code=row.code, scope=row.scope, checked_at__isnull=False, ends_on__isnull=True
            )
            .filter(starts_on__lt=row.starts_on)
            .first()
        )
        if open_row is not None:
            open_row.ends_on = row.starts_on
            open_row.save(update_fields=["ends_on"])
        row.checked_by = by
        row.checked_at = at
        with refusing(_REFUSALS):
            row.save(update_fields=["checked_by", "checked_at"])
        audit.record("parameter.confirmed", row, by=by, at=at, scope=row.scope, code=row.code)
    return row


_REFUSALS = {
    "core_parameter_no_overlap": Refused(
        "parameter_overlaps",
        _("这段时间已有一条生效的数值。"),
        way_on=_("请改生效日期，或先给旧的一条写上失效日期。"),
    ),
    "core_parameter_period_forward": Refused(
        "parameter_period", _("失效日期要晚于生效日期，请改过来。")
    ),
    "core_parameter_source_given": Refused("parameter_source", _("请写明依据，例如文件名和文号。")),
}

"""The map: divisions loaded, unions founded, co-operatives registered."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import check_permission
from cooperative.membership.models import Cooperative, Division, Union
from cooperative.membership.rules.identity import IdentityProblem, check_credit_code
from core import audit
from core.dates import business_date
from core.errors import Refused, refusing

DIVISIONS = Path(__file__).resolve().parent.parent / "data" / "divisions_shuangcheng.csv"

_LEVELS = [level for level, _label in Union.Level.choices]


def load_divisions(path: Path = DIVISIONS) -> int:
    """Write the official divisions, updating names; returns how many the file holds.

    Parents come before children in the file. Idempotent.
    Source: statistical division codes as in china-division 2.7.0.
    """
    with path.open(encoding="utf-8") as file:
        rows = [
            Division(
                code=row["code"],
                name=row["name"],
                level=row["level"],
                parent_id=row["parent"] or None,
            )
            for row in csv.DictReader(file)
        ]
    Division.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent"],
    )
    return len(rows)


def found_union(
    *,
    code: str,
    name: str,
    level: str,
    division: Division,
    parent: Union | None,
    by: Any,
    at: datetime,
    approval_number: str = "",
    approved_on: date | None = None,
    filing_number: str = "",
    office_phone: str = "",
) -> Union:
    """Found a union under a higher one whose approval is on paper.

    ``by`` is an officer with ``union.edit`` in the parent; only the root has no parent, and it is
    founded by the set-up command (``by=None``).

    Raises:
        Forbidden: ``no_permission``.
        Refused: ``union_level``, ``union_approval``, ``union_code_taken``, ``union_name_taken``.
    Source: Trade Union Law (2021) art. 12.
    """
    with transaction.atomic():
        if parent is not None:
            parent = Union.objects.locked().get(pk=parent.pk)
            if by is not None:
                check_permission(by, "union.edit", parent, business_date(at))
            if _LEVELS.index(level) <= _LEVELS.index(parent.level):
                raise Refused(
                    "union_level",
                    _("“%(parent)s”下面只能设更低一级的工会。") % {"parent": parent.name},
                    way_on=_("请改选级别或上级工会。"),
                )
            if not approval_number or approved_on is None:
                raise Refused(
                    "union_approval",
                    _("成立工会要有上一级工会的批复。"),
                    way_on=_("请填写批复文号和批复日期。"),
                )
        path = f"{parent.path if parent else ''}{code}/"
        with refusing(_UNION_REFUSALS):
            union = Union.objects.create(
                code=code,
                name=name,
                level=level,
                parent=parent,
                path=path,
                division=division,
                approval_number=approval_number,
                approved_on=approved_on,
                filing_number=filing_number,
                office_phone=office_phone,
            )
        audit.record("union.founded", union, by=by, at=at, scope=union.path, code=code)
    return union


_UNION_REFUSALS = {
    "membership_union_name_once": Refused(
        "union_name_taken", _("上级工会下已有同名的工会，请换一个名称。")
    ),
    "membership_union_code_key": Refused("union_code_taken", _("这个编号已经用过，请换一个。")),
    "membership_union_path_key": Refused("union_code_taken", _("这个编号已经用过，请换一个。")),
}


def register_cooperative(
    *,
    name: str,
    kind: str,
    credit_code: str,
    union: Union,
    division: Division,
    by: Any,
    at: datetime,
    federation: Cooperative | None = None,
    founded_on: date | None = None,
) -> Cooperative:
    """Register a co-operative or federation with its checked credit code.

    Raises:
        Forbidden: ``no_permission`` (``cooperative.edit``).
        Refused: ``credit_code_wrong``, ``credit_code_taken``, ``federation_wrong``.
    """
    if by is not None:
        check_permission(by, "cooperative.edit", union, business_date(at))
    try:
        code = check_credit_code(credit_code)
    except IdentityProblem as problem:
        raise Refused(
            "credit_code_wrong",
            _("统一社会信用代码不对，请照营业执照再核对一遍。"),
            reason=problem.code,
        ) from problem
    if federation is not None and federation.kind != Cooperative.Kind.FEDERATION:
        raise Refused("federation_wrong", _("所选的上级不是联合社，请重新选择。"))
    taken = Refused("credit_code_taken", _("这个统一社会信用代码已经登记过。"))
    with transaction.atomic():
        with refusing({"membership_cooperative_credit_code_key": taken}):
            cooperative = Cooperative.objects.create(
                name=name,
                kind=kind,
                credit_code=code,
                union=union,
                federation=federation,
                division=division,
                founded_on=founded_on,
            )
        audit.record("cooperative.registered", cooperative, by=by, at=at, scope=union.path)
    return cooperative

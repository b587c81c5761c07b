"""Rosters, their rows, and a union that one can be imported into."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from factory.django import DjangoModelFactory
from openpyxl import Workbook

from cooperative.accounts.models import User
from cooperative.membership.models import Roster, RosterRow, Union
from cooperative.membership.roster import sample
from cooperative.membership.roster.services import confirm_roster, upload_roster
from cooperative.membership.services.organisation import load_divisions
from core.jobs import run_job_now
from core.models import JobRun, Parameter
from tests.factories.core import ParameterFactory
from tests.factories.membership import (
    NOON,
    CooperativeFactory,
    OfficerUserFactory,
    UnionFactory,
    credit_code,
    officer,
)

TITLES = (
    "姓名",
    "身份证号",
    "手机号",
    "村",
    "合作社",
    "入社日期",
    "户号",
    "承包地亩数",
    "流转地亩数",
    "主要作物",
)


class RosterFactory(DjangoModelFactory[Roster]):
    """A checked roster that waits for the second officer."""

    class Meta:
        model = Roster

    union = factory.SubFactory(UnionFactory)
    file_name = "名册.xlsx"
    sha256 = "0" * 64
    state = "checked"
    titles = list(TITLES)
    fields = {"name": 0, "identity": 1, "phone": 2, "admitted_on": 5}
    row_count = 1
    counts = {"new": 1, "problems": {}}
    made_by = factory.SubFactory(OfficerUserFactory)
    made_at = NOON


class RosterRowFactory(DjangoModelFactory[RosterRow]):
    """A row nobody has looked at."""

    class Meta:
        model = RosterRow

    roster = factory.SubFactory(RosterFactory)
    position = factory.Sequence(int)
    number = factory.SelfAttribute("position")
    cells = json.dumps(["t王秋实"])


@dataclass
class Place:
    """A township's union with its villages, co-operatives, officers and waiting period."""

    union: Union
    convener: User
    reviewer: User


def place(code: str = "RU") -> Place:
    """A grassroots union on a real township, ready for a roster."""
    load_divisions()
    parent = UnionFactory(code=f"{code}P", level="township", division_id=sample.TOWNSHIP)
    union = UnionFactory(code=code, parent=parent, division_id=sample.TOWNSHIP)
    for number, name in enumerate(sample.COOPERATIVES):
        CooperativeFactory(
            name=name,
            union=union,
            credit_code=credit_code(sum(code.encode()) * 1000 + 20_000_000 + number),
        )
    for parameter, value in (("membership.waiting_months", 6), ("membership.roster_days", 30)):
        if not Parameter.objects.filter(code=parameter).exists():
            ParameterFactory(code=parameter, value=value)
    return Place(union, officer("convener", union), officer("reviewer", union))


def workbook(rows: list[list[Any]], titles: tuple[str, ...] = TITLES) -> SimpleUploadedFile:
    """A workbook with one header row."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(titles))
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


def checked(where: Place, upload: SimpleUploadedFile) -> Roster:
    """Upload and run the dry run here."""
    roster = upload_roster(union=where.union, upload=upload, by=where.convener, at=NOON)
    run_job_now(_run(roster.check_run))
    return Roster.objects.get(pk=roster.pk)


def imported(where: Place, upload: SimpleUploadedFile) -> Roster:
    """Upload, check, confirm and import here."""
    roster = checked(where, upload)
    roster = confirm_roster(roster_id=roster.pk, by=where.reviewer, at=NOON)
    run_job_now(_run(roster.import_run))
    return Roster.objects.get(pk=roster.pk)


def _run(run: JobRun | None) -> JobRun:
    assert run is not None
    return run

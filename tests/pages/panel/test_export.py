"""Every list as a workbook: for whom the list is, masked and bounded like it, and remembered."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cooperative.membership import exporting
from cooperative.membership.access import can_anywhere
from core.dates import today
from core.models import AuditRow
from core.workbooks import CONTENT_TYPE
from tests.factories.membership import MembershipFactory, UnionFactory, officer
from tests.two_townships import MARKS, ROLES, Township, two_townships

PAGES = {model._meta.label_lower: found for model, found in admin.site._registry.items()}
MEMBERSHIPS = "/admin/membership/membership/"


@pytest.fixture
def both(db: None, tmp_path: Any, settings: Any) -> tuple[Township, Township]:
    settings.PRIVATE_ROOT = tmp_path
    return two_townships()


def sheet_of(response: Any) -> list[list[str]]:
    assert response["Content-Type"] == CONTENT_TYPE
    book = load_workbook(io.BytesIO(response.content))
    return [[str(cell or "") for cell in row] for row in book.active.iter_rows(values_only=True)]


def export_of(name: str) -> str:
    return f"/admin/{name.replace('.', '/')}/export/"


def test_every_list_is_exported_to_whom_it_is_for_and_bounded(both, signed_in):
    here, there = both
    faults = []
    for role in ROLES:
        mine = signed_in(here.officers[role], second_factor=True)
        other = signed_in(there.officers[role], second_factor=True)
        for name, page in PAGES.items():
            allowed = can_anywhere(here.officers[role], page.view_permission, today())
            answer = mine.post(export_of(name))
            if (answer.status_code == 200) != allowed:
                faults.append(f"{role} {name}: {answer.status_code}")
            if not allowed:
                continue
            table = sheet_of(answer)
            if len(table) < 2 or "(" in "".join(table[0]):
                faults.append(f"{role} {name}: {table[:1]}")
            foreign = str(sheet_of(other.post(export_of(name))))
            faults += [f"{role} {name} shows {mark}" for mark in MARKS if mark in foreign]
    assert not faults, "\n".join(faults)


def test_the_sheet_says_what_the_filtered_list_says(signed_in):
    union = UnionFactory()
    MembershipFactory(union=union, member__name="金林霞")
    MembershipFactory(union=union, member__name="=那振国", suspended=True, reason="x")
    client = signed_in(officer("convener", union), second_factor=True)
    title, *rows = sheet_of(client.post(f"{MEMBERSHIPS}export/?state__exact=suspended"))
    assert title[:2] == ["成员", "工会"]
    assert [row[0] for row in rows] == ["'=那振国"]
    assert rows[0][3] == "暂停"
    auditor = signed_in(officer("auditor", union), second_factor=True)
    names = [row[0] for row in sheet_of(auditor.post(f"{MEMBERSHIPS}export/"))[1:]]
    assert "金林霞" not in names
    assert "金*霞" in names


def test_an_export_is_remembered_and_a_look_at_the_address_is_not_one(signed_in):
    union = UnionFactory()
    MembershipFactory(union=union)
    convener = officer("convener", union)
    client = signed_in(convener, second_factor=True)
    assert client.get(f"{MEMBERSHIPS}export/").status_code == 302
    assert not AuditRow.objects.filter(action="panel.exported").exists()
    client.post(f"{MEMBERSHIPS}export/")
    row = AuditRow.objects.get(action="panel.exported")
    assert (row.by, row.scope) == (convener, union.path)
    assert row.facts == {"model": "membership.membership", "rows": 1}


def test_too_long_a_list_is_refused_with_the_way_on(signed_in, monkeypatch):
    union = UnionFactory()
    MembershipFactory.create_batch(3, union=union)
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    client = signed_in(officer("convener", union), second_factor=True)
    body = client.post(f"{MEMBERSHIPS}export/", follow=True).content.decode()
    assert "这张表有 3 行，一次最多导出 2 行。请先用筛选缩小范围。" in body
    assert not AuditRow.objects.filter(action="panel.exported").exists()


def test_an_export_asks_as_much_for_many_rows_as_for_few(signed_in):
    union = UnionFactory()
    client = signed_in(officer("convener", union), second_factor=True)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.post(f"{MEMBERSHIPS}export/").status_code == 200
        return len(asked)

    MembershipFactory(union=union)
    queries()
    few = queries()
    MembershipFactory.create_batch(8, union=union)
    assert queries() <= few

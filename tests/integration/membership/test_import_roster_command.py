"""``manage.py import_roster`` and ``make_sample_roster``: the same services from a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from cooperative.membership.models import Member, Roster
from cooperative.membership.roster import extras, sample
from tests.factories.roster import Place, place

pytestmark = pytest.mark.django_db
SAMPLE = Path(sample.__file__).parents[1] / "data" / "sample_roster.xlsx"


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Iterator[Place]:
    settings.PRIVATE_ROOT = tmp_path / "private"
    with mock.patch.object(extras, "_KEEPERS", []):
        yield place()


def run(file: Path, here: Place, **options: Any) -> str:
    out = io.StringIO()
    usual = {
        "union": here.union.code,
        "uploaded_by": here.convener.username,
        "confirmed_by": here.reviewer.username,
    }
    call_command("import_roster", file, stdout=out, **(usual | options))
    return out.getvalue()


def test_it_checks_reports_and_imports(here: Place, tmp_path: Path) -> None:
    report = tmp_path / "report.xlsx"
    told = run(SAMPLE, here, report=report)
    assert "新增 305，没有变化 1，有错误 14" in told
    assert "320 / 320" in told
    assert "错误      1  号码变成了数字" in told
    assert "提醒      1  重复的行" in told
    assert "导入完成" in told
    assert Member.objects.count() == 305
    assert load_workbook(report).worksheets[0].max_row == 16


def test_a_dry_run_imports_nothing_and_needs_one_officer(here: Place) -> None:
    told = run(SAMPLE, here, dry_run=True, confirmed_by=None)
    assert "只检查，没有导入" in told
    assert not Member.objects.exists()
    assert Roster.objects.get().state == "checked"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"union": "NOWHERE"}, "没有编号为 NOWHERE 的工会。"),
        ({"uploaded_by": "nobody"}, "没有登录名为 nobody 的干部。"),
        ({"confirmed_by": None}, "--confirmed-by is missing: another officer has to confirm."),
        ({"confirmed_by": "same"}, "没有找到这一页，或者您不能查看它。"),
    ],
)
def test_bad_input_ends_with_two_and_a_sentence(
    here: Place, change: dict[str, Any], message: str
) -> None:
    if change.get("confirmed_by") == "same":
        change = {"confirmed_by": here.convener.username}
    with pytest.raises(CommandError) as error:
        run(SAMPLE, here, **change)
    assert str(error.value) == message
    assert error.value.returncode == 2
    assert not Member.objects.exists()


def test_a_file_that_is_not_there_or_no_table(here: Place, tmp_path: Path) -> None:
    for name, content in (("no.xlsx", None), ("odd.csv", b"just words"), ("head.csv", b"a,b\n1,2")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(CommandError) as error:
            run(tmp_path / name, here)
        assert error.value.returncode == 2


def test_the_sample_follows_from_its_seed(tmp_path: Path) -> None:
    for name, rows in (("a.csv", 50), ("b.csv", 50), ("c.xlsx", 50), ("d.xlsx", 2100)):
        call_command("make_sample_roster", tmp_path / name, rows=rows, stdout=io.StringIO())
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert load_workbook(tmp_path / "d.xlsx").worksheets[0].max_row == 2103
    lines = sample.make_sample(20_000, mistakes=False).lines
    assert len({str(line[3]).translate(_HALF) for line in lines}) == 20_000


_HALF = {ord(c) + 0xFEE0: c for c in "0123456789"}


def test_the_committed_sample_is_what_the_seed_gives(tmp_path: Path) -> None:
    call_command("make_sample_roster", tmp_path / "a.csv", stdout=io.StringIO())
    assert (tmp_path / "a.csv").read_bytes() == SAMPLE.with_suffix(".csv").read_bytes()

"""The roster in the panel: as convener, reviewer, auditor, and as an officer of another township."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cooperative.membership.models import Member, Roster
from cooperative.membership.roster import extras, sample
from core.jobs import run_job_now
from core.models import AuditRow, JobRun
from tests.factories.membership import NOON, UnionFactory, officer, resident_id
from tests.factories.roster import Place, checked, place, workbook

pytestmark = pytest.mark.django_db
SAMPLE = Path(sample.__file__).parents[1] / "data" / "sample_roster.xlsx"


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Iterator[Place]:
    settings.PRIVATE_ROOT = tmp_path
    with mock.patch.object(extras, "_KEEPERS", []):
        yield place()


@pytest.fixture
def roster(here: Place) -> Roster:
    return checked(here, SimpleUploadedFile("花名册.xlsx", SAMPLE.read_bytes()))


def page_of(client: Client, roster: Roster, query: str = "") -> str:
    url = reverse("admin:membership_roster_change", args=[roster.pk])
    response = client.get(url + query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_from_upload_to_import(here: Place, signed_in: Any) -> None:
    convener = signed_in(here.convener, second_factor=True)
    reviewer = signed_in(here.reviewer, second_factor=True)
    upload_url = reverse("admin:membership_roster_upload")
    assert "上传名册" in convener.get(upload_url).content.decode()
    assert reviewer.get(upload_url).status_code == 404
    with SAMPLE.open("rb") as file:
        response = convener.post(upload_url, {"union": here.union.pk, "file": file})
    roster = Roster.objects.get()
    assert response["Location"] == reverse("admin:membership_roster_change", args=[roster.pk])
    assert "正在读取文件" in page_of(convener, roster)
    assert roster.check_run is not None
    run_job_now(roster.check_run)
    page = page_of(reviewer, roster)
    assert "将新增" in page
    assert ">305</strong>" in page
    assert "身份证号：号码被表格软件存成了数字" in page
    confirm_url = reverse("admin:membership_roster_confirm", args=[roster.pk])
    assert "新增 305 人" in reviewer.get(confirm_url).content.decode()
    assert convener.get(confirm_url).status_code == 404
    assert reviewer.post(confirm_url, {"sure": "1"}).status_code == 302
    roster.refresh_from_db()
    assert roster.import_run is not None
    run_job_now(roster.import_run)
    page = page_of(reviewer, roster)
    assert "已新增" in page
    assert "名册导入完成" in page
    assert Member.objects.count() == 305


def test_rows_are_filtered_and_names_masked(here: Place, roster: Roster, signed_in: Any) -> None:
    client = signed_in(officer("auditor", here.union), second_factor=True)
    page = page_of(client, roster, "?problem=village_unknown_near")
    assert page.count("是不是“大房村”") == 1
    assert "号码校验不通过" in page  # the kinds stay in sight
    assert "号码最后一位校验不通过" not in page
    everything = page_of(client, roster, "?verdict=new&page=7")
    assert "第 7 页，共 7 页 305 行" in everything
    for line in sample.make_sample().lines[:40]:
        assert str(line[3]) not in everything + page
        assert len(line[1].replace("　", "")) < 3 or line[1] not in page


def test_the_report_is_downloaded_with_a_record_by_those_who_work_on_it(
    here: Place, roster: Roster, signed_in: Any
) -> None:
    url = reverse("admin:membership_roster_report", args=[roster.pk])
    client = signed_in(here.convener, second_factor=True)
    assert client.get(url).status_code == 405
    response = client.post(url)
    assert response["Content-Disposition"].startswith("attachment")
    assert load_workbook(io.BytesIO(response.content)).worksheets[0].max_row == 16
    assert AuditRow.objects.filter(action="roster.report", by=here.convener).count() == 1
    auditor = signed_in(officer("auditor", here.union), second_factor=True)
    assert auditor.post(url).status_code == 404
    assert "下载要改正的行" not in page_of(auditor, roster)


def test_another_township_sees_nothing(here: Place, roster: Roster, signed_in: Any) -> None:
    run = roster.check_run
    assert run is not None
    addresses = [
        reverse("admin:membership_roster_change", args=[roster.pk]),
        reverse("admin:membership_roster_confirm", args=[roster.pk]),
        reverse("admin:core_jobrun_change", args=[run.pk]),
        reverse("job_progress", args=[run.pk]),
    ]
    for role in ("convener", "reviewer", "auditor", "administrator"):
        client = signed_in(officer(role, UnionFactory()), second_factor=True)
        for address in addresses:
            assert client.get(address).status_code == 404, (role, address)
        report = reverse("admin:membership_roster_report", args=[roster.pk])
        assert client.post(report).status_code == 404
        for name in ("membership_roster", "core_jobrun"):
            page = client.get(reverse(f"admin:{name}_changelist")).content.decode()
            assert "花名册" not in page
            assert "名册检查" not in page
    roster.refresh_from_db()
    assert roster.state == "checked"


def test_a_convener_cannot_upload_into_a_union_out_of_reach(here: Place, signed_in: Any) -> None:
    client = signed_in(here.convener, second_factor=True)
    upload = workbook([["王秋实", resident_id(1)]])
    url = reverse("admin:membership_roster_upload")
    response = client.post(url, {"union": UnionFactory().pk, "file": upload})
    assert response.status_code == 422
    assert not Roster.objects.exists()


def test_a_file_that_is_no_table_is_refused_at_its_field(here: Place, signed_in: Any) -> None:
    client = signed_in(here.convener, second_factor=True)
    upload = SimpleUploadedFile("名册.xlsx", b"MZ\x90\x00 a program")
    url = reverse("admin:membership_roster_upload")
    response = client.post(url, {"union": here.union.pk, "file": upload})
    assert response.status_code == 422
    assert "这个文件的内容不是电子表格、文本表格。" in response.content.decode()
    assert not JobRun.objects.exists()


def test_progress_is_a_fragment_that_ends_by_loading_the_page(
    here: Place, roster: Roster, signed_in: Any
) -> None:
    client = signed_in(here.convener, second_factor=True)
    run = roster.check_run
    assert run is not None
    url = reverse("job_progress", args=[run.pk])
    done = client.get(url, headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    JobRun.objects.filter(pk=run.pk).update(state="running", finished_at=None, size=640)
    going = client.get(url, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in going
    page = going.content.decode()
    assert "<html" not in page
    assert f'hx-get="{url}"' in page
    assert "已处理 320 条，共 640 条" in page


def test_jobs_are_listed_with_progress_and_failures(
    here: Place, roster: Roster, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(here.reviewer, second_factor=True)
    run = roster.check_run
    assert run is not None
    run.failures.create(item=3, code="error", reason="没有办成", at=NOON + timedelta(1))
    with django_assert_max_num_queries(20):
        page = client.get(reverse("admin:core_jobrun_changelist")).content.decode()
    assert "名册检查" in page
    assert "320 / 320" in page
    page = client.get(reverse("admin:core_jobrun_change", args=[run.pk])).content.decode()
    assert "第 7 行" in page
    assert "没有办成" in page


def test_the_list_of_rosters_takes_a_fixed_number_of_queries(
    here: Place, roster: Roster, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    checked(here, workbook([["王秋实", resident_id(1)]]))
    client = signed_in(here.reviewer, second_factor=True)
    with django_assert_max_num_queries(20):
        page = client.get(reverse("admin:membership_roster_changelist")).content.decode()
    assert "将新增 305" in page


def test_a_checked_roster_waits_on_the_desk_of_the_reviewer(
    here: Place, roster: Roster, signed_in: Any
) -> None:
    page = signed_in(here.reviewer, second_factor=True).get("/admin/").content.decode()
    assert "名册等复核" in page
    page = signed_in(here.convener, second_factor=True).get("/admin/").content.decode()
    assert "名册等复核" not in page

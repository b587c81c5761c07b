"""The roster import from upload to members: everything wrong is told, the rest is imported once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from cooperative.membership.models import Household, Member, Membership, Roster, RosterRow
from cooperative.membership.roster import extras, sample
from cooperative.membership.roster.problems import problems_from
from cooperative.membership.roster.report import write_report
from cooperative.membership.roster.services import (
    confirm_roster,
    purge_rosters,
    reject_roster,
    upload_roster,
    withdraw_roster,
)
from core.errors import Forbidden, NotFound, Refused
from core.jobs import run_job_now
from core.models import AuditRow, JobRun, StoredFile
from tests.factories.membership import (
    NOON,
    HouseholdFactory,
    MemberFactory,
    MembershipFactory,
    PhoneUserFactory,
    UnionFactory,
    credit_code,
    officer,
    resident_id,
)
from tests.factories.roster import Place, checked, imported, place, workbook

pytestmark = pytest.mark.django_db
SAMPLE = Path(sample.__file__).parents[1] / "data"


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Iterator[Place]:
    settings.PRIVATE_ROOT = tmp_path
    with mock.patch.object(extras, "_KEEPERS", []):
        yield place()


def person(number: int = 1, **changes: Any) -> list[Any]:
    """A row with nothing wrong."""
    row = {
        "name": "王秋实",
        "identity": resident_id(number),
        "phone": f"1380000{number:04d}",
        "village": "大房村",
        "cooperative": sample.COOPERATIVES[0],
        "admitted_on": "2021-03-05",
        "household": f"H{number}",
        "contracted": 12.5,
        "rented": None,
        "crop": "玉米",
    } | changes
    return list(row.values())


def codes(roster: Roster) -> dict[int, list[str]]:
    """Problem codes by row number, rows without problems left out."""
    rows = RosterRow.objects.filter(roster=roster).order_by("position")
    return {row.number: [p["code"] for p in row.problems] for row in rows if row.problems}


def test_a_row_becomes_a_member_with_household_and_membership(here: Place) -> None:
    roster = imported(here, workbook([person()]))
    assert (roster.state, roster.outcome["new"]) == ("imported", 1)
    member = Member.objects.get()
    assert (member.name, member.identity_number, member.phone) == (
        "王秋实",
        resident_id(1),
        "13800000001",
    )
    assert member.division is not None
    assert member.household is not None
    assert member.division.name == "大房村村委会"
    assert (member.household.number, member.household.union) == ("H1", here.union)
    membership = Membership.objects.select_related("cooperative").get()
    assert (membership.state, membership.source, membership.ground) == (
        "admitted",
        "roster",
        "cooperative_member",
    )
    assert membership.cooperative is not None
    assert membership.cooperative.name == sample.COOPERATIVES[0]
    assert membership.admitted_on == date(2021, 3, 5)
    assert membership.waiting_ends_on == date(2021, 9, 5)
    trail = AuditRow.objects.filter(action="membership.imported").get()
    assert (trail.by, trail.subject_id, trail.scope, trail.facts) == (
        here.reviewer,
        membership.pk,
        here.union.path,
        {"roster": roster.pk},
    )
    assert RosterRow.objects.get().member == member


def test_a_business_is_known_by_its_credit_code_in_either_column(here: Place) -> None:
    first, second = credit_code(1), credit_code(2)
    titles = ("名称", "身份证号", "统一社会信用代码", "入会时间")
    rows = [
        ["双城区长顺农机经营部", None, first, "2022年1月2日"],
        ["24小时农资店", second, None, "20220102"],
    ]
    roster = imported(here, workbook(rows, titles))
    assert codes(roster) == {2: ["phone_missing"], 3: ["phone_missing"]}
    members = Member.objects.order_by("pk").values_list("kind", "identity_number")
    assert sorted(members) == sorted([("business", first), ("business", second)])
    assert set(Membership.objects.values_list("ground", flat=True)) == {"business_owner"}


@pytest.mark.parametrize("name", ["sample_roster.xlsx", "sample_roster.csv"])
def test_the_sample_shows_its_mistakes_and_nothing_else(here: Place, name: str) -> None:
    made = sample.make_sample()
    roster = checked(here, SimpleUploadedFile(name, (SAMPLE / name).read_bytes()))
    assert roster.row_count == len(made.lines)
    assert roster.extra == ["性别", "备注"]
    assert roster.passed_over == (2 if name.endswith("xlsx") else 0)
    expected: dict[int, list[str]] = {}
    for mistake in made.mistakes:
        expected.setdefault(mistake.row, []).append(mistake.code)
    assert codes(roster) == expected
    assert roster.counts["bad"] == len(expected) - 1
    assert roster.counts["same"] == 1


def test_importing_the_sample_twice_changes_nothing(here: Place) -> None:
    upload = (SAMPLE / "sample_roster.xlsx").read_bytes()
    first = imported(here, SimpleUploadedFile("a.xlsx", upload))
    assert (first.outcome["new"], first.outcome["left_out"]) == (305, 14)
    before = _everything()
    text = (SAMPLE / "sample_roster.csv").read_bytes()
    second = imported(here, SimpleUploadedFile("a.csv", text))
    assert (second.outcome["same"], second.outcome["left_out"]) == (306, 14)
    assert not {"new", "updated"} & second.outcome.keys()
    assert _everything() == before


def _everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values()) for model in (Member, Membership, Household)
    ] + [AuditRow.objects.filter(action__startswith="member").count()]


def test_nothing_is_imported_by_the_dry_run(here: Place) -> None:
    checked(here, workbook([person()]))
    assert not Member.objects.exists()
    assert not Household.objects.exists()


def test_a_bad_row_is_left_out_and_told_and_the_others_are_imported(here: Place) -> None:
    rows = [person(n) for n in range(1, 31)]
    rows[17][1] = 230113198001010181
    roster = imported(here, workbook(rows))
    assert roster.outcome == {"new": 29, "left_out": 1, "problems": {"identity_number_cell": 1}}
    row = RosterRow.objects.get(outcome="left_out")
    told = problems_from(row.problems)[0]
    assert (row.number, told.title) == (19, "身份证号")
    assert told.sentence == (
        "号码被表格软件存成了数字，后几位可能已经变了。请把这一列设为文本后重新填写。"
    )


def test_a_fault_of_the_program_in_one_row_leaves_out_that_row_alone(here: Place) -> None:
    from cooperative.membership.roster import judging

    real = judging.check_row

    def breaks_at_13(cells: Any, fields: Any, around: Any) -> Any:
        if cells[0].text == "王十三":
            raise ZeroDivisionError
        return real(cells, fields, around)

    rows = [person(n, name="王十三" if n == 13 else "王秋实") for n in range(1, 31)]
    with mock.patch.object(judging, "check_row", breaks_at_13):
        roster = imported(here, workbook(rows))
    assert codes(roster) == {14: ["error"]}
    assert roster.outcome["new"] == 29
    assert Member.objects.count() == 29


def test_changes_are_updates_and_blanks_change_nothing(here: Place) -> None:
    imported(here, workbook([person(1), person(2)]))
    changed = person(1, phone="13900000000", village="白土村", household="H9")
    blank = person(2, phone=None, village=None, household=None, cooperative=None)
    roster = imported(here, workbook([changed, blank]))
    assert (roster.outcome["updated"], roster.outcome["same"]) == (1, 1)
    first, second = (
        Member.objects.with_identity(resident_id(n)).select_related("division", "household").get()
        for n in (1, 2)
    )
    assert first.phone == "13900000000"
    assert (first.division and first.division.name) == "白土村村委会"
    assert (first.household and first.household.number) == "H9"
    assert second.phone == "13800000002"
    assert (second.household and second.household.number) == "H2"
    trail = AuditRow.objects.get(action="member.updated_by_roster")
    assert trail.facts == {"roster": roster.pk, "fields": ["division", "household", "phone"]}


def test_who_signed_in_keeps_the_phone(here: Place) -> None:
    imported(here, workbook([person(1)]))
    Member.objects.update(user=PhoneUserFactory())
    roster = imported(here, workbook([person(1, phone="13900000000")]))
    assert codes(roster) == {2: ["phone_kept"]}
    assert Member.objects.get().phone == "13800000001"


def test_who_belongs_elsewhere_applies_or_has_left_is_not_imported(here: Place) -> None:
    def someone(number: int, **membership: Any) -> None:
        member = MemberFactory(identity_number=resident_id(number), name="王秋实")
        MembershipFactory(member=member, **membership)

    someone(1, union=UnionFactory())
    someone(2, union=here.union, applied=True)
    someone(3, union=here.union, gone=True)
    someone(4, union=UnionFactory(), gone=True)
    MemberFactory(identity_number=resident_id(5), name="李玉兰")
    roster = imported(here, workbook([person(n) for n in range(1, 6)]))
    assert codes(roster) == {
        2: ["member_elsewhere"],
        3: ["applying"],
        4: ["left"],
        6: ["name_differs"],
    }
    assert roster.outcome["new"] == 1
    told = RosterRow.objects.filter(outcome="left_out").order_by("position")
    assert "李" not in "".join(p.sentence for row in told for p in problems_from(row.problems))


def test_one_person_in_two_rows(here: Place) -> None:
    rows = [
        person(1),
        person(1),
        person(2),
        person(2, crop="水稻"),
        person(3),
        person(3, name="李玉兰"),
    ]
    roster = imported(here, workbook(rows))
    assert codes(roster) == {
        3: ["repeated"],
        5: ["repeated_differs"],
        6: ["repeated_other_name"],
        7: ["repeated_other_name"],
    }
    assert sorted(Member.objects.values_list("name", flat=True)) == ["王秋实", "王秋实"]


def test_the_nearest_village_and_cooperative_are_suggested(here: Place) -> None:
    rows = [
        person(1, village="大方村"),
        person(2, cooperative="丰禾农机合作社"),
        person(3, village="火星村"),
    ]
    roster = checked(here, workbook(rows))
    told = [
        problems_from(row.problems)[0].sentence
        for row in RosterRow.objects.filter(roster=roster).order_by("position")
    ]
    assert told == [
        "本工会范围内没有“大方村”，是不是“大房村”？",
        "本工会没有登记“丰禾农机合作社”，是不是“双城区丰禾农机专业合作社”？",
        "本工会范围内没有“火星村”。",
    ]


def test_what_is_shown_of_a_cell_carries_no_number_of_a_person(here: Place) -> None:
    roster = checked(here, workbook([person(1, village=f"大房村{resident_id(7)}")]))
    assert resident_id(7)[:8] not in str(RosterRow.objects.get(roster=roster).problems)


def test_cells_are_sealed_and_the_file_is_gone_after_reading(here: Place, tmp_path: Path) -> None:
    from django.db import connection

    checked(here, workbook([person(1)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells FROM membership_rosterrow")
        (stored,) = cursor.fetchone()
    assert stored.startswith("k1.")
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("titles", "message"),
    [
        (("姓名", "入会日期"), "名册缺少这些列：身份证号。请补上后重新上传。"),
        (("姓名", "身份证号", "村"), "名册缺少这些列：入会日期。请补上后重新上传。"),
        (("甲", "乙"), "没有找到表头。请保留一行列名，至少要有姓名、身份证号、入会日期。"),
    ],
)
def test_a_list_without_the_columns_is_refused_with_a_sentence(
    here: Place, titles: tuple[str, ...], message: str
) -> None:
    roster = checked(here, workbook([["a"] * len(titles)], titles))
    assert (roster.state, roster.reason) == ("unreadable", message)
    assert not RosterRow.objects.exists()


def test_a_header_without_rows_is_refused(here: Place) -> None:
    assert checked(here, workbook([])).reason == "表头下面没有成员。请核对后重新上传。"


def test_four_eyes(here: Place) -> None:
    roster = checked(here, workbook([person()]))
    both = here.convener
    from tests.factories.membership import PostFactory

    PostFactory(user=both, union=here.union, role="reviewer")
    with pytest.raises(Refused) as refused:
        confirm_roster(roster_id=roster.pk, by=both, at=NOON)
    assert refused.value.code == "same_person"
    assert not JobRun.objects.filter(kind="membership.roster_import").exists()


def test_only_officers_of_the_union_may_upload_and_confirm(here: Place) -> None:
    elsewhere = UnionFactory()
    with pytest.raises(Forbidden):
        upload_roster(
            union=here.union,
            upload=workbook([person()]),
            by=officer("convener", elsewhere),
            at=NOON,
        )
    with pytest.raises(Forbidden):
        upload_roster(union=here.union, upload=workbook([person()]), by=here.reviewer, at=NOON)
    roster = checked(here, workbook([person()]))
    for outsider in (officer("reviewer", elsewhere), here.convener):
        with pytest.raises(NotFound):
            confirm_roster(roster_id=roster.pk, by=outsider, at=NOON)
    assert Roster.objects.get().state == "checked"


def test_only_a_grassroots_union_takes_a_roster(here: Place) -> None:
    above = here.union.parent
    assert above is not None
    with pytest.raises(Refused) as refused:
        upload_roster(
            union=above, upload=workbook([person()]), by=officer("convener", above), at=NOON
        )
    assert refused.value.code == "not_grassroots"


def test_the_same_file_is_not_taken_twice_while_it_waits(here: Place) -> None:
    upload = workbook([person()])
    checked(here, upload)
    with pytest.raises(Refused) as refused:
        upload_roster(union=here.union, upload=upload, by=here.convener, at=NOON)
    assert refused.value.code == "roster_repeated"


def test_a_roster_moves_only_as_the_table_says(here: Place) -> None:
    roster = checked(here, workbook([person()]))
    reject_roster(roster_id=roster.pk, reason="村名不全", by=here.reviewer, at=NOON)
    for step in (
        lambda: confirm_roster(roster_id=roster.pk, by=here.reviewer, at=NOON),
        lambda: withdraw_roster(roster_id=roster.pk, by=here.convener, at=NOON),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.code == "wrong_state"
    roster.refresh_from_db()
    assert (roster.state, roster.reason) == ("rejected", "村名不全")
    other = checked(here, workbook([person(2)]))
    withdraw_roster(roster_id=other.pk, by=here.convener, at=NOON)
    assert not Member.objects.exists()


def test_a_roster_of_bad_rows_cannot_be_confirmed(here: Place) -> None:
    roster = checked(here, workbook([person(1, name=None)]))
    with pytest.raises(Refused) as refused:
        confirm_roster(roster_id=roster.pk, by=here.reviewer, at=NOON)
    assert refused.value.code == "nothing_to_import"


def test_the_report_has_the_original_cells_and_the_problem_as_text(
    here: Place, tmp_path: Path
) -> None:
    rows = [
        person(1),
        person(2, name="王2"),
        person(3, crop="=cmd|' /C calc'!A0", rented="=1+1"),
        person(4, household="+SUM(1)", phone="-"),
    ]
    roster = checked(here, workbook(rows))
    out = tmp_path / "report.xlsx"
    assert write_report(roster, out) == 3
    sheet = load_workbook(out).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    assert (lines[0][0], lines[0][-1]) == ("原来的行号", "问题")
    assert lines[1][:3] == ("3", "王2", resident_id(2))
    assert lines[1][-1] == "姓名：姓名里有数字或符号，请核对"
    assert lines[2][9:11] == ("'=1+1", "'=cmd|' /C calc'!A0")
    assert lines[3][7] == "'+SUM(1)"
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value}
    assert kinds <= {"s", "inlineStr"}


def test_facts_go_to_who_keeps_them_with_every_import(here: Place) -> None:
    kept: list[extras.RosterFacts] = []
    extras.register_roster_facts(kept.extend)
    rows = [person(1, rented="3.456亩"), person(2, contracted=None, crop=None)]
    imported(here, workbook(rows))
    member = Member.objects.with_identity(resident_id(1)).get()
    assert kept == [
        extras.RosterFacts(
            member.pk,
            here.union.pk,
            Decimal("12.50"),
            Decimal("3.46"),
            "玉米",
            here.reviewer,
            NOON,
        )
    ]


def test_rows_are_purged_after_thirty_days(here: Place) -> None:
    done = imported(here, workbook([person(1)]))
    left = checked(here, workbook([person(2)]))
    Roster.objects.filter(pk=done.pk).update(ended_at=NOON)
    assert purge_rosters(now=NOON + timedelta(days=30)) == 0
    assert purge_rosters(now=NOON + timedelta(days=31)) == 2
    assert not RosterRow.objects.exists()
    done.refresh_from_db()
    left.refresh_from_db()
    assert (done.state, left.state) == ("imported", "rejected")
    assert left.reason == "到期没有复核，自动退回。"
    assert None not in (done.purged_at, left.purged_at)
    assert Member.objects.count() == 1


def test_a_household_that_is_there_is_used(here: Place) -> None:
    HouseholdFactory(union=here.union, number="H1")
    imported(here, workbook([person(1), person(2, household="H1")]))
    assert Household.objects.count() == 1
    assert Member.objects.filter(household__number="H1").count() == 2


def test_a_resumed_import_gives_the_same_state(here: Place) -> None:
    """Chunks run in another order, one of them twice, after a pause of days."""
    from cooperative.membership.roster import jobs

    with mock.patch.object(jobs, "CHUNK_SIZE", 7):
        roster = checked(here, workbook([person(n) for n in range(1, 40)]))
    roster = confirm_roster(roster_id=roster.pk, by=here.reviewer, at=NOON)
    from cooperative.membership.roster.importing import import_rows

    import_rows(roster, 0, 20, at=NOON, today=date(2026, 5, 20))
    members = list(Member.objects.order_by("pk").values())
    assert roster.import_run is not None
    run_job_now(roster.import_run)
    assert Member.objects.count() == Membership.objects.count() == 39
    assert list(Member.objects.order_by("pk").values())[: len(members)] == members


def test_dates_reach_members_as_they_were_meant(here: Place) -> None:
    written = [
        "2021/3/5",
        "2021.3.5",
        "2021年3月5日",
        "20210305",
        "２０２１-０３-０５",
        datetime(2021, 3, 5),
    ]
    rows = [person(n, admitted_on=text) for n, text in enumerate(written, start=1)]
    imported(here, workbook(rows))
    assert set(Membership.objects.values_list("admitted_on", flat=True)) == {date(2021, 3, 5)}
    assert Membership.objects.count() == len(written)


def test_a_file_that_breaks_the_reader_ends_as_unreadable_and_is_removed(here: Place) -> None:
    from cooperative.membership.roster import jobs

    with mock.patch.object(jobs, "open_roster", side_effect=ZeroDivisionError):
        roster = checked(here, workbook([person()]))
    assert roster.state == "unreadable"
    assert roster.reason == "程序出错，没有办成，原因已记入日志。请联系管理员。"
    assert not StoredFile.objects.exists()

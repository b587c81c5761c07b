"""Headers, cells and rows of rosters as people write them; nothing messy ever raises."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cooperative.membership.roster.cells import (
    Cell,
    CellKind,
    CellProblem,
    cell_from,
    day_of,
    identity_text,
    mu_of,
    name_text,
    unpacked,
)
from cooperative.membership.roster.checking import (
    Names,
    Surroundings,
    check_row,
    normal_village,
)
from cooperative.membership.roster.columns import Field, find_header
from cooperative.membership.roster.problems import KINDS, Problem
from cooperative.membership.roster.reading import open_roster
from cooperative.membership.roster.rules import TRANSITIONS, RosterActor, RosterState, may_move
from core.errors import Refused
from core.workbooks import defused
from tests.factories.membership import credit_code, resident_id

TODAY = date(2026, 5, 20)
AROUND = Surroundings(
    TODAY,
    Names([("大房村", "v1"), ("同兴村", "v2"), ("同兴村", "v3")], normal_village),
    Names([("丰禾农机合作社", 7)]),
)
FIELDS = {name: position for position, name in enumerate(Field)}


def text(value: Any) -> Cell:
    return cell_from(value)


def row(**values: Any) -> list[Cell]:
    given = {
        "name": "王秋实",
        "identity": resident_id(1),
        "credit_code": None,
        "phone": "13800000001",
        "village": "大房村",
        "cooperative": "丰禾农机合作社",
        "admitted_on": "2021-03-05",
        "household": "H1",
        "contracted_mu": 12.5,
        "rented_mu": None,
        "crop": "玉米",
    } | values
    return [cell_from(given[name.value]) for name in Field]


def found(**values: Any) -> list[tuple[str, str]]:
    _entry, problems = check_row(row(**values), FIELDS, AROUND)
    return [(problem.column, problem.code) for problem in problems]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (datetime(2021, 3, 5), date(2021, 3, 5)),
        (date(2021, 3, 5), date(2021, 3, 5)),
        ("2021-03-05", date(2021, 3, 5)),
        ("2021/3/5", date(2021, 3, 5)),
        ("2021.3.5", date(2021, 3, 5)),
        ("2021年3月5日", date(2021, 3, 5)),
        ("2021 年 3 月 5 日", date(2021, 3, 5)),
        ("２０２１年３月５日", date(2021, 3, 5)),
        ("20210305", date(2021, 3, 5)),
        (20210305, date(2021, 3, 5)),
        ("2021-03-05 00:00:00", date(2021, 3, 5)),
        (44260, date(2021, 3, 5)),
        ("'2021-03-05", date(2021, 3, 5)),
    ],
)
def test_dates_as_people_write_them(value: Any, day: date) -> None:
    assert day_of(text(value))[0] == day


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2021年", "day_odd"),
        ("21.3.5", "day_odd"),
        ("三月五日", "day_odd"),
        ("2021-02-30", "day_impossible"),
        ("1900-01-01", "day_impossible"),
        (12, "day_odd"),
        ("=TODAY()", "formula"),
    ],
)
def test_dates_nobody_can_read(value: Any, code: str) -> None:
    with pytest.raises(CellProblem) as problem:
        day_of(text(value))
    assert problem.value.code == code


@pytest.mark.parametrize(
    ("value", "area"),
    [
        (12.5, "12.50"),
        (12, "12.00"),
        ("12.5亩", "12.50"),
        ("１２．５", "12.50"),
        ("1,234.5", "1234.50"),
        ("12.345", "12.35"),
        (0.1 + 0.2, "0.30"),
        ("0", "0.00"),
        ("-", None),
        ("无", None),
        (" ", None),
    ],
)
def test_areas(value: Any, area: str | None) -> None:
    assert mu_of(text(value)) == (Decimal(area) if area else None)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (-1, "area_negative"),
        ("-12.5亩", "area_negative"),
        (1e9, "area_absurd"),
        ("十二亩", "area_odd"),
        ("12.5.1", "area_odd"),
        ("nan", "area_odd"),
        ("1e999", "area_odd"),
    ],
)
def test_areas_that_cannot_be(value: Any, code: str) -> None:
    with pytest.raises(CellProblem) as problem:
        mu_of(text(value))
    assert problem.value.code == code


@pytest.mark.parametrize(
    "value",
    [230113198001010181, 2.30113198001010e17, "2.30113E+17", "2.30113198001010e17", 230113198001.5],
)
def test_numbers_that_a_workbook_made_of_identities_are_refused(value: Any) -> None:
    with pytest.raises(CellProblem) as problem:
        identity_text(text(value))
    assert problem.value.code == "identity_number_cell"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("王 秋实", "王秋实"),
        ("王　芳", "王芳"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("Anna Maria", "Anna Maria"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_names(value: str, name: str) -> None:
    assert name_text(text(value)) == name


@pytest.mark.parametrize("value", ["王2", "王（故）", "李?", "=王", "王_芳"])
def test_names_that_are_none(value: str) -> None:
    with pytest.raises(CellProblem):
        name_text(text(value))


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({"identity": None}, [("identity", "blank")]),
        ({"identity": resident_id(1)[:17]}, [("identity", "identity_length")]),
        ({"identity": "23011319801301001X"}, [("identity", "identity_birth")]),
        ({"identity": resident_id(1)[:17] + "A"}, [("identity", "identity_characters")]),
        ({"identity": resident_id(1, "20120601")}, [("identity", "under_age")]),
        ({"credit_code": credit_code(1)}, [("credit_code", "identity_two")]),
        ({"name": None}, [("name", "blank")]),
        ({"name": "王"}, [("name", "name_length")]),
        ({"phone": "1380000000"}, [("phone", "phone_odd")]),
        ({"phone": None}, [("phone", "phone_missing")]),
        ({"phone": 13800000001}, []),
        ({"phone": 13800000001.0}, []),
        ({"phone": "+86 138-0000-0001"}, []),
        ({"village": "大房"}, []),
        ({"village": "大房村民委员会"}, []),
        ({"village": None}, []),
        ({"village": "同兴村"}, [("village", "village_ambiguous")]),
        ({"village": "大芳村"}, [("village", "village_unknown_near")]),
        ({"cooperative": "别的"}, [("cooperative", "cooperative_unknown")]),
        ({"admitted_on": None}, [("admitted_on", "blank")]),
        ({"admitted_on": "2099-01-01"}, [("admitted_on", "day_future")]),
        ({"admitted_on": "1990-01-01"}, [("admitted_on", "day_too_early")]),
        ({"admitted_on": 44260}, [("admitted_on", "day_guessed")]),
        ({"contracted_mu": "=1+1"}, [("contracted_mu", "formula")]),
        ({"crop": "=HYPERLINK(1)"}, [("crop", "formula_ignored")]),
        ({"household": "户" * 41}, [("household", "household_odd")]),
    ],
)
def test_rows(changes: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    assert found(**changes) == problems


messy = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.text(max_size=30),
    st.text("0123456789xX年月日-./=+@'亩村 ０１eE", max_size=20),
    st.sampled_from(["=1+1", "#REF!", "\x00", "１２", "2021-13-45", "230113198001010181"]),
)


@given(st.dictionaries(st.sampled_from([name.value for name in Field]), messy))
def test_no_mess_raises_and_a_row_without_problems_is_whole(values: dict[str, Any]) -> None:
    entry, problems = check_row(row(**values), FIELDS, AROUND)
    for problem in problems:
        assert problem.sentence
        assert json.dumps(problem.stored(), ensure_ascii=False)
    if not any(problem.stops for problem in problems):
        assert entry.name
        assert len(entry.identity) == 18
        assert entry.admitted_on is not None
        assert entry.admitted_on <= TODAY
        assert (entry.contracted_mu or 0) >= 0


@given(messy, st.sampled_from(["", "f", "e", "n", "s"]))
def test_cells_survive_being_packed(value: Any, data_type: str) -> None:
    cell = cell_from(value, data_type)
    assert unpacked(cell.packed()) == cell


@given(st.text())
def test_no_text_of_a_report_is_a_formula(value: str) -> None:
    assert defused(value)[:1] not in set("=+-@\t\r")
    assert defused(value).endswith(value)


@given(st.lists(st.lists(st.text(max_size=8), max_size=12), max_size=8))
def test_any_sheet_has_a_header_or_none(rows: list[list[str]]) -> None:
    header = find_header(rows)
    assert header is None or len(header.fields) >= 2


def test_a_header_is_found_below_titles_and_in_two_lines() -> None:
    below = find_header(
        [["会员名册"], [], ["序号", "姓 名", "身份证\n号码：", "入社时间*", "民族"]]
    )
    assert below is not None
    assert (below.number, below.extra, below.missing) == (3, ("民族",), ())
    assert below.fields == {Field.NAME: 1, Field.IDENTITY: 2, Field.ADMITTED_ON: 3}
    two = find_header(
        [["姓名", "身份证号", "入会日期", "土地", ""], ["", "", "", "承包地（亩）", "流转地（亩）"]]
    )
    assert two is not None
    assert two.number == 2
    assert two.fields[Field.CONTRACTED_MU] == 3
    assert two.fields[Field.RENTED_MU] == 4


def test_every_problem_has_its_sentence_and_a_title() -> None:
    facts = {"given": "甲", "near": "乙", "row": 3, "day": "2021-03-05", "length": 17}
    for code, kind in KINDS.items():
        assert str(kind.title)
        assert "%(" not in Problem("name", code, facts).sentence


def test_the_table_of_states_is_total() -> None:
    assert set(TRANSITIONS) == set(RosterState)
    reachable = {new for moves in TRANSITIONS.values() for new in moves}
    assert reachable == set(RosterState) - {RosterState.CHECKING}
    assert not may_move(RosterState.CHECKED, RosterState.IMPORTING, RosterActor.CONVENER)


# --- files ------------------------------------------------------------------------------------

LINES = [
    ["会员名册"],
    [],
    ["姓名", "身份证号", "入会日期", "村"],
    ["王秋实", "230113198001010181", "2021-03-05", "大房村"],
    [],
    ["李玉兰", "230113198001010262", "2021-03-06", "白土,村"],
    ["合计", "", "", ""],
    ["填表人：王秋实"],
]


def read(path: Path) -> list[tuple[int, list[str]]]:
    with open_roster(path) as sheet:
        return [(number, [cell.text for cell in cells[:4]]) for number, cells in sheet.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables(tmp_path: Path, encoding: str, delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(LINES)
    path = tmp_path / "a.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    assert read(path) == [
        (4, ["王秋实", "230113198001010181", "2021-03-05", "大房村"]),
        (6, ["李玉兰", "230113198001010262", "2021-03-06", "白土,村"]),
    ]


def test_a_workbook_with_titles_merged_cells_formulas_and_totals(tmp_path: Path) -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "封面"
    cover.append(["说明"])
    sheet = book.create_sheet("名册")
    sheet.append(["会员名册"])
    sheet.append(["姓名", "身份证号", "入会日期", "村", "承包面积"])
    sheet.append(["王秋实", "230113198001010181", date(2021, 3, 5), "大房村", "=1+1"])
    sheet.append(["李玉兰", 230113198001010262, "2021-03-06", None, "#REF!"])
    sheet.append(["赵国强", "x", "2021-03-06", None, 3])
    sheet.append(["合计", None, None, None, "=SUM(E3:E5)"])
    sheet.merge_cells("D3:D5")
    sheet.merge_cells("B4:B5")
    sheet["E4"].data_type = "e"
    path = tmp_path / "a.xlsx"
    book.save(path)
    with open_roster(path) as opened:
        lines = dict(opened.lines)
        assert opened.footers == [6]
    kinds = {number: [cell.kind for cell in cells] for number, cells in lines.items()}
    t, d, f, n, m, e = (
        CellKind.TEXT,
        CellKind.DAY,
        CellKind.FORMULA,
        CellKind.NUMBER,
        CellKind.MERGED,
        CellKind.FAULT,
    )
    assert kinds == {3: [t, t, d, t, f], 4: [t, n, t, t, e], 5: [t, m, t, t, n]}
    assert [cells[3].text for cells in lines.values()] == ["大房村"] * 3


def test_files_that_are_no_rosters(tmp_path: Path) -> None:
    for name, content, code in (
        ("a.csv", "甲,乙\n1,2".encode(), "roster_no_header"),
        ("b.csv", b"\xff\xfe\xff\x00", "roster_unreadable"),
        ("c.xlsx", b"PK\x03\x04 broken", "roster_unreadable"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(Refused) as refused:
            read(path)
        assert refused.value.code == code


def test_a_list_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    line = "王秋实,230113198001010181,2021-03-05\n"
    path.write_text("姓名,身份证号,入会日期\n" + line * 100_001, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.code == "roster_too_long"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=6), max_size=6),
    st.sampled_from([",", "\t", ";"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
def test_any_table_below_a_header_streams(
    tmp_path: Path, lines: list[list[str]], delimiter: str, encoding: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["姓名", "身份证号", "入会日期"])
    writer.writerows(lines)
    path = tmp_path / "a.csv"
    path.write_bytes(out.getvalue().replace("\x00", "").encode(encoding, "replace"))
    with contextlib.suppress(Refused), open_roster(path) as sheet:
        for _number, cells in sheet.lines:
            check_row(cells, sheet.header.fields, AROUND)

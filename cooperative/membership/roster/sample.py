"""An invented roster with the usual mistakes: persons who do not exist, in villages that do.

Everything follows from the seed. Names are put together by chance; identity numbers have a valid
check digit, the region of Shuangcheng and a sequence that begins with 9; phones begin with 199000.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from stdnum.cn import ric

SEED = 20260520
ROWS = 320
TOWNSHIP = "230113104"
VILLAGES = tuple(
    "群利村 荣升村 白土村 新立村 腰小房村 红城村 永河村 田家村 大马家村 大房村 三姓村 双林村 长丰村".split()  # noqa: SIM905 - one line
)
COOPERATIVES = (
    "双城区金谷源农机专业合作社",
    "双城区丰禾农机专业合作社",
    "双城区联众农机专业合作社",
    "双城区绿野玉米种植专业合作社",
)
_TITLES = (
    "序号 姓名 性别 身份证号码 联系电话 所在村 所属合作社 入社日期 户号 "
    "承包地亩数（亩） 流转地亩数（亩） 主要作物 备注"
)
TITLES = tuple(_TITLES.split())
HEADER_ROW = 3
(
    _NO,
    _NAME,
    _SEX,
    _IDENTITY,
    _PHONE,
    _VILLAGE,
    _COOPERATIVE,
    _ADMITTED,
    _HOUSEHOLD,
    _CONTRACTED,
    _RENTED,
    _CROP,
    _REMARK,
) = range(13)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_GIVEN = "秋实春生玉兰桂芳国强建华海涛立民永福长顺德全喜贵树林淑珍凤英秀梅丽娟晓东志刚振兴宝山庆丰金锁文博雨欣子涵浩然俊杰明月红霞忠诚守业广田兴旺成才"
_SURNAME_WEIGHTS = [max(1, 40 - n) for n in range(len(_SURNAMES))]
_DAYS = 365 * 44
_STEP = 7919
_CROPS = ("玉米", "玉米", "玉米", "水稻", "大豆", "玉米、大豆", "马铃薯")


@dataclass(frozen=True)
class Mistake:
    """A mistake that was put into a row (its number in the sheet), and the code it must get."""

    row: int
    code: str


@dataclass(frozen=True)
class Sample:
    """The lines of the sheet below its header, and the mistakes in them."""

    lines: list[list[Any]]
    mistakes: list[Mistake]


def make_sample(rows: int = ROWS, *, seed: int = SEED, mistakes: bool = True) -> Sample:
    """A roster of so many persons; mistakes are spread over it."""
    chance = random.Random(seed)  # noqa: S311 - invented persons, no secret
    lines = [_line(chance, number) for number in range(1, rows + 1)]
    lines.sort(key=lambda line: VILLAGES.index(line[_VILLAGE]))
    for number, line in enumerate(lines, start=1):
        line[_NO] = number
        line[_HOUSEHOLD] = _household(line[_VILLAGE], number)
        _as_people_write(chance, line)
    made = _spoil(chance, lines) if mistakes else []
    return Sample(lines, made)


def _line(chance: random.Random, number: int) -> list[Any]:
    # Distinct for every number: the step shares no factor with the days, and the sequence moves on.
    born_on = date(1956, 1, 1) + timedelta(days=(number * _STEP) % _DAYS)
    of_age = born_on + timedelta(days=18 * 366)
    first = max(date(2012, 3, 1), of_age)
    days = (date(2025, 12, 1) - first).days
    admitted_on = first + timedelta(days=chance.randrange(max(days, 1)))
    sequence = 900 + (2 * (number // _DAYS) + number % 2) % 100
    body = f"230113{born_on:%Y%m%d}{sequence}"
    surname = chance.choices(_SURNAMES, _SURNAME_WEIGHTS)[0]
    given = "".join(chance.sample(_GIVEN, chance.choice((1, 2, 2, 2))))
    return [
        number,
        surname + given,
        "男" if sequence % 2 else "女",
        body + ric.calc_check_digit(body + "0"),
        f"199000{number % 100_000:05d}",
        chance.choice(VILLAGES),
        chance.choice(COOPERATIVES),
        admitted_on,
        "",
        chance.randrange(10, 400) / 10,
        chance.choice((None, None, chance.randrange(20, 3000) / 10)),
        chance.choice(_CROPS),
        None,
    ]


def _household(village: str, number: int) -> str:
    """Two neighbours in the list are one household."""
    return f"{VILLAGES.index(village) + 1:02d}-{(number + 1) // 2:05d}"


def _as_people_write(chance: random.Random, line: list[Any]) -> None:
    """The harmless variety of lists kept by hand."""
    day = line[_ADMITTED]
    line[_ADMITTED] = chance.choice(
        (
            day,
            day,
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y-%m-%d}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y%m%d}",
        )
    )
    if chance.random() < 0.03:
        line[_IDENTITY] = line[_IDENTITY].translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    if chance.random() < 0.05 and len(line[_NAME]) == 2:
        line[_NAME] = "　".join(line[_NAME])
    if chance.random() < 0.1:
        line[_PHONE] = int(line[_PHONE])
    if chance.random() < 0.05:
        line[_VILLAGE] = line[_VILLAGE].removesuffix("村")


def _spoil(chance: random.Random, lines: list[list[Any]]) -> list[Mistake]:
    """Put one mistake of each kind into the list; which row got which."""
    step = len(lines) // 15
    at = [step * n + step // 2 for n in range(1, 15)]
    made = []

    def spoil(index: int, column: int, value: Any, code: str) -> None:
        lines[index][column] = value
        made.append(Mistake(index + HEADER_ROW + 1, code))

    number = str(lines[at[0]][_IDENTITY])
    spoil(at[0], _IDENTITY, float(f"{number[:15]}000"), "identity_number_cell")
    spoil(at[1], _IDENTITY, _wrong_check(lines[at[1]][_IDENTITY]), "identity_check")
    spoil(at[2], _IDENTITY, str(lines[at[2]][_IDENTITY])[:17], "identity_length")
    spoil(at[3], _VILLAGE, "大房身村", "village_unknown_near")
    spoil(at[4], _COOPERATIVE, "双城区丰和农机专业合作社", "cooperative_unknown_near")
    spoil(at[5], _PHONE, "1990000123", "phone_odd")
    spoil(at[6], _CONTRACTED, -12.5, "area_negative")
    spoil(at[7], _RENTED, "=12*3.5", "formula")
    spoil(at[8], _IDENTITY, _born(lines[at[8]][_IDENTITY], date(2012, 6, 1)), "under_age")
    spoil(at[9], _NAME, str(lines[at[9]][_NAME]).strip() + "2", "name_odd")
    spoil(at[10], _ADMITTED, "2023年", "day_odd")
    spoil(at[11], _ADMITTED, date(2099, 1, 1), "day_future")
    lines[at[12]] = [lines[at[12]][_NO], *lines[at[12] - 1][1:]]
    made.append(Mistake(at[12] + HEADER_ROW + 1, "repeated"))
    spoil(at[13], _IDENTITY, lines[at[13] - 1][_IDENTITY], "repeated_other_name")
    made.append(Mistake(at[13] - 1 + HEADER_ROW + 1, "repeated_other_name"))
    return made


def _wrong_check(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


def _born(number: str, day: date) -> str:
    body = f"{number[:6]}{day:%Y%m%d}{number[14:17]}"
    return body + ric.calc_check_digit(body + "0")


def write_workbook(path: Path, sample: Sample) -> None:
    """The roster as a union keeps it: title rows above, merged village cells, totals below."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "会员名册"
    sheet.append(["韩甸镇农机合作社工会会员名册（样例，人员均为虚构）"])
    sheet.append(["填报单位：韩甸镇农机合作社工会", *[None] * 8, "单位：亩"])
    sheet.append(list(TITLES))
    for line in sample.lines:
        sheet.append(line)
    last = HEADER_ROW + len(sample.lines)
    sheet.append(["合计", *[None] * 8, f"=SUM(J{HEADER_ROW + 1}:J{last})"])
    sheet.append(["填表人：", None, None, None, "审核："])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(TITLES))
    _merge_villages(sheet, sample.lines)
    _dress(sheet, last)
    book.save(path)


def _merge_villages(sheet: Any, lines: Sequence[Sequence[Any]]) -> None:
    """Merge the village cells of the first two villages, as many unions do."""
    first = 0
    for _block in range(2):
        end = first
        while end + 1 < len(lines) and lines[end + 1][_VILLAGE] == lines[first][_VILLAGE]:
            end += 1
        if end > first:
            rows = {"start_row": first + HEADER_ROW + 1, "end_row": end + HEADER_ROW + 1}
            column = _VILLAGE + 1
            sheet.merge_cells(start_column=column, end_column=column, **rows)
        first = end + 1


def _dress(sheet: Any, last: int) -> None:
    thin = Side(style="thin", color="999999")
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    widths = (6, 10, 6, 22, 14, 12, 30, 14, 12, 12, 12, 12, 10)
    for letter, width in zip("ABCDEFGHIJKLM", widths, strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=HEADER_ROW, max_row=last, max_col=len(TITLES)):
        for cell in row:
            cell.border = Border(thin, thin, thin, thin)
    for cell in sheet[HEADER_ROW]:
        cell.font = Font(bold=True)
    for row in range(HEADER_ROW + 1, last + 1):
        if isinstance(sheet.cell(row, _IDENTITY + 1).value, str):
            sheet.cell(row, _IDENTITY + 1).number_format = "@"
        if isinstance(sheet.cell(row, _ADMITTED + 1).value, date):
            sheet.cell(row, _ADMITTED + 1).number_format = "yyyy-mm-dd"


def write_large_workbook(path: Path, sample: Sample) -> None:
    """The same without dress, streamed: for tests and measurements."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("会员名册")
    sheet.append(["会员名册（样例，人员均为虚构）"])
    sheet.append([])
    sheet.append(list(TITLES))
    for line in sample.lines:
        sheet.append(line)
    book.save(path)


def write_text(path: Path, sample: Sample, *, encoding: str = "gb18030") -> None:
    """The same as a text table, in the encoding older programs write."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["韩甸镇农机合作社工会会员名册（样例，人员均为虚构）"])
        writer.writerow([])
        writer.writerow(TITLES)
        writer.writerows(sample.lines)

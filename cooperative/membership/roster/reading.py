"""Streams the rows of an uploaded workbook or text table as cells, its header found first."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from cooperative.membership.roster.cells import BLANK, Cell, CellKind, cell_from
from cooperative.membership.roster.columns import (
    HEADER_WITHIN_ROWS,
    SHARED_IN_MERGED,
    TITLES,
    Field,
    Header,
    find_header,
)
from core.errors import Refused
from core.sentences import listed
from core.upload_checks import decode_text

MOST_ROWS = 100_000
MOST_COLUMNS = 60
_SEPARATORS = (",", "\t", ";", "，", "；")
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_READ_BYTES = 1 << 20
# First words of the lines below a list.
_FOOTER = re.compile(r"(合计|总计|小计|共计|填表|制表|审核|负责人|备注|说明|注[:：]|单位[:：(（])")

Line = tuple[int, list[Cell]]
Tables = Generator[tuple[Iterator[Line], "Merged"], None, None]


@dataclass(frozen=True)
class Sheet:
    """A table with its header; ``lines`` streams (row number from 1, cells) below the header.

    Blank rows and the lines below a list (totals, who filled it in) are left out; the latter are
    counted in ``footers`` as the stream runs.
    """

    header: Header
    lines: Iterator[Line]
    footers: list[int]


@contextmanager
def open_roster(path: Path) -> Iterator[Sheet]:
    """The first table of a file that looks like a roster; it can be streamed while it is open.

    Raises:
        Refused: ``roster_unreadable``, ``roster_no_header``, ``roster_columns_missing``; while
            streaming also ``roster_too_long``.
    """
    with path.open("rb") as file:
        is_workbook = file.read(4) == b"PK\x03\x04"
    found = _workbook_tables(path) if is_workbook else _text_tables(path)
    with closing(found) as tables:
        yield _first_roster(tables)


def _first_roster(tables: Tables) -> Sheet:
    nearest: Header | None = None
    for rows, merged in tables:
        sheet = _sheet(rows, merged)
        if sheet is None:
            continue
        if not sheet.header.missing:
            return sheet
        if nearest is None or len(sheet.header.fields) > len(nearest.fields):
            nearest = sheet.header
    raise _header_refusal(nearest)


def _header_refusal(nearest: Header | None) -> Refused:
    if nearest is None:
        return Refused(
            "roster_no_header",
            _("没有找到表头。"),
            way_on=_("请保留一行列名，至少要有姓名、身份证号、入会日期。"),
        )
    missing = listed(TITLES[field] for field in nearest.missing)
    return Refused(
        "roster_columns_missing",
        _("名册缺少这些列：%(missing)s。") % {"missing": missing},
        way_on=_("请补上后重新上传。"),
        missing=list(nearest.missing),
    )


def _sheet(rows: Iterator[Line], merged: Merged) -> Sheet | None:
    """The table if one of its first rows is a header."""
    first: list[Line] = []
    for line in rows:
        first.append(line)
        if len(first) == HEADER_WITHIN_ROWS:
            break
    header = find_header([[cell.text for cell in cells] for _number, cells in first])
    if header is None:
        return None
    # ``find_header`` counts the rows it was given; a workbook may skip blank ones.
    body = first[header.number :]
    footers: list[int] = []
    lines = _body(_chained(body, rows), header, merged, footers)
    return Sheet(header, lines, footers)


def _chained(first: Iterable[Line], rest: Iterator[Line]) -> Iterator[Line]:
    yield from first
    yield from rest


def _body(
    rows: Iterator[Line], header: Header, merged: Merged, footers: list[int]
) -> Iterator[Line]:
    """The rows of people, merged cells filled, not more than the limit."""
    count = 0
    for number, cells in rows:
        cells = merged.filled(number, cells, header.fields)
        if all(cell.is_blank for cell in cells):
            continue
        if _is_footer(cells, header.fields):
            footers.append(number)
            continue
        count += 1
        if count > MOST_ROWS:
            raise Refused(
                "roster_too_long",
                _("名册超过 %(most)s 行。") % {"most": MOST_ROWS},
                way_on=_("请分成几份上传。"),
            )
        yield number, cells


def _is_footer(cells: Sequence[Cell], fields: Mapping[Field, int]) -> bool:
    """A line without number and with a word that ends lists; a repeated header line."""
    numbers = [fields[name] for name in (Field.IDENTITY, Field.CREDIT_CODE) if name in fields]
    given = [cells[at].text for at in numbers if at < len(cells) and not cells[at].is_blank]
    if given:
        return False
    text = next((cell.text for cell in cells if not cell.is_blank), "")
    return bool(_FOOTER.match(re.sub(r"\s+", "", text)))


class Merged:
    """The merged blocks of a sheet; cells under a block's first one are empty in the file."""

    def __init__(self, ranges: Iterable[tuple[int, int, int, int]] = ()) -> None:
        self._starts: dict[int, list[tuple[int, int, int, int]]] = {}
        for block in ranges:
            self._starts.setdefault(block[1], []).append(block)
        self._open: list[tuple[tuple[int, int, int, int], Cell]] = []

    def filled(self, number: int, cells: list[Cell], fields: Mapping[Field, int]) -> list[Cell]:
        """The row with the value of a block repeated where a column may share it, else marked."""
        if not self._starts:
            return cells
        cells += [BLANK] * (max(fields.values(), default=-1) + 1 - len(cells))
        self._open = [item for item in self._open if item[0][3] >= number]
        shared = {fields[name] for name in SHARED_IN_MERGED if name in fields}
        known = set(fields.values())
        for (left, _top, right, _bottom), value in self._open:
            for at in range(left - 1, min(right, len(cells))):
                if at in shared and at == left - 1:
                    cells[at] = value
                elif at in known and cells[at].is_blank:
                    cells[at] = Cell(CellKind.MERGED)
        for block in self._starts.get(number, []):
            left, _top, right, bottom = block
            value = cells[left - 1] if left <= len(cells) else BLANK
            for at in range(left, min(right, len(cells))):
                if at in known:
                    cells[at] = Cell(CellKind.MERGED)
            if bottom > number:
                self._open.append((block, value))
        return cells


def _text_tables(path: Path) -> Tables:
    """The table of a text file, once with each separator that may be meant, likeliest first."""
    text = decode_text(path.read_bytes())
    if text is None or "\x00" in text:
        raise _unreadable()
    head = "\n".join(text.splitlines()[:HEADER_WITHIN_ROWS])
    for separator in sorted(_SEPARATORS, key=head.count, reverse=True):
        if separator in head:
            yield _text_lines(text, separator), Merged()


def _text_lines(text: str, separator: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, [cell_from(cell) for cell in cells[:MOST_COLUMNS]]
    except csv.Error as error:
        raise _unreadable() from error


def _workbook_tables(path: Path) -> Tables:
    """The visible sheets of a workbook, streamed; formulas are seen as formulas."""
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except _WORKBOOK_FAULTS as error:
        raise _unreadable() from error
    with closing(book):
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield _sheet_lines(sheet), Merged(_merged_ranges(path, sheet))


def _sheet_lines(sheet: Any) -> Iterator[Line]:
    # The size a workbook claims may be wrong in both directions.
    sheet.reset_dimensions()
    try:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = [cell_from(cell.value, cell.data_type) for cell in row[:MOST_COLUMNS]]
            while cells and cells[-1].is_blank:
                cells.pop()
            yield number, cells
    except _WORKBOOK_FAULTS as error:
        raise _unreadable() from error


def _merged_ranges(path: Path, sheet: Any) -> Iterator[tuple[int, int, int, int]]:
    """(left, top, right, bottom), from 1, of the merged blocks, which stand behind the rows."""
    tail = b""
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path) as stream:
        while block := stream.read(_READ_BYTES):
            text = tail + block
            cut = text.rfind(b"<") if b"<" in text else 0
            for match in _MERGED.finditer(text, 0, cut):
                left, top, right, bottom = range_boundaries(match[1].decode())
                yield int(left), int(top), int(right), int(bottom)
            tail = text[cut:]


_WORKBOOK_FAULTS = (
    zipfile.BadZipFile,
    AttributeError,
    IndexError,
    KeyError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    AssertionError,
)


def _unreadable() -> Refused:
    return Refused(
        "roster_unreadable",
        _("这个文件读不出来。"),
        way_on=_("请在电脑上打开，另存为电子表格或文本表格，再重新上传。"),
    )

"""Tables as .xlsx for people's own spreadsheets: streamed, every text a text, nothing computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from core.dates import BUSINESS_ZONE

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD_FILL = PatternFill("solid", start_color="E6F1EA")
WIDE = 22
_TEXT, _AMOUNT, _COUNT = "@", "#,##0.00", "#,##0"
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_TITLE_LENGTH = 31


def write_table(
    out: IO[bytes] | Path, *, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Write one sheet with a head and these rows; how many rows there were.

    Texts are kept as texts (``text_cell``), amounts and counts are numbers, days and moments
    (local time) are written as people write them, None is empty.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title.translate(_NOT_IN_TITLES)[:_TITLE_LENGTH])
    for position in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(position)].width = WIDE
    sheet.freeze_panes = "A2"
    sheet.append([text_cell(sheet, column, fill=HEAD_FILL) for column in columns])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    book.save(out)
    return count


def text_cell(sheet: Any, text: str, **style: Any) -> WriteOnlyCell:
    """A cell that shows the text as it is, long numbers whole, and computes nothing."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", defused(text)))
    cell.data_type = "s"
    cell.number_format = _TEXT
    for name, value in style.items():
        setattr(cell, name, value)
    return cell


def defused(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula.

    Source: OWASP, "CSV Injection".
    """
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = _AMOUNT if isinstance(value, Decimal) else _COUNT
        return cell
    if isinstance(value, datetime):
        value = value.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")
    elif isinstance(value, date):
        value = value.isoformat()
    return text_cell(sheet, "" if value is None else str(value))

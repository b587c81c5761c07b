"""The rows that need mending as a workbook: the original cells, and a column that says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cooperative.membership.models import Roster
from cooperative.membership.roster.cells import CellKind
from cooperative.membership.roster.problems import told_in_one_line
from cooperative.membership.roster.selectors import rows_with_problems
from cooperative.membership.roster.staging import cells_of
from core.workbooks import HEAD_FILL, WIDE, text_cell

_BAD_FONT = Font(color="A5322A")
_WIDEST = 60


def write_report(roster: Roster, out: IO[bytes] | Path) -> int:
    """Write the report; how many rows it has.

    Every cell is text, so that numbers stay whole and nothing is computed; text that could be a
    formula begins with an apostrophe.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("需要改正的行"))
    titles = [_("原来的行号"), *roster.titles, _("问题")]
    for position in range(1, len(titles)):
        sheet.column_dimensions[get_column_letter(position)].width = WIDE
    sheet.column_dimensions[get_column_letter(len(titles))].width = _WIDEST
    sheet.freeze_panes = "A2"
    sheet.append([text_cell(sheet, title, fill=HEAD_FILL) for title in titles])
    count = 0
    for row, problems in rows_with_problems(roster):
        cells = [_shown(cell.kind, cell.text) for cell in cells_of(row)]
        cells = [*cells, *[""] * len(roster.titles)][: len(roster.titles)]
        line = [text_cell(sheet, text) for text in [str(row.number), *cells]]
        told = text_cell(sheet, told_in_one_line(problems), font=_BAD_FONT)
        told.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([*line, told])
        count += 1
    book.save(out)
    return count


def _shown(kind: CellKind, text: str) -> str:
    return "" if kind is CellKind.MERGED else text

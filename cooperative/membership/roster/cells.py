"""One cell: what the file held, and the value a person meant by it. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

TEXT_LENGTH = 200
_EXCEL_EPOCH = date(1899, 12, 30)
# Serial numbers of the years 1954 to 2064, the only plain numbers taken for dates.
_SERIALS = range(20_000, 60_001)
_FIRST_YEAR = 1950
_HUNDREDTH = Decimal("0.01")
_MOST_MU = Decimal(100_000)
_DAY = re.compile(
    r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*日?(?:[T\s]+[0-9:.]+)?"
)
_PACKED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class CellKind(StrEnum):
    """What the file stored; one letter, because it stands before every staged cell."""

    BLANK = "-"
    TEXT = "t"
    NUMBER = "n"
    DAY = "d"
    FORMULA = "f"
    FAULT = "e"
    MERGED = "m"


class CellProblem(ValueError):
    """A cell that cannot be what its column says; ``code`` names the problem."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Cell:
    """A cell as text with the kind it had in the file. Formulas are kept as text, never computed."""

    kind: CellKind
    text: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing a person would see."""
        return self.kind is CellKind.BLANK

    def packed(self) -> str:
        """The cell as one string, read back by ``unpacked``."""
        return "" if self.is_blank else self.kind.value + self.text


BLANK = Cell(CellKind.BLANK)


def unpacked(packed: str) -> Cell:
    """The cell that ``packed`` made."""
    return Cell(CellKind(packed[0]), packed[1:]) if packed else BLANK


def cell_from(value: Any, data_type: str = "") -> Cell:
    """A cell from what a reader of workbooks or text gives. Text that begins as a formula is one."""
    if value is None:
        return BLANK
    if data_type == "f":
        return Cell(CellKind.FORMULA, str(getattr(value, "text", value))[:TEXT_LENGTH])
    if data_type == "e":
        return Cell(CellKind.FAULT, str(value))
    if isinstance(value, bool):
        return Cell(CellKind.TEXT, str(value))
    if isinstance(value, (int, float, Decimal)):
        return Cell(CellKind.NUMBER, repr(value) if isinstance(value, float) else str(value))
    if isinstance(value, datetime):
        return Cell(CellKind.DAY, value.date().isoformat())
    if isinstance(value, date):
        return Cell(CellKind.DAY, value.isoformat())
    if isinstance(value, (time, timedelta)):
        return Cell(CellKind.TEXT, str(value))
    text = _INVISIBLE.sub("", str(value)).strip()
    if not text:
        return BLANK
    return Cell(CellKind.FORMULA if text.startswith("=") else CellKind.TEXT, text[:TEXT_LENGTH])


def plain(cell: Cell) -> str:
    """The text of a cell: half-width, without the apostrophe that marks text, blanks trimmed.

    A whole number loses the ``.0`` a workbook gave it.

    Raises:
        CellProblem: ``formula``, ``fault`` or ``merged``.
    """
    if cell.kind is CellKind.FORMULA:
        raise CellProblem("formula")
    if cell.kind is CellKind.FAULT:
        raise CellProblem("fault")
    if cell.kind is CellKind.MERGED:
        raise CellProblem("merged")
    text = unicodedata.normalize("NFKC", cell.text).strip().lstrip("'’‘`").strip()
    if cell.kind is CellKind.NUMBER and text.endswith(".0"):
        return text[:-2]
    return text


def identity_text(cell: Cell) -> str:
    """The text of a cell for an identity number.

    Raises:
        CellProblem: ``identity_number_cell``: a workbook keeps 15 digits of a number, so the last
            three may have become zeros; or what ``plain`` raises.
    """
    text = plain(cell)
    if cell.kind in (CellKind.NUMBER, CellKind.DAY) or _SCIENTIFIC.fullmatch(text):
        raise CellProblem("identity_number_cell")
    return text


def name_text(cell: Cell) -> str:
    """A name without blanks inside, except between words of letters; the dot of names unified.

    Raises:
        CellProblem: ``name_odd`` for digits or signs, ``name_length``.
    """
    text = re.sub(r"[•‧∙・.﹒]", "·", plain(cell))
    text = re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", text)
    if not text:
        return ""
    if not re.fullmatch(r"[^\W\d_]+(?:[· ][^\W\d_]+)*", text):
        raise CellProblem("name_odd")
    if not 2 <= len(text) <= 40:
        raise CellProblem("name_length")
    return text


def business_name_text(cell: Cell) -> str:
    """The name of a business: any text of 2 to 80 characters.

    Raises:
        CellProblem: ``name_length``.
    """
    text = re.sub(r"\s+", "", plain(cell))
    if text and not 2 <= len(text) <= 80:
        raise CellProblem("name_length")
    return text


def day_of(cell: Cell) -> tuple[date | None, bool]:
    """The date of a cell, and whether it was guessed from a workbook's bare serial number.

    Raises:
        CellProblem: ``day_odd`` or ``day_impossible``.
    """
    text = plain(cell)
    if not text:
        return None, False
    if cell.kind is CellKind.DAY:
        return _checked_day(*(int(part) for part in text.split("-"))), False
    if re.fullmatch(r"\d{5}", text) and int(text) in _SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(text)), True
    match = _DAY.fullmatch(text) or _PACKED_DAY.fullmatch(text)
    if match is None:
        raise CellProblem("day_odd")
    return _checked_day(*(int(part) for part in match.groups())), False


def _checked_day(year: int, month: int, day: int) -> date:
    if year < _FIRST_YEAR:
        raise CellProblem("day_impossible")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CellProblem("day_impossible") from error


def mu_of(cell: Cell) -> Decimal | None:
    """An area in mu with two decimals, half-up; None for a blank or a dash.

    Raises:
        CellProblem: ``area_odd``, ``area_negative`` or ``area_absurd``.
    """
    text = plain(cell)
    text = re.sub(r"\s|亩$", "", re.sub(r"(?<=\d),(?=\d{3})", "", text)).removesuffix("亩")
    if text in {"", "-", "—", "无", "/"}:
        return None
    if not re.fullmatch(r"[-−+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", text):
        raise CellProblem("area_odd")
    try:
        area = Decimal(text.replace("−", "-"))
    except InvalidOperation as error:
        raise CellProblem("area_odd") from error
    if area < 0:
        raise CellProblem("area_negative")
    if area > _MOST_MU:
        raise CellProblem("area_absurd")
    return area.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)

"""One row of a roster against the rules: what it says, and everything that is wrong with it.

Pure: the villages and co-operatives of the union come in as look-up tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from cooperative.membership.roster.cells import (
    BLANK,
    Cell,
    CellKind,
    CellProblem,
    business_name_text,
    day_of,
    identity_text,
    mu_of,
    name_text,
    plain,
)
from cooperative.membership.roster.columns import Field
from cooperative.membership.roster.problems import Problem
from cooperative.membership.rules.identity import (
    IdentityProblem,
    check_credit_code,
    check_mobile,
    check_resident_id,
    comes_of_age_on,
)

PERSON = "person"
BUSINESS = "business"
_SHOWN_LENGTH = 20
_VILLAGE_ENDS = re.compile(r"(村民委员会|居民委员会|村委会|居委会|社区|村|屯)$")

ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Entry:
    """What a row says of one member, as far as it could be read."""

    kind: str = PERSON
    name: str = ""
    identity: str = ""
    phone: str = ""
    division: str | None = None
    cooperative: int | None = None
    admitted_on: date | None = None
    household: str = ""
    contracted_mu: Decimal | None = None
    rented_mu: Decimal | None = None
    crop: str = ""


class Names:
    """Names people write, looked up by a normal form; the nearest is suggested for an unknown one."""

    def __init__(
        self, known: Iterable[tuple[str, Any]], normal: Callable[[str], str] = str.strip
    ) -> None:
        self._normal = normal
        self._found: dict[str, dict[Any, str]] = {}
        for name, key in known:
            self._found.setdefault(normal(name), {}).setdefault(key, name)
        self._near: dict[str, str] = {}

    def find(self, given: str) -> list[Any]:
        """The keys a name stands for: one, several, or none."""
        return list(self._found.get(self._normal(given), {}))

    def nearest(self, given: str) -> str:
        """The known name most like the given one, or an empty string."""
        wanted = self._normal(given)
        if wanted not in self._near:
            close = get_close_matches(wanted, self._found, n=1, cutoff=0.5)
            names = self._found[close[0]].values() if close else []
            self._near[wanted] = next(iter(names), "")
        return self._near[wanted]


def normal_village(name: str) -> str:
    """A village's name without what offices add.

    >>> normal_village("同兴村村委会"), normal_village("同兴村"), normal_village("同兴")
    ('同兴', '同兴', '同兴')
    """
    name = re.sub(r"[\s()（）]+", "", name)
    for _ in range(2):
        shorter = _VILLAGE_ENDS.sub("", name)
        name = shorter if len(shorter) >= 2 else name
    return name


def normal_cooperative(name: str) -> str:
    """A co-operative's name without blanks and brackets.

    >>> normal_cooperative("双城区 金秋农机（农民）专业合作社")
    '双城区金秋农机农民专业合作社'
    """
    return re.sub(r"[\s()（）]+", "", name)


@dataclass(frozen=True)
class Surroundings:
    """What a row is checked against: the day, and the names known in the union."""

    today: date
    villages: Names
    cooperatives: Names


@dataclass
class _Desk:
    """One row on the desk while it is being checked."""

    row: Sequence[Cell]
    fields: Mapping[Field, int]
    problems: list[Problem] = field(default_factory=list)

    def cell(self, column: Field) -> Cell:
        at = self.fields.get(column)
        return self.row[at] if at is not None and at < len(self.row) else BLANK

    def note(self, column: Field, code: str, **facts: Any) -> None:
        self.problems.append(Problem(column.value, code, facts))

    def read(self, column: Field, value: Callable[[Cell], ValueT]) -> ValueT | None:
        """The value of a cell, or None with the problem noted."""
        cell = self.cell(column)
        if cell.is_blank:
            return None
        try:
            return value(cell)
        except CellProblem as problem:
            self.note(column, problem.code, **problem.facts)
        except IdentityProblem as problem:
            self.note(column, problem.code)
        return None

    @property
    def stopped(self) -> set[str]:
        return {problem.column for problem in self.problems if problem.stops}


def check_row(
    row: Sequence[Cell], fields: Mapping[Field, int], around: Surroundings
) -> tuple[Entry, list[Problem]]:
    """What a row says and what is wrong with it; the entry is whole when no problem stops."""
    desk = _Desk(row, fields)
    kind, identity = _identity(desk, around.today)
    entry = Entry(
        kind=kind,
        identity=identity,
        name=_name(desk, kind),
        phone=_phone(desk),
        division=_village(desk, around.villages),
        cooperative=_cooperative(desk, around.cooperatives),
        admitted_on=_admitted_on(desk, around.today),
        household=_household(desk),
        contracted_mu=desk.read(Field.CONTRACTED_MU, mu_of),
        rented_mu=desk.read(Field.RENTED_MU, mu_of),
        crop=_crop(desk),
    )
    _check_age(desk, entry, around.today)
    return entry, desk.problems


def identity_of(row: Sequence[Cell], fields: Mapping[Field, int], today: date) -> str:
    """The valid identity number of a row, or an empty string: for finding repeated rows."""
    return _identity(_Desk(row, fields), today)[1]


def _identity(desk: _Desk, today: date) -> tuple[str, str]:
    """The kind of member and the number; a credit code may stand in either column."""
    person, business = desk.cell(Field.IDENTITY), desk.cell(Field.CREDIT_CODE)
    if not person.is_blank and not business.is_blank:
        desk.note(Field.CREDIT_CODE, "identity_two")
        return PERSON, ""
    column = Field.IDENTITY if business.is_blank else Field.CREDIT_CODE
    if person.is_blank and business.is_blank:
        desk.note(column if column in desk.fields else Field.CREDIT_CODE, "blank")
        return PERSON, ""
    text = desk.read(column, identity_text)
    if text is None:
        return PERSON, ""
    number = "".join(text.split()).replace("-", "").upper()
    if column is Field.CREDIT_CODE or _is_credit_code(number):
        return BUSINESS, _checked(desk, column, lambda: check_credit_code(number), number)
    return PERSON, _checked(desk, column, lambda: check_resident_id(number, today=today), number)


def _is_credit_code(number: str) -> bool:
    """No region begins with 9, and credit codes of businesses do."""
    return len(number) == 18 and number.startswith("9")


def _checked(desk: _Desk, column: Field, check: Callable[[], str], number: str) -> str:
    try:
        return check()
    except IdentityProblem as problem:
        code = "birth" if problem.code == "future" else problem.code
        facts = {"length": len(number)} if code == "length" else {}
        desk.note(column, f"identity_{code}", **facts)
        return ""


def _name(desk: _Desk, kind: str) -> str:
    name = desk.read(Field.NAME, business_name_text if kind == BUSINESS else name_text)
    if not name and Field.NAME.value not in desk.stopped:
        desk.note(Field.NAME, "blank")
    return name or ""


def _phone(desk: _Desk) -> str:
    def value(cell: Cell) -> str:
        text = plain(cell)
        if text in {"", "-", "无", "/", "—"}:
            return ""
        try:
            return check_mobile(text)
        except IdentityProblem as error:
            raise CellProblem("phone_odd") from error

    phone = desk.read(Field.PHONE, value) or ""
    if not phone and Field.PHONE.value not in desk.stopped:
        desk.note(Field.PHONE, "phone_missing")
    return phone


def _village(desk: _Desk, villages: Names) -> str | None:
    given = desk.read(Field.VILLAGE, plain)
    if not given:
        return None
    found = villages.find(given)
    if len(found) == 1:
        return str(found[0])
    if found:
        desk.note(Field.VILLAGE, "village_ambiguous", given=_harmless(given))
    else:
        _note_unknown(desk, Field.VILLAGE, "village_unknown", given, villages.nearest(given))
    return None


def _cooperative(desk: _Desk, cooperatives: Names) -> int | None:
    given = desk.read(Field.COOPERATIVE, plain)
    if not given:
        return None
    found = cooperatives.find(given)
    if len(found) == 1:
        return int(found[0])
    near = cooperatives.nearest(given)
    _note_unknown(desk, Field.COOPERATIVE, "cooperative_unknown", given, near)
    return None


def _note_unknown(desk: _Desk, column: Field, code: str, given: str, near: str) -> None:
    if near:
        desk.note(column, f"{code}_near", given=_harmless(given), near=near)
    else:
        desk.note(column, code, given=_harmless(given))


def _harmless(given: str) -> str:
    """A text that is shown and stored outside the seal: short, and without numbers of persons."""
    return re.sub(r"\d{5,}[Xx]?", "…", given)[:_SHOWN_LENGTH]


def _admitted_on(desk: _Desk, today: date) -> date | None:
    if desk.cell(Field.ADMITTED_ON).is_blank:
        desk.note(Field.ADMITTED_ON, "blank")
        return None
    read = desk.read(Field.ADMITTED_ON, day_of)
    if read is None:
        return None
    day, guessed = read
    if day is None:
        desk.note(Field.ADMITTED_ON, "blank")
    elif day > today:
        desk.note(Field.ADMITTED_ON, "day_future")
    elif guessed:
        desk.note(Field.ADMITTED_ON, "day_guessed", day=day.isoformat())
    return day


def _household(desk: _Desk) -> str:
    text = "".join((desk.read(Field.HOUSEHOLD, plain) or "").split())
    if len(text) > 40:
        desk.note(Field.HOUSEHOLD, "household_odd")
        return ""
    return text


def _crop(desk: _Desk) -> str:
    """A remark in all but name: a formula there stops nothing."""
    if desk.cell(Field.CROP).kind in (CellKind.FORMULA, CellKind.FAULT, CellKind.MERGED):
        desk.note(Field.CROP, "formula_ignored")
        return ""
    return (desk.read(Field.CROP, plain) or "")[:60]


def _check_age(desk: _Desk, entry: Entry, today: date) -> None:
    """Nobody under eighteen, today or on the day of admission. Source: Civil Code art. 17."""
    if entry.kind != PERSON or not entry.identity:
        return
    of_age_on = comes_of_age_on(entry.identity)
    if of_age_on > today:
        desk.note(Field.IDENTITY, "under_age")
    elif entry.admitted_on is not None and entry.admitted_on < of_age_on:
        desk.note(Field.ADMITTED_ON, "day_too_early")

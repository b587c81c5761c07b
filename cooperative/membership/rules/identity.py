"""Identity numbers: resident ID (GB 11643-1999), unified social credit code (GB 32100-2015), mobile."""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from core import phone

_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | {
    ord("Ｘ"): "X",
    ord("ｘ"): "X",
    ord("　"): " ",
}
_ADULT_AGE = 18  # Civil Code art. 17


class IdentityProblem(ValueError):
    """The number cannot be one; ``code`` says why: length, characters, birth, future, check."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean_number(text: str) -> str:
    """The number as it is stored: half-width, without blanks or dashes, capital letters."""
    return re.sub(r"[\s\-]", "", text.translate(_FULL_WIDTH)).upper()


def check_resident_id(text: str, *, today: date) -> str:
    """The 18 characters of a valid resident ID number.

    >>> check_resident_id("11010519491231002x", today=date(2026, 1, 1))
    '11010519491231002X'

    Region codes are not judged: retired codes stay valid. Numbers of 15 digits ended on
    2013-01-01.

    Raises:
        IdentityProblem: length, characters, birth, future or check.
    Source: GB 11643-1999; Law on Resident Identity Cards, art. 23.
    """
    number = clean_number(text)
    if len(number) != 18:
        raise IdentityProblem("length")
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise IdentityProblem("characters")
    born_on = birth_date(number)
    if born_on > today:
        raise IdentityProblem("future")
    if ric.calc_check_digit(number) != number[-1]:
        raise IdentityProblem("check")
    return number


def birth_date(number: str) -> date:
    """The date of birth inside a resident ID number.

    Raises:
        IdentityProblem: birth, when there is no such date.
    """
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdentityProblem("birth") from error


def comes_of_age_on(number: str) -> date:
    """The eighteenth birthday, from which a person may borrow and lend.

    Source: Civil Code art. 17.
    """
    born_on = birth_date(number)
    leap_day = (born_on.month, born_on.day) == (2, 29)
    year = born_on.year + _ADULT_AGE
    if leap_day and (year % 4 or (year % 100 == 0 and year % 400)):
        return date(year, 3, 1)
    return born_on.replace(year=year)


def check_credit_code(text: str) -> str:
    """The 18 characters of a valid unified social credit code.

    >>> check_credit_code("91110000600037341L")
    '91110000600037341L'

    Raises:
        IdentityProblem: length, characters or check.
    Source: GB 32100-2015.
    """
    number = clean_number(text)
    if len(number) != 18:
        raise IdentityProblem("length")
    if not re.fullmatch(r"[0-9A-HJ-NP-RTUW-Y]{18}", number):
        raise IdentityProblem("characters")
    try:
        return str(uscc.validate(number))
    except ValidationError as error:
        raise IdentityProblem("check") from error


def check_mobile(text: str) -> str:
    """The 11 digits of a Chinese mobile number, with or without +86.

    >>> check_mobile("+86 138-0000-1234")
    '13800001234'

    Raises:
        IdentityProblem: length or characters.
    """
    try:
        return phone.check_mobile(text)
    except phone.PhoneProblem as problem:
        raise IdentityProblem(problem.code) from problem

"""Chinese mobile numbers. Pure functions."""

from __future__ import annotations

import re

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_TO_ASCII = {ord("０") + digit: str(digit) for digit in range(10)} | {
    ord("＋"): "+",
    ord("　"): " ",
}


class PhoneProblem(ValueError):
    """The text cannot be a mobile number; ``code`` says why: length or characters."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def half_width(text: str) -> str:
    """Full-width digits, as Chinese keyboards write them, as plain ones; no blanks, no dashes.

    >>> half_width(" １２３-４５６ ")
    '123456'
    """
    return re.sub(r"[\s\-]", "", text.translate(_TO_ASCII))


def check_mobile(text: str) -> str:
    """The 11 digits of a Chinese mobile number, with or without +86.

    >>> check_mobile("+86 138-0000-1234"), check_mobile("１３８００００１２３４")
    ('13800001234', '13800001234')

    Raises:
        PhoneProblem: length or characters.
    """
    number = half_width(text).removeprefix("+86")
    if len(number) == 13 and number.startswith("86"):
        number = number[2:]
    if len(number) != 11:
        raise PhoneProblem("length")
    if not _MOBILE.fullmatch(number):
        raise PhoneProblem("characters")
    return number

"""The bank account to which lenders transfer: whose it must be, and what its number may look like."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

SHORTEST, LONGEST = 8, 30
_CARD = range(16, 20)
_BETWEEN = " -"


@dataclass(frozen=True)
class PayeeAccount:
    """An account as it stands in a request and, frozen, in the contract: digits without spaces."""

    holder: str
    bank: str
    number: str


def digits_of(typed: str) -> str:
    """A number as it was typed, without the spaces and hyphens in which it is printed.

    >>> digits_of("６２２８ 4804-0256 4890 018")
    '6228480402564890018'
    """
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(sign for sign in plain if sign not in _BETWEEN and not sign.isspace())


def problem_of_number(number: str) -> str | None:
    """What no bank's number can be, as a code, or None: ``digits`` or ``length``.

    >>> problem_of_number("62284804O2564890"), problem_of_number("1234567")
    ('digits', 'length')
    """
    if not (number.isascii() and number.isdigit()):
        return "digits"
    return None if SHORTEST <= len(number) <= LONGEST else "length"


def is_doubtful(number: str) -> bool:
    """Whether a number as long as a card's fails the check digit of cards (Luhn).

    Only a doubt: passbooks and company accounts have other check digits, or none.
    Source: ISO/IEC 7812-1 annex B; GB/T 19584.

    >>> is_doubtful("6228480402564890018"), is_doubtful("6228480402564890019")
    (False, True)
    >>> is_doubtful("08301234567890")
    False
    """
    return len(number) in _CARD and _luhn(number) % 10 != 0


def _luhn(number: str) -> int:
    """The sum of the digits, every second from the right doubled and cast out by nine."""
    total = 0
    for place, sign in enumerate(reversed(number)):
        digit = int(sign) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total


def grouped(number: str) -> str:
    """A number as it is read aloud and printed on a card.

    >>> grouped("6228480402564890018")
    '6228 4804 0256 4890 018'
    """
    return " ".join(groups(number))


def groups(number: str) -> list[str]:
    """Its groups of four digits; the last may be shorter."""
    return [number[at : at + 4] for at in range(0, len(number), 4)]


def is_of(holder: str, payee: str) -> bool:
    """Whether an account is in the payee's own name; spaces and wide brackets aside.

    Lenders lend to the borrower and pay them or the supplier whom they named, nobody else: who
    pays a third person cannot prove that the loan was formed.
    Source: Civil Code art. 679; 法释〔2020〕17号 art. 9.

    >>> is_of("兴农农资店(双城)", "兴农农资店（双城）"), is_of("王秋实", "王秋石")
    (True, False)
    """
    return bool(_plain(holder)) and _plain(holder) == _plain(payee)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())

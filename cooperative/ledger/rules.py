"""What makes an entry: lines that balance for each holder, and the digest that chains it.

Every holder keeps a small book of accounts of its own. A move between two parties writes lines
into both books, and the lines of each holder balance by themselves: what a lender hands over
becomes a claim of the lender, what a borrower receives becomes a debt of the borrower.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from core.money import FEN, ZERO

# Kinds of accounts; a debit makes the first five larger, a credit the others.
MONEY = "money"
CLAIM = "claim"
INTEREST_PAID = "interest_paid"
COST = "cost"
WRITE_OFF = "write_off"
DEBT = "debt"
INTEREST_RECEIVED = "interest_received"
GOODS = "goods"
ACCOUNT_KINDS = (MONEY, CLAIM, INTEREST_PAID, COST, WRITE_OFF, DEBT, INTEREST_RECEIVED, GOODS)

# Who may have accounts. The platform is not among them (I1).
MEMBER = "member"
SUPPLIER = "supplier"
INSTITUTION = "institution"
HOLDER_KINDS = (MEMBER, SUPPLIER, INSTITUTION)
HOLDER_FORM = rf"^({'|'.join(HOLDER_KINDS)}):[1-9][0-9]*$"

# The hash before the first entry of a chain.
ORIGIN = "0" * 64

_FORMAT = 1


class Unbalanced(ValueError):
    """Lines that no book would take: a fault of the program, never of a person."""


@dataclass(frozen=True)
class Line:
    """One line of an entry in yuan: either a debit or a credit, exact to the fen and above zero.

    ``holder`` is a stable key such as ``member:42``, ``account_kind`` one of ``ACCOUNT_KINDS``.
    """

    holder: str
    account_kind: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def mirrored(self) -> Line:
        """The line that takes this one back."""
        return Line(self.holder, self.account_kind, self.credit, self.debit)


def check_lines(lines: Sequence[Line]) -> None:
    """Lines that may be posted: known holders and kinds, one side each, balanced for each holder.

    >>> check_lines([Line("member:1", "claim", debit=Decimal(5)), Line("member:1", "money", credit=Decimal(5))])
    >>> check_lines([Line("member:1", "claim", debit=Decimal(5)), Line("member:2", "money", credit=Decimal(5))])
    Traceback (most recent call last):
    cooperative.ledger.rules.Unbalanced: member:1 does not balance: 5.00

    Raises:
        Unbalanced: naming the line or the holder.
    """
    if not lines:
        raise Unbalanced("an entry without lines")
    for line in lines:
        _check_line(line)
    for holder, difference in differences(lines).items():
        if difference:
            raise Unbalanced(f"{holder} does not balance: {difference}")


def _check_line(line: Line) -> None:
    if not re.fullmatch(HOLDER_FORM, line.holder) or line.account_kind not in ACCOUNT_KINDS:
        raise Unbalanced(f"no such account: {line.holder} {line.account_kind}")
    if min(line.debit, line.credit) != 0 or max(line.debit, line.credit) <= 0:
        raise Unbalanced(f"not one positive side: {line}")
    if line.debit % FEN or line.credit % FEN:
        raise Unbalanced(f"finer than a fen: {line}")


def differences(lines: Iterable[Line]) -> dict[str, Decimal]:
    """Debits less credits of each holder; all zero in an entry that balances."""
    found: dict[str, Decimal] = {}
    for line in lines:
        found[line.holder] = found.get(line.holder, ZERO) + line.debit - line.credit
    return found


@dataclass(frozen=True)
class Content:
    """All that the digest of an entry covers.

    ``subject`` is (``app.model``, id), ``by`` the id of the account that posted it or None,
    ``reverses`` the digest of the entry that this one takes back, or an empty string.
    """

    subject: tuple[str, int]
    sequence: int
    business_date: date
    kind: str
    scope: str
    reference: str
    reason: str
    recorded_at: datetime
    by: int | None
    reverses: str
    previous_hash: str
    lines: tuple[Line, ...]


def digest(content: Content) -> str:
    """SHA-256 of an entry in its canonical form, 64 hex digits.

    The form is JSON in ASCII with sorted keys and no blanks. Its keys are ``format`` (1),
    ``subject`` [``app.model``, id], ``sequence``, ``business_date`` (ISO), ``kind``, ``scope``,
    ``reference``, ``reason``, ``recorded_at`` (ISO with microseconds in UTC), ``by``,
    ``reverses``, ``previous`` (the digest before, 64 zeros for the first) and ``postings``: lists
    of holder, kind of account, debit, credit, the amounts as text with two decimals, sorted. So
    it depends on nothing but what was recorded, and anybody can compute it again.
    """
    return _sha256(
        {
            "format": _FORMAT,
            "subject": list(content.subject),
            "sequence": content.sequence,
            "business_date": content.business_date.isoformat(),
            "kind": content.kind,
            "scope": content.scope,
            "reference": content.reference,
            "reason": content.reason,
            "recorded_at": _moment(content.recorded_at),
            "by": content.by,
            "reverses": content.reverses,
            "previous": content.previous_hash,
            "postings": sorted(
                [line.holder, line.account_kind, f"{line.debit:.2f}", f"{line.credit:.2f}"]
                for line in content.lines
            ),
        }
    )


@dataclass(frozen=True)
class EvidenceContent:
    """All that the digest of a piece of evidence covers; ``entry`` is the digest of its entry."""

    entry: str
    sequence: int
    what: str
    file_sha256: str
    at: datetime
    by: int | None
    previous_hash: str


def evidence_digest(content: EvidenceContent) -> str:
    """SHA-256 of a piece of evidence in the same canonical form.

    Keys: ``format``, ``entry``, ``sequence``, ``what``, ``file`` (SHA-256 of its bytes), ``at``,
    ``by``, ``previous``.
    """
    return _sha256(
        {
            "format": _FORMAT,
            "entry": content.entry,
            "sequence": content.sequence,
            "what": content.what,
            "file": content.file_sha256,
            "at": _moment(content.at),
            "by": content.by,
            "previous": content.previous_hash,
        }
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _sha256(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()

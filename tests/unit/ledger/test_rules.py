"""Lines that balance, digests that depend on everything recorded and on nothing else."""

from __future__ import annotations

import hashlib
import random
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cooperative.ledger.rules import (
    ACCOUNT_KINDS,
    ORIGIN,
    Content,
    EvidenceContent,
    Line,
    Unbalanced,
    check_lines,
    differences,
    digest,
    evidence_digest,
)

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
CONTENT = Content(
    subject=("lending.share", 12),
    sequence=3,
    business_date=date(2026, 5, 20),
    kind="lending.repaid",
    scope="A/",
    reference="Z-1",
    reason="",
    recorded_at=NOON,
    by=7,
    reverses="",
    previous_hash=ORIGIN,
    lines=(
        Line("member:1", "claim", debit=Decimal("100.00")),
        Line("member:1", "money", credit=Decimal("100.00")),
    ),
)
EVIDENCE = EvidenceContent(
    entry="a" * 64,
    sequence=1,
    what="slip",
    file_sha256="b" * 64,
    at=NOON,
    by=None,
    previous_hash=ORIGIN,
)

yuan = st.integers(1, 10**9).map(lambda fen: Decimal(fen) / 100)
holders = st.builds(
    lambda kind, number: f"{kind}:{number}",
    st.sampled_from(["member", "supplier", "institution"]),
    st.integers(1, 10**6),
)


@st.composite
def balanced(draw: st.DrawFn) -> list[Line]:
    """Entries of any shape: for each holder some debits, and credits that sum to the same."""
    lines = []
    for holder in draw(st.lists(holders, min_size=1, max_size=3, unique=True)):
        debits = draw(st.lists(yuan, min_size=1, max_size=3))
        kinds = st.sampled_from(ACCOUNT_KINDS)
        lines += [Line(holder, draw(kinds), debit=amount) for amount in debits]
        whole = sum(debits, Decimal(0))
        part = draw(st.integers(0, int(whole * 100) - 1).map(lambda fen: Decimal(fen) / 100))
        parts = [amount for amount in (part, whole - part) if amount]
        lines += [Line(holder, draw(kinds), credit=amount) for amount in parts]
    return draw(st.permutations(lines))


@given(balanced())
def test_balanced_lines_are_accepted_and_so_is_their_mirror(lines: list[Line]) -> None:
    check_lines(lines)
    check_lines([line.mirrored for line in lines])
    assert not any(differences(lines).values())
    assert not any(differences([*lines, *(line.mirrored for line in lines)]).values())


@given(balanced(), st.data())
def test_a_changed_amount_never_balances(lines: list[Line], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    more = data.draw(yuan)
    line = lines[place]
    if line.debit:
        lines[place] = replace(line, debit=line.debit + more)
    else:
        lines[place] = replace(line, credit=line.credit + more)
    with pytest.raises(Unbalanced, match="does not balance"):
        check_lines(lines)


@given(balanced(), st.data())
def test_a_missing_line_never_balances(lines: list[Line], data: st.DataObject) -> None:
    left_out = data.draw(st.integers(0, len(lines) - 1))
    rest = [line for place, line in enumerate(lines) if place != left_out]
    assume(rest)
    with pytest.raises(Unbalanced):
        check_lines(rest)


@pytest.mark.parametrize(
    "line",
    [
        Line("platform:1", "money", debit=Decimal(1)),
        Line("user:1", "money", debit=Decimal(1)),
        Line("member:0", "money", debit=Decimal(1)),
        Line("member:1 ", "money", debit=Decimal(1)),
        Line("member:1", "pool", debit=Decimal(1)),
        Line("member:1", "money"),
        Line("member:1", "money", debit=Decimal(1), credit=Decimal(1)),
        Line("member:1", "money", debit=Decimal(-1)),
        Line("member:1", "money", debit=Decimal(2), credit=Decimal(-1)),
        Line("member:1", "money", debit=Decimal("0.001")),
    ],
    ids=str,
)
def test_a_line_that_no_book_would_take(line: Line) -> None:
    with pytest.raises(Unbalanced):
        check_lines([line, line.mirrored])


def test_an_entry_without_lines() -> None:
    with pytest.raises(Unbalanced, match="without lines"):
        check_lines([])


def test_the_canonical_form_is_what_the_docstring_says() -> None:
    """Written out by hand: a change of the form would break every chain that exists."""
    text = (
        '{"business_date":"2026-05-20","by":7,"format":1,"kind":"lending.repaid",'
        '"postings":[["member:1","claim","100.00","0.00"],["member:1","money","0.00","100.00"]],'
        f'"previous":"{ORIGIN}","reason":"","recorded_at":"2026-05-20T04:00:00.000000+00:00",'
        '"reference":"Z-1","reverses":"","scope":"A/","sequence":3,"subject":["lending.share",12]}'
    )
    assert digest(CONTENT) == hashlib.sha256(text.encode("ascii")).hexdigest()


def test_the_canonical_form_of_evidence() -> None:
    text = (
        f'{{"at":"2026-05-20T04:00:00.000000+00:00","by":null,"entry":"{"a" * 64}",'
        f'"file":"{"b" * 64}","format":1,"previous":"{ORIGIN}","sequence":1,"what":"slip"}}'
    )
    assert evidence_digest(EVIDENCE) == hashlib.sha256(text.encode("ascii")).hexdigest()


CHANGES = {
    "subject": ("lending.share", 13),
    "sequence": 4,
    "business_date": date(2026, 5, 21),
    "kind": "lending.delivered",
    "scope": "B/",
    "reference": "Z-2",
    "reason": "twice",
    "recorded_at": NOON + timedelta(microseconds=1),
    "by": None,
    "reverses": "c" * 64,
    "previous_hash": "d" * 64,
    "lines": (*CONTENT.lines, *CONTENT.lines),
}


def test_the_digest_depends_on_every_field() -> None:
    assert set(CHANGES) == {field.name for field in fields(Content)}
    digests = {digest(replace(CONTENT, **{name: new})) for name, new in CHANGES.items()}
    assert len(digests | {digest(CONTENT)}) == len(CHANGES) + 1


def test_the_digest_of_evidence_depends_on_every_field() -> None:
    changes = {
        "entry": "c" * 64,
        "sequence": 2,
        "what": "photo",
        "file_sha256": "c" * 64,
        "at": NOON + timedelta(microseconds=1),
        "by": 1,
        "previous_hash": "c" * 64,
    }
    assert set(changes) == {field.name for field in fields(EvidenceContent)}
    digests = {evidence_digest(replace(EVIDENCE, **{name: new})) for name, new in changes.items()}
    assert len(digests | {evidence_digest(EVIDENCE)}) == len(changes) + 1


@given(balanced(), st.randoms(use_true_random=False), st.text(max_size=60))
def test_the_digest_depends_on_neither_order_nor_zone_nor_scale(
    lines: list[Line], chance: random.Random, reference: str
) -> None:
    """The database gives lines in any order, moments in any zone, amounts with any zeros."""
    stored = [
        replace(line, debit=line.debit.quantize(Decimal("0.01")), credit=line.credit + 0)
        for line in lines
    ]
    chance.shuffle(stored)
    there = replace(CONTENT, lines=tuple(lines), reference=reference)
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    assert digest(there) == digest(replace(there, lines=tuple(stored), recorded_at=shanghai))


@given(balanced(), st.data())
def test_the_digest_tells_lines_apart(lines: list[Line], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    other = list(lines)
    other[place] = lines[place].mirrored
    one, two = (replace(CONTENT, lines=tuple(found)) for found in (lines, other))
    assert digest(one) != digest(two)

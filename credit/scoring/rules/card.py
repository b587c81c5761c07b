"""A scorecard as frozen data, and as JSON with every number a string."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

CODE = re.compile(r"[a-z][a-z0-9_]{0,62}")
# What a statement calls its own steps (see compiling): no indicator may have such a name.
TAKEN = re.compile(r"p[0-9]+|total|vetoes|grade|limit")
Row = TypeVar("Row")
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")


class Group(StrEnum):
    """Which part of a member's life a characteristic looks at."""

    IDENTITY = "identity"
    PRODUCTION = "production"
    SUPPLY = "supply"
    REPAYMENT = "repayment"
    BURDEN = "burden"
    PEER = "peer"


@dataclass(frozen=True, slots=True)
class Bin:
    """The points of values in ``[at_least, below)``; None is an open end."""

    at_least: Decimal | None
    below: Decimal | None
    points: Decimal
    reason: str

    def holds(self, value: Decimal) -> bool:
        """Whether the value lies in this bin."""
        return (self.at_least is None or value >= self.at_least) and (
            self.below is None or value < self.below
        )


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What is looked at, what its values earn, and what would earn more."""

    code: str
    title: str
    group: str
    indicator: str
    bins: tuple[Bin, ...]
    missing_points: Decimal
    missing_reason: str
    advice: str

    @property
    def best(self) -> Decimal:
        """The points of the best bin."""
        return max(one.points for one in self.bins)


@dataclass(frozen=True, slots=True)
class Veto:
    """An indicator at or above ``at_least`` takes the lowest grade and the whole limit."""

    code: str
    title: str
    indicator: str
    at_least: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A name for totals from ``at_least`` up to the next grade, and its limit's base in yuan."""

    code: str
    title: str
    at_least: Decimal
    base: Decimal


@dataclass(frozen=True, slots=True)
class LimitFormula:
    """Base + shares of assets and income, at most ``cap``, down to a multiple of ``step``; yuan."""

    assets_indicator: str
    assets_share: Decimal
    income_indicator: str
    income_share: Decimal
    cap: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True)
class Card:
    """A whole card. Grades stand from the highest to the lowest."""

    title: str
    source: str
    characteristics: tuple[Characteristic, ...]
    vetoes: tuple[Veto, ...]
    grades: tuple[Grade, ...]
    limit: LimitFormula

    @property
    def indicators(self) -> tuple[str, ...]:
        """Codes in the order of first use: the order of a score's stored inputs."""
        used = [one.indicator for one in self.characteristics]
        used += [one.indicator for one in self.vetoes]
        used += [self.limit.assets_indicator, self.limit.income_indicator]
        return tuple(dict.fromkeys(used))


def card_from_json(data: object) -> Card:
    """A card from plain data. The ends of a bin may be absent; everything else must be there.

    Only the shape is looked at; ``check_card`` judges what it says.

    Raises:
        ValueError: the path of what is missing, unknown, or of the wrong type. A number must be a
            string or a whole number: a float would not be what its writer wrote.
    """
    raw = _record(data, "card", Card)
    return Card(
        _text(raw["title"], "card.title"),
        _text(raw["source"], "card.source"),
        _each(raw["characteristics"], "card.characteristics", _characteristic),
        _each(raw["vetoes"], "card.vetoes", _flat(Veto)),
        _each(raw["grades"], "card.grades", _flat(Grade)),
        _flat(LimitFormula)(raw["limit"], "card.limit"),
    )


def card_to_json(card: Card) -> dict[str, Any]:
    """The card as plain data that ``card_from_json`` reads back to an equal card."""
    plain: dict[str, Any] = _plain(card)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _characteristic(data: object, where: str) -> Characteristic:
    raw = _record(data, where, Characteristic)
    texts = {
        name: _text(raw[name], f"{where}.{name}")
        for name in ("code", "title", "group", "indicator", "missing_reason", "advice")
    }
    return Characteristic(
        bins=_each(raw["bins"], f"{where}.bins", _bin),
        missing_points=_number(raw["missing_points"], f"{where}.missing_points"),
        **texts,
    )


def _bin(data: object, where: str) -> Bin:
    ends = {"at_least": None, "below": None}
    raw = _record({**ends, **data} if isinstance(data, Mapping) else data, where, Bin)
    low, high = (None if raw[end] is None else _number(raw[end], f"{where}.{end}") for end in ends)
    points = _number(raw["points"], f"{where}.points")
    return Bin(low, high, points, _text(raw["reason"], f"{where}.reason"))


def _flat(kind: type[Row]) -> Callable[[object, str], Row]:
    """Reads a record that holds only texts and numbers."""

    def read(data: object, where: str) -> Row:
        raw = _record(data, where, kind)
        values = {}
        for name, declared in kind.__annotations__.items():
            take = _text if declared == "str" else _number
            values[name] = take(raw[name], f"{where}.{name}")
        return kind(**values)

    return read


def _each(data: object, where: str, read: Callable[[object, str], Row]) -> tuple[Row, ...]:
    if not isinstance(data, list | tuple):
        raise ValueError(f"{where}: a list is expected")
    return tuple(read(one, f"{where}[{at}]") for at, one in enumerate(data, 1))


def _record(data: object, where: str, kind: type[Any]) -> Mapping[str, Any]:
    """The data as a mapping with exactly the fields of ``kind``."""
    if not isinstance(data, Mapping):
        raise ValueError(f"{where}: a record is expected")
    names = [field.name for field in fields(kind)]
    _none_of([name for name in names if name not in data], where, "is missing")
    _none_of([name for name in data if name not in names], where, "is not known")
    return data


def _none_of(names: Iterable[object], where: str, problem: str) -> None:
    for name in names:
        raise ValueError(f"{where}.{name} {problem}")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where}: a text is expected")
    return value


def _number(value: object, where: str) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError(f'{where}: a number written as a string is expected, like "0.15"')
    return Decimal(value)

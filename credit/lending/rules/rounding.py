"""Rounding once: a named mode and a step, both part of the contract; and the working precision."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from functools import cached_property

from core.exact import FEN

PRECISION = 40
_EXACT = Context(prec=PRECISION, rounding=ROUND_HALF_EVEN)
_ONE = Decimal(1)


def exact() -> AbstractContextManager[Context]:
    """The working precision of the engine: enough digits that only ``Rounding`` ever rounds."""
    return localcontext(_EXACT)


class Mode(StrEnum):
    """Which way a figure between two steps goes."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    CEILING = "ceiling"


_ROUNDING = {
    Mode.HALF_UP: ROUND_HALF_UP,
    Mode.HALF_EVEN: ROUND_HALF_EVEN,
    Mode.CEILING: ROUND_CEILING,
}


@dataclass(frozen=True)
class Rounding:
    """A mode and a step in yuan, the fen unless the contract says otherwise."""

    mode: Mode = Mode.HALF_UP
    to: Decimal = FEN

    @cached_property
    def _by_quantizing(self) -> bool:
        return self.to == FEN

    @cached_property
    def _rounding(self) -> str:
        return _ROUNDING[self.mode]

    def __call__(self, amount: Decimal) -> Decimal:
        """The amount as a multiple of the step, with two decimals.

        >>> Rounding(Mode.HALF_EVEN)(Decimal("1.005"))
        Decimal('1.00')
        >>> Rounding(to=Decimal(100))(Decimal("416666.67"))
        Decimal('416700.00')
        """
        if self._by_quantizing:
            return amount.quantize(FEN, rounding=self._rounding)
        steps = (amount / self.to).quantize(_ONE, rounding=self._rounding)
        return (steps * self.to).quantize(FEN)


TO_THE_FEN = Rounding()

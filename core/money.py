"""Money in yuan as exact decimals: read, rounded once, split without loss, written in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import cn2an
from django.core.validators import MinValueValidator
from django.db import models

from core.exact import FEN as FEN
from core.exact import ZERO as ZERO
from core.exact import split_by_largest_remainder as split_by_largest_remainder
from core.exact import to_fen as to_fen


def parse_yuan(text: str) -> Decimal:
    """Read an amount as people type it (``1,234.5``, ``￥30``, full-width digits), exact to the fen.

    >>> parse_yuan("１,２３４.5 元")
    Decimal('1234.50')

    Raises:
        ValueError: not a plain number, or finer than a fen.
    """
    plain = text.translate(_FULL_WIDTH).strip().removesuffix("元").lstrip("¥").strip()
    if not _PLAIN_AMOUNT.fullmatch(plain):
        raise ValueError(text)
    return Decimal(plain.replace(",", "")).quantize(FEN)


# Commas only where they group thousands: "1,50" may mean 1.50 and is refused.
_PLAIN_AMOUNT = re.compile(r"-?(\d{1,12}|\d{1,3}(,\d{3})+)(\.\d{1,2})?", re.ASCII)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，￥　", "0123456789.,¥ ")


def amount_in_words(amount: Decimal) -> str:
    """The amount as it is written where it binds, e.g. on a contract.

    >>> amount_in_words(Decimal("12000.00"))
    '人民币壹万贰仟元整'

    Raises:
        ValueError: negative, or finer than a fen.
    """
    if amount < 0 or amount != amount.quantize(FEN):
        raise ValueError(str(amount))
    return "人民币" + str(cn2an.an2cn(f"{amount:.2f}", "rmb"))


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An amount in yuan, exact to the fen, never negative unless ``signed=True``."""

    def __init__(self, *args: Any, signed: bool = False, **kwargs: Any) -> None:
        self.signed = signed
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        if not signed:
            kwargs.setdefault("validators", [MinValueValidator(ZERO)])
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        if self.signed:
            kwargs["signed"] = True
        return name, path, args, kwargs

"""Money: read strictly, rounded once, split without loss."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import amount_in_words, parse_yuan, split_by_largest_remainder, to_fen

amounts = st.decimals(Decimal("-1e9"), Decimal("1e9"), places=2)
weights = st.lists(st.decimals(Decimal(0), Decimal(10_000), places=3), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.344999", "2.34"), ("1234.565", "1234.57")],
)
def test_half_a_fen_goes_away_from_zero(amount: str, rounded: str) -> None:
    assert to_fen(Decimal(amount)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12000", "12000.00"),
        ("1,234.5", "1234.50"),
        ("￥30", "30.00"),
        ("１２３．４５元", "123.45"),
        (" 0.01 ", "0.01"),
    ],
)
def test_amounts_are_read_as_people_type_them(text: str, amount: str) -> None:
    assert parse_yuan(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "元",
        "1.001",
        "1e5",
        "NaN",
        "inf",
        "一百",
        "1.2.3",
        "--5",
        "0x10",
        "12,34x",
        "1,50",
        "1,2345",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_yuan(text)


@given(amounts, weights)
def test_parts_sum_to_the_whole_and_stay_near_their_share(
    total: Decimal, shares: list[Decimal]
) -> None:
    if sum(shares) == 0:
        with pytest.raises(ValueError, match="weights"):
            split_by_largest_remainder(total, shares)
        return
    parts = split_by_largest_remainder(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        exact = total * share / sum(shares)
        assert abs(part - exact) < Decimal("0.01")
        assert share > 0 or part == 0


@given(amounts, weights)
def test_a_larger_share_never_gets_less(total: Decimal, shares: list[Decimal]) -> None:
    if sum(shares) == 0:
        return
    parts = split_by_largest_remainder(abs(total), shares)
    ranked = sorted(zip(shares, parts, strict=True), key=lambda pair: (pair[0], pair[1]))
    assert [part for _share, part in ranked] == sorted(parts)


def test_ties_go_to_the_earlier_part() -> None:
    assert split_by_largest_remainder(Decimal("0.02"), [Decimal(1)] * 3) == [
        Decimal("0.01"),
        Decimal("0.01"),
        Decimal("0.00"),
    ]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.00", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角"),
        ("10.00", "人民币壹拾元整"),
        ("12000.00", "人民币壹万贰仟元整"),
        ("30000.50", "人民币叁万元伍角"),
        ("100005.01", "人民币壹拾万零伍元零壹分"),
        ("1000000.00", "人民币壹佰万元整"),
    ],
)
def test_amounts_in_words(amount: str, words: str) -> None:
    # 票据法实施细则附件 正确填写票据和结算凭证的基本规定
    assert amount_in_words(Decimal(amount)) == words

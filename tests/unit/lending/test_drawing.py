"""From pledges and wishes to the figures of a contract, and the words that carry them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exact import ZERO
from credit.lending.rules.accounts import PayeeAccount
from credit.lending.rules.check import check
from credit.lending.rules.drawing import (
    contract_terms,
    first_and_last_due,
    latest_delivery,
    shares_of,
)
from credit.lending.rules.share import ShareTerms
from credit.lending.rules.terms import Terms
from credit.lending.services import contract_content
from credit.lending.services.contract_content import (
    Agreed,
    Guarantor,
    Party,
    chinese_day,
    contract_data,
    percent,
    signed_data,
    wording,
)

DAY = date(2026, 5, 20)
METHODS = ("bullet", "interest_only", "equal_instalment", "equal_principal")
yuan = st.integers(100_00, 20_000_00).map(lambda fen: Decimal(fen) / 100)


def terms(amount: Decimal = Decimal("12000.00"), **values) -> Terms:
    given = {
        "amount": amount,
        "rate": Decimal("0.06"),
        "method": "bullet",
        "term_months": 6,
        "custom_due": [],
        "planned_on": DAY,
    }
    return contract_terms(**(given | values))


def agreed(*amounts: Decimal, **values) -> Agreed:
    parts = list(amounts) or [Decimal("12000.00")]
    convention = values.pop("terms", None) or terms(sum(parts, ZERO))
    given = {
        "union": "幸福镇新农人工会",
        "borrower": Party("王秋实", "居民身份证号码", "230113198001010016", "幸福镇同兴村"),
        "lenders": [
            Party(f"出借{n}", "居民身份证号码", f"23011319800101{n:04d}", "", amount=part)
            for n, part in enumerate(parts)
        ],
        "purpose": "买化肥农药",
        "payee_name": "",
        "account": PayeeAccount("王秋实", "农业银行", "6228480402564890018"),
        "method": "到期还本付息",
        "terms": convention,
        "overdue_rate": Decimal("0.06"),
        "lpr": Decimal("0.0300"),
        "lpr_on": DAY,
        "multiple": Decimal(4),
        "ceiling": Decimal("0.12"),
        "ends_on": first_and_last_due(convention)[1],
        "sign_by": DAY + timedelta(days=7),
        "deliver_days": 7,
    }
    return Agreed(**(given | values))


def texts(data) -> list[str]:
    """Every text of some data."""
    if isinstance(data, dict):
        return [text for value in data.values() for text in texts(value)]
    if isinstance(data, list | tuple):
        return [text for value in data for text in texts(value)]
    return [data] if isinstance(data, str) else []


# --- figures ---


@given(st.lists(yuan, min_size=1, max_size=8), st.data())
def test_shares_sum_to_the_amount_and_none_exceeds_its_pledge(pledges, data):
    whole = sum(pledges, ZERO)
    amount = data.draw(st.integers(1, int(whole * 100)).map(lambda fen: Decimal(fen) / 100))
    shares = shares_of(amount, pledges)
    assert sum(shares, ZERO) == amount
    assert all(share <= pledge for share, pledge in zip(shares, pledges, strict=True))
    if amount == whole:
        assert shares == pledges


def test_whole_yuan_stay_whole():
    assert shares_of(Decimal(100), [Decimal(100)] * 3) == [Decimal(34), Decimal(33), Decimal(33)]
    assert shares_of(Decimal("100.01"), [Decimal(100)] * 3)[0] == Decimal("33.34")


def test_terms_are_sound_and_count_from_the_planned_day():
    for method in METHODS:
        convention = terms(method=method)
        check(convention)
        assert convention.schedule_from == DAY
        assert first_and_last_due(convention)[1] == date(2026, 11, 20)
        assert Terms.from_json(convention.to_json()) == convention
    assert first_and_last_due(terms())[0] == date(2026, 11, 20)
    assert first_and_last_due(terms(method="equal_principal"))[0] == date(2026, 6, 20)


def test_days_by_hand_are_the_contract_s():
    due = [{"on": "2026-10-01", "principal": "2000.00"}, {"on": "2026-11-01", "principal": "10000"}]
    convention = terms(method="custom", custom_due=due, term_months=12)
    check(convention)
    assert convention.instalments == 2
    assert first_and_last_due(convention) == (date(2026, 10, 1), date(2026, 11, 1))


def test_signing_and_delivery_follow_each_other():
    assert latest_delivery(DAY, 7, 5) == (date(2026, 5, 27), date(2026, 6, 1))


# --- words ---


@given(st.lists(yuan, min_size=1, max_size=5), st.sampled_from(METHODS), st.integers(1, 12))
def test_schedules_sum_to_shares_and_principal_and_keep_under_the_ceiling(parts, method, months):
    whole = terms(sum(parts, ZERO), method=method, term_months=months, rate=Decimal("0.12"))
    contract = agreed(*parts, terms=whole)
    data = contract_data(contract)
    plans = data["plans"]

    def figure(text: str) -> Decimal:
        return Decimal(text.replace(",", ""))

    lenders = plans[: len(parts)]
    for plan, part in zip(lenders, parts, strict=True):
        assert sum(figure(row[2]) for row in plan["rows"]) == part
        assert figure(plan["total"][2]) == part
    if len(parts) > 1:
        rows = plans[-1]["rows"]
        assert sum(figure(row[2]) for row in rows) == sum(parts, ZERO)
        for n, row in enumerate(rows):
            assert figure(row[3]) == sum(figure(plan["rows"][n][3]) for plan in lenders)
    for position in range(len(parts)):
        assert_under_ceiling(contract_content._planned(contract, position), Decimal("0.12"))


def assert_under_ceiling(plan: ShareTerms, ceiling: Decimal) -> None:
    """At each due day no more interest is asked for than the ceiling gives, but for rounding."""
    owed, since, allowed, asked = plan.principal, plan.delivered_on, ZERO, ZERO
    for number, row in enumerate(plan.rows, start=1):
        allowed += owed * ceiling * (row.due_on - since).days / 365
        asked += row.interest
        assert asked <= allowed + Decimal("0.005") * number
        owed, since = owed - row.principal, row.due_on


def test_every_place_of_the_wording_is_filled_in():
    for contract in (agreed(), agreed(payee_name="兴农农资店")):
        left = [text for text in texts(contract_data(contract)) if re.search(r"[{}]", text)]
        assert left == []


def test_there_are_no_latin_letters_in_the_wording():
    source = wording()
    shown = [source["title"], source["signed_title"], source["lead"]]
    shown += [text["text"] for article in source["article"] for text in article["paragraphs"]]
    shown += texts(contract_content._LABELS)
    assert [text for text in shown if re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", text))] == []


def test_every_party_signs_with_a_role():
    data = contract_data(agreed(Decimal(5000), Decimal(7000)))
    assert data["places"] == [["借款人", "王秋实"], ["出借人一", "出借0"], ["出借人二", "出借1"]]
    assert contract_data(agreed())["places"][1][0] == "出借人"


def test_a_guarantor_has_mode_share_and_period_and_signs_as_one():
    """Civil Code 686, 692; 法释〔2020〕28号 arts. 13, 32."""
    guarantor = Guarantor(
        Party("赵建国", "居民身份证号码", "230113197001010011", ""),
        "连带责任保证",
        date(2027, 5, 20),
        Decimal(6000),
    )
    data = contract_data(agreed(guarantors=[guarantor]))
    (shown,) = data["guarantors"]
    assert (shown["mode"], shown["period_ends_on"]) == ("连带责任保证", "2027年5月20日")
    assert shown["words"] == "人民币陆仟元整"
    assert data["places"][-1] == ["担保人", "赵建国"]
    said = "".join(texts(data["articles"]))
    assert "有权向借款人追偿" in said
    assert "无担保" not in said


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        ("0", "0.00%"),
        ("0.06", "6.00%"),
        ("0.1155", "11.55%"),
        ("0.065531", "6.5531%"),
        ("0.1", "10.00%"),
    ],
)
def test_rates_are_written_whole(rate, shown):
    assert percent(Decimal(rate)) == shown


def test_articles_are_numbered_in_order():
    titles = [
        article["title"].partition("　")[0] for article in contract_data(agreed())["articles"]
    ]
    assert titles[:3] == ["第一条", "第二条", "第三条"]
    assert titles[-1] == f"第十{'一二三四五六七八九'[len(titles) - 11]}条"


def test_signatures_leave_the_contract_as_it_was():
    data = contract_data(agreed())
    signed = signed_data(data, number="1", sha256="ab", signatures=[])
    assert {**signed, "signed": None} == data
    assert chinese_day(DAY) == "2026年5月20日"

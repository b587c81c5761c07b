"""What the sources say of a member: worked examples of each figure, and what makes it change."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from core import audit
from core.dates import start_of_day
from credit.lending.indicators import LOANS
from credit.lending.models import Instalment, NightMark
from credit.scoring.indicators import Source
from credit.scoring.selectors.nights import LastNight, changed_since
from credit.scoring.sources import ASSETS, INCOMES, LAND, MEMBERSHIPS
from tests.factories.accounts import UserFactory
from tests.factories.farming import AssetFactory, FactFactory, PlotFactory, YearlyIncomeFactory
from tests.factories.lending import LoanEventFactory, LoanFactory, PartyFactory
from tests.factories.membership import MemberFactory, MembershipFactory
from tests.factories.nights import share_due
from tests.factories.scoring import DAY, after, agree

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)


def figures(source: Source, member: Any, day: date = DAY) -> dict[str, Decimal | None] | None:
    """The figures of one member; None: the source does not know them."""
    codes = [indicator.code for indicator in source.indicators]
    chunk = f"{source.member} = {member.pk}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT member_id, {', '.join(codes)} FROM ({source.sql.format(chunk=chunk)}) found",
            {"day": day},
        )
        rows = cursor.fetchall()
    assert [row[0] for row in rows] in ([], [member.pk])
    return dict(zip(codes, rows[0][1:], strict=True)) if rows else None


def changed(day: date = NEXT, most: int = 100) -> list[int] | None:
    """Who may have another score on a day than on the day before."""
    last = LastNight(on=day - timedelta(days=1), card=1, since=after(day - timedelta(days=1)))
    return changed_since(last, day, after(day), most=most)


def fact(factory: type[FactFactory], member: Any, **more: Any) -> Any:
    return factory(member=member, made_by=UserFactory(), **more)


def income(member: Any, year: int, amount: str, costs: str | None = None, **more: Any) -> Any:
    values = {"confirmed": True, "year": year, "amount": Decimal(amount), **more}
    return fact(YearlyIncomeFactory, member, costs=costs and Decimal(costs), **values)


def test_incomes_of_several_years_and_sources() -> None:
    member = MemberFactory()
    income(member, 2023, "9999", "1")  # 9,998 in the year of the least, which counts
    income(member, 2024, "20000")
    income(member, 2025, "30000", "6000")
    income(member, 2025, "12000", source="wages")
    income(member, 2025, "1500", source="subsidies")
    income(member, 2021, "77777")  # too long ago
    # (9,998 + 20,000 + 37,500) / 3 = 22,499.3333…
    assert figures(INCOMES, member) == {
        "income_years": Decimal(3),
        "income_stability": Decimal("0.4444"),
        "operating_income": Decimal("24000.00"),
    }


def test_the_fourth_year_back_counts_as_a_year_but_not_for_stability() -> None:
    member = MemberFactory()
    income(member, 2022, "1")
    income(member, 2023, "10000")
    assert figures(INCOMES, member) == {
        "income_years": Decimal(2),
        "income_stability": None,
        "operating_income": Decimal("10000.00"),
    }


def test_a_loss_is_neither_negative_income_nor_stability() -> None:
    member = MemberFactory()
    income(member, 2024, "50000")
    income(member, 2025, "10000", "15000")
    assert figures(INCOMES, member) == {
        "income_years": Decimal(2),
        "income_stability": Decimal("0.0000"),
        "operating_income": Decimal(0),
    }


def test_years_that_bring_nothing_together_have_no_stability() -> None:
    member = MemberFactory()
    income(member, 2024, "5000", "10000")
    income(member, 2025, "10000", "5000")
    found = figures(INCOMES, member)
    assert found is not None
    assert found["income_stability"] is None


def test_wages_alone_are_income_but_not_from_working_the_farm() -> None:
    member = MemberFactory()
    income(member, 2025, "40000", source="wages")
    assert figures(INCOMES, member) == {
        "income_years": Decimal(1),
        "income_stability": None,
        "operating_income": Decimal("0.00"),
    }


def test_what_nobody_confirmed_or_was_corrected_says_nothing() -> None:
    member = MemberFactory()
    fact(YearlyIncomeFactory, member)
    fact(AssetFactory, member)
    fact(PlotFactory, member, refused=True)
    assert [figures(source, member) for source in (INCOMES, ASSETS, LAND)] == [None] * 3


def test_a_plot_and_a_thing_count_until_their_last_day() -> None:
    member = MemberFactory()
    fact(PlotFactory, member, confirmed=True, ended_on=DAY)
    fact(PlotFactory, member, confirmed=True, tenure="rented_in", rented_until=DAY)
    fact(AssetFactory, member, confirmed=True, ended_on=DAY)
    assert figures(LAND, member) == {"land_mu": Decimal("20.00")}
    assert figures(ASSETS, member) == {"assets_value": Decimal("60000.00")}
    assert (figures(LAND, member, NEXT), figures(ASSETS, member, NEXT)) == (None, None)
    assert changed() == [member.pk]


def test_a_member_since_29_february_has_years_by_the_calendar() -> None:
    member = MembershipFactory(
        admitted_on=date(2024, 2, 29), waiting_ends_on=date(2024, 8, 29)
    ).member
    years = [figures(MEMBERSHIPS, member, date(2025, *day)) for day in ((2, 28), (3, 1))]
    assert years == [{"membership_years": Decimal(0)}, {"membership_years": Decimal(1)}]


def test_an_anniversary_is_news_on_its_day() -> None:
    one = MembershipFactory(admitted_on=date(2019, 5, 21), waiting_ends_on=date(2019, 11, 21))
    MembershipFactory(admitted_on=DAY, waiting_ends_on=NEXT)
    assert changed() == [one.member_id]
    assert changed(NEXT + timedelta(days=1)) == []


def borrower() -> Any:
    """With a loan of two lenders: one part paid in time, one late."""
    loan = LoanFactory(active=True)
    for due_on, settled_on in ((DAY, DAY), (DAY - timedelta(days=5), None)):
        lender = PartyFactory(union=loan.union)
        share = share_due(due_on, loan=loan, lender=lender)
        past = DAY - timedelta(days=40)
        for number, day, paid_on in ((1, past, past), (2, due_on, settled_on)):
            Instalment.objects.create(
                share=share,
                number=number,
                from_on=day,
                due_on=day,
                principal=Decimal(0),
                interest=Decimal(0),
                settled_on=paid_on,
            )
    return loan.membership.member


def test_loans_are_summed_over_all_lenders() -> None:
    member = borrower()
    income(member, 2024, "1")
    income(member, 2025, "10000", "2000")
    # Two of three instalments that were due before today; 2,000 owed of 8,000.
    assert figures(LOANS, member) == {
        "loans_repaid": Decimal(0),
        "overdue_days": Decimal(5),
        "debt_to_income": Decimal("0.2500"),
        "repaid_on_time_share": Decimal("0.6667"),
    }
    found = figures(LOANS, member, NEXT)
    assert found is not None
    assert (found["repaid_on_time_share"], found["overdue_days"]) == (Decimal("0.7500"), Decimal(6))


def test_what_was_due_more_than_three_years_ago_is_forgotten() -> None:
    member = borrower()
    found = figures(LOANS, member, date(2030, 1, 1))
    assert found is not None
    assert found["repaid_on_time_share"] is None


def test_a_mark_and_an_event_are_news_for_the_borrower_alone() -> None:
    loan = LoanFactory(active=True)
    share = share_due(DAY, loan=loan, lender=PartyFactory(union=loan.union))
    NightMark.objects.create(on=NEXT, kind="due", share=share)
    assert changed() == []  # due today: late, or paid in time, only tomorrow
    assert changed(NEXT + timedelta(days=1)) == [loan.membership.member_id]
    NightMark.objects.create(on=NEXT, kind="overdue", share=share)
    assert changed() == [loan.membership.member_id]
    NightMark.objects.all().delete()
    LoanEventFactory(share=share, at=after(NEXT))
    assert changed() == [loan.membership.member_id]


def test_a_deed_on_a_fact_is_news_and_one_before_the_last_night_is_not() -> None:
    asset = fact(AssetFactory, MemberFactory(), confirmed=True)
    audit.record("fact.confirmed", asset, by=None, at=start_of_day(DAY))
    assert changed() == []
    audit.record("fact.ended", asset, by=None, at=after(NEXT))
    assert changed() == [asset.member_id]


def test_a_consent_is_news_when_given_and_when_it_runs_out() -> None:
    consent = agree(MemberFactory(), valid_until=after(NEXT) - timedelta(hours=1))
    assert changed() == [consent.member_id]
    assert changed(DAY - timedelta(days=30)) == [consent.member_id]
    assert changed(DAY) == []


def test_more_than_are_named_are_none() -> None:
    for _number in range(3):
        fact(PlotFactory, MemberFactory(), confirmed=True, ended_on=DAY)
    found = changed(most=3)
    assert found is not None
    assert len(found) == 3
    assert changed(most=2) is None

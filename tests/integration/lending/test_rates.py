"""The reference rate: looked up, entered with four eyes, missed aloud."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from cooperative.membership.desk import waiting_for
from cooperative.notices.models import Notice
from core.errors import Forbidden, NotFound, Refused
from core.models import AuditRow
from core.parameters import load_reference_values
from credit.lending import parameters
from credit.lending.demo.rates import DEMO_SOURCE, load_rates
from credit.lending.models import LprRate
from credit.lending.reference import load_reference
from credit.lending.selectors.limits import limits_of
from credit.lending.selectors.rates import ceiling_on, lpr_due_on, lpr_on, next_publication_day
from credit.lending.services import lpr
from tests.factories.core import ParameterFactory
from tests.factories.lending import LprRateFactory
from tests.factories.membership import OfficerUserFactory, UnionFactory, officer

NOON = datetime(2026, 10, 20, 4, tzinfo=UTC)  # the first publication that does not ship
TODAY = date(2026, 10, 20)


@pytest.fixture
def union(db):
    return UnionFactory()


@pytest.fixture
def shipped(union):
    first, second = OfficerUserFactory.create_batch(2)
    return lpr.load_lpr(by=first, checked_by=second, at=NOON)


@pytest.fixture
def convener(union):
    return officer("convener", union)


@pytest.fixture
def reviewer(union):
    return officer("reviewer", union)


def propose(by, **change):
    values = {
        "published_on": TODAY,
        "one_year_rate": Decimal("0.0300"),
        "source": "公告",
        "by": by,
        "at": NOON,
    }
    return lpr.propose_lpr(**(values | change))


def refused(call, *args, **kwargs):
    """The refusal, checking that nothing was written."""
    before = list(LprRate.objects.order_by("pk").values()), AuditRow.objects.count()
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    assert (list(LprRate.objects.order_by("pk").values()), AuditRow.objects.count()) == before
    return caught.value


@pytest.mark.parametrize(
    ("day", "percent", "cap"),
    [
        ("2025-05-19", "3.10", "12.40"),
        ("2025-05-20", "3.00", "12.00"),
        ("2024-10-20", "3.35", "13.40"),
        ("2024-10-21", "3.10", "12.40"),
        ("2020-04-19", "4.05", "16.20"),
        ("2020-04-20", "3.85", "15.40"),
        ("2021-02-19", "3.85", "15.40"),
        ("2021-02-20", "3.85", "15.40"),
    ],
)
def test_rate_and_ceiling_of_a_day(shipped, union, day, percent, cap):
    """The look-up vectors of the rules."""
    ParameterFactory(code=parameters.RATE_MULTIPLE, value=Decimal(4))
    on = date.fromisoformat(day)
    assert lpr_on(on) * 100 == Decimal(percent)
    assert ceiling_on(on, union.path) * 100 == Decimal(cap)


def test_no_rate_before_the_first_publication(shipped):
    assert lpr_on(date(2019, 8, 20)) == Decimal("0.0425")
    with pytest.raises(Refused) as caught:
        lpr_on(date(2019, 8, 19))
    assert caught.value.code == "lpr_missing"


def test_no_rate_once_the_next_publication_is_due(shipped):
    assert lpr_on(TODAY - timedelta(days=1)) == Decimal("0.0300")
    with pytest.raises(Refused) as caught:
        lpr_on(TODAY)
    assert caught.value.code == "lpr_missing"
    assert caught.value.facts["due_on"] == TODAY
    assert "2026年10月20日" in str(caught.value)


def test_no_rate_over_a_gap_in_the_past(shipped):
    LprRate.objects.filter(published_on=date(2025, 5, 20)).update(checked_by=None, checked_at=None)
    with pytest.raises(Refused, match="应公布的一期"):
        lpr_on(date(2025, 5, 25))
    assert lpr_on(date(2025, 6, 20)) == Decimal("0.0300")


def test_loading_twice_adds_nothing_and_keeps_what_officers_wrote(union):
    first, second = OfficerUserFactory.create_batch(2)
    LprRateFactory(published_on=date(2026, 9, 20), one_year_rate=Decimal("0.0290"))
    assert lpr.load_lpr(by=first, checked_by=second, at=NOON) == 85
    assert lpr.load_lpr(by=first, checked_by=second, at=NOON) == 0
    assert lpr_on(date(2026, 9, 20)) == Decimal("0.0290")


def test_reference_loads_limits_and_rates_once(union):
    first, second = OfficerUserFactory.create_batch(2)
    added = load_reference(by=first, checked_by=second, at=NOON)
    assert added == 86 + len(parameters.REFERENCE)
    assert load_reference(by=first, checked_by=second, at=NOON) == 0
    assert {value.code for value in parameters.REFERENCE} == {
        code.code for code in parameters.CODES
    }


def test_limits_of_a_union_are_read_in_one_query(union, django_assert_num_queries):
    first, second = OfficerUserFactory.create_batch(2)
    load_reference_values(parameters.REFERENCE, by=first, checked_by=second, at=NOON)
    ParameterFactory(code=parameters.stop("borrower_lenders"), scope=union.path, value=Decimal(8))
    with django_assert_num_queries(1):
        limits = limits_of(union.path, TODAY)
    assert (limits.borrower_lenders.warn, limits.borrower_lenders.stop) == (5, 8)
    assert limits_of("elsewhere/", TODAY).borrower_lenders.stop == 10
    assert limits.lender_loans_months == 24


def test_limits_missing_are_an_error(union):
    with pytest.raises(Refused, match="没有登记"):
        limits_of(union.path, TODAY)


def test_a_rate_counts_once_a_second_officer_has_checked_it(shipped, convener, reviewer):
    row = propose(convener)
    with pytest.raises(Refused, match="应公布的一期"):
        lpr_on(TODAY)
    lpr.confirm_lpr(lpr_id=row.pk, by=reviewer, at=NOON)
    assert lpr_on(TODAY) == Decimal("0.0300")
    deeds = AuditRow.objects.filter(subject_id=row.pk, action__startswith="lending.lpr_")
    assert list(deeds.order_by("pk").values_list("action", flat=True)) == [
        "lending.lpr_proposed",
        "lending.lpr_confirmed",
    ]


def test_who_entered_a_rate_does_not_check_it(shipped, union):
    administrator = officer("administrator", union)
    row = propose(administrator)
    refusal = refused(lpr.confirm_lpr, lpr_id=row.pk, by=administrator, at=NOON)
    assert refusal.code == "same_person"


def test_a_rate_is_checked_once(shipped, convener, reviewer):
    row = propose(convener)
    lpr.confirm_lpr(lpr_id=row.pk, by=reviewer, at=NOON)
    assert refused(lpr.confirm_lpr, lpr_id=row.pk, by=reviewer, at=NOON).code == "already_confirmed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"published_on": date(2026, 10, 21)}, "lpr_date"),  # tomorrow
        ({"published_on": date(2026, 10, 19)}, "lpr_date"),  # before the 20th
        ({"published_on": date(2019, 7, 22)}, "lpr_date"),  # before there was one
        ({"published_on": date(2026, 9, 20)}, "lpr_twice"),
        ({"one_year_rate": Decimal(0)}, "lpr_rate"),
        ({"one_year_rate": Decimal(3)}, "lpr_rate"),  # three hundred percent
        ({"source": "  "}, "lpr_source"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(shipped, convener, change, code):
    assert refused(propose, convener, **change).code == code


def test_a_corrected_rate_waits_for_a_second_officer_again(shipped, convener, reviewer, union):
    row = propose(convener)
    lpr.confirm_lpr(lpr_id=row.pk, by=reviewer, at=NOON)
    other = officer("administrator", union)
    lpr.correct_lpr(
        lpr_id=row.pk,
        published_on=TODAY,
        one_year_rate=Decimal("0.0295"),
        source="公告更正",
        by=other,
        at=NOON,
    )
    with pytest.raises(Refused, match="应公布的一期"):
        lpr_on(TODAY)
    deed = AuditRow.objects.get(action="lending.lpr_corrected")
    assert (deed.facts["was"], deed.facts["rate"]) == ("0.0300", "0.0295")
    lpr.confirm_lpr(lpr_id=row.pk, by=reviewer, at=NOON)
    assert lpr_on(TODAY) == Decimal("0.0295")


def test_other_posts_neither_enter_nor_check(shipped, union, convener):
    auditor = officer("auditor", union)
    assert isinstance(refused(propose, auditor), Forbidden)
    row = propose(convener)
    assert isinstance(refused(lpr.confirm_lpr, lpr_id=row.pk, by=auditor, at=NOON), Forbidden)
    assert isinstance(refused(lpr.confirm_lpr, lpr_id=row.pk, by=convener, at=NOON), Forbidden)


def test_a_rate_that_is_not_there_is_not_found(union, reviewer):
    with pytest.raises(NotFound):
        lpr.confirm_lpr(lpr_id=1, by=reviewer, at=NOON)


def test_officers_are_reminded_once_a_day_until_the_rate_is_entered(shipped, convener, reviewer):
    assert lpr.remind_lpr(at=NOON - timedelta(days=1)) == 0
    assert lpr.remind_lpr(at=NOON) == 1
    assert lpr.remind_lpr(at=NOON + timedelta(hours=1)) == 1
    told = Notice.objects.filter(kind=lpr.DUE_NOTICE)
    assert [notice.recipient for notice in told] == [convener]
    lpr.remind_lpr(at=NOON + timedelta(days=1))
    assert told.all().count() == 2
    propose(convener)
    assert lpr.remind_lpr(at=NOON + timedelta(days=2)) == 0


def test_the_desk_says_what_waits(shipped, convener, reviewer):
    def lines(user, today=TODAY):
        return [(str(line.label), line.count, line.late) for line in waiting_for(user, today)]

    assert lpr_due_on(TODAY) == TODAY
    assert ("新的报价利率等登记", 1, 0) in lines(convener)
    assert ("新的报价利率等登记", 1, 1) in lines(convener, TODAY + timedelta(days=1))
    assert lines(reviewer) == []
    propose(convener)
    assert lines(convener) == []
    assert ("报价利率等您复核", 1, 0) in lines(reviewer)


def test_next_publication_day_counts_today(db):
    assert next_publication_day(TODAY) == TODAY
    assert next_publication_day(TODAY + timedelta(days=1)) == date(2026, 11, 20)


def test_the_demo_carries_the_last_rate_on_and_says_so(shipped):
    first, second = OfficerUserFactory.create_batch(2)
    later = datetime(2026, 11, 25, 4, tzinfo=UTC)
    assert load_rates(by=first, checked_by=second, at=later) == 2
    assert load_rates(by=first, checked_by=second, at=later) == 0
    assert lpr_on(date(2026, 11, 25)) == Decimal("0.0300")
    assert set(
        LprRate.objects.filter(published_on__gt=date(2026, 9, 30)).values_list("source", flat=True)
    ) == {DEMO_SOURCE}

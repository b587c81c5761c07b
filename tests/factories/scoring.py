"""Cards and scores: minimal valid rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cooperative.consent.models import Consent, ConsentText
from cooperative.consent.vocabulary import SCORING
from cooperative.membership.models import Member, Membership
from core.dates import start_of_day
from credit.scoring.models import Objection, Override, Score, Scorecard
from tests.factories.accounts import UserFactory
from tests.factories.consent import ConsentFactory, ConsentTextFactory
from tests.factories.membership import MemberFactory, MembershipFactory

AT = datetime(2026, 5, 20, 4, tzinfo=UTC)
DAY = date(2026, 5, 20)

# A small card: years of membership and land; somebody overdue for more than 90 days is refused.
CARD: dict[str, Any] = {
    "title": "小评分卡",
    "source": "理事会2026年第1次会议",
    "characteristics": [
        {
            "code": "membership",
            "title": "入会年数",
            "group": "identity",
            "indicator": "membership_years",
            "bins": [
                {"below": "2", "points": "10", "reason": "入会不到2年"},
                {"at_least": "2", "below": "5", "points": "30", "reason": "入会2到5年"},
                {"at_least": "5", "points": "50", "reason": "入会5年以上"},
            ],
            "missing_points": "0",
            "missing_reason": "还没有入会记录",
            "advice": "满5年可以得满分",
        },
        {
            "code": "land",
            "title": "经营的土地",
            "group": "production",
            "indicator": "land_mu",
            "bins": [
                {"below": "50", "points": "20", "reason": "不到50亩"},
                {"at_least": "50", "points": "50", "reason": "50亩以上"},
            ],
            "missing_points": "10",
            "missing_reason": "土地还没有核实",
            "advice": "请把地块登记清楚，让工会核实",
        },
    ],
    "vetoes": [
        {
            "code": "overdue",
            "title": "逾期过久",
            "indicator": "overdue_days",
            "at_least": "91",
            "reason": "现在有借款逾期超过90天",
        }
    ],
    "grades": [
        {"code": "aaa", "title": "AAA", "at_least": "90", "base": "100000"},
        {"code": "a", "title": "A", "at_least": "60", "base": "50000"},
        {"code": "c", "title": "C", "at_least": "0", "base": "0"},
    ],
    "limit": {
        "assets_indicator": "assets_value",
        "assets_share": "0.1",
        "income_indicator": "operating_income",
        "income_share": "0.3",
        "cap": "200000",
        "step": "100",
    },
}


class ScorecardFactory(DjangoModelFactory[Scorecard]):
    """A draft of the small card."""

    class Meta:
        model = Scorecard

    class Params:
        approved = factory.Trait(
            state="approved",
            checked_by=factory.SubFactory(UserFactory),
            checked_at=AT,
        )
        active = factory.Trait(
            state="active",
            checked_by=factory.SubFactory(UserFactory),
            checked_at=AT,
            activated_at=AT,
        )

    number = factory.Sequence(lambda n: n + 1)
    title = CARD["title"]
    source = CARD["source"]
    definition = CARD
    made_by = factory.SubFactory(UserFactory)
    made_at = AT


class ScoreFactory(DjangoModelFactory[Score]):
    """A score that holds."""

    class Meta:
        model = Score

    member = factory.SubFactory(MemberFactory)
    scorecard = factory.SubFactory(ScorecardFactory, active=True)
    as_of = date(2026, 5, 20)
    confirmed_on = date(2026, 5, 20)
    inputs = factory.LazyFunction(lambda: [Decimal("5.0000"), None, None, None, None])
    points = factory.LazyFunction(lambda: [Decimal("50.00"), Decimal("10.00")])
    total = Decimal("60.00")
    vetoes = factory.LazyFunction(list)
    grade = "a"
    limit_amount = Decimal("50000.00")


def after(day: date) -> datetime:
    """At noon of a day."""
    return start_of_day(day) + timedelta(hours=12)


def agreed_members(*admitted: str) -> list[Membership]:
    """Memberships admitted on these days, of members who agreed to be scored."""
    found = [
        MembershipFactory(
            admitted_on=date.fromisoformat(day),
            waiting_ends_on=date.fromisoformat(day) + timedelta(days=180),
        )
        for day in admitted
    ]
    for membership in found:
        agree(membership.member)
    return found


def agree(member: Member, **more: Any) -> Consent:
    """The member's consent to being scored."""
    text = ConsentText.objects.filter(purpose=SCORING).first() or ConsentTextFactory(
        purpose=SCORING
    )
    consent: Consent = ConsentFactory(
        member=member,
        text=text,
        given_by=UserFactory(),
        given_at=after(DAY) - timedelta(days=30),
        **more,
    )
    return consent


class OverrideFactory(DjangoModelFactory[Override]):
    """A proposal to give another limit for a month."""

    class Meta:
        model = Override

    class Params:
        confirmed = factory.Trait(
            state="confirmed",
            checked_by=factory.SubFactory(UserFactory),
            checked_at=AT,
        )
        rejected = factory.Trait(
            state="rejected",
            checked_by=factory.SubFactory(UserFactory),
            checked_at=AT,
            remark="凭证不清楚",
        )
        revoked = factory.Trait(
            state="revoked",
            checked_by=factory.SubFactory(UserFactory),
            checked_at=AT,
            revoked_by=factory.SubFactory(UserFactory),
            revoked_at=AT,
            remark="情况有变化",
        )

    score = factory.SubFactory(ScoreFactory)
    member = factory.SelfAttribute("score.member")
    limit_amount = Decimal("30000.00")
    reason = "大棚刚建好，还没有登记"
    starts_on = DAY
    ends_on = DAY + timedelta(days=31)
    made_by = factory.SubFactory(UserFactory)
    made_at = AT


class ObjectionFactory(DjangoModelFactory[Objection]):
    """The member says that the land is not right; an answer is due in twenty days."""

    class Meta:
        model = Objection

    class Params:
        upheld = factory.Trait(
            state="upheld",
            answer="地块已经更正为60亩",
            answered_by=factory.SubFactory(UserFactory),
            answered_at=AT,
        )
        rejected = factory.Trait(
            state="rejected",
            answer="地块登记和承包合同一致",
            answered_by=factory.SubFactory(UserFactory),
            answered_at=AT,
        )

    score = factory.SubFactory(ScoreFactory)
    member = factory.SelfAttribute("score.member")
    about = "land"
    words = "我家的地是60亩，不是40亩"
    raised_at = AT
    due_on = DAY + timedelta(days=20)


def credited(member: Member, limit: str = "200000.00") -> Score:
    """A score that lets the member owe so much, unless there is one."""
    there = Score.objects.current().filter(member=member).first()
    if there is not None:
        return there
    card = Scorecard.objects.active().first() or ScorecardFactory(active=True)
    score: Score = ScoreFactory(member=member, scorecard=card, limit_amount=Decimal(limit))
    return score

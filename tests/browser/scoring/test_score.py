"""A member reads why the score is what it is, tries what would change it, takes the report."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.dates import today
from credit.scoring.models import Score
from credit.scoring.reference import EXPERT_CARD
from credit.scoring.rules import card_from_json, evaluate
from tests.browser.steps import follow
from tests.factories.membership import MembershipFactory, PhoneUserFactory
from tests.factories.scoring import ScorecardFactory, ScoreFactory

pytestmark = pytest.mark.django_db(transaction=True)

DEFINITION = json.loads(EXPERT_CARD.read_text(encoding="utf-8"))
FACTS = {
    "membership_years": Decimal("6"),
    "land_mu": Decimal("32.5"),
    "income_years": Decimal("3"),
    "income_stability": Decimal("0.72"),
    "loans_repaid": Decimal("2"),
    "repaid_on_time_share": Decimal("0.95"),
    "debt_to_income": Decimal("0.1"),
    "panel_mean": Decimal("4.5"),
    "assets_value": Decimal("86000"),
    "operating_income": Decimal("41000"),
    "overdue_days": Decimal("0"),
}


def scored(facts: dict[str, Decimal], days_ago: int, until: int | None, **more: Any) -> Score:
    card = card_from_json(DEFINITION)
    result = evaluate(card, facts)
    score: Score = ScoreFactory(
        as_of=today() - timedelta(days=days_ago),
        confirmed_on=today() - timedelta(days=until or 0),
        superseded_on=None if until is None else today() - timedelta(days=until),
        inputs=[facts.get(code) for code in card.indicators],
        points=list(result.points),
        total=result.total,
        vetoes=list(result.vetoes),
        grade=result.grade,
        limit_amount=result.limit,
        **more,
    )
    return score


def test_a_member_reads_tries_and_takes_the_report(
    phone: Page, signed_in: Any, enter: Any, fits: Any
) -> None:
    membership = MembershipFactory(member__user=PhoneUserFactory())
    card = ScorecardFactory(active=True, definition=DEFINITION, title="专家评分卡")
    who = {"member": membership.member, "scorecard": card}
    scored({**FACTS, "repaid_on_time_share": Decimal("0.85")}, 60, 20, **who)
    scored(FACTS, 20, None, **who)
    enter(phone, signed_in(membership.member.user))
    phone.goto(reverse("my_score"))
    expect(phone.get_by_text("主要扣在哪里")).to_be_visible()
    fits(phone, "score")
    phone.get_by_text("每一项得几分", exact=True).first.click()
    expect(phone.get_by_text("替人担保守信")).to_be_visible()
    phone.get_by_text("用了哪些数", exact=True).first.click()
    expect(phone.get_by_text("来自已核实的家产")).to_be_visible()
    fits(phone, "score-open")
    follow(phone.get_by_role("link", name="试算：要是改了会怎样"))
    phone.get_by_text("生产", exact=True).click()
    expect(phone.locator("[name=insured_share]")).to_be_visible()
    phone.locator("[name=insured_share]").select_option("2")
    expect(phone.get_by_text("→").first).to_be_visible()
    fits(phone, "suppose")


def test_without_scripts_the_what_if_answers_too(
    phone_without_js: Page, signed_in: Any, enter: Any, fits: Any
) -> None:
    phone = phone_without_js
    membership = MembershipFactory(member__user=PhoneUserFactory())
    card = ScorecardFactory(active=True, definition=DEFINITION)
    scored(FACTS, 20, None, member=membership.member, scorecard=card)
    enter(phone, signed_in(membership.member.user))
    phone.goto(reverse("suppose_score"))
    phone.get_by_text("还款", exact=True).click()
    expect(phone.locator("[name=repaid_on_time_share]")).to_be_visible()
    phone.locator("[name=repaid_on_time_share]").select_option("3")
    follow(phone.get_by_role("button", name="算一算"))
    expect(phone.get_by_text("→").first).to_be_visible()


def test_without_a_score_the_page_leads_on(
    phone: Page, signed_in: Any, enter: Any, fits: Any
) -> None:
    membership = MembershipFactory(member__user=PhoneUserFactory())
    enter(phone, signed_in(membership.member.user))
    phone.goto(reverse("my_score"))
    expect(phone.get_by_text("分数看什么")).to_be_visible()
    fits(phone, "no-score")

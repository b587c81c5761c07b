"""A member objects to their score and is answered; an officer overrides one; the figures of them all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.dates import today
from credit.scoring.models import Objection, Override
from credit.scoring.reference import EXPERT_CARD
from tests.browser.steps import follow
from tests.factories.correcting import Correcting, photo
from tests.factories.membership import MembershipFactory
from tests.factories.scoring import ObjectionFactory, OverrideFactory, ScoreFactory

pytestmark = pytest.mark.django_db(transaction=True)
DEFINITION = json.loads(EXPERT_CARD.read_text(encoding="utf-8"))


@pytest.fixture
def scene() -> Correcting:
    """Scored last night by the card that ships."""
    found = Correcting(
        mu="12", day=today() - timedelta(days=1), definition=DEFINITION, title="专家评分卡"
    )
    found.union.name = "向阳镇农民合作社工会"
    found.union.save()
    return found


def test_a_member_objects_an_officer_upholds_and_the_score_moves(
    scene: Correcting, phone: Page, desk: Page, signed_in: Any, enter: Any, fits: Any, picture: Any
) -> None:
    enter(phone, signed_in(scene.member.user))
    phone.goto(reverse("my_objections"))
    fits(phone, "objections-none")
    follow(phone.get_by_role("link", name="提出异议"))
    fits(phone, "objection-choose", tapped="main .row")
    follow(phone.get_by_role("link", name="种的地"))
    expect(phone.get_by_text("12 亩")).to_be_visible()
    phone.get_by_label("哪里不对？应该是什么？").fill(
        "我家今年种的是60亩，东河沿那块流转来的48亩没有算进去，合同在照片里。"
    )
    picture_file = photo()
    phone.locator("[name=evidence]").set_input_files(
        {"name": "合同.png", "mimeType": "image/png", "buffer": picture_file.read()}
    )
    fits(phone, "objection-raise")
    follow(phone.get_by_role("button", name="交给工会"))
    expect(phone.get_by_text("还剩 20 天").first).to_be_visible()
    fits(phone, "objection-open")

    row = Objection.objects.get()
    scene.correct_the_land("60")
    enter(desk, signed_in(scene.officer("convener"), second_factor=True))
    desk.goto(reverse("admin:scoring_objection_changelist"))
    picture(desk, "panel-objections")
    desk.goto(reverse("admin:scoring_objection_change", args=[row.pk]))
    expect(desk.get_by_text("东河沿那块").first).to_be_visible()
    picture(desk, "panel-objection")
    follow(desk.get_by_role("link", name="成立，已更正"))
    desk.locator("textarea").fill("流转合同已核实，地块已经更正为60亩。")
    picture(desk, "panel-uphold")
    follow(desk.get_by_role("button", name="成立，已更正"))
    expect(desk.get_by_text("已答复，并重新评分。")).to_be_visible()
    picture(desk, "panel-objection-upheld")

    phone.reload()
    expect(phone.get_by_text("书面答复：已经更正")).to_be_visible()
    expect(phone.get_by_text("→").first).to_be_visible()
    fits(phone, "objection-upheld")


def test_after_a_rejection_the_member_adds_a_statement(
    scene: Correcting, phone: Page, signed_in: Any, enter: Any, fits: Any
) -> None:
    row = ObjectionFactory(
        score=scene.score,
        about="land_mu",
        rejected=True,
        words="我家今年种的是60亩，不是12亩。",
        answer="流转合同没有签字，也没有村里的证明，现在不能算。签好以后请再提。",
    )
    enter(phone, signed_in(scene.member.user))
    phone.goto(reverse("objection", args=[row.pk]))
    fits(phone, "objection-rejected")
    follow(phone.get_by_role("link", name="写一段说明"))
    phone.get_by_label("您想说明什么？").fill("对方在外地打工，过年回来才能签字。")
    fits(phone, "objection-statement")
    follow(phone.get_by_role("button", name="记下来"))
    expect(phone.get_by_text("对方在外地打工").first).to_be_visible()
    fits(phone, "objection-stated")
    open_ = ObjectionFactory(score=scene.score, about="", due_on=today() + timedelta(days=3))
    phone.goto(reverse("my_objections"))
    fits(phone, "objections")
    phone.goto(reverse("withdraw_objection", args=[open_.pk]))
    fits(phone, "objection-withdraw")
    follow(phone.get_by_role("button", name="撤回"))
    expect(phone.get_by_text("本人撤回")).to_be_visible()


def test_officers_override_a_score_and_read_the_figures(
    scene: Correcting, desk: Page, signed_in: Any, enter: Any, picture: Any
) -> None:
    grades = [("aaa", 92), ("aa", 84), ("a", 74), ("a", 71), ("b", 63), ("c", 41)]
    for number, (grade, total) in enumerate(grades):
        member = MembershipFactory(union=scene.union, admitted_on=today().replace(year=2020)).member
        inputs = {"inputs": scene.score.inputs, "points": scene.score.points}
        now = ScoreFactory(
            member=member,
            scorecard=scene.card,
            as_of=today() - timedelta(days=10),
            confirmed_on=today(),
            grade=grade,
            total=total,
            vetoes=["overdue_over_90"] if grade == "c" else [],
            **inputs,
        )
        ScoreFactory(
            member=member,
            scorecard=scene.card,
            as_of=today() - timedelta(days=60),
            confirmed_on=today() - timedelta(days=11),
            superseded_on=today() - timedelta(days=10),
            grade=grades[(number + 2) % len(grades)][0],
            total=60,
            **inputs,
        )
        if number == 1:
            OverrideFactory(
                score=now, confirmed=True, starts_on=today(), ends_on=today() + timedelta(days=60)
            )
    ObjectionFactory(
        score=scene.score,
        about="land_mu",
        rejected=True,
        statement="过年回来才能签字。",
        stated_at=scene.plot.made_at,
    )
    ObjectionFactory(score=scene.score, about="", due_on=today() - timedelta(days=2))
    enter(desk, signed_in(scene.officer("convener"), second_factor=True))
    desk.goto(reverse("admin:index"))
    picture(desk, "panel-desk")
    desk.goto(reverse("admin:scoring_score_changelist"))
    picture(desk, "panel-scores")
    desk.goto(reverse("admin:scoring_score_change", args=[scene.score.pk]))
    picture(desk, "panel-score")
    follow(desk.get_by_role("link", name="提出人工调整"))
    desk.locator("[name=grade]").select_option("b")
    desk.locator("[name=limit_amount]").fill("20000")
    desk.locator("[name=reason]").fill("流转的48亩已经种了两年，合同过年补签，村里出了证明。")
    desk.locator("[name=starts_on]").fill(today().isoformat())
    desk.locator("[name=ends_on]").fill((today() + timedelta(days=90)).isoformat())
    picture(desk, "panel-propose")
    follow(desk.get_by_role("button", name="提出人工调整"))
    row = Override.objects.get(state="proposed")
    enter(desk, signed_in(scene.officer("reviewer"), second_factor=True))
    desk.goto(reverse("admin:scoring_override_confirm", args=[row.pk]))
    picture(desk, "panel-confirm")
    follow(desk.get_by_role("button", name="复核同意"))
    expect(desk.get_by_text("已生效，成员会收到消息。")).to_be_visible()
    picture(desk, "panel-override")
    desk.goto(reverse("admin:scoring_override_changelist"))
    picture(desk, "panel-overrides")
    desk.goto(reverse("admin:scoring_score_figures"))
    expect(desk.get_by_text("等级怎么变的").first).to_be_visible()
    picture(desk, "panel-figures")

"""Scorecards in the officers' panel."""

from __future__ import annotations

import json
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from credit.scoring.models import Score, Scorecard
from credit.scoring.reference import EXPERT_CARD
from credit.scoring.rules import card_from_json
from tests.factories.membership import UnionFactory, officer
from tests.factories.scoring import CARD, ScorecardFactory, ScoreFactory, agreed_members

pytestmark = pytest.mark.django_db
CARDS = "/admin/scoring/scorecard/"


def desk(signed_in: Any, role: str) -> Any:
    return signed_in(officer(role, UnionFactory()), second_factor=True)


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_a_card_is_shown_in_words(signed_in: Any) -> None:
    row = ScorecardFactory(active=True)
    client = desk(signed_in, "auditor")
    assert "小评分卡" in text(client, CARDS)
    page = text(client, f"{CARDS}{row.pk}/change/")
    for words in (
        "2 到 5（不含）",
        "不到 50",
        "土地还没有核实",
        "怎么能加分：满5年可以得满分",
        "看：入会年数",
        "家产现值的 10%",
        "现在有借款逾期超过90天",
    ):
        assert words in page, words


def test_one_approves_and_activates_what_another_proposed(signed_in: Any) -> None:
    old, row = ScorecardFactory(active=True), ScorecardFactory()
    client = desk(signed_in, "reviewer")
    assert "批准第" in text(client, f"{CARDS}{row.pk}/approve/")
    assert client.post(f"{CARDS}{row.pk}/approve/").status_code == 302
    assert client.post(f"{CARDS}{row.pk}/activate/").status_code == 302
    row.refresh_from_db()
    old.refresh_from_db()
    assert (row.state, old.state) == (Scorecard.State.ACTIVE, Scorecard.State.RETIRED)


def test_the_list_asks_a_fixed_number_of_queries(
    signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    ScorecardFactory.create_batch(5, approved=True)
    client = desk(signed_in, "auditor")
    text(client, CARDS)
    with django_assert_max_num_queries(10):
        text(client, CARDS)


class _Fields(HTMLParser):
    """Inputs, chosen options and texts of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") != "checkbox":
            self.found[name] = given.get("value") or ""
        elif tag in ("select", "textarea") and name:
            self.name = name
            self.found[name] = ""
        elif tag == "option" and "selected" in given:
            self.found[self.name] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if (
            self.name
            and self.get_starttag_text()
            and self.get_starttag_text().startswith("<textarea")
        ):
            self.found[self.name] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.name = ""


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send back of the editor as it stands."""
    reader = _Fields()
    reader.feed(page[page.index('class="card-editor"') :])
    return reader.found


def expert() -> dict[str, Any]:
    return dict(json.loads(EXPERT_CARD.read_text(encoding="utf-8")))


def test_the_editor_gives_back_what_it_was_given(signed_in: Any) -> None:
    """The expert card, opened and saved without a change, is the same card."""
    row = ScorecardFactory(active=True, definition=expert(), title="专家卡")
    client = desk(signed_in, "administrator")
    sent = fields_of(text(client, f"{CARDS}{row.pk}/edit/"))
    answer = client.post(f"{CARDS}{row.pk}/edit/", sent)
    assert answer.status_code == 302, answer.content.decode()
    draft = Scorecard.objects.get(state="draft")
    assert answer.url == f"{CARDS}{draft.pk}/effect/"
    assert card_from_json(draft.definition) == card_from_json(expert())


def test_a_new_item_a_new_bin_and_one_taken_away(signed_in: Any) -> None:
    row = ScorecardFactory(active=True)
    client = desk(signed_in, "administrator")
    sent = fields_of(text(client, f"{CARDS}{row.pk}/edit/")) | {
        "head-title": "第二张卡",
        "c-1-remove": "on",
        "c-2-title": "逾期",
        "c-2-group": "repayment",
        "c-2-indicator": "overdue_days",
        "c-2-missing_points": "50",
        "c-2-missing_reason": "没有借过",
        "c-2-advice": "按时还",
        "c-2-b-0-below": "1",
        "c-2-b-0-points": "50",
        "c-2-b-0-reason": "没有逾期",
        "c-2-b-TOTAL_FORMS": "2",
        "c-2-b-1-below": "",
        "c-2-b-1-points": "0",
        "c-2-b-1-reason": "有逾期",
        "c-0-b-3-below": "",
        "c-0-b-3-points": "50",
        "c-0-b-3-reason": "入会8年以上",
        "c-0-b-2-below": "8",
        "c-0-b-2-points": "40",
        "v-0-remove": "on",
    }
    answer = client.post(f"{CARDS}{row.pk}/edit/", sent)
    assert answer.status_code == 302, answer.content.decode()
    card = card_from_json(Scorecard.objects.get(state="draft").definition)
    assert [one.code for one in card.characteristics] == ["membership", "overdue_days"]
    assert [one.points for one in card.characteristics[0].bins] == [10, 30, 40, 50]
    assert card.vetoes == ()
    assert (card.title, card.grades[0].title) == ("第二张卡", "AAA")


def test_a_fault_is_named_and_nothing_is_saved(signed_in: Any) -> None:
    row = ScorecardFactory(active=True)
    client = desk(signed_in, "administrator")
    sent = fields_of(text(client, f"{CARDS}{row.pk}/edit/")) | {"c-0-b-1-below": "1"}
    answer = client.post(f"{CARDS}{row.pk}/edit/", sent)
    assert answer.status_code == 422
    assert "入会年数" in answer.content.decode()
    assert "第 2 档" in answer.content.decode()
    sent = fields_of(text(client, f"{CARDS}{row.pk}/edit/")) | {"c-0-b-1-reason": ""}
    answer = client.post(f"{CARDS}{row.pk}/edit/", sent)
    assert (answer.status_code, Scorecard.objects.count()) == (422, 1)
    assert "这一档还没有写完" in answer.content.decode()


def test_who_wrote_a_draft_changes_it_and_others_begin_anew(signed_in: Any) -> None:
    union = UnionFactory()
    maker, other = officer("administrator", union), officer("administrator", union)
    row = ScorecardFactory(made_by=maker)
    for user, count in ((maker, 1), (other, 2)):
        client = signed_in(user, second_factor=True)
        sent = fields_of(text(client, f"{CARDS}{row.pk}/edit/")) | {"head-title": "改过"}
        assert client.post(f"{CARDS}{row.pk}/edit/", sent).status_code == 302
        assert Scorecard.objects.count() == count
    row.refresh_from_db()
    assert row.title == "改过"


def test_before_approval_officers_see_who_would_move(
    signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    """Membership counts less in the draft: one falls from A to C, one stays where they are."""
    (here, there) = agreed_members("2020-05-20", "2026-05-01")
    now = ScorecardFactory(active=True)
    ScoreFactory(member=here.member, scorecard=now)
    ScoreFactory(
        member=there.member,
        scorecard=now,
        inputs=[Decimal(0), None, None, None, None],
        points=[Decimal(10), Decimal(10)],
        total=Decimal(20),
        grade="c",
        limit_amount=Decimal(0),
    )
    definition = json.loads(json.dumps(CARD))
    definition["characteristics"][0]["bins"][2]["points"] = "40"
    row = ScorecardFactory(definition=definition)
    client = signed_in(officer("reviewer", here.union), second_factor=True)
    page = text(client, f"{CARDS}{row.pk}/effect/")
    for words in ("算了 1 位", "降级 1 位", "从 60 到 50", "少了的 1 位", "1 ↓"):
        assert words in page, words
    with django_assert_max_num_queries(16):
        text(client, f"{CARDS}{row.pk}/effect/")
    assert Score.objects.get(member=here.member).total == 60


def test_where_nobody_is_scored_the_effect_says_so(signed_in: Any) -> None:
    row = ScorecardFactory()
    page = text(desk(signed_in, "auditor"), f"{CARDS}{row.pk}/effect/")
    assert "算不出会怎样" in page


def test_a_township_is_shown_no_door_to_the_federation_s_card(signed_in: Any) -> None:
    row = ScorecardFactory()
    township = UnionFactory(parent=UnionFactory())
    client = signed_in(officer("administrator", township), second_factor=True)
    page = text(client, f"{CARDS}{row.pk}/change/")
    assert "approve/" not in page
    assert "edit/" not in page
    assert client.get(f"{CARDS}{row.pk}/edit/").status_code == 404
    assert client.post(f"{CARDS}{row.pk}/approve/").status_code == 404
    row.refresh_from_db()
    assert row.state == Scorecard.State.DRAFT


@pytest.mark.parametrize("role", ["convener", "reviewer", "auditor"])
def test_only_who_proposes_opens_the_editor(signed_in: Any, role: str) -> None:
    row = ScorecardFactory(active=True)
    client = desk(signed_in, role)
    assert client.get(f"{CARDS}{row.pk}/edit/").status_code == 404
    assert "edit/" not in text(client, f"{CARDS}{row.pk}/change/")


@pytest.mark.parametrize("role", ["convener", "auditor"])
def test_who_may_not_approve_is_shown_no_door(signed_in: Any, role: str) -> None:
    row = ScorecardFactory()
    client = desk(signed_in, role)
    assert "approve" not in text(client, f"{CARDS}{row.pk}/change/")
    assert client.post(f"{CARDS}{row.pk}/approve/").status_code == 404
    row.refresh_from_db()
    assert row.state == Scorecard.State.DRAFT

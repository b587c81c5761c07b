"""A member's copy: complete, their own, written down."""

from __future__ import annotations

import io
import json

import pytest
from pypdf import PdfReader

from cooperative.consent import selectors, services
from cooperative.consent.models import Disclosure
from cooperative.consent.personal_data import sections
from cooperative.membership.models import Member
from core.models import AuditRow, DocumentRecord
from tests.factories.consent import NOON, ConsentFactory, DataRequestFactory, World
from tests.pdf import forbidden_words


@pytest.fixture
def member(world: World) -> Member:
    made = world.member()
    ConsentFactory(member=made, text=selectors.current_text("scoring", NOON))
    officer = world.officer("convener", name="李会计")
    look = {"by": officer, "purpose": "member_page", "categories": ["identity"]}
    services.record_look(member=made, at=NOON, **look)
    DataRequestFactory(member=made, union=world.home)
    return made


def test_json_is_complete_and_readable_by_machines(world: World, member: Member) -> None:
    other = world.member()
    copy = services.export_json(member=member, by=member.user, at=NOON)
    data = json.loads(copy.content)
    assert data["schema"] == "sanwei.my-data/1"
    assert set(data) == {
        "schema",
        "generated_at",
        "member",
        "sections",
        "consents",
        "looks",
        "requests",
    }
    assert [part["code"] for part in data["sections"]] == [part.code for part in sections()]
    items = {
        item["name"]: item["value"]
        for part in data["sections"]
        for entry in part["entries"]
        for item in entry["items"]
    }
    assert items["identity_number"] == member.identity_number
    assert items["phone"] == member.phone
    assert data["generated_at"] == "2026-05-20T12:00:00+08:00"
    assert data["consents"][0]["purpose"] == "scoring"
    assert [look["basis"] for look in data["looks"]] == ["own", "duty"]
    assert data["requests"][0]["details"] == "承包地是 36 亩，不是 63 亩。"
    assert other.phone not in copy.content.decode()


def test_answer_is_in_the_copy_only_once_it_holds(world: World, member: Member) -> None:
    request = member.data_requests.get()
    convener, reviewer = world.officer("convener"), world.officer("reviewer")
    services.answer_request(
        request_id=request.pk, outcome="granted", answer="已改成 36 亩。", by=convener, at=NOON
    )

    def answers() -> list[str]:
        copy = services.export_json(member=member, by=member.user, at=NOON)
        return [row["answer"] for row in json.loads(copy.content)["requests"]]

    assert answers() == [""]
    services.confirm_answer(request_id=request.pk, by=reviewer, at=NOON)
    assert answers() == ["已改成 36 亩。"]


def test_every_copy_is_written_down(member: Member) -> None:
    services.export_json(member=member, by=member.user, at=NOON, address="10.0.0.1")
    services.export_pdf(member=member, by=member.user, at=NOON)
    own = Disclosure.objects.filter(member=member, basis="own").order_by("pk")
    assert [row.address for row in own] == ["10.0.0.1", None]
    actions = AuditRow.objects.filter(action="my_data.exported").order_by("pk")
    assert [row.facts["format"] for row in actions] == ["json", "pdf"]


def test_pdf_opens_and_says_the_same(member: Member) -> None:
    copy = services.export_pdf(member=member, by=member.user, at=NOON)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(copy.content)).pages)
    record = DocumentRecord.objects.get()
    for expected in (
        "我的资料",
        member.name,
        member.identity_number,
        "幸福乡农机工会",
        "信用评议",
        "李会计",
        record.number,
    ):
        assert expected in text
    assert forbidden_words(copy.content) == []
    assert copy.content_type == "application/pdf"

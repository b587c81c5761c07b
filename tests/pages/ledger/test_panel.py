"""The book in the officers' panel: one's own unions, names masked, found by number, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from cooperative.ledger.models import Entry
from cooperative.ledger.services import reverse_entry
from tests.factories.ledger import NOON, EntryFactory, EvidenceFactory, delivery
from tests.factories.membership import MembershipFactory, UnionFactory, officer


@dataclass
class Office:
    """Two unions; in the first 李守田 lent 王秋实 1 250 yuan."""

    convener: Any
    auditor: Any
    stranger: Any
    entry: Entry
    foreign: Entry


@pytest.fixture
def office(db: None) -> Office:
    here, there = UnionFactory(), UnionFactory()
    people = [
        MembershipFactory(union=here, member__name=name).member for name in ("李守田", "王秋实")
    ]
    holders = [f"member:{member.pk}" for member in people]
    entry = EntryFactory(
        lines=delivery("1250.00", *holders), scope=here.path, reference="2026-0520-1"
    )
    EvidenceFactory(entry=entry)
    return Office(
        convener=officer("convener", here),
        auditor=officer("auditor", here),
        stranger=officer("convener", there),
        entry=entry,
        foreign=EntryFactory(scope=there.path),
    )


def listed(client: Any, **query: str) -> str:
    response = client.get(reverse("admin:ledger_entry_changelist"), query)
    assert response.status_code == 200
    return str(response.content.decode())


def page(client: Any, entry: Entry) -> Any:
    return client.get(reverse("admin:ledger_entry_change", args=[entry.pk]))


def test_list_says_who_how_much_and_what(signed_in: Any, office: Office) -> None:
    shown = listed(signed_in(office.convener, second_factor=True))
    for text in ("李守田、王秋实", "1,250.00", "试记一笔", "2026-0520-1", f"#{office.entry.pk}<"):
        assert text in shown
    assert f"#{office.foreign.pk}<" not in shown


def test_names_are_masked_for_who_may_not_reveal(signed_in: Any, office: Office) -> None:
    client = signed_in(office.auditor, second_factor=True)
    for shown in (listed(client), page(client, office.entry).content.decode()):
        assert "李*田" in shown
        assert "李守田" not in shown


def test_page_shows_lines_evidence_and_hash(signed_in: Any, office: Office) -> None:
    shown = page(signed_in(office.convener, second_factor=True), office.entry).content.decode()
    for text in ("应收", "应还", "1,250.00", "转账凭证", office.entry.hash):
        assert text in shown
    assert reverse("file", args=[office.entry.evidence.get().file_id]) in shown
    assert 'name="_save"' not in shown


def test_page_links_what_takes_back_and_what_is_taken_back(signed_in: Any, office: Office) -> None:
    client = signed_in(office.convener, second_factor=True)
    back = reverse_entry(entry=office.entry, reason="not_arrived", by=office.convener, at=NOON)
    assert reverse("admin:ledger_entry_change", args=[back.pk]) in (
        page(client, office.entry).content.decode()
    )
    shown = page(client, back).content.decode()
    assert reverse("admin:ledger_entry_change", args=[office.entry.pk]) in shown
    assert "款项没有到账" in shown


@pytest.mark.parametrize(
    ("term", "found"),
    [("{pk}", True), ("#{pk}", True), ("2026-0520-1", True), ("0520", False), ("9" * 30, False)],
)
def test_an_entry_is_found_by_number_or_slip(
    signed_in: Any, office: Office, term: str, found: bool
) -> None:
    shown = listed(
        signed_in(office.convener, second_factor=True), q=term.format(pk=office.entry.pk)
    )
    assert ("1,250.00" in shown) == found


@pytest.mark.parametrize(
    ("choice", "count"), [("reversed", 1), ("reversal", 1), ("none", 1), ("other", 3)]
)
def test_entries_are_filtered_by_reversal(
    signed_in: Any, office: Office, choice: str, count: int
) -> None:
    EntryFactory(scope=office.entry.scope, reference="没有冲正的")
    reverse_entry(entry=office.entry, reason="twice", by=None, at=NOON)
    client = signed_in(office.convener, second_factor=True)
    shown = client.get(reverse("admin:ledger_entry_changelist"), {"reversal": choice})
    assert shown.context["cl"].result_count == count


def test_entries_are_filtered_by_kind(signed_in: Any, office: Office) -> None:
    client = signed_in(office.convener, second_factor=True)
    assert "1,250.00" in listed(client, kind="probe.moved")
    assert "1,250.00" not in listed(client, kind="probe.other")


def test_an_officer_of_another_union_finds_nothing(signed_in: Any, office: Office) -> None:
    client = signed_in(office.stranger, second_factor=True)
    assert page(client, office.entry).status_code == 404
    assert "1,250.00" not in listed(client)


@pytest.mark.parametrize("who", ["convener", "auditor"])
def test_nobody_changes_an_entry(signed_in: Any, office: Office, who: str) -> None:
    client = signed_in(getattr(office, who), second_factor=True)
    before = list(Entry.objects.order_by("pk").values())
    for name, keys in (("change", [office.entry.pk]), ("delete", [office.entry.pk]), ("add", [])):
        address = reverse(f"admin:ledger_entry_{name}", args=keys)
        assert client.post(address, {"reference": "x", "post": "yes"}).status_code in {403, 404}
    assert list(Entry.objects.order_by("pk").values()) == before


def test_a_long_list_takes_few_queries(
    signed_in: Any, office: Office, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        lines = delivery("1.00", f"member:{number + 1}", f"supplier:{number + 1}")
        EntryFactory(lines=lines, scope=office.entry.scope)
    client = signed_in(office.convener, second_factor=True)
    listed(client)  # content types and posts are known
    with django_assert_max_num_queries(12):
        shown = listed(client)
    assert "供货商 1" in shown

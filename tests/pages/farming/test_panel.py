"""Facts in the officers' panel: what waits, deciding one and many, entering for a member."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cooperative.consent.models import Disclosure
from cooperative.farming.models import KINDS, Plot
from tests.factories.farming import (
    FACTORIES,
    FarmerFactory,
    PlotFactory,
    SeasonPlanFactory,
    YearlyIncomeFactory,
    officer,
    township_union,
)

pytestmark = pytest.mark.django_db
LIST = "admin:farming_queuedfact_changelist"
PAGE = "admin:farming_queuedfact_change"
DECIDE = "admin:farming_queuedfact_decide"


@pytest.fixture(autouse=True)
def in_april(time_machine: Any) -> None:
    """The day on which the factories' facts were stated."""
    time_machine.move_to("2026-04-02T02:00:00+00:00")


@pytest.fixture
def as_officer(signed_in: Any) -> Any:
    """A client of a new officer with a role."""

    def sign_in(role: str, union: Any = None) -> Client:
        return signed_in(officer(role, union), second_factor=True)  # type: ignore[no-any-return]

    return sign_in


def seen(client: Client, url: str) -> str:
    """The version that a confirmation page shows."""
    response = client.get(url)
    assert response.status_code == 200
    return str(response.context["form"].initial["seen"])


def test_what_waits_comes_first(as_officer: Any) -> None:
    PlotFactory(confirmed=True, local_name="甲地")
    PlotFactory(local_name="乙地")
    PlotFactory(refused=True, local_name="丙地")
    page = as_officer("convener").get(reverse(LIST)).content.decode()
    assert page.index("乙地") < page.index("丙地") < page.index("甲地")


@pytest.mark.parametrize("role", ["convener", "reviewer", "auditor"])
def test_each_kind_opens_and_the_look_is_written_down(as_officer: Any, role: str) -> None:
    client = as_officer(role)
    for kind in KINDS:
        fact = FACTORIES[kind]()
        response = client.get(reverse(PAGE, args=[fact.key]))
        assert response.status_code == 200
        assert Disclosure.objects.filter(member=fact.member).count() == 1
        assert ("核实通过" in response.content.decode()) == (role != "auditor")


def test_another_township_sees_nothing(as_officer: Any) -> None:
    fact = PlotFactory(local_name="东甸子九")
    client = as_officer("convener", township_union(2))
    assert "东甸子九" not in client.get(reverse(LIST)).content.decode()
    for name in ("change", "confirm", "refuse"):
        url = reverse(f"admin:farming_queuedfact_{name}", args=[fact.key])
        assert client.get(url).status_code in (302, 404)
        assert client.post(url, {"reason": "不对"}).status_code in (302, 403, 404)
    url = reverse(DECIDE, args=["confirm"]) + f"?keys={fact.key}"
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    enter = reverse("admin:farming_queuedfact_enter_fact", args=["plot", fact.member_id])
    assert client.get(enter).status_code == 404
    fact.refresh_from_db()
    assert fact.state == "stated"
    assert not Disclosure.objects.exists()


def test_an_auditor_decides_nothing(as_officer: Any) -> None:
    fact = PlotFactory()
    client = as_officer("auditor")
    urls = [
        reverse("admin:farming_queuedfact_confirm", args=[fact.key]),
        reverse(DECIDE, args=["refuse"]) + f"?keys={fact.key}",
        reverse("admin:farming_queuedfact_enter"),
        reverse("admin:farming_queuedfact_enter_fact", args=["plot", fact.member_id]),
    ]
    for url in urls:
        assert client.get(url).status_code == 404
        assert client.post(url, {"reason": "不对"}).status_code == 404
    fact.refresh_from_db()
    assert fact.state == "stated"


def test_one_is_confirmed_after_a_page_that_says_so(as_officer: Any) -> None:
    fact = PlotFactory(local_name="河套地")
    client = as_officer("reviewer")
    url = reverse("admin:farming_queuedfact_confirm", args=[fact.key])
    assert "确认“河套地，10 亩”属实" in client.get(url).content.decode()
    fact.refresh_from_db()
    assert fact.state == "stated"
    client.post(url, {"seen": seen(client, url)})
    fact.refresh_from_db()
    assert fact.state == "confirmed"


def test_what_was_edited_after_it_was_shown_is_not_confirmed(as_officer: Any) -> None:
    fact = PlotFactory()
    client = as_officer("reviewer")
    url = reverse("admin:farming_queuedfact_confirm", args=[fact.key])
    version = seen(client, url)
    Plot.objects.filter(pk=fact.pk).update(made_at="2026-04-02T01:00:00Z", area_mu=90)
    response = client.post(url, {"seen": version})
    assert response.status_code == 422
    assert "内容刚刚被修改过" in response.content.decode()
    fact.refresh_from_db()
    assert fact.state == "stated"


def test_many_are_returned_with_one_reason(as_officer: Any) -> None:
    plot = PlotFactory()
    income = YearlyIncomeFactory()
    client = as_officer("convener")
    chosen = {"action": "refuse_selected", "_selected_action": [plot.key, income.key]}
    url = client.post(reverse(LIST), chosen).url
    page = client.get(url).content.decode()
    assert "下面 2 条将退回给成员" in page
    version = seen(client, url)
    assert client.post(url, {"seen": version, "reason": ""}).status_code == 422
    client.post(url, {"seen": version, "reason": "请补凭证。"})
    for fact in (plot, income):
        fact.refresh_from_db()
        assert (fact.state, fact.reason) == ("refused", "请补凭证。")


def test_many_are_confirmed_and_doubts_are_shown(as_officer: Any) -> None:
    income = YearlyIncomeFactory()
    plot = PlotFactory()
    planned = SeasonPlanFactory(member=plot.member, plot=plot)
    client = as_officer("convener")
    keys = [planned.key, income.key, plot.key]
    chosen = {"action": "confirm_selected", "_selected_action": keys}
    url = client.post(reverse(LIST), chosen).url
    assert "每亩高于当地常见的产量和价格" in client.get(url).content.decode()
    client.post(url, {"seen": seen(client, url)})
    for fact in (income, plot, planned):
        fact.refresh_from_db()
        assert fact.state == "confirmed"


def test_filters_by_kind_village_and_crop(as_officer: Any) -> None:
    plot = PlotFactory(local_name="河套地")
    SeasonPlanFactory(member=plot.member, plot=plot)
    client = as_officer("convener")

    def count(**chosen: str) -> int:
        return int(client.get(reverse(LIST), chosen).context["cl"].result_count)

    assert count() == 2
    assert count(kind__exact="plot") == 1
    assert count(crop="corn") == 1
    assert count(village=plot.division_id) == 2
    assert count(village="230113101209") in (0, 2)
    assert count(q="河套") == 1


def test_a_convener_enters_a_fact_that_another_confirms(as_officer: Any) -> None:
    member = FarmerFactory(name="孙立春")
    client = as_officer("convener")
    found = client.get(reverse("admin:farming_queuedfact_enter"), {"name": "孙", "kind": "plot"})
    url = reverse("admin:farming_queuedfact_enter_fact", args=["plot", member.pk])
    assert url in found.content.decode()
    assert client.get(url).status_code == 200
    answers = {"local_name": "北岗子", "area_mu": "8", "tenure": "contracted", "land": "dry"}
    assert client.post(url, {**answers, "area_mu": ""}).status_code == 422
    client.post(url, answers)
    fact = Plot.objects.get()
    assert (fact.origin, fact.member) == ("officer", member)
    own = reverse("admin:farming_queuedfact_confirm", args=[fact.key])
    refused = client.post(own, {"seen": seen(client, own)})
    assert "不能由您核实" in refused.content.decode()
    fact.refresh_from_db()
    assert fact.state == "stated"


@pytest.mark.parametrize("kind", ["plan", "asset", "income"])
def test_the_forms_of_the_other_kinds_open(as_officer: Any, kind: str) -> None:
    member = FarmerFactory()
    url = reverse("admin:farming_queuedfact_enter_fact", args=[kind, member.pk])
    assert as_officer("convener").get(url).status_code == 200


def test_the_list_costs_a_fixed_number_of_queries(
    as_officer: Any, django_assert_max_num_queries: Any
) -> None:
    client = as_officer("convener")
    counts = []
    for _round in range(3):
        PlotFactory.create_batch(4)
        SeasonPlanFactory.create_batch(4)
        with django_assert_max_num_queries(30) as queries:
            client.get(reverse(LIST))
        counts.append(len(queries))
    print(counts)
    assert counts[1] == counts[2]


def test_members_and_visitors_do_not_get_in(signed_in: Any) -> None:
    fact = PlotFactory()
    for client in (Client(), signed_in(fact.member.user)):
        assert client.get(reverse(LIST)).status_code == 302
        assert client.get(reverse(PAGE, args=[fact.key])).status_code == 302

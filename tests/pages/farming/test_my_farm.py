"""Members' pages of their farm."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from cooperative.farming.models import KINDS, Asset, Plot, SeasonPlan, YearlyIncome
from core.models import StoredFile
from tests.factories.farming import (
    FACTORIES,
    AccountFactory,
    AssetFactory,
    CropFactory,
    FarmerFactory,
    PlotFactory,
    SeasonPlanFactory,
    YearlyIncomeFactory,
)

pytestmark = pytest.mark.django_db
PLOT = {"local_name": "东甸子", "area_mu": "12.5", "tenure": "contracted", "land": "dry"}
PAGES = ("farm_fact", "farm_change", "farm_withdraw", "farm_end")


@pytest.fixture(autouse=True)
def in_april(time_machine: Any) -> None:
    """The day on which the factories' facts were stated."""
    time_machine.move_to("2026-04-02T02:00:00+00:00", tick=False)


def text_of(client: Client, url: str) -> str:
    """A page that must open."""
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def test_an_empty_farm_shows_one_next_step(signed_in: Any) -> None:
    page = text_of(signed_in(FarmerFactory().user), reverse("my_farm"))
    assert "还没有登记您的地" in page
    assert reverse("farm_add", args=["plot"]) in page
    assert reverse("farm_add", args=["income"]) not in page


def test_a_farm_shows_sums_states_and_reasons(signed_in: Any) -> None:
    plot = PlotFactory(confirmed=True)
    member = plot.member
    PlotFactory(member=member, tenure="rented_in", area_mu=Decimal(30), local_name="河套地")
    SeasonPlanFactory(member=member, plot=plot)
    AssetFactory(member=member, refused=True)
    YearlyIncomeFactory(member=member)
    page = text_of(signed_in(member.user), reverse("my_farm"))
    for words in (
        "共 40 亩，其中已核实 10 亩",
        "有 3 条在等工会核实",
        "没有通过核实：请补凭证。",
        "流转租入",
        "2026 年种什么",
        "15,000 元",
    ):
        assert words in page
    assert page.count("已核实") >= 2


def test_the_overview_costs_a_fixed_number_of_queries(
    signed_in: Any, django_assert_num_queries: Any
) -> None:
    member = FarmerFactory()
    client = signed_in(member.user)
    client.get(reverse("my_farm"))  # the first visit also writes the session down
    for _round in range(2):
        PlotFactory.create_batch(3, member=member)
        AssetFactory.create_batch(3, member=member, confirmed=True)
        with django_assert_num_queries(7):
            client.get(reverse("my_farm"))


@pytest.mark.parametrize(
    ("kind", "answers", "model", "expected"),
    [
        ("plot", PLOT, Plot, {"area_mu": Decimal("12.5")}),
        ("plan", {"year": "2026", "area_mu": "4"}, SeasonPlan, {"area_mu": Decimal(4)}),
        (
            "asset",
            {"kind": "machine", "name": "拖拉机", "quantity": "1", "value": "６８,０００元"},
            Asset,
            {"value": Decimal(68000)},
        ),
        (
            "income",
            {"year": "2025", "source": "grain", "amount": "15000.5"},
            YearlyIncome,
            {"amount": Decimal("15000.5"), "costs": None},
        ),
    ],
)
def test_each_kind_is_stated_by_its_form(
    signed_in: Any, kind: str, answers: dict[str, str], model: Any, expected: dict[str, Any]
) -> None:
    client = signed_in(FarmerFactory().user)
    if kind == "plan":
        answers = {**answers, "crop": CropFactory().pk}
    url = reverse("farm_add", args=[kind])
    text_of(client, url)
    response = client.post(url, answers)
    fact = model.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("farm_fact", args=[kind, fact.pk])
    assert {name: getattr(fact, name) for name in expected} == expected
    assert "待核实" in text_of(client, response.url)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"area_mu": "0"}, "面积要大于零。"),
        ({"area_mu": "很多"}, "请填写亩数"),
        ({"local_name": ""}, "请写上这块地平时的叫法。"),
        ({"rented_until": "2027-12-31"}, "只有租入的地才有租期。"),
    ],
)
def test_a_wrong_plot_is_refused_with_a_sentence(
    signed_in: Any, changes: dict[str, str], words: str
) -> None:
    response = signed_in(FarmerFactory().user).post(
        reverse("farm_add", args=["plot"]), {**PLOT, **changes}
    )
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Plot.objects.exists()


def test_a_plan_beyond_the_plot_says_what_is_left(signed_in: Any) -> None:
    plot = PlotFactory()
    SeasonPlanFactory(member=plot.member, plot=plot)
    soy = CropFactory(code="soybean", name="大豆")
    answers = {"year": "2026", "crop": soy.pk, "plot": plot.pk, "area_mu": "7"}
    response = signed_in(plot.member.user).post(reverse("farm_add", args=["plan"]), answers)
    assert response.status_code == 422
    assert "2026 年还能安排 6 亩" in response.content.decode()


def test_a_returned_plot_is_mended_and_waits_again(signed_in: Any) -> None:
    plot = PlotFactory(refused=True)
    client = signed_in(plot.member.user)
    assert "请补凭证。" in text_of(client, reverse("farm_fact", args=["plot", plot.pk]))
    client.post(reverse("farm_change", args=["plot", plot.pk]), PLOT)
    plot.refresh_from_db()
    assert (plot.state, plot.local_name) == ("stated", "东甸子")


def test_a_confirmed_plot_is_corrected_by_a_second_row(signed_in: Any) -> None:
    plot = PlotFactory(confirmed=True)
    client = signed_in(plot.member.user)
    client.post(reverse("farm_change", args=["plot", plot.pk]), PLOT)
    plot.refresh_from_db()
    assert plot.state == "confirmed"
    page = text_of(client, reverse("farm_fact", args=["plot", plot.pk]))
    assert "有一份更正在等核实" in page
    assert "更正待核实" in text_of(client, reverse("my_farm"))


def test_withdrawing_asks_first_and_then_keeps_the_record(signed_in: Any) -> None:
    plot = PlotFactory()
    client = signed_in(plot.member.user)
    url = reverse("farm_withdraw", args=["plot", plot.pk])
    assert "撤回后不能恢复" in text_of(client, url)
    plot.refresh_from_db()
    assert plot.state == "stated"
    client.post(url)
    assert "还没有登记您的地" in text_of(client, reverse("my_farm"))
    assert plot.local_name in text_of(client, reverse("farm_past"))


def test_a_plot_given_up_waits_for_its_confirmation(signed_in: Any) -> None:
    plot = PlotFactory(confirmed=True)
    url = reverse("farm_end", args=["plot", plot.pk])
    client = signed_in(plot.member.user)
    assert "最后种到哪天？" in text_of(client, url)
    assert client.post(url, {"ended_on": "2026-05-01"}).status_code == 422
    assert client.post(url, {"ended_on": "2026-03-01"}).status_code == 302
    assert Plot.objects.get(corrects=plot).state == "stated"


def photo() -> SimpleUploadedFile:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "JPEG")
    return SimpleUploadedFile("承包证.jpg", out.getvalue(), "image/jpeg")


def test_a_photo_is_kept_as_evidence_and_text_is_not(signed_in: Any) -> None:
    plot = PlotFactory()
    client = signed_in(plot.member.user)
    url = reverse("farm_evidence", args=["plot", plot.pk])
    fake = SimpleUploadedFile("承包证.jpg", b"hello", "image/jpeg")
    assert client.post(url, {"file": fake}).status_code == 422
    assert not StoredFile.objects.exists()
    assert client.post(url, {"file": photo()}).status_code == 302
    file = plot.evidence.get()
    assert reverse("file", args=[file.pk]) in text_of(
        client, reverse("farm_fact", args=["plot", plot.pk])
    )
    shown = client.get(reverse("file", args=[file.pk]))
    assert shown.status_code == 200
    for close in shown._resource_closers:  # not close(): that would end the test's connection
        close()
    stranger = signed_in(FarmerFactory().user)
    assert stranger.get(reverse("file", args=[file.pk])).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PAGES)
def test_anothers_fact_is_not_there(signed_in: Any, kind: str, name: str) -> None:
    fact = FACTORIES[kind](confirmed=name == "farm_end")
    client = signed_in(FarmerFactory().user)
    url = reverse(name, args=[kind, fact.pk])
    assert client.get(url).status_code == 404
    if name != "farm_fact":
        assert client.post(url, {"ended_on": "2026-03-01", **PLOT}).status_code == 404
    state = fact.state
    fact.refresh_from_db()
    assert fact.state == state
    assert KINDS[kind].objects.count() == 1  # type: ignore[attr-defined]


def test_an_unknown_kind_is_not_there(signed_in: Any) -> None:
    client = signed_in(FarmerFactory().user)
    assert client.get("/farm/ship/add/").status_code == 404
    assert client.get("/farm/ship/1/").status_code == 404


def test_visitors_sign_in_and_those_who_are_no_member_join(signed_in: Any) -> None:
    response = Client().get(reverse("my_farm"))
    assert response.status_code == 302
    assert "next=/farm/" in response.url
    assert signed_in(AccountFactory()).get(reverse("my_farm")).url == reverse("join")

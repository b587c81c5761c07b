"""Joining in the browser, screen by screen, as a newcomer would."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cooperative.membership.models import Household, Membership, Union
from cooperative.membership.selectors.members import live_membership
from cooperative.membership.services import joining
from tests.factories.membership import (
    CooperativeFactory,
    MembershipFactory,
    PhoneUserFactory,
    UnionFactory,
    VillageFactory,
    credit_code,
    officer,
    resident_id,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def union() -> Union:
    union: Union = UnionFactory(name="韩甸镇农机工会")
    VillageFactory(parent=union.division, code=f"{union.division_id}201", name="红星村村委会")
    CooperativeFactory(union=union, name="丰收农机合作社")
    return union


def _step(client: Client, step: str, **data: str) -> str:
    response = client.post(reverse("join_step", args=[step]), data)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def test_a_newcomer_joins_screen_by_screen(signed_in, union: Union) -> None:
    user = PhoneUserFactory()
    client = signed_in(user)
    assert "开始填写" in client.get(reverse("join")).content.decode()
    assert _step(client, "union", union=union.code) == "/join/kind/"
    assert _step(client, "kind", kind="person") == "/join/identity/"
    assert (
        _step(client, "identity", name="李春生", identity_number=resident_id(5)) == "/join/village/"
    )
    assert _step(client, "village", division=f"{union.division_id}201") == "/join/work/"
    cooperative = union.cooperatives.get()
    assert (
        _step(client, "work", cooperative=cooperative.credit_code, ground="cooperative_member")
        == "/join/check/"
    )
    page = client.get("/join/check/").content.decode()
    assert "2301**********" in page
    assert resident_id(5) not in page
    assert "丰收农机合作社" in page
    response = client.post("/join/check/", follow=True)
    assert "申请已经送到工会" in response.content.decode()
    row = Membership.objects.get()
    assert (row.state, row.member.user, row.union) == ("applied", user, union)
    assert client.get(reverse("join")).status_code == 302


def test_a_step_ahead_leads_back_to_the_open_question(signed_in, union: Union) -> None:
    client = signed_in(PhoneUserFactory())
    response = client.get("/join/village/")
    assert (response.status_code, response["Location"]) == (302, "/join/union/")
    assert client.get("/join/check/")["Location"] == "/join/union/"
    assert client.get("/join/nonsense/").status_code == 404


def test_a_wrong_number_is_said_at_its_field_and_nothing_is_kept(signed_in, union: Union) -> None:
    user = PhoneUserFactory()
    client = signed_in(user)
    _step(client, "union", union=union.code)
    _step(client, "kind", kind="person")
    response = client.post(
        "/join/identity/", {"name": "李春生", "identity_number": "230113198001010010"}
    )
    assert response.status_code == 422
    assert "身份证号有一位不对" in response.content.decode()
    assert joining.draft_of(user).identity_number == ""


def test_someone_under_eighteen_is_told_when(signed_in, union: Union) -> None:
    client = signed_in(PhoneUserFactory())
    _step(client, "union", union=union.code)
    _step(client, "kind", kind="person")
    young = resident_id(3, "20200229")
    response = client.post("/join/identity/", {"name": "小明", "identity_number": young})
    assert "您到 2038 年 3 月 1 日才满" in response.content.decode()


def test_another_union_asks_for_the_village_again(signed_in, union: Union) -> None:
    user = PhoneUserFactory()
    client = signed_in(user)
    _step(client, "union", union=union.code)
    _step(client, "kind", kind="person")
    _step(client, "identity", name="李春生", identity_number=resident_id(5))
    _step(client, "village", division=f"{union.division_id}201")
    other = UnionFactory()
    _step(client, "union", union=other.code)
    assert joining.draft_of(user).division == ""


def test_unions_are_found_by_name_and_none_says_so(signed_in, union: Union) -> None:
    for _more in range(14):
        UnionFactory()
    client = signed_in(PhoneUserFactory())
    first = client.get("/join/union/").content.decode()
    assert "这里只列出一部分" in first
    found = client.get("/join/union/", {"q": "丰收"}).content.decode()
    assert "韩甸镇农机工会" in found
    assert "没有找到" in client.get("/join/union/", {"q": "月球"}).content.decode()


def test_visitors_are_sent_to_sign_in_and_back() -> None:
    response = Client().get("/join/kind/")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
    assert "next=/join/kind/" in response["Location"]


def test_my_membership_shows_the_steps_and_withdrawing(signed_in) -> None:
    row = MembershipFactory(applied=True, member__with_account=True)
    client = signed_in(row.member.user)
    page = client.get("/membership/").content.decode()
    assert "社员大会表决" in page
    assert "撤回申请" in page
    assert "不花钱" in client.get(f"/membership/{row.pk}/withdraw/").content.decode()
    row.refresh_from_db()
    assert row.state == "applied"
    client.post(f"/membership/{row.pk}/withdraw/")
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_anothers_application_cannot_be_withdrawn(signed_in) -> None:
    theirs = MembershipFactory(applied=True)
    mine = MembershipFactory(member__with_account=True)
    client = signed_in(mine.member.user)
    foreign = client.post(f"/membership/{theirs.pk}/withdraw/")
    absent = client.post("/membership/99999999/withdraw/")
    assert foreign.status_code == absent.status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "applied"


def test_a_roster_member_claims_their_place(signed_in) -> None:
    user = PhoneUserFactory()
    row = MembershipFactory()
    row.member.set_phone(user.phone)
    row.member.save()
    client = signed_in(user)
    assert "工会名册上有您这个手机号" in client.get("/join/").content.decode()
    wrong = client.post("/join/claim/", {"identity_number": resident_id(998)})
    assert (wrong.status_code, "不一致" in wrong.content.decode()) == (422, True)
    client.post("/join/claim/", {"identity_number": row.member.identity_number})
    row.member.refresh_from_db()
    assert row.member.user == user


def test_home_says_hello_to_each_kind_of_visitor(signed_in) -> None:
    assert "手机号登录" in Client().get("/").content.decode()
    newcomer = signed_in(PhoneUserFactory())
    assert "您还没有入会" in newcomer.get("/").content.decode()
    row = MembershipFactory(waiting=True, member__with_account=True, member__name="王秋实")
    page = signed_in(row.member.user).get("/").content.decode()
    assert "王秋实，您好" in page
    assert "我要借款" in page


@pytest.mark.parametrize("url", ["/", "/credit/", "/supply/", "/membership/", "/join/"])
def test_pages_of_a_member_cost_few_queries(
    signed_in, url: str, django_assert_max_num_queries
) -> None:
    row = MembershipFactory(member__with_account=True)
    client = signed_in(row.member.user)
    client.get(url)
    # The home page asks every app once or twice what waits for the member.
    with django_assert_max_num_queries(24):
        client.get(url)


def test_a_micro_business_joins_with_its_licence(signed_in, union: Union) -> None:
    client = signed_in(PhoneUserFactory())
    _step(client, "union", union=union.code)
    _step(client, "kind", kind="business")
    page = client.get("/join/identity/").content.decode()
    assert "统一社会信用代码" in page
    assert "联系人姓名" in page
    wrong = client.post(
        "/join/identity/",
        {"name": "丰收农资店", "identity_number": resident_id(5), "contact_name": "李春生"},
    )
    assert (wrong.status_code, "统一社会信用代码有一位不对" in wrong.content.decode()) == (
        422,
        True,
    )
    code = credit_code(31)
    _step(client, "identity", name="丰收农资店", identity_number=code, contact_name="李春生")
    _step(client, "village", division=f"{union.division_id}201")
    _step(client, "work", cooperative="", ground="business_owner")
    client.post("/join/check/")
    member = Membership.objects.get().member
    assert (member.kind, member.name, member.contact_name, member.identity_number) == (
        "business",
        "丰收农资店",
        "李春生",
        code,
    )


def test_an_admitted_membership_counts_before_an_application_elsewhere(signed_in) -> None:
    admitted = MembershipFactory(member__with_account=True, union__name="老工会")
    MembershipFactory(applied=True, member=admitted.member, union__name="新工会")
    assert live_membership(admitted.member) == admitted
    assert "老工会" in signed_in(admitted.member.user).get("/").content.decode()


def test_a_convener_opens_a_household_in_the_panel(signed_in) -> None:
    union = UnionFactory()
    client = signed_in(officer("convener", union), second_factor=True)
    url = "/admin/membership/household/open/"
    client.post(url, {"union": union.pk, "number": "红城-012"})
    household = Household.objects.get()
    assert (household.union, household.number) == (union, "红城-012")
    again = client.post(url, {"union": union.pk, "number": "红城-012"})
    assert (again.status_code, "已经登记过" in again.content.decode()) == (422, True)
    foreign = client.post(url, {"union": UnionFactory().pk, "number": "1"})
    assert foreign.status_code == 422
    assert Household.objects.count() == 1

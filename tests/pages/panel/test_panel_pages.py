"""Every list and every page of the panel: open to whom it is for, fast, masked, read-only."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cooperative.membership.access import can_anywhere
from core import audit
from core.dates import today
from tests.conftest import SignedIn
from tests.factories.membership import MembershipFactory, PostFactory, UnionFactory, officer
from tests.two_townships import MARKS, ROLES, Township, person, two_townships

PAGES = {model._meta.label_lower: found for model, found in admin.site._registry.items()}
MOST_QUERIES_LIST = 12
MOST_QUERIES_PAGE = 30
_ID = re.compile(rb"(?<![\d*])(?!9[13])\d{17}[\dXx](?![\d*])")
_PHONE = re.compile(rb"(?<![\d*.-])1[3-9]\d{9}(?![\d*])")
_TUPLE = re.compile(rb">\s*\((?:&#x27;|')\w+(?:&#x27;|'),")


@pytest.fixture
def both(db: None, tmp_path: Any, settings: Any) -> tuple[Township, Township]:
    settings.PRIVATE_ROOT = tmp_path
    return two_townships()


@pytest.fixture
def here(both: tuple[Township, Township]) -> Township:
    return both[0]


@pytest.fixture
def officers(here: Township, signed_in: Any) -> dict[str, Any]:
    return {role: signed_in(here.officers[role], second_factor=True) for role in ROLES}


def list_of(name: str) -> str:
    app, model = name.split(".")
    return f"/admin/{app}/{model}/"


def page_of(here: Township, name: str) -> str:
    return f"{list_of(name)}{here.rows[name].pk}/change/"


def seen(here: Township) -> Iterator[tuple[str, str]]:
    """Each role with each kind of rows that it may see."""
    for role in ROLES:
        for name, page in PAGES.items():
            if can_anywhere(here.officers[role], page.view_permission, today()):
                yield role, name


def test_the_world_holds_a_row_of_every_kind(here):
    assert not set(PAGES) - set(here.rows)


def test_every_list_and_page_opens_for_whom_it_is(here, officers):
    faults = []
    for role in ROLES:
        allowed = {name for who, name in seen(here) if who == role}
        for name in PAGES:
            for path in (list_of(name), page_of(here, name)):
                status = officers[role].get(path).status_code
                if (status == 200) != (name in allowed):
                    faults.append(f"{role} {path} {status}")
    assert not faults


def test_lists_mask_numbers_and_say_words(here, officers):
    """No whole identity or phone number, no Python in the text, for any role."""
    faults = []
    for role, name in seen(here):
        for path in (list_of(name), page_of(here, name)):
            body = officers[role].get(path).content
            body = re.sub(rb"<script.*?</script>", b"", body, flags=re.DOTALL)
            for what, found in (
                ("identity number", _ID.findall(body)),
                ("phone", _PHONE.findall(body)),
                ("tuple", _TUPLE.findall(body)),
            ):
                if found:
                    faults.append(f"{role} {path}: {what} {found[:2]}")
    assert not faults, "\n".join(faults)


def test_members_names_are_masked_for_whoever_may_not_reveal(here, officers):
    """The auditor reads everything but names nobody, and neither does the administrator."""
    faults = [
        path
        for role, name in seen(here)
        if role in ("auditor", "administrator")
        for path in (list_of(name), page_of(here, name))
        if here.member.name in officers[role].get(path).content.decode()
    ]
    assert not faults


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_list_asks_as_much_for_many_rows_as_for_few(here, officers, name):
    role = next(who for who, what in seen(here) if what == name)
    client = officers[role]
    client.get(list_of(name))
    few = _queries(client, list_of(name))
    for number in range(12):
        _grow(here, number)
    many = _queries(client, list_of(name))
    assert many <= few, f"{few} queries for few rows, {many} for many"
    assert many <= MOST_QUERIES_LIST
    assert _queries(client, page_of(here, name)) <= MOST_QUERIES_PAGE


def _grow(here: Township, number: int) -> None:
    """One more of what stands in lists, each with people and places of its own."""
    from tests import two_townships as world

    kept = dict(here.rows)
    here.union.division.name += "x"
    member = person(here, f"多{number}", division=here.member.division)
    MembershipFactory(member=member, union=here.union, cooperative=kept["membership.cooperative"])
    world.grow(here, member)
    here.rows = kept


def _queries(client: Any, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_admins_own_forms_are_shut(here, officers, name):
    """Nothing is added, changed, deleted or looked up in Django's history through the admin."""
    row = here.rows[name].pk
    for role in ROLES:
        client = officers[role]
        for path in ("add/", f"{row}/delete/", f"{row}/history/"):
            for method in (client.get, client.post):
                status = method(f"{list_of(name)}{path}").status_code
                assert status in (403, 404), (role, path, status)
        assert client.post(page_of(here, name), {"name": "x"}).status_code in (403, 404)


# What holds in every union: no township's officer is offered to change it.
OF_THE_ROOT = frozenset({"scoring.scorecard"})


def test_a_deed_is_offered_to_whom_it_belongs(here, officers):
    """The button stands on the page exactly when the role may and the state allows."""
    faults = []
    for role, name in seen(here):
        page = PAGES[name]
        body = officers[role].get(page_of(here, name)).content.decode()
        row = page.get_queryset(_request(here.officers[role])).get(pk=here.rows[name].pk)
        for deed in page.deeds:
            if not deed.on_row:
                continue
            url = f"{list_of(name)}{row.pk}/{deed.name}/"
            held = can_anywhere(here.officers[role], deed.permission, today())
            may = held and name not in OF_THE_ROOT
            expected = may and deed.offered(row)
            if (f'href="{url}"' in body) != bool(expected):
                faults.append(f"{role}: {url} should {'' if expected else 'not '}be offered")
            status = officers[role].get(url).status_code
            if not may and status != 404:
                faults.append(f"{role}: {url} answers {status}")
            if expected and status != 200:
                faults.append(f"{role}: {url} answers {status}")
    assert not faults, "\n".join(faults)


def _request(user: Any) -> Any:
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    return request


def test_a_look_at_a_member_is_told_to_the_member(here, officers, signed_in):
    before = here.member.disclosures.count()
    officers["convener"].get(page_of(here, "membership.member"))
    look = here.member.disclosures.order_by("pk").last()
    assert here.member.disclosures.count() == before + 1
    assert look.by == here.officers["convener"]
    mine = signed_in(here.member.user).get("/my-data/looks/")
    assert here.union.name in mine.content.decode()


def test_a_look_that_met_a_wall_is_not_told(here, officers, signed_in):
    stranger = signed_in(here.member.user)
    before = here.member.disclosures.count()
    assert stranger.get(page_of(here, "membership.member")).status_code == 302
    assert here.member.disclosures.count() == before


def test_the_whole_number_is_shown_for_a_reason_only(here, officers):
    path = f"{list_of('membership.member')}{here.member.pk}/reveal/"
    number = here.member.identity_number
    asked = officers["convener"].get(path)
    assert number not in asked.content.decode()
    before = here.member.disclosures.count()
    assert number not in officers["convener"].post(path, {"reason": "看"}).content.decode()
    assert here.member.disclosures.count() == before
    given = officers["convener"].post(path, {"reason": "核对身份证原件"})
    assert number in given.content.decode()
    assert here.member.disclosures.count() == before + 1
    assert officers["auditor"].get(path).status_code == 404


def test_the_desk_opens_for_every_role(here, officers):
    for role in ROLES:
        assert officers[role].get("/admin/").status_code == 200


def test_every_link_of_the_desk_opens_what_it_names(here, officers):
    """A filter that a list does not know would lead somewhere else."""
    faults = []
    for role in ROLES:
        body = officers[role].get("/admin/").content.decode()
        desk = body.partition('class="desk-page"')[2].partition("</main>")[0]
        assert desk
        for link in sorted(set(re.findall(r'href="(/admin/[^"#]+)"', desk))):
            status = officers[role].get(html.unescape(link)).status_code
            if status != 200:
                faults.append(f"{role} {link} {status}")
    assert not faults, "\n".join(faults)


def test_of_a_member_of_two_unions_each_sees_only_its_own_side(both, signed_in):
    """The person is shared; what the neighbours did, wrote and decided is not."""
    first, second = both
    shared = person(second, "两会")
    for union, reason in ((first.union, first.name("那边")), (second.union, "")):
        joined = MembershipFactory(member=shared, union=union, suspended=True, reason=reason)
        officer = first.officers["reviewer"] if union == first.union else None
        audit.record(
            "membership.suspended", joined, by=officer, at=timezone.now(), scope=union.path
        )
        audit.record("member.phone", shared, by=officer, at=timezone.now(), scope=union.path)
    client = signed_in(second.officers["convener"], second_factor=True)
    page = client.get(f"{list_of('membership.member')}{shared.pk}/change/")
    assert page.status_code == 200
    assert "办理记录" in page.content.decode()
    for path in (page.request["PATH_INFO"], *(list_of(name) for name in sorted(PAGES))):
        body = client.get(path).content.decode()
        assert not [mark for mark in MARKS if mark in body], path


def test_names_are_whole_only_where_the_officer_may_reveal(signed_in: SignedIn) -> None:
    here, there = UnionFactory(), UnionFactory()
    both = officer("convener", here)
    PostFactory(user=both, union=there, role="auditor")
    MembershipFactory(union=here, member__name="金林霞")
    MembershipFactory(union=there, member__name="那振国")
    client = signed_in(both, second_factor=True)
    for url in ("/admin/membership/member/", "/admin/membership/membership/"):
        page = client.get(url).content.decode()
        assert "金林霞" in page
        assert "那*国" in page
        assert "那振国" not in page

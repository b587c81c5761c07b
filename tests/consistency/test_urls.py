"""Every address as every role: who gets in, who meets a wall, and that a wall changed nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import Resolver404, resolve

from cooperative.membership.access import can_anywhere
from core.dates import today
from tests.factories.membership import PhoneUserFactory
from tests.township_lending import row_of
from tests.two_townships import MARKS, ROLES, Township, two_townships
from tests.urls import Address, addresses, demo_urlconf

ABSENT = 99_999_999
GARBAGE = ("0", "abc", "..", "%00", "9" * 30)
_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE)\b", re.IGNORECASE)
_SESSIONS = ("django_session", "usersessions_usersession", "last_login")
# Random letters, which may happen to spell a township's mark.
_TOKEN = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"|<p class="secret figure">[^<]*'
    rb'|secret=[A-Z2-7]+|data:image/[^"]*'
)
# Rows of the whole house: every officer reads them, whoever wrote them.
SHARED = frozenset({"consent.consenttext", "lending.lprrate", "scoring.scorecard"})
# One case each, so that two processes share them evenly.
NAMES = (
    "visitor",
    "newcomer",
    "convener of A without second step",
    *(f"{who} of {letter}" for letter in "AB" for who in ("member", *ROLES)),
)
# A choice of one of Django's own filters: only a value in a lookup on the rows that are listed.
_PLAIN_CHOICE = re.compile(r"\?(\w+__(?:exact|isnull|gte|lt|in)|e|p)=[^&]*(?:&[^&]*)?$")
_DOORS = ("/sign-in/", "/admin/login/", "/officers/sign-in/")


@dataclass
class Person:
    """Somebody at a browser. ``township`` is A or B, ``post`` an officer's role."""

    name: str
    client: Client
    user: Any = None
    township: str = ""
    post: str = ""
    is_member: bool = False
    cookies: Any = None
    half_in: bool = False

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        """Knock once; what happened is undone. Returns the response and the writing statements."""
        self.client.cookies = SimpleCookie(self.cookies.output(header="", sep=";"))
        with transaction.atomic(), _spying() as written:
            response = getattr(self.client, method)(path, data or {})
            response.body = _body(response)
            transaction.set_rollback(True)
        response.written = written
        return response


def _body(response: Any) -> bytes:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return _TOKEN.sub(b"", body)


@contextmanager
def _spying() -> Iterator[list[str]]:
    written: list[str] = []

    def spy(execute: Any, sql: Any, *rest: Any) -> Any:
        text = str(sql)
        if _WRITE.match(text) and not any(table in text for table in _SESSIONS):
            written.append(text[:120])
        return execute(sql, *rest)

    with connection.execute_wrapper(spy):
        yield written


@pytest.fixture
def world(db: None, tmp_path: Any) -> Iterator[tuple[Township, Township]]:
    with override_settings(ROOT_URLCONF=demo_urlconf(), DEMO=True, PRIVATE_ROOT=tmp_path):
        yield two_townships()


@pytest.fixture
def people(world: Any, signed_in: Any) -> list[Person]:
    found = [Person("visitor", Client())]
    newcomer = PhoneUserFactory(name="新来的")
    found.append(Person("newcomer", signed_in(newcomer), newcomer))
    for here in world:
        user = here.member.user
        name = f"member of {here.letter}"
        found.append(Person(name, signed_in(user), user, here.letter, is_member=True))
        for role in ROLES:
            user = here.officers[role]
            client = signed_in(user, second_factor=True)
            found.append(Person(f"{role} of {here.letter}", client, user, here.letter, role))
    user = world[0].officers["convener"]
    found.append(Person("convener of A without second step", signed_in(user), user, half_in=True))
    for each in found:
        each.client.raise_request_exception = False
        each.cookies = SimpleCookie(each.client.cookies.output(header="", sep=";"))
    return found


def values_for(address: Address, here: Township) -> dict[str, Any]:
    """What to put into an address so that it leads to a row of this township."""
    rows = here.rows
    label = ".".join(address.route.split("/")[1:3])
    by_name = {
        "object_id": rows[label].pk if label in rows else ABSENT,
        "member_id": rows["membership.member"].pk,
        "verb": "confirm",
        "kind": "correction" if address.name == "new_data_request" else "plot",
        "step": "kind",
        "file_id": rows["core.storedfile"].pk,
        "membership_id": rows["membership.membership"].pk,
        "file_kind": "json",
        "consent_id": rows["consent.consent"].pk,
        "recipient_id": rows["consent.recipient"].pk,
        "purpose": "scoring",
        "request_id": rows["consent.datarequest"].pk,
        "run_id": rows["core.jobrun"].pk,
        "number": rows["core.documentrecord"].number,
        "pk": _pk(address, rows),
        "app_label": "membership",
        "url": "nowhere/",
    }
    return {key: by_name[key] for key in address.kinds}


def _pk(address: Address, rows: dict[str, Any]) -> int:
    if address.route.startswith("credit/"):
        return row_of(address.name, rows)
    return int(rows["notices.notice" if address.name == "message_open" else "farming.plot"].pk)


def row_keys(address: Address) -> list[str]:
    """Which parts of an address name a row."""
    if ".".join(address.route.split("/")[1:3]) in SHARED:
        return []
    named = {"object_id", "member_id", "file_id", "membership_id", "consent_id", "recipient_id"}
    return [key for key in address.kinds if key in named | {"request_id", "run_id", "pk"}]


def is_door(response: Any) -> bool:
    """Whether the answer sends to one of the sign-in pages."""
    return response.status_code == 302 and response.url.startswith(_DOORS)


def verdict(address: Address, person: Person) -> str:
    """What the house promises: ``open``, ``door`` (sign in first), ``join``, ``wall`` (404)."""
    audience = address.audience
    if audience == "public":
        return "open"
    if audience == "officer" or audience.startswith("officer:"):
        if not person.post:
            return "door"
        foreign = bool(row_keys(address)) and person.township == "B"
        return "wall" if foreign else "open"
    if person.name == "visitor":
        return "door"
    if audience == "member" and not person.is_member:
        return "join"
    owns = person.is_member and person.township == "A"
    return "open" if owns or not row_keys(address) else "wall"


def broken(address: Address, person: Person, response: Any) -> str:
    """How an answer breaks the promise; empty when it keeps it."""
    status = response.status_code
    if status >= 500:
        return f"answers {status}"
    if status >= 400 and response.written:
        return f"is refused ({status}) and yet changed {response.written}"
    if status == 405:
        return ""
    match verdict(address, person):
        case "door":
            if not is_door(response) and address.name != "admin:logout":
                return f"should lead to a door, answers {status}"
        case "join":
            if status != 302 or response.url != "/join/":
                return f"should lead to joining, answers {status}"
        case "wall":
            if status not in (403, 404):
                return f"should meet a wall, answers {status}"
        case "open":
            if is_door(response) and address.audience != "public" and not person.half_in:
                return "should be let in, is sent to a door"
    if status == 302 and response.written and verdict(address, person) in ("door", "join"):
        return f"is sent away and yet changed {response.written}"
    return ""


def leaks(response: Any) -> list[str]:
    """Marks of the first township in an answer."""
    text = response.body.decode("utf-8", "replace") + str(response.headers)
    return [found for found in MARKS if found in text]


def test_every_url_says_for_whom_it_is():
    silent = [a.route for a in addresses(demo_urlconf()) if a.audience is None]
    assert not silent, f"no decorator of core.access on the views of: {silent}"


def test_every_name_is_used_once():
    names = [a.name for a in addresses() if not a.name.endswith("None")]
    assert len(names) == len(set(names))


def test_nobody_is_left_out(people):
    assert {person.name for person in people} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_url_as_every_role(world, people, name):
    """GET and POST, each without a form's body, on rows of the first township."""
    first, _second = world
    found = []
    (person,) = (one for one in people if one.name == name)
    outside = person.township == "B" or person.name == "newcomer"
    for address in addresses(demo_urlconf()):
        path = address.path(values_for(address, first))
        for method in ("get", "post"):
            response = person.ask(method, path)
            fault = broken(address, person, response)
            if not fault and method == "get":
                fault = hidden(address, person, response, first)
            if fault:
                found.append(f"{person.name}: {method.upper()} {address.route} {fault}")
            may_choose = address.name.startswith(("join", "give_consent"))
            if outside and not may_choose and leaks(response):
                found.append(f"{person.name}: {method} {address.route} shows {leaks(response)}")
    assert not found, "\n".join(found)


def hidden(address: Address, person: Person, response: Any, first: Township) -> str:
    """How an officer is kept from a row of their own: the wall stands round the township."""
    label = ".".join(address.route.split("/")[1:3])
    is_row = address.in_panel and address.name.endswith(("_change", "_changelist"))
    if not is_row or label not in first.rows or person.half_in:
        return ""
    if person.township != "A" or not person.post:
        return ""
    model_admin = admin.site.get_model_admin(type(first.rows[label]))
    may = can_anywhere(person.user, model_admin.view_permission, today())
    expected = (200,) if may else (403, 404)
    return "" if response.status_code in expected else f"answers {response.status_code}"


def test_a_foreign_row_looks_like_an_absent_one(world, people):
    first, _second = world
    found = []
    strangers = [p for p in people if p.township == "B" and p.post in ("", "administrator")]
    for address in addresses(demo_urlconf()):
        if not row_keys(address):
            continue
        foreign = address.path(values_for(address, first))
        for person in strangers:
            if verdict(address, person) != "wall":
                continue
            absent = dict.fromkeys(row_keys(address), ABSENT)
            one = person.ask("get", foreign)
            other = person.ask("get", address.path(values_for(address, first) | absent))
            if (one.status_code, _plain(one)) != (other.status_code, _plain(other)):
                found.append(
                    f"{person.name}: {address.route}: {one.status_code} {other.status_code}"
                )
    assert not found, "\n".join(found)


def _plain(response: Any) -> bytes:
    """A body without the address that was asked for."""
    path = response.request["PATH_INFO"].encode()
    return response.body.replace(path, b"")


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_an_address_is_an_answer_and_no_crash(world, people, garbage):
    first, _second = world
    by_name = {person.name: person for person in people}
    found = []
    for address in addresses(demo_urlconf()):
        person = by_name["convener of A" if address.in_panel else "member of A"]
        for key in {*row_keys(address), "kind", "verb", "purpose", "number", "step"} & {
            *address.kinds
        }:
            path = address.path(values_for(address, first) | {key: garbage})
            # What no pattern takes never comes to a view, by whatever method.
            for method in ("get", "post") if _leads_somewhere(path) else ("get",):
                response = person.ask(method, path)
                if response.status_code >= 500:
                    found.append(f"{method} {path} {response.status_code}")
                if response.status_code >= 400 and response.written:
                    found.append(f"{method} {path} wrote {response.written}")
    assert not found, "\n".join(found)


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(unquote(path))
    except Resolver404:
        return False
    return True


def test_no_list_of_the_second_township_shows_the_first(world, people):
    """Searched, filtered, sorted and paged by hand: nothing of the neighbours comes out."""
    first, _second = world
    officers = [p for p in people if p.name in ("convener of B", "administrator of B")]
    found = []
    for address in addresses(demo_urlconf()):
        if not address.name.endswith("_changelist"):
            continue
        base = address.path({})
        for person in officers:
            page = person.ask("get", base)
            only_theirs = address.name == "admin:accounts_user_changelist"
            if page.status_code != 200 or only_theirs != (person.post == "administrator"):
                continue
            offered = set(re.findall(r'href="(\?[^"]+)"', page.body.decode()))
            # Each heading offers three ways to sort, which show the same rows; one is tried below.
            tried = {link.replace("&amp;", "&") for link in offered if "?o=" not in link}
            tried = _one_of_a_kind(tried)
            tried |= {f"?q={letter}" for letter in ("的", "1", "a")}
            tried |= {f"?union={first.union.code[:2]}", "?all=", "?p=2", "?o=1.2.3", "?id__gt=0"}
            tried |= {f"?union__id__exact={first.union.pk}", "?member__name__startswith=x"}
            for query in sorted(tried):
                response = person.ask("get", base + query)
                if response.status_code >= 500 or leaks(response):
                    found.append(
                        f"{person.name}: {base}{query} {response.status_code} {leaks(response)}"
                    )
    assert not found, "\n".join(found)


def _one_of_a_kind(links: Iterable[str]) -> set[str]:
    """Of the choices of one plain filter the first; all choices of filters that we wrote."""
    kept: dict[str, str] = {}
    for link in sorted(links):
        plain = _PLAIN_CHOICE.fullmatch(link)
        kept.setdefault(plain.group(1) if plain else link, link)
    return set(kept.values())


def test_searching_by_name_finds_no_neighbour(world, people):
    """The letter that was searched for is echoed; the others must not come with it."""
    officers = [p for p in people if p.name in ("convener of B", "administrator of B")]
    for address in addresses(demo_urlconf()):
        if address.name.endswith(("_changelist", "_enter")):
            for person in officers:
                for query in (f"?q={MARKS[0]}", f"?name={MARKS[0]}&kind=plot"):
                    response = person.ask("get", address.path({}) + query)
                    assert not set(leaks(response)) - {MARKS[0]}, (person.name, address.name)


def test_a_picked_row_of_the_neighbours_is_not_acted_on(world, people):
    first, _second = world
    reviewer = next(p for p in people if p.name == "reviewer of B")
    key = first.rows["farming.queuedfact"].pk
    base = "/admin/farming/queuedfact/"
    for action in ("confirm_selected", "refuse_selected", "delete_selected"):
        answer = reviewer.ask("post", base, {"action": action, "_selected_action": [key]})
        assert answer.status_code < 500
        assert not answer.written
        assert not leaks(answer)
        assert f"{key}" not in answer.headers.get("Location", "")
    for verb in ("confirm", "refuse"):
        for method in ("get", "post"):
            answer = reviewer.ask(method, f"{base}decide/{verb}/?keys={key}", {"reason": "不实"})
            assert (answer.status_code, answer.written) == (404, [])

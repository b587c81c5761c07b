"""Audit, read-only views, refusals as pages, key rotation, tries."""

from __future__ import annotations

from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as RedisConnectionError

from cooperative.accounts import second_factor
from cooperative.membership.models import Division, Member
from core import audit
from core.errors import Busy, Refused, refusing
from core.middleware import RefusalPages
from core.models import AuditRow
from core.readonly import ReadOnlyViews, WriteInReadOnlyView, writes
from core.throttle import MINUTE, Limit, TooOften, forget, take_all
from tests.authenticator import code_of
from tests.factories.accounts import SECRET, OfficerFactory
from tests.factories.membership import NOON, DivisionFactory, MemberFactory, OfficerUserFactory

pytestmark = pytest.mark.django_db


def test_the_audit_trail_cannot_be_changed_or_removed() -> None:
    row = audit.record("test.done", _member(), by=OfficerUserFactory(), at=NOON)
    for change in (
        lambda: AuditRow.objects.filter(pk=row.pk).update(action="other"),
        lambda: AuditRow.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert AuditRow.objects.get().action == "test.done"


def _member() -> Member:
    member: Member = MemberFactory()
    return member


def _through(view: Any, method: str = "GET") -> HttpResponse:
    request: HttpRequest = RequestFactory().generic(method, "/")

    def respond(request: HttpRequest) -> HttpResponse:
        guard.process_view(request, view, (), {})
        response: HttpResponse = view(request)
        return response

    guard = ReadOnlyViews(respond)
    return guard(request)


def _writing_view(request: HttpRequest) -> HttpResponse:
    DivisionFactory(code="999999", name="写入")
    return HttpResponse("ok")


def test_a_get_cannot_write() -> None:
    with pytest.raises(WriteInReadOnlyView):
        _through(_writing_view)
    assert not Division.objects.filter(code="999999").exists()


def test_a_get_that_declares_writing_may_and_a_post_may() -> None:
    declared = writes("GET")(lambda request: _writing_view(request))
    assert _through(declared).status_code == 200
    Division.objects.filter(code="999999").delete()
    assert _through(lambda request: _writing_view(request), "POST").status_code == 200


def test_the_guard_ends_with_the_request_even_after_an_error() -> None:
    def failing(request: HttpRequest) -> HttpResponse:
        raise ValueError

    with pytest.raises(ValueError):
        _through(failing)
    DivisionFactory()


@pytest.mark.parametrize(
    "sql",
    [
        "WITH gone AS (DELETE FROM membership_division RETURNING 1) SELECT 1",
        "UPDATE membership_division SET name = 'x'",
        " truncate membership_division",
        "SELECT 1; DELETE FROM membership_division",
    ],
)
def test_no_writing_statement_slips_past_the_guard(sql: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        return HttpResponse()

    with pytest.raises(WriteInReadOnlyView):
        _through(view)


def test_only_the_named_violation_becomes_its_refusal() -> None:
    member = MemberFactory()
    taken = Refused("taken", "已登记")
    with (
        pytest.raises(Refused) as caught,
        refusing({"membership_member_identity_index_key": taken}),
    ):
        MemberFactory(identity_number=member.identity_number, identity_index=member.identity_index)
    assert caught.value is taken
    with pytest.raises(IntegrityError), refusing({"some_other_constraint": taken}):
        MemberFactory(identity_number=member.identity_number, identity_index=member.identity_index)
    assert Member.objects.count() == 1


def test_a_refusal_becomes_a_page_with_its_sentence() -> None:
    ring = RefusalPages(lambda request: HttpResponse())
    request = RequestFactory().get("/")
    page = ring.process_exception(request, Refused("x", "现在不能提交。", way_on="请先还清一笔。"))
    assert page is not None
    assert page.status_code == 422
    assert "现在不能提交。" in page.content.decode()
    assert "请先还清一笔。" in page.content.decode()


def test_a_lock_that_cannot_be_had_says_busy_and_a_lost_database_says_updating() -> None:
    ring = RefusalPages(lambda request: HttpResponse())
    request = RequestFactory().get("/")
    locked, lost = OperationalError("locked"), OperationalError("gone")
    locked.__cause__ = type("Cause", (Exception,), {"pgcode": "55P03"})()
    page = ring.process_exception(request, locked)
    assert page is not None
    assert (page.status_code, str(Busy()) in page.content.decode()) == (409, True)
    page = ring.process_exception(request, lost)
    assert page is not None
    assert (page.status_code, page["Retry-After"]) == (503, "60")


def test_maintenance_answers_every_page(settings: Any) -> None:
    settings.MAINTENANCE_FILE.touch()
    try:
        response = Client().get("/")
        assert (response.status_code, response["Retry-After"]) == (503, "60")
        assert "正在更新" in response.content.decode()
    finally:
        settings.MAINTENANCE_FILE.unlink()
    assert Client().get("/").status_code == 200


def test_rotating_keys_reseals_everything_and_twice_changes_nothing(settings: Any) -> None:
    member = MemberFactory()
    settings.FIELD_KEYS = {"k2": b"2" * 32, **settings.FIELD_KEYS}
    first, second = StringIO(), StringIO()
    call_command("rotate_field_keys", stdout=first)
    call_command("rotate_field_keys", stdout=second)
    assert "membership.Member.identity_number: 1" in first.getvalue()
    assert "membership.Member.identity_number: 0" in second.getvalue()
    settings.FIELD_KEYS = {"k2": b"2" * 32}
    assert Member.objects.get(pk=member.pk).identity_number == member.identity_number


def test_rotating_keys_reaches_the_authenticators(settings: Any) -> None:
    user = OfficerFactory()
    codes = second_factor.recovery_codes_of(user).get_unused_codes()  # type: ignore[union-attr]
    settings.FIELD_KEYS = {"k2": b"2" * 32, **settings.FIELD_KEYS}
    told = StringIO()
    call_command("rotate_field_keys", stdout=told)
    assert "authenticators: 2" in told.getvalue()
    settings.FIELD_KEYS = {"k2": b"2" * 32}
    assert second_factor.check(user, code_of(SECRET)) == "totp"
    assert second_factor.recovery_codes_of(user).get_unused_codes() == codes  # type: ignore[union-attr]


def test_tries_are_counted_and_forgotten() -> None:
    door = Limit("door", 3, 10 * MINUTE)
    for _try in range(3):
        take_all([door], "a", at=NOON)
    with pytest.raises(TooOften) as caught:
        take_all([door], "a", at=NOON)
    assert caught.value.minutes == 10
    assert "10 分钟" in str(caught.value)
    forget(door, "a")
    take_all([door], "a", at=NOON)


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError("gone"), 503), (RedisConnectionError("gone"), 503), (ValueError(), 500)],
)
def test_a_server_that_is_away_is_told_wherever_it_is_met(error: Exception, status: int) -> None:
    client = Client(raise_request_exception=False)
    with patch("core.views.redirect", side_effect=error):
        inside = client.post("/language/", {"language": "en"})
    with patch("cooperative.accounts.middleware.translation.override", side_effect=error):
        outside = client.get("/")
    assert (inside.status_code, outside.status_code) == (status, status)

"""Telling a person something once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cooperative.accounts.models import phone_index
from cooperative.notices import kinds, services
from cooperative.notices.models import Delivery, Notice
from cooperative.notices.services import notifying
from tests.factories.notices import NOON, NoticeFactory, ReaderFactory

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 5, 20, 15, tzinfo=UTC)  # 23:00 in Shanghai


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {})
    kinds.register_kind("test.due", "快到期", sms=True, urgent=True)
    kinds.register_kind("test.quiet", "告知")


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []

    def send_task(name: str, **options: Any) -> None:
        calls.append((name, options["args"]))

    monkeypatch.setattr(notifying.current_app, "send_task", send_task)
    return calls


def tell(**changes: Any) -> Notice:
    facts: dict[str, Any] = {
        "to": services.to_person("member:1", phone="13812345678"),
        "kind": "test.due",
        "title": "还款快到期",
        "body": "5月27日（周三）前还 5,000 元。",
        "link": "/farm/",
        "due_on": date(2026, 5, 27),
        "scope": "sc/01/",
        "sms": "您有一笔借款5月27日到期，请按时还款。",
        "at": NOON,
    }
    return services.notify(**(facts | changes))


def test_notice_and_outbox_row_are_written_and_queued_after_commit(
    queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        notice = tell()
        assert queued == []
    delivery = Delivery.objects.get()
    assert (notice.person, notice.recipient, notice.urgent) == ("member:1", None, True)
    assert (notice.created_at, notice.read_at, notice.scope) == (NOON, None, "sc/01/")
    assert (delivery.phone, delivery.phone_index) == ("13812345678", phone_index("13812345678"))
    assert delivery.text == "您有一笔借款5月27日到期，请按时还款。"
    assert (delivery.state, delivery.next_attempt_at) == ("pending", NOON)
    assert queued == [("notices.deliver", [delivery.pk])]


def test_reminder_is_the_same_when_it_is_sent_twice(queued: list[Any]) -> None:
    first = tell()
    assert tell(title="别的标题", at=NOON + timedelta(days=1)) == first
    assert Notice.objects.get().title == "还款快到期"
    assert Delivery.objects.count() == 1


def test_reminder_is_the_same_after_the_person_gets_an_account() -> None:
    first = tell()
    account = ReaderFactory()
    assert services.adopt_notices(person="member:1", account=account) == 1
    assert tell(to=services.to_person("member:1", account=account)) == first
    assert list(account.notices.all()) == [first]


def test_adopting_takes_only_what_was_told_to_that_person_and_to_no_account() -> None:
    other = ReaderFactory()
    theirs = NoticeFactory(person="member:1", recipient=other)
    NoticeFactory(person="member:2")
    assert services.adopt_notices(person="member:1", account=ReaderFactory()) == 0
    theirs.refresh_from_db()
    assert theirs.recipient == other


@pytest.mark.parametrize(
    "changes",
    [
        {"due_on": date(2026, 6, 27)},
        {"due_on": None},
        {"kind": "test.quiet"},
        {"to": services.to_person("member:2")},
    ],
)
def test_another_notice_is_written_when_person_kind_or_date_differ(changes: Any) -> None:
    assert tell().pk != tell(**changes).pk


def test_notice_without_subject_and_date_is_told_once_too() -> None:
    assert tell(due_on=None) == tell(due_on=None)


def test_subjects_of_one_kind_are_told_apart() -> None:
    one, two = ReaderFactory.create_batch(2)
    assert tell(subject=one).pk != tell(subject=two).pk
    assert tell(subject=one) == tell(subject=one)


def test_sms_waits_for_the_morning_when_told_at_night(
    queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell(at=NIGHT)
    assert Delivery.objects.get().next_attempt_at == datetime(2026, 5, 21, tzinfo=UTC)
    assert queued == []


@pytest.mark.parametrize("phone", ["", "0451-5312345", "1381234567"])
def test_no_sms_is_written_when_the_number_receives_none(phone: str) -> None:
    tell(to=services.to_person("member:1", phone=phone))
    assert Notice.objects.count() == 1
    assert Delivery.objects.count() == 0


def test_no_sms_is_written_when_the_kind_wants_none() -> None:
    tell(kind="test.quiet")
    assert Delivery.objects.count() == 0


def test_account_is_told_at_its_own_number_and_in_its_language() -> None:
    reader = ReaderFactory(language="en")
    notice = tell(to=services.to_account(reader), title=_("中文"), sms=_("中文"))
    assert (notice.person, notice.recipient) == (f"user:{reader.pk}", reader)
    assert Delivery.objects.get().phone == reader.phone
    assert Delivery.objects.get().text == "中文"


def test_nothing_is_told_when_the_change_is_rolled_back(queued: list[Any]) -> None:
    with transaction.atomic():
        tell()
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()
    assert queued == []


def test_queue_that_is_away_does_not_undo_the_change(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def away(*_args: Any, **_options: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(notifying.current_app, "send_task", away)
    with django_capture_on_commit_callbacks() as callbacks:
        tell()
    assert len(callbacks) == 1
    assert Delivery.objects.get().state == "pending"


@pytest.mark.parametrize("link", ["//elsewhere.cn", "https://elsewhere.cn"])
def test_link_that_leaves_the_site_is_an_error(link: str) -> None:
    with pytest.raises(ValueError, match="path"):
        tell(link=link)
    assert not Notice.objects.exists()


def test_unregistered_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        tell(kind="test.typing_error")


def test_reading_counts_the_first_time_only() -> None:
    notice = NoticeFactory()
    services.mark_read(notice=notice, at=NOON + timedelta(hours=1))
    services.mark_read(notice=notice, at=NOON + timedelta(hours=2))
    notice.refresh_from_db()
    assert notice.read_at == NOON + timedelta(hours=1)


def test_all_read_touches_only_ones_own_and_only_what_was_told_by_then() -> None:
    reader, other = ReaderFactory(), ReaderFactory()
    mine = NoticeFactory(recipient=reader)
    later = NoticeFactory(recipient=reader, created_at=NOON + timedelta(days=1))
    theirs = NoticeFactory(recipient=other)
    assert services.mark_all_read(by=reader, at=NOON + timedelta(hours=1)) == 1
    for notice in (mine, later, theirs):
        notice.refresh_from_db()
    assert mine.read_at == NOON + timedelta(hours=1)
    assert later.read_at is None
    assert theirs.read_at is None


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("notices_notice_link_stays_here", {"link": "//elsewhere.cn"}),
        ("notices_notice_link_stays_here", {"link": "/\\elsewhere.cn"}),
        ("notices_notice_subject_whole", {"subject_id": 1}),
        ("notices_notice_has_person_and_title", {"person": ""}),
        ("notices_notice_has_person_and_title", {"title": ""}),
        ("notices_notice_read_after_created", {"read_at": NOON - timedelta(seconds=1)}),
    ],
)
def test_database_refuses_a_notice(constraint: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        NoticeFactory(**changes)


def test_database_refuses_a_second_notice_of_the_same() -> None:
    NoticeFactory(person="member:1")
    with pytest.raises(IntegrityError, match="notices_notice_told_once"), transaction.atomic():
        NoticeFactory(person="member:1")
    with pytest.raises(ValidationError, match="已经发过"):
        NoticeFactory.build(person="member:1").validate_constraints()

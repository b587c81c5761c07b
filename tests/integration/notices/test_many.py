"""Many notices in one statement: the same promises as one at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cooperative.notices.kinds import register_kind
from cooperative.notices.models import Delivery, Notice
from cooperative.notices.services import Message, notify, notify_many, to_person
from tests.factories.membership import MembershipFactory, PhoneUserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
NIGHT = datetime(2026, 5, 20, 14, tzinfo=UTC)  # 22:00 in Shanghai
DAY = date(2026, 5, 20)
SMS, QUIET = "test.many_sms", "test.many"


@pytest.fixture(autouse=True)
def known() -> None:
    register_kind(SMS, "试验", sms=True, urgent=True)
    register_kind(QUIET, "试验")


def message(person: str, kind: str = SMS, **more):
    given = {"to": to_person(person, phone="13700000001"), "kind": kind, "due_on": DAY}
    return Message(**{**given, "title": "要还款", **more})


def test_each_is_told_once_with_an_outbox_row_where_the_kind_wants_one():
    subject, user = MembershipFactory(), PhoneUserFactory()
    messages = [
        message("member:1", subject=subject, body="明细", link="/credit/", scope="A/"),
        message("member:2", QUIET, subject=subject),
        message("member:3", subject=subject, to=to_person("member:3", account=user)),
        message("member:4", subject=subject, to=to_person("member:4")),
        message("member:1", subject=subject, body="明细", link="/credit/", scope="A/"),
    ]
    assert notify_many(messages=messages, at=NOON) == 4
    rows = {row.person: row for row in Notice.objects.all()}
    first = rows["member:1"]
    assert (first.title, first.body, first.link, first.scope) == (
        "要还款",
        "明细",
        "/credit/",
        "A/",
    )
    assert (first.urgent, first.created_at, first.due_on) == (True, NOON, DAY)
    assert first.subject_id == subject.pk
    assert rows["member:3"].recipient == user
    sent = Delivery.objects.order_by("notice__person")
    assert [row.notice.person for row in sent] == ["member:1", "member:3"]
    assert (sent[0].phone, sent[0].text, sent[0].urgent) == ("13700000001", "要还款", True)
    assert sent[0].next_attempt_at == NOON
    assert notify_many(messages=messages, at=NIGHT) == 0
    assert (Notice.objects.count(), Delivery.objects.count()) == (4, 2)


def test_what_was_told_alone_is_not_told_again_among_many_and_the_other_way():
    subject = MembershipFactory()
    to = to_person("member:1", phone="13700000001")
    one = notify(to=to, kind=SMS, title="先说", at=NOON, subject=subject, due_on=DAY)
    assert notify_many(messages=[message("member:1", subject=subject)], at=NOON) == 0
    assert Notice.objects.get() == one
    notify_many(messages=[message("member:2", subject=subject)], at=NOON)
    to = to_person("member:2", phone="13700000001")
    notify(to=to, kind=SMS, title="再说", at=NOON, subject=subject, due_on=DAY)
    assert Notice.objects.get(person="member:2").title == "要还款"


def test_in_quiet_hours_the_sms_waits_until_eight():
    notify_many(messages=[message("member:1", subject=MembershipFactory())], at=NIGHT)
    assert Delivery.objects.get().next_attempt_at == datetime(2026, 5, 21, 0, tzinfo=UTC)


def test_nothing_to_tell_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert notify_many(messages=[], at=NOON) == 0


def test_a_link_that_leaves_the_site_and_an_unknown_kind_are_refused():
    subject = MembershipFactory()
    with pytest.raises(ValueError, match="path of this site"):
        notify_many(messages=[message("member:1", subject=subject, link="//evil")], at=NOON)
    with pytest.raises(KeyError):
        notify_many(messages=[message("member:1", "test.unknown", subject=subject)], at=NOON)
    assert not Notice.objects.exists()

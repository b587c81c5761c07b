"""Telling people, and noting that they read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from operator import itemgetter
from typing import Any

from celery import current_app
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, models, transaction
from django.utils import translation
from django.utils.functional import Promise

from cooperative.accounts.models import phone_index
from cooperative.notices import rules
from cooperative.notices.kinds import Kind, kind_of
from cooperative.notices.models import Delivery, Notice
from core.errors import violated_constraint

Text = str | Promise
_CHINESE = "zh-hans"
_TOLD_ONCE = "notices_notice_told_once"


@dataclass(frozen=True)
class Addressee:
    """Whom a notice is for: a stable key, the account if there is one, the phone if there is one."""

    person: str
    account: Any = None
    phone: str = ""

    @property
    def language(self) -> str:
        """The language the person reads; Chinese without an account."""
        return self.account.language if self.account is not None else _CHINESE


def to_account(user: Any) -> Addressee:
    """The owner of an account of whom nothing else is known."""
    return Addressee(f"user:{user.pk}", user, user.phone)


def to_person(person: str, *, account: Any = None, phone: str = "") -> Addressee:
    """A person an upper app knows by a stable key, e.g. ``member:42``, with or without account.

    ``phone`` is where they are reached; the account's number if it is left out.
    """
    return Addressee(person, account, phone or (account.phone if account is not None else ""))


def notify(
    *,
    to: Addressee,
    kind: str,
    title: Text,
    at: datetime,
    body: Text = "",
    link: str = "",
    subject: models.Model | None = None,
    due_on: date | None = None,
    scope: str = "",
    sms: Text = "",
) -> Notice:
    """Tell a person something once, inside the caller's transaction; no network here.

    The same (person, kind, subject, due date) gives the notice that is already there, unchanged.
    Lazy texts are written down in the reader's language. ``link`` is a path of this site,
    ``scope`` the path of the union whose officers may see that it was sent, ``sms`` the text for
    the phone (Chinese, no signature); without it the title serves. The SMS of a kind that wants
    one is an outbox row, sent after commit, in quiet hours at 08:00.

    Raises:
        KeyError: an unregistered kind.
        ValueError: a link that leaves this site.
    """
    told = kind_of(kind)
    if link and not rules.is_relative_link(link):
        raise ValueError("a notice links to a path of this site")
    same = {
        "person": to.person,
        "kind": kind,
        "subject_type": ContentType.objects.get_for_model(subject) if subject else None,
        "subject_id": subject.pk if subject else None,
        "due_on": due_on,
    }
    with translation.override(to.language):
        written = {"title": str(title), "body": str(body)}
    with transaction.atomic():
        existing = Notice.objects.filter(**_lookups(same)).first()
        if existing is not None:
            return existing
        try:
            with transaction.atomic():
                notice = Notice.objects.create(
                    **same,
                    **written,
                    recipient=to.account,
                    scope=scope,
                    link=link,
                    urgent=told.urgent,
                    created_at=at,
                )
        except IntegrityError as error:
            if violated_constraint(error) != _TOLD_ONCE:
                raise
            return Notice.objects.get(**_lookups(same))
        _enqueue_sms(notice, to, told, sms or title, at)
    return notice


@dataclass(frozen=True)
class Message:
    """One notice of many; the fields are the arguments of ``notify``."""

    to: Addressee
    kind: str
    title: Text
    subject: models.Model
    due_on: date
    body: Text = ""
    link: str = ""
    scope: str = ""
    sms: Text = ""


_INSERT_MANY = """
INSERT INTO notices_notice (person, recipient_id, kind, subject_type_id, subject_id, due_on, scope,
    title, body, link, urgent, created_at)
SELECT told.*, %(at)s FROM unnest(%(person)s::text[], %(recipient)s::bigint[], %(kind)s::text[],
    %(type)s::int[], %(subject)s::bigint[], %(due_on)s::date[], %(scope)s::text[],
    %(title)s::text[], %(body)s::text[], %(link)s::text[], %(urgent)s::bool[]) AS told
ORDER BY 1, 3, 4, 5, 6
ON CONFLICT DO NOTHING RETURNING id, person, kind, subject_type_id, subject_id, due_on
"""


def notify_many(*, messages: Sequence[Message], at: datetime) -> int:
    """Tell many people in one statement, each once as in ``notify``; how many were new.

    Their SMS are outbox rows without a wake-up call each: the sweep of every minute sends them,
    with more workers when many wait.

    Raises:
        KeyError: an unregistered kind.
        ValueError: a link that leaves this site.
    """
    by_key = {_key_of(message): message for message in messages}
    if not by_key:
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_MANY, {"at": at, **_columns(by_key)})
            new = {tuple(key): number for number, *key in cursor.fetchall()}
        told = [(number, by_key[key]) for key, number in sorted(new.items(), key=itemgetter(1))]
        deliveries = [_delivery(number, message, at) for number, message in told]
        Delivery.objects.bulk_create([row for row in deliveries if row is not None])
    return len(new)


def _key_of(message: Message) -> tuple[str, str, int, int, date]:
    kind = ContentType.objects.get_for_model(message.subject)
    return message.to.person, message.kind, kind.pk, message.subject.pk, message.due_on


def _columns(by_key: Mapping[tuple[Any, ...], Message]) -> dict[str, list[Any]]:
    """The rows as arrays, one a column."""
    names = ("person", "kind", "type", "subject", "due_on")
    columns: dict[str, list[Any]] = {
        name: list(values) for name, values in zip(names, zip(*by_key, strict=True), strict=True)
    }
    columns |= {name: [] for name in ("recipient", "scope", "title", "body", "link", "urgent")}
    for message in by_key.values():
        if message.link and not rules.is_relative_link(message.link):
            raise ValueError("a notice links to a path of this site")
        account = message.to.account
        with translation.override(message.to.language):
            columns["title"].append(str(message.title))
            columns["body"].append(str(message.body))
        columns["recipient"].append(account.pk if account is not None else None)
        columns["scope"].append(message.scope)
        columns["link"].append(message.link)
        columns["urgent"].append(kind_of(message.kind).urgent)
    return columns


def _delivery(notice_id: int, message: Message, at: datetime) -> Delivery | None:
    kind, phone = kind_of(message.kind), message.to.phone
    if not kind.sms or not rules.can_receive_sms(phone):
        return None
    with translation.override(_CHINESE):
        text = str(message.sms or message.title)
    return Delivery(
        notice_id=notice_id,
        phone=phone,
        phone_index=phone_index(phone),
        text=text,
        urgent=kind.urgent,
        next_attempt_at=rules.after_quiet_hours(at),
    )


def _lookups(same: dict[str, Any]) -> dict[str, Any]:
    """Equality that also holds between two empty values, as in the unique constraint."""
    return {f"{k}__isnull" if v is None else k: True if v is None else v for k, v in same.items()}


def _enqueue_sms(notice: Notice, to: Addressee, kind: Kind, text: Text, at: datetime) -> None:
    if not kind.sms or not rules.can_receive_sms(to.phone):
        return
    with translation.override(_CHINESE):
        text = str(text)
    start = rules.after_quiet_hours(at)
    delivery = Delivery.objects.create(
        notice=notice,
        phone=to.phone,
        phone_index=phone_index(to.phone),
        text=text,
        urgent=kind.urgent,
        next_attempt_at=start,
    )
    if start == at:
        queue_delivery(delivery)


def queue_delivery(delivery: Delivery) -> None:
    """Have a worker send it after commit; if the queue is away, the sweep of every minute does."""
    send = partial(current_app.send_task, "notices.deliver", args=[delivery.pk], retry=False)
    transaction.on_commit(send, robust=True)


def adopt_notices(*, person: str, account: Any) -> int:
    """Let an account read what its owner was told before it existed; how many notices that were.

    Called by the app that has checked who the owner is, in the same transaction.
    """
    return Notice.objects.filter(person=person, recipient__isnull=True).update(recipient=account)


def mark_read(*, notice: Notice, at: datetime) -> None:
    """Note that the reader opened it; the first time counts. Access was checked by the caller."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(
        read_at=models.functions.Greatest(models.F("created_at"), models.Value(at))
    )


def mark_all_read(*, by: Any, at: datetime) -> int:
    """Note that the reader has seen everything told until now; how many were new."""
    return Notice.objects.filter(recipient=by, read_at__isnull=True, created_at__lte=at).update(
        read_at=at
    )

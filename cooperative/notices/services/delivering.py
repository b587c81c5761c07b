"""Sending what waits: claim, send, record, in three steps of which only the middle one is network.

A claim moves ``next_attempt_at`` a lease ahead and writes an attempt without an end, then commits.
Rows being claimed are skipped by others (SKIP LOCKED), claimed rows are not due: two workers never
send the same message. A worker that dies after the claim leaves the message to whoever comes after
the lease. It may have died after the gateway accepted: the next attempt then carries the same
idempotency key, and a gateway that honours it sends nothing twice. One that does not may repeat
that one SMS; we would rather repeat a reminder than lose it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.accounts.models import phone_index
from cooperative.notices import rules
from cooperative.notices.models import Attempt, Delivery
from cooperative.notices.services.notifying import queue_delivery
from cooperative.notices.sms import NOTICE, Sms, SmsPort, SmsRefused, SmsUnavailable
from core import audit
from core.errors import Refused

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Claim:
    """One message that this worker alone may send until the lease ends."""

    delivery_id: int
    number: int
    sms: Sms


@dataclass(frozen=True)
class Answer:
    """How an attempt ended."""

    outcome: Attempt.Outcome
    code: str = ""
    provider_id: str = ""
    pause: timedelta | None = None


def deliver_next(*, port: SmsPort, clock: Clock, delivery_id: int | None = None) -> bool:
    """Send the most pressing due message, or just this one if it is due; whether there was one.

    The clock is asked twice, before and after the gateway answers.
    """
    claim = claim_next(at=clock(), delivery_id=delivery_id)
    if claim is None:
        return False
    answer = send_claimed(claim, port)
    record_answer(claim, answer, at=clock())
    return True


def claim_next(*, at: datetime, delivery_id: int | None = None) -> Claim | None:
    """Take one due message for this worker; None in quiet hours or if nothing is due."""
    if rules.is_quiet(at):
        return None
    rows = Delivery.objects.due(at)
    if delivery_id is not None:
        rows = rows.filter(pk=delivery_id)
    while True:
        with transaction.atomic():
            delivery = next(iter(rows.unclaimed()[:1]), None)
            if delivery is None:
                return None
            if delivery.tries < rules.MOST_TRIES:
                return _claimed(delivery, at)
            # Its last attempt was cut off too: it is not tried for ever.
            _end(delivery, rules.FAILED, at=at, code="interrupted")


def _claimed(delivery: Delivery, at: datetime) -> Claim:
    delivery.attempts += 1
    delivery.tries += 1
    delivery.next_attempt_at = at + rules.LEASE
    delivery.save(update_fields=["attempts", "tries", "next_attempt_at"])
    Attempt.objects.create(delivery=delivery, number=delivery.attempts, started_at=at)
    sms = Sms(delivery.phone, delivery.text, NOTICE, delivery.key.hex)
    return Claim(delivery.pk, delivery.attempts, sms)


def send_claimed(claim: Claim, port: SmsPort) -> Answer:
    """Call the gateway, outside any transaction."""
    try:
        return Answer(Attempt.Outcome.SENT, provider_id=port.send(claim.sms))
    except SmsUnavailable as error:
        return Answer(Attempt.Outcome.RETRY, error.code, pause=error.pause)
    except SmsRefused as error:
        return Answer(Attempt.Outcome.REFUSED, error.code)


def record_answer(claim: Claim, answer: Answer, *, at: datetime) -> None:
    """Write down how the attempt ended.

    An answer that comes after the lease is logged all the same. If it says *sent*, the message is
    sent, whoever has claimed it since; any other late answer leaves the newer attempt alone.
    """
    with transaction.atomic():
        delivery = Delivery.objects.locked().get(pk=claim.delivery_id)
        Attempt.objects.filter(delivery=delivery, number=claim.number).update(
            ended_at=at, outcome=answer.outcome, code=answer.code
        )
        if delivery.state != rules.PENDING:
            return
        if answer.outcome == Attempt.Outcome.SENT:
            delivery.provider_id = answer.provider_id[:120]
            _end(delivery, rules.SENT, at=at)
        elif delivery.attempts == claim.number:
            _after_failure(delivery, answer, at)
    logger.info("sms delivery %s: %s %s", claim.delivery_id, answer.outcome.value, answer.code)


def _after_failure(delivery: Delivery, answer: Answer, at: datetime) -> None:
    if answer.outcome == Attempt.Outcome.REFUSED:
        delivery.refused = True
        _end(delivery, rules.FAILED, at=at, code=answer.code)
        return
    following = rules.next_attempt(delivery.tries, at, asked_pause=answer.pause)
    if following is None:
        _end(delivery, rules.FAILED, at=at, code=answer.code)
        return
    delivery.next_attempt_at = following
    delivery.error_code = answer.code
    delivery.save(update_fields=["next_attempt_at", "error_code"])


def _end(delivery: Delivery, state: str, *, at: datetime, code: str = "") -> None:
    assert rules.can_follow(delivery.state, state)
    delivery.state = state
    delivery.ended_at = at
    delivery.next_attempt_at = None
    delivery.error_code = code
    delivery.save()


def retry_delivery(*, delivery_id: int, by: Any, at: datetime, phone: str = "") -> Delivery:
    """Give a failed message a new round of attempts, at the member's present number if given.

    The caller has checked ``notice.send`` in the union of ``notice.scope``. The idempotency key
    stays, unless the gateway refused the message or the number changed: only then is it certain
    that nothing went out under it.

    Raises:
        Refused: ``delivery_not_failed``, ``delivery_without_phone``.
    """
    with transaction.atomic():
        delivery = Delivery.objects.locked().select_related("notice").get(pk=delivery_id)
        if not rules.can_follow(delivery.state, rules.PENDING):
            raise Refused("delivery_not_failed", _("只有没发出的短信才能重发。"))
        _set_phone(delivery, phone)
        if not delivery.phone:
            raise Refused(
                "delivery_without_phone",
                _("这位成员没有能收短信的手机号。"),
                way_on=_("请先登记手机号，再重发。"),
            )
        if delivery.refused:
            delivery.key = uuid.uuid4()
        before = delivery.error_code
        delivery.state = rules.PENDING
        delivery.tries = 0
        delivery.refused = False
        delivery.error_code = ""
        delivery.ended_at = None
        delivery.next_attempt_at = rules.after_quiet_hours(at)
        delivery.save()
        audit.record(
            "notice.retried",
            delivery,
            by=by,
            at=at,
            scope=delivery.notice.scope,
            after=before,
        )
        queue_delivery(delivery)
    return delivery


def _set_phone(delivery: Delivery, phone: str) -> None:
    if not rules.can_receive_sms(phone) or phone == delivery.phone:
        return
    delivery.phone = phone
    delivery.phone_index = phone_index(phone)
    delivery.key = uuid.uuid4()

"""Minimal valid rows of notices; traits for situations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from cooperative.accounts.models import User, phone_index
from cooperative.notices.models import Attempt, Delivery, DemoMessage, Notice

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)  # 12:00 in Shanghai
PHONE = "13812345678"


class ReaderFactory(DjangoModelFactory[User]):
    """An account with a verified phone."""

    class Meta:
        model = User

    name = "李守田"
    phone = factory.Sequence(lambda n: f"139{n:08d}")
    phone_index = factory.LazyAttribute(lambda user: phone_index(user.phone))
    phone_verified_at = NOON


class NoticeFactory(DjangoModelFactory[Notice]):
    """A notice to a person without an account."""

    class Meta:
        model = Notice

    class Params:
        read = factory.Trait(
            read_at=factory.LazyAttribute(lambda n: n.created_at + timedelta(minutes=5))
        )

    person = factory.Sequence(lambda n: f"member:{n}")
    kind = "notices.office"
    title = "明天上午办公室开门"
    created_at = NOON


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """An SMS that may be sent at noon."""

    class Meta:
        model = Delivery

    class Params:
        failed = factory.Trait(
            state="failed", next_attempt_at=None, ended_at=NOON, error_code="http_500", tries=6
        )
        was_refused = factory.Trait(failed=True, refused=True, error_code="http_400", tries=1)
        sent = factory.Trait(state="sent", next_attempt_at=None, ended_at=NOON)

    notice = factory.SubFactory(NoticeFactory)
    phone = PHONE
    phone_index = factory.LazyAttribute(lambda d: phone_index(d.phone) if d.phone else None)
    text = "明天上午办公室开门。"
    next_attempt_at = NOON


class AttemptFactory(DjangoModelFactory[Attempt]):
    """An attempt that was cut off."""

    class Meta:
        model = Attempt

    delivery = factory.SubFactory(DeliveryFactory)
    number = 1
    started_at = NOON


class DemoMessageFactory(DjangoModelFactory[DemoMessage]):
    """A sign-in code in the demo's inbox."""

    class Meta:
        model = DemoMessage

    phone = PHONE
    phone_index = factory.LazyAttribute(lambda message: phone_index(message.phone))
    text = "【三位一体】登录验证码 048213，5 分钟内有效。"
    purpose = "sign_in"
    key = factory.Sequence(lambda n: f"key{n}")
    at = NOON

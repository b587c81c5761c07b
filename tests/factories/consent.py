"""Minimal valid rows of consent, and the small world they live in."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cooperative.accounts.models import User
from cooperative.consent.models import (
    Consent,
    ConsentText,
    DataRequest,
    Disclosure,
    PaperConsent,
    Recipient,
)
from cooperative.membership.models import (
    Cooperative,
    Division,
    Member,
    Membership,
    Post,
    Union,
)
from core.models import DocumentRecord
from tests.factories.core import StoredFileFactory

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)  # 12:00 in Shanghai
YEAR = timedelta(days=365)


def user(username: str = "", *, phone: str = "", name: str = "王秋实") -> User:
    """An account: an officer's by name, a member's by phone."""
    row = User(username=username or None, name=name)
    row.set_phone(phone, verified_at=NOON if phone else None)
    row.set_unusable_password()
    row.save()
    return row


class World:
    """Two townships under one district; a federation with one co-operative in the first."""

    def __init__(self) -> None:
        self.division = Division.objects.create(
            code="230113", name="双城区", level=Division.Level.DISTRICT
        )
        self.founder, self.checker = user("founder"), user("checker")
        self.district = self._union("D", "双城区总工会", Union.Level.DISTRICT, None)
        self.home = self._union("A", "幸福乡农机工会", Union.Level.GRASSROOTS, self.district)
        self.foreign = self._union("B", "同心乡农机工会", Union.Level.GRASSROOTS, self.district)
        self.federation = self._cooperative("联合社", "federation", "93230113MA0000000A", None)
        self.cooperative = self._cooperative(
            "秋实合作社", "cooperative", "93230113MA0000000B", self.federation
        )
        self._phones = 0

    def _union(self, code: str, name: str, level: str, parent: Union | None) -> Union:
        path = f"{parent.path if parent else ''}{code}/"
        return Union.objects.create(
            code=code,
            name=name,
            level=level,
            parent=parent,
            path=path,
            division=self.division,
            office_phone="0451-53110000",
        )

    def _cooperative(self, name: str, kind: str, code: str, federation: Any) -> Cooperative:
        return Cooperative.objects.create(
            name=name,
            kind=kind,
            credit_code=code,
            union=self.home,
            federation=federation,
            division=self.division,
        )

    def officer(self, role: str, union: Union | None = None, name: str = "李会计") -> User:
        """An officer with a post in force since long before any test's clock."""
        row = user(f"{role}-{User.objects.count()}", name=name)
        Post.objects.create(
            user=row,
            union=union or self.home,
            role=role,
            starts_on=date(2020, 1, 1),
            made_by=self.founder,
            made_at=NOON,
            checked_by=self.checker,
            checked_at=NOON,
        )
        return row

    def member(self, union: Union | None = None, *, state: str = "admitted") -> Member:
        """A signed-up member of a union through the co-operative."""
        self._phones += 1
        phone = f"139{self._phones:08d}"
        row = Member(name="王秋实", user=user(phone=phone), created_at=NOON - YEAR)
        row.set_identity(f"2301131978052{self._phones:05d}")
        row.set_phone(phone)
        row.save()
        Membership.objects.create(
            member=row,
            union=union or self.home,
            cooperative=self.cooperative,
            ground="cooperative_member",
            state=state,
            applied_at=NOON - YEAR,
            admitted_on=date(2025, 5, 20),
            waiting_ends_on=date(2025, 11, 20),
            ended_on=date(2026, 1, 1) if state == "left" else None,
        )
        return row


class RecipientFactory(DjangoModelFactory[Recipient]):
    """An institution."""

    class Meta:
        model = Recipient

    kind = "institution"
    name = "双城农商行"
    contact = "0451-53112222"


class ConsentTextFactory(DjangoModelFactory[ConsentText]):
    """The first published version for scoring."""

    class Meta:
        model = ConsentText

    class Params:
        draft = factory.Trait(checked_by=None, checked_at=None, published_at=None)

    purpose = "scoring"
    version = 1
    title = "信用评议"
    body = "工会用您的资料评信用分。"
    means = "每天夜里按评分表算一次。"
    categories = ["name", "crop"]
    optional_categories = ["income"]
    consequences = "不同意就没有信用分。"
    retention = "授权结束后 3 年。"
    valid_months = 12
    made_by = factory.LazyFunction(lambda: user(f"maker-{User.objects.count()}"))
    made_at = NOON - YEAR
    checked_by = factory.LazyFunction(lambda: user(f"checker-{User.objects.count()}"))
    checked_at = NOON - YEAR
    published_at = NOON - YEAR


class ConsentFactory(DjangoModelFactory[Consent]):
    """A live consent; needs ``member``."""

    class Meta:
        model = Consent

    class Params:
        withdrawn = factory.Trait(
            withdrawn_at=NOON - timedelta(days=1),
            withdrawn_by=factory.SelfAttribute("member.user"),
            withdrawn_channel="page",
        )
        expired = factory.Trait(valid_until=NOON - timedelta(days=1))

    text = factory.SubFactory(ConsentTextFactory)
    recipient = factory.SubFactory(RecipientFactory)
    purpose = factory.SelfAttribute("text.purpose")
    categories = factory.SelfAttribute("text.categories")
    given_at = NOON - timedelta(days=30)
    given_by = factory.SelfAttribute("member.user")
    valid_until = NOON + YEAR


class SheetFileFactory(StoredFileFactory):
    """The row of a photograph of a signed sheet; no bytes are written."""

    purpose = "consent_sheet"
    original_name = "授权书.jpg"


class PaperConsentFactory(DjangoModelFactory[PaperConsent]):
    """A signed sheet that waits for the second officer; needs ``member`` and ``union``."""

    class Meta:
        model = PaperConsent

    class Params:
        rejected = factory.Trait(
            state="rejected",
            remark="照片上没有签字。",
            checked_by=factory.LazyFunction(lambda: user(f"checker-{User.objects.count()}")),
            checked_at=NOON,
        )
        taken_back = factory.Trait(
            state="withdrawn",
            remark="登记错了。",
            withdrawn_by=factory.SelfAttribute("made_by"),
            withdrawn_at=NOON,
        )

    text = factory.SubFactory(ConsentTextFactory)
    recipient = factory.SubFactory(RecipientFactory)
    purpose = factory.SelfAttribute("text.purpose")
    categories = factory.SelfAttribute("text.categories")
    signed_on = date(2026, 5, 18)
    evidence = factory.SubFactory(SheetFileFactory)
    made_by = factory.LazyFunction(lambda: user(f"recorder-{User.objects.count()}"))
    made_at = NOON - timedelta(days=1)


class DisclosureFactory(DjangoModelFactory[Disclosure]):
    """A look on a consent; needs ``consent``."""

    class Meta:
        model = Disclosure

    member = factory.SelfAttribute("consent.member")
    basis = "consent"
    recipient = factory.SelfAttribute("consent.recipient")
    purpose = factory.SelfAttribute("consent.purpose")
    categories = factory.SelfAttribute("consent.categories")
    at = NOON


class DataRequestFactory(DjangoModelFactory[DataRequest]):
    """An open correction; needs ``member`` and ``union``."""

    class Meta:
        model = DataRequest

    kind = "correction"
    details = "承包地是 36 亩，不是 63 亩。"
    opened_at = NOON
    due_on = date(2026, 6, 9)


class DocumentRecordFactory(DjangoModelFactory[DocumentRecord]):
    """An issued document."""

    class Meta:
        model = DocumentRecord

    number = factory.Sequence(lambda n: f"20260520-1234-5678-{n:04d}")
    kind = "my_data"
    content_sha256 = hashlib.sha256(b"content").hexdigest()
    sha256 = hashlib.sha256(b"file").hexdigest()
    issued_at = factory.LazyFunction(timezone.now)

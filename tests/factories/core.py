"""Minimal valid rows of core."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from django.contrib.contenttypes.models import ContentType
from factory.django import DjangoModelFactory

from cooperative.accounts.models import User
from core.models import AuditRow, JobChunk, JobFailure, JobRun, Parameter, StoredFile
from tests.factories.membership import OfficerUserFactory

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)


class ParameterFactory(DjangoModelFactory[Parameter]):
    """A checked figure in force since 2000 everywhere."""

    class Meta:
        model = Parameter

    class Params:
        unconfirmed = factory.Trait(checked_by=None, checked_at=None)

    code = "membership.waiting_months"
    value = Decimal(6)
    starts_on = date(2000, 1, 1)
    source = "试验用"
    made_by = factory.SubFactory(OfficerUserFactory)
    made_at = NOON
    checked_by = factory.SubFactory(OfficerUserFactory)
    checked_at = NOON


class StoredFileFactory(DjangoModelFactory[StoredFile]):
    """The row of a small picture; no bytes are written."""

    class Meta:
        model = StoredFile

    purpose = "farming_evidence"
    path = factory.Sequence(lambda n: f"files/{n:02d}/{n}.jpg")
    original_name = "地块.jpg"
    content_type = "image/jpeg"
    size = 1
    sha256 = "0" * 64
    uploaded_at = NOON


class AuditRowFactory(DjangoModelFactory[AuditRow]):
    """A row about an account; services write them by ``core.audit.record``."""

    class Meta:
        model = AuditRow

    action = "membership.applied"
    subject_type = factory.LazyFunction(lambda: ContentType.objects.get_for_model(User))
    subject_id = 1
    at = NOON


class JobRunFactory(DjangoModelFactory[JobRun]):
    """A run that waits for a worker."""

    class Meta:
        model = JobRun

    class Params:
        done = factory.Trait(state="done", started_at=NOON, finished_at=NOON)

    kind = "probe"
    key = factory.Sequence(lambda n: f"run {n}")
    size = 10
    queued_at = NOON


class JobChunkFactory(DjangoModelFactory[JobChunk]):
    """The whole of a run, still to do."""

    class Meta:
        model = JobChunk

    run = factory.SubFactory(JobRunFactory)
    first = 0
    last = 10


class JobFailureFactory(DjangoModelFactory[JobFailure]):
    """One item that could not be done."""

    class Meta:
        model = JobFailure

    run = factory.SubFactory(JobRunFactory)
    item = factory.Sequence(int)
    code = "broken"
    reason = "缺少身份证号。"
    at = NOON

"""Minimal valid rows of core."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from core.models import Parameter
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

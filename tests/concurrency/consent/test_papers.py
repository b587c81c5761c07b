"""Two reviewers who confirm one signed sheet at once."""

from __future__ import annotations

from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.db import models

from cooperative.consent import selectors, services
from cooperative.consent.models import Consent, PaperConsent, Recipient
from cooperative.consent.reference import load_reference
from cooperative.consent.services import papers
from core.errors import Refused
from tests.factories.consent import NOON, YEAR, SheetFileFactory, World
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def confirm_twice() -> list[str]:
    """The codes of the refusals, while both stop between the check and the write."""
    world = World()
    load_reference(by=world.founder, checked_by=world.checker, at=NOON - YEAR)
    text = selectors.current_text("scoring", NOON)
    assert text is not None
    (paper,) = services.record_papers(
        member_ids=[world.member().pk],
        union=world.home,
        recipient=Recipient.objects.get(kind="union", union=world.home),
        text=text,
        signed_on=date(2026, 5, 18),
        evidence=SheetFileFactory(),
        by=world.officer("convener"),
        at=NOON,
    )
    checked = papers._check_still_so

    def stop(*args: Any) -> None:
        checked(*args)
        meet()

    def confirming(by: Any) -> Any:
        return lambda: services.confirm_papers(paper_ids=[paper.pk], by=by, at=NOON)

    with mock.patch.object(papers, "_check_still_so", stop):
        answers = race(*(confirming(world.officer("reviewer")) for _n in range(2)))
    assert Consent.objects.count() == 1
    assert PaperConsent.objects.get().consent == Consent.objects.get()
    return [answer.code for answer in answers if isinstance(answer, Refused)]


def test_the_second_of_two_reviewers_reads_that_it_is_done() -> None:
    assert confirm_twice() == ["wrong_state"]


def test_without_the_lock_both_find_it_waiting() -> None:
    """The twin: both pass the checks, and only the database keeps the second consent out."""

    def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return rows.order_by("pk")

    with mock.patch("core.models.base.LockedQuerySet.locked", unlocked):
        assert confirm_twice() == ["already_given"]

"""I12 as a machine: give, withdraw, let time pass and disclose in any order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cooperative.consent import selectors, services
from cooperative.consent.models import Consent, Disclosure
from core.errors import Refused
from tests.factories.consent import NOON, World

KINDS = ["name", "crop", "income", "identity_number"]


def machine_of(world: World) -> type[RuleBasedStateMachine]:
    """The machine over one member of this world."""
    text = selectors.current_text("scoring", NOON)
    assert text is not None

    class ConsentMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.member = world.member()
            self.recipient = selectors.recipients_for(self.member).get(kind="union")
            self.at: datetime = NOON
            self.live: tuple[datetime, set[str]] | None = None  # model: until when, which kinds

        def is_live(self) -> bool:
            return self.live is not None and self.at < self.live[0]

        @rule(days=st.sampled_from([1, 30, 400, 731]))
        def time_passes(self, days: int) -> None:
            self.at += timedelta(days=days)

        @rule(income=st.booleans())
        def give(self, income: bool) -> None:
            try:
                consent = services.give_consent(
                    member=self.member,
                    recipient=self.recipient,
                    text=text,
                    extra_categories=["income"] if income else [],
                    by=self.member.user,
                    at=self.at,
                )
            except Refused as refused:
                assert refused.code == "already_given"  # noqa: PT017 - a step of the machine
                assert self.is_live()
            else:
                assert not self.is_live()
                self.live = (consent.valid_until, set(consent.categories))

        @rule()
        def withdraw(self) -> None:
            newest = Consent.objects.filter(member=self.member).order_by("-pk").first()
            try:
                services.withdraw_consent(
                    consent_id=newest.pk if newest else 0,
                    member=self.member,
                    by=self.member.user,
                    at=self.at,
                )
            except Refused:
                assert not self.is_live()
            else:
                assert self.is_live()
                self.live = None

        @rule(kinds=st.lists(st.sampled_from(KINDS), min_size=1, unique=True))
        def disclose(self, kinds: list[str]) -> None:
            before = Disclosure.objects.count()
            try:
                with transaction.atomic():
                    services.disclose_to(
                        member=self.member,
                        recipient=self.recipient,
                        purpose="scoring",
                        categories=kinds,
                        fields={},
                        by=None,
                        at=self.at,
                    )
            except Refused:
                assert not self.is_live() or not set(kinds) <= self.live[1]  # type: ignore[index]
                assert Disclosure.objects.count() == before
            else:
                assert self.is_live()
                assert set(kinds) <= self.live[1]

        @rule(kinds=st.lists(st.sampled_from(KINDS), min_size=1, unique=True))
        def disclose_past_the_service(self, kinds: list[str]) -> None:
            newest = Consent.objects.filter(member=self.member).order_by("-pk").first()
            if newest is None:
                return
            allowed = self.is_live() and set(kinds) <= self.live[1]  # type: ignore[index]
            try:
                with transaction.atomic():
                    Disclosure.objects.create(
                        member=self.member,
                        basis="consent",
                        consent=newest,
                        recipient=self.recipient,
                        purpose="scoring",
                        categories=kinds,
                        at=self.at,
                    )
            except IntegrityError:
                assert not allowed
            else:
                assert allowed

        @invariant()
        def every_disclosure_had_a_live_consent(self) -> None:
            for row in Disclosure.objects.filter(member=self.member).select_related("consent"):
                consent = row.consent
                assert consent is not None
                end = min(consent.valid_until, consent.withdrawn_at or consent.valid_until)
                assert consent.given_at <= row.at <= end
                assert set(row.categories) <= set(consent.categories)

        @invariant()
        def at_most_one_lives(self) -> None:
            live = Consent.objects.live(self.at).filter(member=self.member).count()
            assert live == (1 if self.is_live() else 0)

    return ConsentMachine


@pytest.mark.slow
def test_no_disclosure_without_live_consent(world: World) -> None:
    run_state_machine_as_test(
        machine_of(world),
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Rows that must never be: the database itself refuses each, by the constraint that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from core.errors import violated_constraint
from tests.factories import accounts, core, farming, ledger, membership, notices, roster

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
Violation = Callable[[], Any]


def changed(make: Callable[..., Any], /, *, made: dict[str, Any] | None = None, **bad: Any) -> Any:
    """A violation: make a good row, then set these columns to what must not be."""

    def violate() -> None:
        row = make(**(made or {}))
        type(row)._default_manager.filter(pk=row.pk).update(**bad)

    return violate


def twice(make: Callable[..., Any], *same: str, **values: Any) -> Any:
    """A violation: a second row that shares these columns with the first."""

    def violate() -> None:
        first = make(**values)
        make(**values, **{name: getattr(first, name) for name in same})

    return violate


def four_eyes(prefix: str, make: Callable[..., Any], **made: Any) -> dict[str, Violation]:
    """The two violations that every table of maker and checker knows."""
    return {
        f"{prefix}_maker_is_not_checker": changed(
            make, made=made, checked_by=F("made_by"), checked_at=NOON
        ),
        f"{prefix}_checked_by_paired": changed(make, made=made, checked_by=None, checked_at=NOON),
    }


CORE: dict[str, Violation] = {
    **four_eyes("core_parameter", core.ParameterFactory),
    "core_parameter_period_forward": changed(core.ParameterFactory, ends_on=F("starts_on")),
    "core_parameter_source_given": changed(core.ParameterFactory, source=""),
    "core_parameter_no_overlap": twice(core.ParameterFactory, "code", "scope"),
    "core_storedfile_not_empty": changed(core.StoredFileFactory, size=0),
    "core_jobrun_once": twice(core.JobRunFactory, "kind", "key"),
    "core_jobrun_finished_when_ended": changed(core.JobRunFactory, state="done"),
    "core_jobchunk_range_forward": changed(core.JobChunkFactory, last=F("first")),
    "core_jobfailure_once": twice(core.JobFailureFactory, "run", "item"),
}

ACCOUNTS: dict[str, Violation] = {
    "accounts_user_name_or_phone": changed(
        accounts.OfficerFactory, made={"authenticator": False}, username=None
    ),
    "accounts_user_phone_with_index": changed(accounts.UserFactory, phone=""),
}

ADMITTED = membership.MembershipFactory
BALLOT = membership.BallotFactory
ROSTER = roster.RosterFactory

MEMBERSHIP: dict[str, Violation] = {
    "membership_union_path_ends_in_code": changed(membership.UnionFactory, path="X/"),
    "membership_union_not_own_parent": changed(membership.UnionFactory, parent=F("pk")),
    "membership_union_name_once": lambda: membership.UnionFactory.create_batch(
        2, name="同名工会", parent=membership.UnionFactory(level="district")
    ),
    "membership_cooperative_not_own_federation": changed(
        membership.CooperativeFactory, federation=F("pk")
    ),
    "membership_cooperative_federation_is_top": lambda: membership.CooperativeFactory(
        kind="federation", federation=membership.CooperativeFactory(kind="federation")
    ),
    "membership_cooperative_credit_code_form": changed(
        membership.CooperativeFactory, credit_code="93230113IIIIIIIIII"
    ),
    "membership_household_number_once": twice(membership.HouseholdFactory, "union", "number"),
    "membership_member_identified_unless_erased": changed(membership.MemberFactory, name=""),
    "membership_member_phone_with_index": changed(membership.MemberFactory, phone="13800000000"),
    "membership_membership_one_live": twice(ADMITTED, "member", "union"),
    "membership_membership_admission_dated": changed(ADMITTED, admitted_on=None),
    "membership_membership_waiting_after_admission": changed(
        ADMITTED, waiting_ends_on=date(2000, 1, 1)
    ),
    "membership_membership_end_dated": changed(ADMITTED, ended_on=date(2026, 1, 1)),
    "membership_ballot_votes_add_up": changed(BALLOT, abstained=9),
    "membership_ballot_outcome_checked": changed(BALLOT, outcome="carried"),
    "membership_ballot_one_open": twice(BALLOT, "membership"),
    "membership_ballot_checked_by_paired": changed(BALLOT, checked_at=NOON, outcome="carried"),
    "membership_ballot_maker_is_not_checker": changed(
        BALLOT, checked_at=NOON, outcome="carried", checked_by=F("made_by")
    ),
    **four_eyes("membership_post", membership.PostFactory),
    "membership_post_period_forward": changed(membership.PostFactory, ends_on=date(2000, 1, 1)),
    "membership_post_not_own_appointment": changed(membership.PostFactory, user=F("made_by")),
    "membership_post_no_overlap": twice(membership.PostFactory, "user", "union", "role"),
    **four_eyes("membership_roster", ROSTER),
    "membership_roster_imported_when_checked": changed(ROSTER, state="importing"),
    "membership_roster_end_dated": changed(ROSTER, ended_at=NOON),
    "membership_rosterrow_position_once": twice(roster.RosterRowFactory, "roster", "position"),
}

NOTICES: dict[str, Violation] = {
    "notices_notice_told_once": twice(notices.NoticeFactory, "person", "kind"),
    "notices_notice_subject_whole": changed(notices.NoticeFactory, subject_id=1),
    "notices_notice_has_person_and_title": changed(notices.NoticeFactory, title=""),
    "notices_notice_link_stays_here": changed(notices.NoticeFactory, link="//evil.example/"),
    "notices_notice_read_after_created": changed(
        notices.NoticeFactory, read_at=NOON - timedelta(days=1)
    ),
    "notices_delivery_state_whole": changed(notices.DeliveryFactory, state="sent"),
    "notices_delivery_phone_with_index": changed(notices.DeliveryFactory, phone=""),
    "notices_attempt_number_once": twice(notices.AttemptFactory, "delivery", "number"),
    "notices_attempt_ended_with_outcome": changed(notices.AttemptFactory, outcome="sent"),
}


def again(make: Callable[..., Any], **bad: Any) -> Violation:
    """A violation in a table that refuses changes: a good row written anew with these values."""

    def violate() -> None:
        row = make()
        values = {**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}, **bad}
        type(row)._default_manager.create(**(values | {"id": None}))

    return violate


LEDGER: dict[str, Violation] = {
    "ledger_account_once": again(ledger.AccountFactory),
    "ledger_account_never_the_platform": lambda: ledger.AccountFactory(holder="platform:1"),
    "ledger_account_kind_known": lambda: ledger.AccountFactory(kind="pool"),
    "ledger_chain_once": again(ledger.ChainFactory),
    "ledger_chain_hashes_whole": again(ledger.ChainFactory, subject_id=7, head="x"),
    "ledger_entry_sequence_once": again(ledger.EntryFactory),
    "ledger_entry_sequence_from_one": again(ledger.EntryFactory, sequence=0),
    "ledger_entry_kind_form": again(ledger.EntryFactory, sequence=2, kind="看"),
    "ledger_entry_hashes_whole": again(ledger.EntryFactory, sequence=2, hash="x"),
    "ledger_entry_reversal_reasoned": again(ledger.EntryFactory, sequence=2, reason="twice"),
    "ledger_posting_one_side": again(ledger.PostingFactory, debit=1, credit=1),
    "ledger_evidence_sequence_once": again(ledger.EvidenceFactory, entry_id=0),
    "ledger_evidence_file_once": again(ledger.EvidenceFactory, sequence=2),
    "ledger_evidence_hashes_whole": again(ledger.EvidenceFactory, sequence=2, hash="x"),
}


def facts(prefix: str, make: Callable[..., Any]) -> dict[str, Violation]:
    """What every kind of facts refuses."""

    def own_successor() -> None:
        row = make(confirmed=True)
        type(row).objects.filter(pk=row.pk).update(state="replaced", replaced_by=F("pk"))

    def one_successor() -> None:
        successor = make()
        # Another year, so that nothing but the successor is shared.
        apart = {"year": successor.year - 1} if hasattr(successor, "year") else {}
        for row in (make(confirmed=True), make(confirmed=True, **apart)):
            type(row).objects.filter(pk=row.pk).update(state="replaced", replaced_by=successor)

    def one_open_correction() -> None:
        corrected = make(confirmed=True)
        make(corrects=corrected)
        make(corrects=corrected)

    return {
        f"{prefix}_one_successor": one_successor,
        f"{prefix}_one_open_correction": one_open_correction,
        f"{prefix}_maker_is_not_checker": changed(
            make, made={"confirmed": True}, checked_by=F("made_by")
        ),
        f"{prefix}_checked_by_paired": changed(make, made={"confirmed": True}, checked_by=None),
        f"{prefix}_checked_when_decided": changed(make, state="confirmed"),
        f"{prefix}_reason_when_refused": changed(make, made={"refused": True}, reason=""),
        f"{prefix}_replaced_has_successor": changed(
            make, made={"confirmed": True}, state="replaced"
        ),
        f"{prefix}_not_own_successor": own_successor,
    }


FARMING: dict[str, Violation] = {
    **facts("farming_plot", farming.PlotFactory),
    **facts("farming_seasonplan", farming.SeasonPlanFactory),
    **facts("farming_asset", farming.AssetFactory),
    **facts("farming_yearlyincome", farming.YearlyIncomeFactory),
    "farming_plot_area_positive": changed(farming.PlotFactory, area_mu=0),
    "farming_plot_named": changed(farming.PlotFactory, local_name=""),
    "farming_seasonplan_year_in_range": changed(farming.SeasonPlanFactory, year=1800),
    "farming_seasonplan_area_positive": changed(farming.SeasonPlanFactory, area_mu=0),
    "farming_seasonplan_confirmed_once": twice(
        farming.SeasonPlanFactory, "member", "year", "crop", confirmed=True
    ),
    "farming_seasonplan_stated_once": twice(farming.SeasonPlanFactory, "member", "year", "crop"),
    "farming_yearlyincome_confirmed_once": twice(
        farming.YearlyIncomeFactory, "member", "year", "source", confirmed=True
    ),
    "farming_yearlyincome_stated_once": twice(
        farming.YearlyIncomeFactory, "member", "year", "source"
    ),
    "farming_plot_roster_once": twice(farming.PlotFactory, "member", "tenure", origin="roster"),
    "farming_asset_named": changed(farming.AssetFactory, name=""),
    "farming_asset_quantity_positive": changed(farming.AssetFactory, quantity=0),
    "farming_asset_value_not_negative": changed(farming.AssetFactory, value=-1),
    "farming_yearlyincome_year_in_range": changed(farming.YearlyIncomeFactory, year=1800),
    "farming_yearlyincome_amounts_not_negative": changed(farming.YearlyIncomeFactory, amount=-1),
}

VIOLATIONS = {**CORE, **ACCOUNTS, **MEMBERSHIP, **NOTICES, **LEDGER, **FARMING}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(VIOLATIONS))
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        VIOLATIONS[name]()
    assert violated_constraint(caught.value) == name

"""Rows that must never be: the database itself refuses each, by the constraint that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from core.errors import violated_constraint
from tests.factories import (
    accounts,
    core,
    farming,
    ledger,
    lending,
    membership,
    notices,
    panels,
    roster,
    scoring,
)

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

SPARE, REQUEST, PLEDGE = (
    lending.SpareMoneyFactory,
    lending.LoanRequestFactory,
    lending.PledgeFactory,
)

ASKING: dict[str, Violation] = {
    **four_eyes("lending_lprrate", lending.LprRateFactory),
    "lending_lprrate_plausible": changed(lending.LprRateFactory, one_year_rate=0),
    "lending_lprrate_source_given": changed(lending.LprRateFactory, source=""),
    "lending_sparemoney_one_open": twice(SPARE, "membership"),
    "lending_sparemoney_amount_positive": changed(SPARE, amount=0),
    "lending_sparemoney_period_forward": changed(SPARE, available_until=F("available_from")),
    "lending_loanrequest_convened_by_paired": changed(REQUEST, convened_at=NOON),
    "lending_loanrequest_approved_by_paired": changed(REQUEST, approved_at=NOON),
    "lending_loanrequest_maker_is_not_checker": changed(
        REQUEST, made={"proposed": True}, approved_by=F("convened_by"), approved_at=NOON
    ),
    "lending_loanrequest_amount_positive": changed(REQUEST, amount=0),
    "lending_loanrequest_term_positive": changed(REQUEST, term_months=0),
    "lending_loanrequest_rate_within_highest": changed(
        REQUEST, made={"convening": True}, rate=F("highest_rate") * 2
    ),
    "lending_loanrequest_convened_with_rate": changed(REQUEST, state="convening"),
    "lending_loanrequest_supplier_named": changed(REQUEST, payee="supplier"),
    "lending_loanrequest_account_whole": changed(REQUEST, account_bank=""),
    "lending_loanrequest_end_dated": changed(REQUEST, state="withdrawn"),
    "lending_pledge_invited_once": twice(PLEDGE, "request", "membership", "spare_money"),
    "lending_pledge_amount_while_pledged": changed(PLEDGE, amount=1),
    "lending_pledge_answer_dated": changed(PLEDGE, state="declined"),
    "lending_unionday_once": twice(lending.UnionDayFactory, "union"),
}

LOAN, COPY, SIGNATURE, SHARE = (
    lending.LoanFactory,
    lending.ContractCopyFactory,
    lending.SignatureFactory,
    lending.ShareFactory,
)


def two_shares_of_one_pledge() -> None:
    pledge = PLEDGE(contracted=True)
    SHARE(pledge=pledge)
    SHARE(pledge=pledge)


# What a contract says cannot be changed, so a bad one is tried anew.
CONTRACTING: dict[str, Violation] = {
    "lending_loan_one_live": twice(LOAN, "request"),
    "lending_loan_principal_positive": lambda: LOAN(principal=0),
    "lending_loan_rates_not_negative": lambda: LOAN(overdue_rate=-1),
    "lending_loan_hash_whole": lambda: LOAN(contract_sha256="x"),
    "lending_loan_signed_dated": changed(LOAN, state="active"),
    "lending_loan_end_dated": changed(LOAN, state="cancelled"),
    "lending_loan_erased_in_time": changed(LOAN, sealed_contract="", contract_erased_at=NOON),
    "lending_loan_content_or_erased": changed(LOAN, sealed_contract=""),
    "lending_contractcopy_once": twice(COPY, "loan"),
    "lending_signature_once": twice(SIGNATURE, "loan", "membership"),
    "lending_signature_hash_whole": lambda: SIGNATURE(document_sha256="x"),
    "lending_share_once": twice(SHARE, "loan", "membership"),
    "lending_share_pledge_once": two_shares_of_one_pledge,
    "lending_share_amount_positive": changed(SHARE, amount=0),
    "lending_share_sent_whole": changed(SHARE, made={"sent": True}, slip_number=""),
    "lending_share_arrived_in_part": changed(SHARE, made={"formed": True}, arrived_amount=1),
    "lending_share_formed_whole": changed(SHARE, made={"sent": True}, state="formed"),
    "lending_share_principal_adds_up": changed(
        SHARE, made={"formed": True}, principal_outstanding=1
    ),
    "lending_share_settled_dated": changed(SHARE, made={"formed": True}, settled_on=NOON.date()),
    "lending_share_overdue_with_bucket": changed(SHARE, overdue_since=NOON.date()),
}

LINE, EVENT, REPAYMENT = (
    lending.InstalmentFactory,
    lending.LoanEventFactory,
    lending.RepaymentFactory,
)
EXTENSION, CONSENT = lending.ExtensionFactory, lending.ExtensionConsentFactory
TALK, WRITE_OFF = lending.MediationFactory, lending.WriteOffFactory
COST = lending.CostFactory
BACK = lending.HandBackFactory

# Events, consents and talks cannot be changed, so a bad one is tried anew.
RUNNING: dict[str, Violation] = {
    "lending_instalment_number_once": twice(LINE, "share", "number"),
    "lending_instalment_paid_within": changed(LINE, interest_paid=F("interest") + 1),
    "lending_instalment_period_forward": changed(LINE, from_on=date(2030, 1, 1)),
    "lending_loanevent_sequence_once": twice(EVENT, "share", "sequence"),
    "lending_loanevent_payment_named": lambda: EVENT(kind="paid"),
    "lending_repayment_amount_positive": changed(REPAYMENT, amount=0),
    "lending_repayment_confirmed_by_paired": changed(
        REPAYMENT, made={"confirmed": True}, confirmed_by=None
    ),
    "lending_repayment_reversal_proposed_by_paired": changed(
        REPAYMENT, made={"reversal_proposed": True}, reversal_proposed_at=None, reversal_cause=""
    ),
    "lending_repayment_reversal_caused": changed(
        REPAYMENT, made={"reversal_proposed": True}, reversal_cause=""
    ),
    "lending_repayment_reversed_by_paired": changed(
        REPAYMENT, made={"reversed": True}, reversed_by=None
    ),
    "lending_repayment_confirmed_dated": changed(REPAYMENT, state="confirmed"),
    "lending_repayment_reversed_dated": changed(
        REPAYMENT, made={"confirmed": True}, state="reversed"
    ),
    "lending_repayment_maker_is_not_checker": changed(
        REPAYMENT, made={"confirmed": True}, confirmed_by=F("declared_by")
    ),
    "lending_repayment_parts_sum": changed(
        REPAYMENT, made={"confirmed": True}, principal=F("principal") - 1
    ),
    "lending_repayment_dispute_told": changed(REPAYMENT, made={"disputed": True}, dispute=""),
    "lending_extension_once": twice(EXTENSION, "loan"),
    "lending_extension_proposed_by_paired": changed(
        EXTENSION, made={"proposed": True}, proposed_by=None
    ),
    "lending_extension_decided_by_paired": changed(EXTENSION, decided_at=NOON),
    "lending_extension_maker_is_not_checker": changed(
        EXTENSION, made={"in_force": True}, decided_by=F("proposed_by")
    ),
    "lending_extension_in_force_decided": changed(EXTENSION, state="in_force"),
    "lending_extensionconsent_once": twice(CONSENT, "extension", "share"),
    "lending_mediation_promise_whole": lambda: TALK(promised_on=date(2026, 6, 1)),
    "lending_mediation_told": lambda: TALK(summary=""),
    "lending_handback_amount_positive": changed(BACK, amount=0),
    "lending_handback_declared_whole": changed(BACK, made={"declared": True}, slip_number=""),
    "lending_handback_state_declared": changed(BACK, state="declared"),
    "lending_handback_closed_by_paired": changed(BACK, made={"returned": True}, closed_by=None),
    "lending_handback_returned_closed": changed(BACK, made={"declared": True}, state="returned"),
    **four_eyes("lending_cost", COST),
    "lending_cost_once": twice(COST, "share", "kind", "amount", "borne_on"),
    "lending_cost_amount_positive": changed(COST, amount=0),
    "lending_cost_reasoned": changed(COST, reason=""),
    "lending_cost_state_checked": changed(COST, state="confirmed"),
    "lending_cost_drop_told": changed(COST, made={"dropped": True}, remark=""),
    "lending_cost_lapse_dated": changed(COST, state="lapsed"),
    "lending_cost_reversal_proposed_by_paired": changed(
        COST, made={"reversal_proposed": True}, reversal_proposed_by=None
    ),
    "lending_cost_reversed_by_paired": changed(COST, made={"reversed": True}, reversed_by=None),
    "lending_cost_reversed_dated": changed(
        COST, made={"reversal_proposed": True}, state="reversed"
    ),
    "lending_cost_reversal_of_confirmed": changed(
        COST, made={"reversal_proposed": True}, reversal_reason=""
    ),
    "lending_cost_reversal_by_two": changed(
        COST, made={"reversed": True}, reversed_by=F("reversal_proposed_by")
    ),
    "lending_cost_objection_dated": changed(COST, objected_at=NOON),
    **four_eyes("lending_writeoff", WRITE_OFF),
    "lending_writeoff_one_open": twice(WRITE_OFF, "loan"),
    "lending_writeoff_amount_positive": changed(WRITE_OFF, amount=0),
    "lending_writeoff_state_checked": changed(WRITE_OFF, state="confirmed"),
}

CARD, SCORE = scoring.ScorecardFactory, scoring.ScoreFactory
SCORING: dict[str, Violation] = {
    **four_eyes("scoring_scorecard", CARD),
    "scoring_scorecard_number_key": twice(CARD, "number"),
    "scoring_scorecard_one_active": lambda: CARD.create_batch(2, active=True),
    "scoring_scorecard_approved_by_two": changed(CARD, state="approved"),
    "scoring_scorecard_active_dated": changed(CARD, made={"approved": True}, state="active"),
    "scoring_scorecard_retired_dated": changed(CARD, made={"active": True}, state="retired"),
    "scoring_scorecard_says_its_source": changed(CARD, source=""),
    "scoring_score_one_current": twice(SCORE, "member", "scorecard"),
    "scoring_score_in_range": lambda: SCORE(total=101),
    "scoring_score_limit_not_negative": lambda: SCORE(limit_amount=-1),
    "scoring_score_days_in_order": changed(SCORE, confirmed_on=date(2026, 1, 1)),
}

OVERRIDE, OBJECTION = scoring.OverrideFactory, scoring.ObjectionFactory
CORRECTING: dict[str, Violation] = {
    **four_eyes("scoring_override", OVERRIDE, confirmed=True),
    "scoring_override_revoked_by_paired": changed(
        OVERRIDE, made={"revoked": True}, revoked_by=None
    ),
    "scoring_override_changes_something": changed(OVERRIDE, limit_amount=None),
    "scoring_override_limit_not_negative": changed(OVERRIDE, limit_amount=-1),
    "scoring_override_reasoned": changed(OVERRIDE, reason=""),
    "scoring_override_period_forward": changed(OVERRIDE, ends_on=F("starts_on")),
    "scoring_override_state_checked": changed(OVERRIDE, state="confirmed"),
    "scoring_override_revoked_dated": changed(
        OVERRIDE, made={"confirmed": True}, state="revoked", remark="有变化"
    ),
    "scoring_override_end_told": changed(OVERRIDE, made={"rejected": True}, remark=""),
    "scoring_override_no_overlap": twice(OVERRIDE, "score", confirmed=True),
    "scoring_objection_one_open": twice(OBJECTION, "score"),
    "scoring_objection_says_what": changed(OBJECTION, words=""),
    "scoring_objection_answered_by_paired": changed(
        OBJECTION, made={"upheld": True}, answered_by=None
    ),
    "scoring_objection_answered_in_writing": changed(OBJECTION, state="rejected"),
    "scoring_objection_withdrawn_dated": changed(OBJECTION, state="withdrawn"),
    "scoring_objection_corrected_when_upheld": changed(
        OBJECTION, made={"rejected": True}, new_score=F("score")
    ),
    "scoring_objection_stated_when_rejected": changed(
        OBJECTION, made={"upheld": True}, statement="有话说", stated_at=NOON
    ),
}

PANEL, REVIEWED = panels.PanelReviewFactory, panels.PanelSubjectFactory
SEAT, RATED = panels.PanelSeatFactory, panels.PanelRatingFactory
PANELS: dict[str, Violation] = {
    "scoring_panelreview_opened_dated": changed(PANEL, state="open"),
    "scoring_panelreview_ended_dated": changed(PANEL, made={"open": True}, state="closed"),
    "scoring_panelreview_cancel_told": lambda: PANEL(cancelled=True, reason=""),
    "scoring_panelsubject_once": twice(REVIEWED, "panel", "member"),
    "scoring_panelsubject_rated_whole": lambda: REVIEWED(rated=True, spread=None),
    "scoring_panelsubject_decided_dated": changed(REVIEWED, outcome="too_few"),
    "scoring_panelsubject_mean_in_range": lambda: REVIEWED(rated=True, mean="6.01"),
    "scoring_panelsubject_holds_for_a_time": lambda: REVIEWED(
        rated=True, holds_until=date(2026, 5, 20)
    ),
    "scoring_panelseat_once": twice(SEAT, "panel", "member"),
    "scoring_panelseat_outlier_measured": changed(SEAT, is_outlier=True),
    "scoring_panelrating_once": twice(RATED, "seat", "subject"),
    "scoring_panelrating_points_in_range": lambda: RATED(points=7),
    "scoring_panelrating_points_or_recused": lambda: RATED(recused=True),
}

VIOLATIONS = {
    **CORE,
    **ACCOUNTS,
    **MEMBERSHIP,
    **NOTICES,
    **LEDGER,
    **FARMING,
    **ASKING,
    **CONTRACTING,
    **RUNNING,
    **SCORING,
    **PANELS,
    **CORRECTING,
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(VIOLATIONS))
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        VIOLATIONS[name]()
    assert violated_constraint(caught.value) == name

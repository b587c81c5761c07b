"""What the database itself refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cooperative.consent.models import (
    Consent,
    ConsentText,
    DataRequest,
    Disclosure,
    PaperConsent,
    Recipient,
)
from core.errors import violated_constraint
from core.models import DocumentRecord
from tests.factories.consent import (
    NOON,
    YEAR,
    ConsentFactory,
    ConsentTextFactory,
    DataRequestFactory,
    DisclosureFactory,
    DocumentRecordFactory,
    PaperConsentFactory,
    RecipientFactory,
    SheetFileFactory,
    World,
    user,
)

DAY = timedelta(days=1)


def refused(make: Any) -> str:
    """The constraint that refused, checking that nothing was written."""
    models = (
        Consent,
        ConsentText,
        DataRequest,
        Disclosure,
        PaperConsent,
        Recipient,
        DocumentRecord,
    )
    before = [model.objects.count() for model in models]
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    assert [model.objects.count() for model in models] == before
    return violated_constraint(caught.value)


@pytest.fixture
def consent(world: World) -> Consent:
    return ConsentFactory(member=world.member(), text=_text())


def _text(**values: Any) -> ConsentText:
    return ConsentTextFactory(purpose="bank", **values)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"name": ""}, "consent_recipient_told_whole"),
        ({"contact": ""}, "consent_recipient_told_whole"),
        ({"kind": "union"}, "consent_recipient_kind_fits"),
        ({"kind": "federation"}, "consent_recipient_kind_fits"),
    ],
)
def test_recipient_refuses(db: None, change: dict[str, Any], constraint: str) -> None:
    assert refused(lambda: RecipientFactory(**change)) == constraint


def test_recipient_is_there_once(world: World) -> None:
    union = {"kind": "union", "union": world.home}
    assert refused(lambda: RecipientFactory(**union)) == "consent_recipient_union_once"
    federation = {"kind": "federation", "union": world.home, "cooperative": world.federation}
    assert refused(lambda: RecipientFactory(**federation)) == "consent_recipient_federation_once"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"categories": []}, "consent_consenttext_categories_named"),
        ({"body": ""}, "consent_consenttext_told_whole"),
        ({"retention": ""}, "consent_consenttext_told_whole"),
        ({"valid_months": 0}, "consent_consenttext_validity_limited"),
        ({"valid_months": 61}, "consent_consenttext_validity_limited"),
        ({"published_at": None}, "consent_consenttext_published_when_checked"),
        ({"checked_by": None}, "consent_consenttext_checked_by_paired"),
    ],
)
def test_text_refuses(db: None, change: dict[str, Any], constraint: str) -> None:
    maker, checker = user("m"), user("c")
    values = {"made_by": maker, "checked_by": checker, **change}
    assert refused(lambda: ConsentTextFactory(**values)) == constraint


def test_text_refuses_a_second_version_and_its_own_maker(db: None) -> None:
    text = ConsentTextFactory()
    again = {"made_by": text.made_by, "checked_by": text.checked_by}
    assert refused(lambda: ConsentTextFactory(**again)) == "consent_consenttext_version_once"
    same = {"version": 2, "made_by": text.made_by, "checked_by": text.made_by}
    maker = "consent_consenttext_maker_is_not_checker"
    assert refused(lambda: ConsentTextFactory(**same)) == maker


def test_published_text_is_never_changed(db: None) -> None:
    text = ConsentTextFactory()
    refused(lambda: ConsentText.objects.filter(pk=text.pk).update(body="别的"))
    refused(lambda: ConsentText.objects.filter(pk=text.pk).delete())
    draft = ConsentTextFactory(version=2, draft=True)
    assert ConsentText.objects.filter(pk=draft.pk).update(body="改过") == 1


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"categories": []}, "consent_consent_categories_named"),
        ({"valid_until": NOON - 30 * DAY}, "consent_consent_term_forward"),
        ({"withdrawn_at": NOON}, "consent_consent_withdrawn_by_paired"),
        (
            {"withdrawn": True, "withdrawn_at": NOON - 31 * DAY},
            "consent_consent_withdrawn_within_term",
        ),
        (
            {"withdrawn": True, "withdrawn_at": NOON + 2 * YEAR},
            "consent_consent_withdrawn_within_term",
        ),
    ],
)
def test_consent_refuses(world: World, change: dict[str, Any], constraint: str) -> None:
    values = {"member": world.member(), "text": _text(), "recipient": RecipientFactory()}
    assert refused(lambda: ConsentFactory(**values, **change)) == constraint


def test_one_consent_lives_at_a_time(consent: Consent) -> None:
    same = {"member": consent.member, "recipient": consent.recipient, "text": consent.text}
    assert refused(lambda: ConsentFactory(**same, given_at=NOON)) == "consent_consent_one_live"
    # Neither after it has run out, nor for another recipient, does it stand in the way.
    ConsentFactory(**same, given_at=consent.valid_until, valid_until=consent.valid_until + DAY)
    ConsentFactory(**(same | {"recipient": RecipientFactory()}))


def test_consent_is_only_ended_and_only_once(consent: Consent) -> None:
    row = Consent.objects.filter(pk=consent.pk)
    refused(lambda: row.update(categories=["identity_number"]))
    refused(lambda: row.update(valid_until=NOON + 2 * YEAR))
    refused(row.delete)
    ended = {"withdrawn_at": NOON, "withdrawn_by": consent.given_by}
    assert row.update(**ended) == 1
    refused(lambda: row.update(withdrawn_at=None, withdrawn_by=None))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"given_channel": "paper"}, "consent_consent_paper_proven"),
        ({"withdrawn": True, "withdrawn_channel": "word"}, "consent_consent_withdrawal_told"),
        ({"withdrawn": True, "withdrawn_reason": "不评了"}, "consent_consent_withdrawal_told"),
        (
            {"withdrawn": True, "withdrawn_channel": "paper", "withdrawn_reason": "不评了"},
            "consent_consent_withdrawal_proven",
        ),
    ],
)
def test_consent_on_paper_refuses(world: World, change: dict[str, Any], constraint: str) -> None:
    values = {"member": world.member(), "text": _text(), "recipient": RecipientFactory()}
    assert refused(lambda: ConsentFactory(**values, **change)) == constraint


def test_consent_on_paper_needs_a_sheet_that_two_officers_vouch_for(world: World) -> None:
    values = {"member": world.member(), "text": _text(), "recipient": RecipientFactory()}

    def alone() -> None:
        ConsentFactory(**values, given_channel="paper", evidence=SheetFileFactory())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused(alone) == "consent_consent_paper_confirmed"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"evidence": None}, "consent_paperconsent_proven"),
        ({"categories": []}, "consent_paperconsent_categories_named"),
        ({"rejected": True, "remark": ""}, "consent_paperconsent_end_told"),
        ({"taken_back": True, "remark": ""}, "consent_paperconsent_end_told"),
        ({"rejected": True, "checked_by": None}, "consent_paperconsent_checked_by_paired"),
        ({"taken_back": True, "withdrawn_by": None}, "consent_paperconsent_withdrawn_by_paired"),
        ({"rejected": True, "state": "proposed"}, "consent_paperconsent_state_dated"),
        ({"taken_back": True, "state": "rejected"}, "consent_paperconsent_state_dated"),
        (
            {"rejected": True, "state": "confirmed"},
            "consent_paperconsent_consent_when_confirmed",
        ),
    ],
)
def test_paper_refuses(world: World, change: dict[str, Any], constraint: str) -> None:
    values = {"member": world.member(), "union": world.home, "text": _text()}
    assert refused(lambda: PaperConsentFactory(**values, **change)) == constraint


def test_paper_refuses_its_own_maker_and_a_second_that_waits(world: World) -> None:
    row = PaperConsentFactory(member=world.member(), union=world.home, text=_text())
    same = {"checked_by": row.made_by, "checked_at": NOON, "state": "rejected", "remark": "不对"}
    rows = PaperConsent.objects.filter(pk=row.pk)
    assert refused(lambda: rows.update(**same)) == "consent_paperconsent_maker_is_not_checker"
    again = {"member": row.member, "union": world.home, "text": row.text}
    again["recipient"] = row.recipient
    assert refused(lambda: PaperConsentFactory(**again)) == "consent_paperconsent_one_waiting"
    PaperConsentFactory(**again, rejected=True)


def test_confirmed_paper_is_never_changed(world: World, consent: Consent) -> None:
    row = PaperConsentFactory(
        member=consent.member,
        union=world.home,
        recipient=consent.recipient,
        text=consent.text,
        rejected=True,
        state="confirmed",
        consent=consent,
    )
    refused(lambda: PaperConsent.objects.filter(pk=row.pk).update(signed_on=NOON.date()))
    refused(lambda: PaperConsent.objects.filter(pk=row.pk).delete())


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOON - 31 * DAY},
        {"at": NOON + YEAR},
        {"categories": ["name", "income"]},
        {"purpose": "other"},
    ],
)
def test_disclosure_needs_a_live_consent_that_covers_it(
    consent: Consent, change: dict[str, Any]
) -> None:
    DisclosureFactory(consent=consent)
    live = "consent_disclosure_consent_live"
    assert refused(lambda: DisclosureFactory(consent=consent, **change)) == live


def test_disclosure_refuses_another_member_or_recipient(world: World, consent: Consent) -> None:
    live = "consent_disclosure_consent_live"
    member, recipient = world.member(), RecipientFactory()
    assert refused(lambda: DisclosureFactory(consent=consent, member=member)) == live
    assert refused(lambda: DisclosureFactory(consent=consent, recipient=recipient)) == live


def test_disclosure_is_refused_after_withdrawal_even_with_an_earlier_clock(
    consent: Consent,
) -> None:
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=NOON, withdrawn_by=consent.given_by)
    late = "consent_disclosure_consent_live"
    assert refused(lambda: DisclosureFactory(consent=consent, at=NOON - DAY)) == late


@pytest.mark.parametrize("basis", ["consent", "duty", "own"])
def test_disclosure_names_its_ground(world: World, basis: str) -> None:
    member = world.member()
    bare = {"member": member, "basis": basis, "purpose": "x", "categories": ["name"], "at": NOON}
    name = refused(lambda: Disclosure.objects.create(**bare))
    proven = "consent_disclosure_basis_proven"
    assert name == ("consent_disclosure_consent_live" if basis == "consent" else proven)


def test_disclosure_names_what_was_seen(world: World) -> None:
    member = world.member()
    none = {"member": member, "basis": "own", "by": member.user, "purpose": "x", "categories": []}
    name = refused(lambda: Disclosure.objects.create(**none, at=NOON))
    assert name == "consent_disclosure_categories_named"


def test_disclosures_and_documents_are_append_only(consent: Consent) -> None:
    row = Disclosure.objects.filter(pk=DisclosureFactory(consent=consent).pk)
    refused(lambda: row.update(purpose="x"))
    refused(row.delete)
    record = DocumentRecord.objects.filter(pk=DocumentRecordFactory().pk)
    refused(lambda: record.update(kind="x"))
    refused(record.delete)


def test_document_hashes_are_whole(db: None) -> None:
    name = refused(lambda: DocumentRecordFactory(sha256="abc"))
    assert name == "core_documentrecord_hashes_whole"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"answered_at": NOON}, "consent_datarequest_answered_by_paired"),
        ({"checked_at": NOON}, "consent_datarequest_checked_by_paired"),
        ({"state": "withdrawn"}, "consent_datarequest_closed_when_ended"),
        ({"closed_at": NOON}, "consent_datarequest_closed_when_ended"),
        ({"state": "proposed"}, "consent_datarequest_ended_by_answer"),
        (
            {"kind": "objection", "state": "answered", "closed_at": NOON},
            "consent_datarequest_ended_by_answer",
        ),
    ],
)
def test_request_refuses(world: World, change: dict[str, Any], constraint: str) -> None:
    values = {"member": world.member(), "union": world.home}
    assert refused(lambda: DataRequestFactory(**values, **change)) == constraint


def test_request_refuses_one_officer_alone(world: World) -> None:
    officer = user("alone")
    done = {
        "member": world.member(),
        "union": world.home,
        "state": "answered",
        "outcome": "granted",
        "answer": "已更正。",
        "answered_at": NOON,
        "answered_by": officer,
        "closed_at": NOON,
    }
    name = refused(lambda: DataRequestFactory(**done))
    assert name == "consent_datarequest_second_officer"
    alone = {**done, "checked_at": NOON, "checked_by": officer}
    assert (
        refused(lambda: DataRequestFactory(**alone)) == "consent_datarequest_maker_is_not_checker"
    )


def test_request_is_not_made_twice(world: World) -> None:
    same = {"member": world.member(), "union": world.home}
    DataRequestFactory(**same)
    assert refused(lambda: DataRequestFactory(**same)) == "consent_datarequest_one_waiting"
    DataRequestFactory(**same, section="land")

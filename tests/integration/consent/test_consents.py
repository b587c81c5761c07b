"""Giving, withdrawing, disclosing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from cooperative.consent import selectors, services
from cooperative.consent.models import Consent, ConsentText, Disclosure, Recipient
from cooperative.consent.reference import load_reference
from cooperative.membership.models import Member
from core.dates import start_of_day
from core.errors import Forbidden, NotFound, Refused
from core.models import AuditRow, Parameter
from tests.factories.consent import NOON, YEAR, ConsentTextFactory, World, user

DAY = timedelta(days=1)


@pytest.fixture
def member(world: World) -> Member:
    return world.member()


def union_of(member: Member) -> Recipient:
    return selectors.recipients_for(member).get(kind="union")


def text(purpose: str = "scoring") -> ConsentText:
    return selectors.current_text(purpose, NOON)  # type: ignore[return-value]


def give(member: Member, **change: object) -> Consent:
    values = {
        "member": member,
        "recipient": union_of(member),
        "text": text(),
        "by": member.user,
        "at": NOON,
    }
    return services.give_consent(**(values | change))  # type: ignore[arg-type]


def refusal(call: object, *args: object, **kwargs: object) -> str:
    """The code, checking that nothing was written."""
    before = Consent.objects.count(), Disclosure.objects.count(), AuditRow.objects.count()
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    after = Consent.objects.count(), Disclosure.objects.count(), AuditRow.objects.count()
    assert after == before
    return caught.value.code


def test_reference_is_loaded_once(world: World) -> None:
    counts = Parameter.objects.count(), ConsentText.objects.count(), Recipient.objects.count()
    assert counts == (5, 3, 3)
    assert load_reference(by=world.founder, checked_by=world.checker, at=NOON) == 0


def test_offers_are_for_the_member_s_own_union_and_federation(member: Member) -> None:
    offers = selectors.offers_for(member, NOON)
    assert {(offer.text.purpose, offer.recipient.name) for offer in offers} == {
        ("scoring", "幸福乡农机工会"),
        ("award_posting", "幸福乡农机工会"),
        ("joint_purchasing", "联合社"),
    }


@pytest.mark.parametrize("state", ["applied", "left"])
def test_no_offers_outside_a_membership(world: World, state: str) -> None:
    member = world.member()
    values = {"state": state, "admitted_on": None, "waiting_ends_on": None}
    if state == "left":
        values = {"state": state, "ended_on": NOON.date()}
    member.memberships.update(**values)
    assert selectors.offers_for(member, NOON) == []


def test_give_covers_what_was_chosen_until_the_day_is_over(member: Member) -> None:
    consent = give(member, extra_categories=["income"], address="10.0.0.7")
    assert consent.categories == [*text().categories, "income"]
    assert consent.valid_until == start_of_day(NOON.date().replace(year=2028))
    assert consent.given_address == "10.0.0.7"
    row = AuditRow.objects.get(action="consent.given")
    assert row.facts["purpose"] == "scoring"
    assert row.scope == "D/A/"
    assert [offer.text.purpose for offer in selectors.offers_for(member, NOON)] != []
    assert list(selectors.live_consents(member, NOON)) == [consent]


def test_give_refuses_twice(member: Member) -> None:
    give(member)
    assert refusal(give, member, at=NOON + DAY) == "already_given"


def test_give_refuses_data_that_the_text_does_not_name(member: Member) -> None:
    assert refusal(give, member, extra_categories=["phone"]) == "category_unknown"


def test_give_refuses_another_person_or_recipient(world: World, member: Member) -> None:
    assert refusal(give, member, by=world.member().user) == "not_found"
    foreign = Recipient.objects.get(kind="union", union=world.foreign)
    assert refusal(give, member, recipient=foreign) == "not_found"
    federation = Recipient.objects.get(kind="federation")
    assert refusal(give, member, recipient=federation) == "not_found"


def test_give_refuses_a_text_that_changed_since_it_was_shown(member: Member) -> None:
    shown = text()
    ConsentTextFactory(version=2, published_at=NOON - DAY)
    assert refusal(give, member, text=shown) == "text_changed"


def test_new_text_is_offered_again_and_replaces_the_old_consent(member: Member) -> None:
    old = give(member)
    newer = ConsentTextFactory(version=2, published_at=NOON + DAY)
    then = NOON + 2 * DAY
    assert newer in [offer.text for offer in selectors.offers_for(member, then)]
    new = give(member, text=newer, at=then)
    old.refresh_from_db()
    assert (old.withdrawn_at, old.withdrawn_channel) == (then, "replaced")
    assert list(selectors.live_consents(member, then)) == [new]


def test_withdraw_takes_effect_at_once_and_only_once(member: Member) -> None:
    consent = give(member)
    services.withdraw_consent(consent_id=consent.pk, member=member, by=member.user, at=NOON + DAY)
    assert not selectors.live_consents(member, NOON + DAY).exists()
    assert AuditRow.objects.filter(action="consent.withdrawn").count() == 1
    again = {"consent_id": consent.pk, "member": member, "by": member.user}
    assert refusal(services.withdraw_consent, **again, at=NOON + 2 * DAY) == "consent_revoked"
    give(member, at=NOON + DAY)


def test_withdraw_refuses_others_and_what_has_run_out(world: World, member: Member) -> None:
    consent = give(member)
    other = world.member()
    foreign = {"consent_id": consent.pk, "member": other, "by": other.user, "at": NOON}
    assert refusal(services.withdraw_consent, **foreign) == "not_found"
    late = {"consent_id": consent.pk, "member": member, "by": member.user, "at": NOON + 3 * YEAR}
    assert refusal(services.withdraw_consent, **late) == "consent_expired"


def test_disclose_writes_down_who_saw_what(member: Member) -> None:
    consent = give(member)
    with transaction.atomic():
        row = services.disclose(
            consent_id=consent.pk,
            categories=["name", "crop"],
            fields={"name": member.name, "crop": "玉米 36 亩"},
            by=None,
            at=NOON,
            request_id="r-1",
            address="10.0.0.9",
        )
    assert row.categories == ["crop", "name"]
    assert row.recipient == consent.recipient
    assert row.request_id == "r-1"
    assert len(row.digest) == 64
    assert member.name not in row.digest
    assert list(selectors.looks_at(member)) == [row]


def test_digest_depends_on_the_values_and_not_on_their_order() -> None:
    digest = services.disclosures.digest_of
    assert digest({"a": "1", "b": "2"}) == digest({"b": "2", "a": "1"})
    assert digest({"a": "1"}) != digest({"a": "2"})


@pytest.mark.parametrize(
    ("code", "categories", "at"),
    [
        ("consent_narrower", ["name", "income"], NOON),
        ("consent_narrower", [], NOON),
        ("consent_missing", ["name"], NOON - DAY),
        ("consent_expired", ["name"], NOON + 3 * YEAR),
    ],
)
def test_disclose_refuses(member: Member, code: str, categories: list[str], at: object) -> None:
    values = {"consent_id": give(member).pk, "fields": {}, "by": None}
    assert refusal(services.disclose, **values, categories=categories, at=at) == code


def test_disclose_refuses_after_withdrawal_whatever_the_clock_says(member: Member) -> None:
    consent = give(member)
    services.withdraw_consent(consent_id=consent.pk, member=member, by=member.user, at=NOON + DAY)
    values = {"consent_id": consent.pk, "categories": ["name"], "fields": {}, "by": None}
    assert refusal(services.disclose, **values, at=NOON) == "consent_revoked"
    assert refusal(services.disclose, **values, at=NOON + 2 * DAY) == "consent_revoked"


def test_disclose_to_finds_the_newest_consent(member: Member) -> None:
    values = {"member": member, "recipient": union_of(member), "purpose": "scoring"}
    asked = {"categories": ["name"], "fields": {}, "by": None, "at": NOON}
    assert refusal(services.disclose_to, **values, **asked) == "consent_missing"
    consent = give(member)
    assert services.disclose_to(**values, **asked).consent == consent  # type: ignore[arg-type]


def test_look_is_recorded_with_role_and_union(world: World, member: Member) -> None:
    officer = world.officer("convener")
    look = {"member": member, "by": officer, "purpose": "member_page", "categories": ["name"]}
    row = services.record_look(**look, at=NOON)
    assert (row.basis, row.role, row.union, row.by) == ("duty", "convener", world.home, officer)


def test_look_goes_through_the_registry_of_membership(world: World, member: Member) -> None:
    from cooperative.membership.looks import record_look

    record_look(
        member=member,
        by=world.officer("auditor", world.district),
        purpose="核对名册上的地址",
        categories=["identity"],
        at=NOON,
        address="",
    )
    row = Disclosure.objects.get()
    assert (row.union, row.address, row.purpose) == (world.district, None, "核对名册上的地址")


def test_look_is_refused_from_another_township(world: World, member: Member) -> None:
    look = {"member": member, "purpose": "member_page", "categories": ["name"], "at": NOON}
    for by in (world.officer("convener", world.foreign), user("nobody")):
        with pytest.raises(Forbidden):
            services.record_look(**look, by=by)
    assert not Disclosure.objects.exists()


def test_text_is_published_by_another_administrator_of_the_top(world: World) -> None:
    maker = world.officer("administrator", world.district)
    other = world.officer("administrator", world.district)
    old = text()
    content = {name: getattr(old, name) for name in services.texts.WRITTEN}
    content |= {"body": "新的说明。"}
    draft = services.propose_text(purpose="scoring", content=content, by=maker, at=NOON)
    assert draft.version == 2
    assert text() == old
    publish = {"text_id": draft.pk, "at": NOON}
    assert refusal(services.publish_text, **publish, by=maker) == "same_person"
    services.publish_text(**publish, by=other)  # type: ignore[arg-type]
    assert text() == draft
    assert refusal(services.publish_text, **publish, by=other) == "already_confirmed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"categories": ["nonsense"]}, "category_unknown"),
        ({"categories": ["name"], "optional_categories": ["name"]}, "category_unknown"),
        ({"categories": []}, "text_incomplete"),
        ({"body": ""}, "text_incomplete"),
        ({"valid_months": 61}, "validity"),
    ],
)
def test_text_is_refused(world: World, change: dict[str, object], code: str) -> None:
    content = {name: getattr(text(), name) for name in services.texts.WRITTEN} | change
    by = world.officer("administrator", world.district)
    values = {"purpose": "scoring", "content": content, "at": NOON}
    assert refusal(services.propose_text, **values, by=by) == code


def test_text_of_all_unions_is_not_written_by_one_township(world: World) -> None:
    content = {name: getattr(text(), name) for name in services.texts.WRITTEN}
    values = {"purpose": "scoring", "content": content, "at": NOON}
    township = world.officer("administrator", world.home)
    assert refusal(services.propose_text, **values, by=township) == "no_permission"


def test_foreign_text_raises_not_found(world: World) -> None:
    by = world.officer("administrator", world.district)
    with pytest.raises(NotFound):
        services.publish_text(text_id=0, by=by, at=NOON)

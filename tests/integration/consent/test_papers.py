"""Consents on paper: recorded by one, confirmed by another, withdrawn by one."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from cooperative.consent import demo, evidence, selectors, services
from cooperative.consent.models import Consent, ConsentText, PaperConsent, Recipient
from cooperative.consent.services.disclosures import disclose_to
from cooperative.membership.models import Member
from cooperative.notices.models import Delivery, Notice
from core.dates import business_date, start_of_day
from core.errors import Forbidden, NotFound, Refused
from core.models import AuditRow, DocumentRecord
from tests.factories.consent import (
    NOON,
    YEAR,
    ConsentFactory,
    ConsentTextFactory,
    SheetFileFactory,
    World,
)

DAY = timedelta(days=1)
SIGNED = date(2026, 5, 18)


@pytest.fixture
def paper(world: World) -> SimpleNamespace:
    """A member without an account, the two officers, and what stands on the sheet."""
    return SimpleNamespace(
        world=world,
        member=on_paper_only(world),
        convener=world.officer("convener", name="李会计"),
        reviewer=world.officer("reviewer", name="张主任"),
        recipient=Recipient.objects.get(kind="union", union=world.home),
        text=selectors.current_text("scoring", NOON),
    )


def on_paper_only(world: World, **membership: Any) -> Member:
    member = world.member(**membership)
    member.user = None
    member.save()
    return member


def record(paper: SimpleNamespace, **change: Any) -> PaperConsent:
    values = {
        "member_ids": [paper.member.pk],
        "union": paper.world.home,
        "recipient": paper.recipient,
        "text": paper.text,
        "signed_on": SIGNED,
        "evidence": SheetFileFactory(),
        "by": paper.convener,
        "at": NOON,
    }
    return services.record_papers(**(values | change))[0]


def confirm(paper: SimpleNamespace, *rows: PaperConsent, **change: Any) -> Consent:
    values = {"paper_ids": [row.pk for row in rows], "by": paper.reviewer, "at": NOON + DAY}
    return services.confirm_papers(**(values | change))[0]


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    """The code, checking that nothing was written and that the way on is named."""
    kinds = (Consent, PaperConsent, AuditRow, Notice)
    before = [list(kind.objects.order_by("pk").values()) for kind in kinds]
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    assert [list(kind.objects.order_by("pk").values()) for kind in kinds] == before
    assert isinstance(caught.value, NotFound) or caught.value.way_on
    return caught.value.code


def live(member: Member, at: Any = NOON + DAY) -> list[Consent]:
    return list(Consent.objects.live(at).filter(member=member))


# --- recording and confirming ---


def test_what_is_recorded_does_not_count(paper: SimpleNamespace) -> None:
    row = record(paper)
    assert (row.state, row.consent_id, row.purpose) == ("proposed", None, "scoring")
    assert row.categories == paper.text.categories
    assert not Consent.objects.exists()
    asked = {"categories": ["name"], "fields": {}, "by": None, "at": NOON}
    to = {"member": paper.member, "recipient": paper.recipient, "purpose": "scoring"}
    assert refusal(disclose_to, **to, **asked) == "consent_missing"
    said = AuditRow.objects.get(action="paper_consent.recorded")
    assert (said.by, said.scope, said.facts["member"]) == (paper.convener, "D/A/", paper.member.pk)


def test_it_counts_from_the_confirmation_and_runs_from_the_signature(
    paper: SimpleNamespace,
) -> None:
    row = record(paper, extra_categories=["income"])
    consent = confirm(paper, row)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    row.refresh_from_db()
    assert (row.state, row.consent, row.checked_by) == ("confirmed", consent, paper.reviewer)
    assert (consent.given_channel, consent.given_by) == ("paper", paper.convener)
    assert (consent.given_at, consent.evidence) == (NOON + DAY, row.evidence)
    assert consent.valid_until == start_of_day(date(2028, 5, 18))
    assert consent.categories == [*paper.text.categories, "income"]
    assert live(paper.member) == [consent]
    assert live(paper.member, NOON) == []
    actions = AuditRow.objects.filter(by=paper.reviewer).order_by("pk")
    assert [one.action for one in actions] == ["consent.given", "paper_consent.confirmed"]


def test_the_member_is_told_by_sms_who_recorded_what_and_how_to_withdraw(
    paper: SimpleNamespace,
) -> None:
    consent = confirm(paper, record(paper))
    notice = Notice.objects.get(kind="consent.paper_given")
    assert (notice.person, notice.subject_id) == (f"member:{paper.member.pk}", consent.pk)
    for word in ("李会计登记", "张主任复核", "撤回", "0451-53110000", "2028年5月18日"):
        assert word in notice.body
    sms = Delivery.objects.get(notice=notice)
    assert sms.phone == paper.member.phone
    assert "李会计登记" in sms.text


def test_many_sign_one_list(paper: SimpleNamespace) -> None:
    others = [on_paper_only(paper.world) for _n in range(2)]
    sheet = SheetFileFactory()
    ids = [paper.member.pk, *(one.pk for one in others)]
    record(paper, member_ids=ids, evidence=sheet)
    rows = list(PaperConsent.objects.order_by("pk"))
    assert {row.evidence for row in rows} == {sheet}
    services.confirm_papers(paper_ids=[row.pk for row in rows], by=paper.reviewer, at=NOON + DAY)
    assert Consent.objects.filter(given_channel="paper", evidence=sheet).count() == 3


def test_a_consent_to_an_older_text_ends_when_the_new_one_is_confirmed(
    paper: SimpleNamespace,
) -> None:
    old = ConsentFactory(
        member=paper.member,
        recipient=paper.recipient,
        text=paper.text,
        given_by=paper.world.founder,
    )
    newer = ConsentTextFactory(version=2, published_at=NOON - 5 * DAY)
    new = confirm(paper, record(paper, text=newer))
    old.refresh_from_db()
    assert (old.withdrawn_at, old.withdrawn_channel) == (NOON + DAY, "replaced")
    assert live(paper.member) == [new]


def test_the_federation_receives_what_its_members_agree_to(paper: SimpleNamespace) -> None:
    federation = Recipient.objects.get(kind="federation")
    text = selectors.current_text("joint_purchasing", NOON)
    consent = confirm(paper, record(paper, recipient=federation, text=text))
    assert consent.recipient == federation


# --- refusals ---


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"member_ids": []}, "nobody_chosen"),
        ({"member_ids": range(1, 52)}, "too_many"),
        ({"evidence": None}, "evidence_missing"),
        ({"signed_on": date(2026, 5, 21)}, "signed_in_future"),
        ({"signed_on": date(2025, 5, 19)}, "signed_before_text"),
        ({"extra_categories": ["phone"]}, "category_unknown"),
    ],
)
def test_record_refuses(paper: SimpleNamespace, change: dict[str, Any], code: str) -> None:
    assert refusal(record, paper, **change) == code


def test_record_refuses_what_has_run_out_since_the_signature(paper: SimpleNamespace) -> None:
    text = selectors.current_text("joint_purchasing", NOON)
    change = {"text": text, "recipient": Recipient.objects.get(kind="federation")}
    on = business_date(NOON - YEAR)
    assert refusal(record, paper, **change, signed_on=on) == "signed_too_long_ago"


def test_record_refuses_a_text_that_changed_since_it_was_printed(paper: SimpleNamespace) -> None:
    ConsentTextFactory(version=2, published_at=NOON - DAY)
    assert refusal(record, paper) == "text_changed"


def test_record_refuses_who_was_erased_or_is_of_another_union(paper: SimpleNamespace) -> None:
    foreign = on_paper_only(paper.world, union=paper.world.foreign)
    both = [paper.member.pk, foreign.pk]
    assert refusal(record, paper, member_ids=both) == "not_our_member"
    assert refusal(record, paper, member_ids=[0]) == "not_our_member"
    left = on_paper_only(paper.world, state="left")
    assert refusal(record, paper, member_ids=[left.pk]) == "not_our_member"
    Member.objects.filter(pk=left.pk).update(erased_at=NOON, name="", identity_index=None)
    assert refusal(record, paper, member_ids=[left.pk]) == "erased"


def test_record_refuses_a_recipient_that_is_not_the_members_own(paper: SimpleNamespace) -> None:
    foreign = Recipient.objects.get(kind="union", union=paper.world.foreign)
    assert refusal(record, paper, recipient=foreign) == "recipient_not_theirs"
    federation = Recipient.objects.get(kind="federation")
    assert refusal(record, paper, recipient=federation) == "recipient_not_theirs"


def test_record_refuses_twice(paper: SimpleNamespace) -> None:
    row = record(paper)
    assert refusal(record, paper) == "recorded_already"
    confirm(paper, row)
    assert refusal(record, paper, at=NOON + 2 * DAY) == "already_given"


def test_record_refuses_officers_without_the_post(paper: SimpleNamespace) -> None:
    abroad = paper.world.officer("convener", paper.world.foreign)
    for by in (abroad, paper.reviewer):
        assert refusal(record, paper, by=by) == "no_permission"
    with pytest.raises(Forbidden):
        record(paper, by=paper.world.founder)


def test_neither_officer_may_be_the_member(paper: SimpleNamespace) -> None:
    Member.objects.filter(pk=paper.member.pk).update(user=paper.convener)
    assert refusal(record, paper) == "own_matter"
    Member.objects.filter(pk=paper.member.pk).update(user=paper.reviewer)
    row = record(paper)
    assert refusal(confirm, paper, row) == "own_matter"
    reject = {"paper_id": row.pk, "remark": "不是我签的。", "by": paper.reviewer, "at": NOON}
    assert refusal(services.reject_paper, **reject) == "own_matter"


def test_confirm_refuses_the_same_person_and_the_other_township(paper: SimpleNamespace) -> None:
    row = record(paper)
    both = paper.world.officer("reviewer")
    PaperConsent.objects.filter(pk=row.pk).update(made_by=both)
    assert refusal(confirm, paper, row, by=both) == "same_person"
    abroad = paper.world.officer("reviewer", paper.world.foreign)
    assert refusal(confirm, paper, row, by=abroad) == "not_found"
    assert refusal(confirm, paper, row, by=paper.convener) == "not_found"


def test_confirm_refuses_a_text_that_has_changed_since(paper: SimpleNamespace) -> None:
    row = record(paper)
    newer = ConsentTextFactory(version=2, draft=True)
    ConsentText.objects.filter(pk=newer.pk).update(
        published_at=NOON, checked_at=NOON, checked_by=paper.world.checker
    )
    assert refusal(confirm, paper, row) == "text_changed"


def test_confirm_refuses_a_second_time(paper: SimpleNamespace) -> None:
    row = record(paper)
    confirm(paper, row)
    assert refusal(confirm, paper, row) == "wrong_state"
    reject = {"paper_id": row.pk, "remark": "看错了。", "by": paper.reviewer, "at": NOON + DAY}
    assert refusal(services.reject_paper, **reject) == "wrong_state"
    back = {"paper_id": row.pk, "reason": "看错了。", "by": paper.convener, "at": NOON + DAY}
    assert refusal(services.take_back_paper, **back) == "wrong_state"


def test_confirm_refuses_who_left_or_has_given_it_meanwhile(paper: SimpleNamespace) -> None:
    row = record(paper)
    given = ConsentFactory(
        member=paper.member,
        recipient=paper.recipient,
        text=paper.text,
        given_by=paper.world.founder,
    )
    assert refusal(confirm, paper, row) == "already_given"
    Consent.objects.filter(pk=given.pk).update(
        withdrawn_at=NOON, withdrawn_by=given.given_by, withdrawn_channel="page"
    )
    assert refusal(confirm, paper, row) == "withdrawn_since"
    paper.member.memberships.update(state="left", ended_on=NOON.date())
    assert refusal(confirm, paper, row) == "not_our_member"


def test_all_of_a_list_or_none(paper: SimpleNamespace) -> None:
    other = on_paper_only(paper.world)
    record(paper, member_ids=[paper.member.pk, other.pk])
    other.memberships.update(state="left", ended_on=NOON.date())
    rows = list(PaperConsent.objects.order_by("pk"))
    assert refusal(confirm, paper, *rows) == "not_our_member"


def test_a_later_no_outweighs_an_earlier_signature(paper: SimpleNamespace) -> None:
    consent = confirm(paper, record(paper))
    services.withdraw_for_member(
        consent_id=consent.pk, reason="电话里说不评了。", by=paper.convener, at=NOON + 2 * DAY
    )
    later = NOON + 3 * DAY
    assert refusal(record, paper, at=later) == "withdrawn_since"
    again = record(paper, at=later, signed_on=business_date(later))
    assert confirm(paper, again, at=later).withdrawn_at is None


# --- rejecting, taking back, withdrawing ---


def test_reject_tells_the_officer_why(paper: SimpleNamespace) -> None:
    row = record(paper)
    decide = {"paper_id": row.pk, "by": paper.reviewer, "at": NOON}
    assert refusal(services.reject_paper, **decide, remark=" ") == "reason_missing"
    assert refusal(services.reject_paper, **decide, remark="长" * 301) == "reason_too_long"
    services.reject_paper(**decide, remark="照片上没有日期。")
    row.refresh_from_db()
    assert (row.state, row.checked_by) == ("rejected", paper.reviewer)
    notice = Notice.objects.get()
    assert notice.recipient == paper.convener
    assert "照片上没有日期。改好" in notice.body
    record(paper)


def test_take_back_before_it_is_confirmed(paper: SimpleNamespace) -> None:
    row = record(paper)
    services.take_back_paper(paper_id=row.pk, reason="选错了人。", by=paper.convener, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.withdrawn_by) == ("withdrawn", paper.convener)
    assert refusal(confirm, paper, row) == "wrong_state"
    record(paper)


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("role", ["convener", "reviewer"])
def test_withdrawal_by_an_officer_holds_at_once(
    paper: SimpleNamespace, written: bool, role: str
) -> None:
    consent = confirm(paper, record(paper))
    services.withdraw_for_member(
        consent_id=consent.pk,
        reason="本人到办公室说不评了。",
        evidence=SheetFileFactory() if written else None,
        by=getattr(paper, role),
        at=NOON + 2 * DAY,
    )
    consent.refresh_from_db()
    assert consent.withdrawn_channel == ("paper" if written else "word")
    assert consent.withdrawn_reason == "本人到办公室说不评了。"
    assert live(paper.member, NOON + 2 * DAY) == []
    notice = Notice.objects.get(kind="consent.withdrawn_for_you")
    assert "本人到办公室说不评了" in notice.body
    assert Delivery.objects.filter(notice=notice).exists()


def test_withdrawal_by_an_officer_refuses(paper: SimpleNamespace) -> None:
    consent = confirm(paper, record(paper))
    end = {"consent_id": consent.pk, "at": NOON + 2 * DAY}
    ours = {"by": paper.convener, **end}
    assert refusal(services.withdraw_for_member, **ours, reason="") == "reason_missing"
    for role, union in (("convener", paper.world.foreign), ("auditor", paper.world.home)):
        by = paper.world.officer(role, union)
        assert refusal(services.withdraw_for_member, **end, by=by, reason="不评了") == "not_found"
    services.withdraw_for_member(**ours, reason="不评了")
    with pytest.raises(Refused) as caught:
        services.withdraw_for_member(**ours, reason="不评了")
    assert caught.value.code == "consent_revoked"


def test_withdrawal_of_what_another_union_received_is_for_that_union(
    paper: SimpleNamespace,
) -> None:
    consent = confirm(paper, record(paper))
    both = paper.member.memberships.get()
    both.pk, both.union = None, paper.world.foreign
    both.save()
    abroad = paper.world.officer("convener", paper.world.foreign)
    end = {"consent_id": consent.pk, "reason": "不评了", "by": abroad, "at": NOON + 2 * DAY}
    assert refusal(services.withdraw_for_member, **end) == "not_found"


# --- the member, later ---


def test_who_claims_an_account_later_withdraws_like_any_other(paper: SimpleNamespace) -> None:
    consent = confirm(paper, record(paper))
    account = paper.world.member().user
    Member.objects.filter(user=account).update(user=None)
    Member.objects.filter(pk=paper.member.pk).update(user=account)
    paper.member.refresh_from_db()
    services.withdraw_consent(
        consent_id=consent.pk, member=paper.member, by=account, at=NOON + 2 * DAY
    )
    consent.refresh_from_db()
    assert (consent.withdrawn_by, consent.withdrawn_channel) == (account, "page")


def test_who_may_see_the_photograph(paper: SimpleNamespace) -> None:
    own = paper.world.member()
    row = record(paper, member_ids=[own.pk])
    many = record(paper, member_ids=[paper.member.pk, on_paper_only(paper.world).pk])
    assert evidence.may_see(own.user, row.evidence)
    assert not evidence.may_see(paper.world.member().user, row.evidence)
    for officer in (paper.convener, paper.reviewer):
        assert evidence.may_see(officer, row.evidence)
    for role, union in (("auditor", paper.world.home), ("convener", paper.world.foreign)):
        assert not evidence.may_see(paper.world.officer(role, union), row.evidence)
    # A list shows each the numbers of the others: to officers only.
    Member.objects.filter(pk=paper.member.pk).update(user=paper.world.founder)
    assert not evidence.may_see(paper.world.founder, many.evidence)


def test_export_says_what_was_on_paper(paper: SimpleNamespace) -> None:
    confirm(paper, record(paper))
    data = services.exporting.everything(paper.member, NOON + 2 * DAY)
    (consent,) = data["consents"]
    assert (consent["given_channel"], consent["signed_on"]) == ("paper", "2026-05-18")
    (section,) = [part for part in data["sections"] if part["code"] == "paper_consents"]
    said = {item["name"]: item["value"] for item in section["entries"][0]["items"]}
    assert said["recorded_by"] == "李会计"
    assert said["confirmed_by"] == "张主任"
    assert said["state"] == "已生效"
    printed = services.exporting._on_paper(paper.member, NOON + 2 * DAY)["consents"][0]
    assert "纸面签字（2026年5月18日" in printed[3]


def test_erasure_takes_back_what_waits_and_forgets_what_never_counted(
    paper: SimpleNamespace,
) -> None:
    from cooperative.consent.sections import erase_papers
    from cooperative.consent.services.papers import end_waiting_papers

    kept = confirm(paper, record(paper))
    federation = Recipient.objects.get(kind="federation")
    text = selectors.current_text("joint_purchasing", NOON)
    waits = record(paper, recipient=federation, text=text)
    file = waits.evidence
    by = paper.reviewer
    assert end_waiting_papers(member=paper.member, reason="本人要求", by=by, at=NOON) == 1
    erase_papers(paper.member, NOON)
    waits.refresh_from_db()
    assert (waits.state, waits.evidence, waits.remark) == ("withdrawn", None, "—")
    assert not type(file).objects.filter(pk=file.pk).exists()
    assert Consent.objects.get(pk=kept.pk).evidence is not None


# --- the sheet, and the demo ---


def test_sheet_carries_the_text_in_force_with_its_digest(paper: SimpleNamespace) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    for for_many, line in ((False, "证件号码"), (True, "证件号码后四位")):
        pdf = services.issue_sheet(
            purpose="scoring",
            union=paper.world.home,
            recipient=paper.recipient,
            for_many=for_many,
            by=paper.convener,
            at=NOON,
        )
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
        plain = "".join(text.split())
        assert "第1版" in plain
        assert line in plain
        assert services.sheets.digest_of_text(paper.text) in plain
        assert "幸福乡农机工会" in plain
        assert ("每年的收入" in plain) is not for_many
    assert DocumentRecord.objects.filter(kind="consent_sheet", scope="D/A/").count() == 2


def test_sheet_is_printed_by_who_may_record(paper: SimpleNamespace) -> None:
    values = {"purpose": "scoring", "union": paper.world.home, "for_many": False, "at": NOON}
    foreign = Recipient.objects.get(kind="union", union=paper.world.foreign)
    with pytest.raises(Forbidden):
        services.issue_sheet(**values, recipient=paper.recipient, by=paper.reviewer)
    with pytest.raises(NotFound):
        services.issue_sheet(**values, recipient=foreign, by=paper.convener)


def test_demo_gives_all_without_an_account_their_consents(paper: SimpleNamespace) -> None:
    for _n in range(3):
        on_paper_only(paper.world)
    paper.world.member()
    on_paper_only(paper.world, union=paper.world.foreign)
    call = {"by": paper.convener, "checked_by": paper.reviewer, "at": NOON}
    assert demo.paper_consents(paper.world.home, "scoring", **call) == 4
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Consent.objects.live(NOON).filter(given_channel="paper").count() == 4
    assert AuditRow.objects.filter(action="consent.given").count() == 4
    assert demo.paper_consents(paper.world.home, "scoring", **call) == 0


def test_demo_writes_the_rows_and_the_trail_of_the_services(paper: SimpleNamespace) -> None:
    sheet = SheetFileFactory()
    row = record(paper, signed_on=NOON.date(), evidence=sheet)
    confirm(paper, row, at=NOON)
    other = on_paper_only(paper.world)
    call = {"by": paper.convener, "checked_by": paper.reviewer, "evidence": sheet, "at": NOON}
    assert demo.paper_consents(paper.world.home, "scoring", **call) == 1
    for kind in (Consent, PaperConsent):
        one, two = kind.objects.order_by("pk").values()
        left_out = {"id", "member_id", "consent_id"}
        assert {k: v for k, v in one.items() if k not in left_out} == {
            k: v for k, v in two.items() if k not in left_out
        }
    trails = [_trail(member) for member in (paper.member, other)]
    assert trails[0] == trails[1]


def _trail(member: Member) -> list[Any]:
    rows = AuditRow.objects.filter(facts__member=member.pk).order_by("pk")
    own = {"member", "paper", "consent"}
    return [
        (row.action, row.by_id, row.scope, {k: v for k, v in row.facts.items() if k not in own})
        for row in rows
    ]

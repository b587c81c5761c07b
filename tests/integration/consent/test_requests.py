"""Requests with their clocks, four eyes, erasure, reminders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession

from cooperative.accounts.models import User
from cooperative.consent import selectors, services
from cooperative.consent.models import Consent, DataRequest, Disclosure
from cooperative.consent.personal_data import sections
from cooperative.consent.tasks import watch_clocks
from cooperative.membership.models import Member, Roster, RosterRow
from cooperative.notices.models import Notice
from core.errors import Forbidden, Refused
from core.models import AuditRow, StoredFile
from tests.factories.consent import (
    NOON,
    ConsentFactory,
    DataRequestFactory,
    RecipientFactory,
    World,
)

DAY = timedelta(days=1)


@pytest.fixture
def member(world: World) -> Member:
    return world.member()


def open_one(member: Member, kind: str = "correction", **change: object) -> DataRequest:
    values = {"member": member, "kind": kind, "details": "是 36 亩。", "by": member.user}
    return services.open_request(**(values | {"at": NOON} | change))  # type: ignore[arg-type]


def answer(request: DataRequest, by: User, outcome: str = "granted") -> DataRequest:
    return services.answer_request(
        request_id=request.pk, outcome=outcome, answer="已按您说的改好。", by=by, at=NOON + DAY
    )


def roster_row(world: World, member: Member) -> RosterRow:
    """A row of a roster that was not imported but carries the member's number."""
    file = StoredFile.objects.create(
        purpose="roster",
        path="x",
        original_name="名册.csv",
        content_type="text/csv",
        size=1,
        sha256="0" * 64,
        uploaded_at=NOON,
    )
    roster = Roster.objects.create(union=world.home, file=file, made_by=world.founder, made_at=NOON)
    return RosterRow.objects.create(
        roster=roster,
        position=0,
        number=2,
        cells='["王秋实"]',
        identity_index=member.identity_index,
    )


def refusal(call: object, *args: object, **kwargs: object) -> str:
    before = list(DataRequest.objects.order_by("pk").values()), AuditRow.objects.count()
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    assert (list(DataRequest.objects.order_by("pk").values()), AuditRow.objects.count()) == before
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("correction", date(2026, 6, 9)),
        ("objection", date(2026, 6, 9)),
        ("access_copy", date(2026, 6, 19)),
    ],
)
def test_clock_starts_with_the_request(member: Member, kind: str, due: date) -> None:
    request = open_one(member, kind)
    assert (request.due_on, request.state, request.union.code) == (due, "open", "A")
    marked = {member.pk} if kind != "access_copy" else set()
    assert selectors.marked_members([member]) == marked


def test_request_is_refused(world: World, member: Member) -> None:
    assert refusal(open_one, member, details="  ") == "details_missing"
    assert refusal(open_one, member, by=world.member().user) == "not_found"
    assert refusal(open_one, member, "erasure") == "still_member"
    open_one(member)
    assert refusal(open_one, member) == "already_open"


def test_someone_without_a_union_is_told_where_to_go(member: Member) -> None:
    member.memberships.all().delete()
    assert refusal(open_one, member) == "no_union"


def test_correction_waits_for_another_officer(world: World, member: Member) -> None:
    convener, reviewer = world.officer("convener"), world.officer("reviewer")
    request = answer(open_one(member), convener)
    assert (request.state, request.closed_at) == ("proposed", None)
    assert not Notice.objects.filter(kind="consent.request_answered").exists()
    confirm = {"request_id": request.pk, "at": NOON + DAY}
    services.confirm_answer(**confirm, by=reviewer)  # type: ignore[arg-type]
    request.refresh_from_db()
    assert (request.state, request.checked_by) == ("answered", reviewer)
    assert Notice.objects.get(kind="consent.request_answered").person == f"member:{member.pk}"
    assert selectors.marked_members([member]) == set()
    assert refusal(services.confirm_answer, **confirm, by=reviewer) == "request_closed"


def test_nobody_confirms_their_own_answer(world: World, member: Member) -> None:
    both = world.officer("convener")
    post = both.posts.get()
    post.pk, post.role = None, "reviewer"
    post.save()
    request = answer(open_one(member), both)
    own = {"request_id": request.pk, "by": both, "at": NOON}
    assert refusal(services.confirm_answer, **own) == "same_person"
    assert refusal(services.return_answer, **own, remark="重写") == "same_person"


def test_objection_is_answered_by_one_officer(world: World, member: Member) -> None:
    request = answer(open_one(member, "objection"), world.officer("convener"), "refused")
    assert (request.state, request.closed_at) == ("refused", NOON + DAY)


def test_returned_answer_is_written_again(world: World, member: Member) -> None:
    convener, reviewer = world.officer("convener"), world.officer("reviewer")
    request = answer(open_one(member), convener)
    back = {"request_id": request.pk, "by": reviewer, "at": NOON}
    assert refusal(services.return_answer, **back, remark=" ") == "remark_missing"
    services.return_answer(**back, remark="请附合同。")  # type: ignore[arg-type]
    request.refresh_from_db()
    assert (request.state, request.answer, request.remark) == ("open", "", "请附合同。")
    answer(request, convener)


@pytest.mark.parametrize("role", ["reviewer", "auditor", "administrator"])
def test_only_conveners_answer(world: World, member: Member, role: str) -> None:
    request = open_one(member)
    with pytest.raises(Forbidden):
        answer(request, world.officer(role))
    with pytest.raises(Forbidden):
        answer(request, world.officer("convener", world.foreign))
    request.refresh_from_db()
    assert request.state == "open"


def test_answer_needs_words(world: World, member: Member) -> None:
    values = {"request_id": open_one(member).pk, "by": world.officer("convener"), "at": NOON}
    empty = {"outcome": "granted", "answer": " "}
    assert refusal(services.answer_request, **values, **empty) == "answer_missing"
    wrong = {"outcome": "", "answer": "好。"}
    assert refusal(services.answer_request, **values, **wrong) == "answer_missing"


def test_member_withdraws_a_request(world: World, member: Member) -> None:
    request = open_one(member)
    values = {"request_id": request.pk, "at": NOON}
    other = world.member()
    foreign = {"member": other, "by": other.user}
    assert refusal(services.withdraw_request, **values, **foreign) == "not_found"
    own = {"member": member, "by": member.user}
    services.withdraw_request(**values, **own)  # type: ignore[arg-type]
    assert refusal(services.withdraw_request, **values, **own) == "request_closed"
    assert refusal(answer, request, world.officer("convener")) == "request_closed"


def test_erasure_leaves_only_the_legal_minimum(world: World) -> None:
    member = world.member(state="left")
    user = member.user
    consent = ConsentFactory(member=member, text=selectors.current_text("scoring", NOON))
    other = DataRequestFactory(member=member, union=world.home)
    request = open_one(member, "erasure", details="不再种地了。")
    answer(request, world.officer("convener"))
    services.confirm_answer(request_id=request.pk, by=world.officer("reviewer"), at=NOON + DAY)
    member.refresh_from_db()
    blank = (member.name, member.identity_number, member.identity_index, member.phone)
    assert blank == ("", "", None, "")
    assert member.erased_at == NOON + DAY
    user.refresh_from_db()
    assert (user.is_active, user.phone, user.phone_index, user.name) == (False, "", None, "")
    consent.refresh_from_db()
    assert (consent.withdrawn_at, consent.withdrawn_channel) == (NOON + DAY, "erasure")
    other.refresh_from_db()
    assert (other.state, other.details) == ("withdrawn", "")
    assert not Notice.objects.exclude(body="").filter(person=f"member:{member.pk}").exists()
    assert AuditRow.objects.filter(action="member.erased", subject_id=member.pk).exists()


def test_nothing_of_an_erased_member_is_left_to_read(world: World) -> None:
    member = world.member(state="left")
    row = roster_row(world, member)
    UserSession.objects.create(
        user=member.user, ip="10.1.2.3", user_agent="旧手机", session_key="k"
    )
    before = str([section.collect(member) for section in sections()])
    assert "10.1.2.3" in before
    assert "工会名册里的一行" in before
    secrets = [member.name, member.phone, member.identity_number]
    request = open_one(member, "erasure")
    answer(request, world.officer("convener"))
    services.confirm_answer(request_id=request.pk, by=world.officer("reviewer"), at=NOON + DAY)
    member = Member.objects.get(pk=member.pk)
    shown = str([section.collect(member) for section in sections()])
    assert not [secret for secret in [*secrets, "10.1.2.3"] if secret in shown]
    row.refresh_from_db()
    assert (row.cells, row.identity_index) == ("[]", None)


def test_erasure_is_refused_when_membership_came_back_meanwhile(world: World) -> None:
    member = world.member(state="left")
    request = answer(open_one(member, "erasure"), world.officer("convener"))
    member.memberships.update(state="admitted", ended_on=None)
    confirm = {"request_id": request.pk, "by": world.officer("reviewer"), "at": NOON}
    assert refusal(services.confirm_answer, **confirm) == "still_member"
    member.refresh_from_db()
    assert member.erased_at is None


@pytest.mark.parametrize(
    ("days_before", "kinds"),
    [
        (6, []),
        (5, ["consent.request_due_soon"]),
        (2, ["consent.request_due_soon"]),
        (1, ["consent.request_due_tomorrow"]),
        (0, ["consent.request_due_tomorrow"]),
        (-1, ["consent.request_overdue"]),
    ],
)
def test_officers_are_reminded(
    world: World, member: Member, days_before: int, kinds: list[str]
) -> None:
    convener = world.officer("convener")
    world.officer("convener", world.foreign)
    world.officer("convener", world.district)
    open_one(member)
    now = NOON + timedelta(days=20 - days_before)
    for _again in range(2):
        services.remind_officers(at=now)
    assert list(Notice.objects.values_list("kind", "recipient")) == [
        (kind, convener.pk) for kind in kinds
    ]


def test_overdue_is_said_again_every_week(world: World, member: Member) -> None:
    world.officer("convener")
    open_one(member)
    for days in range(21, 36):
        services.remind_officers(at=NOON + timedelta(days=days))
    assert Notice.objects.filter(kind="consent.request_overdue").count() == 3


def test_second_officer_is_reminded_of_what_waits_for_them(world: World, member: Member) -> None:
    convener, reviewer = world.officer("convener"), world.officer("reviewer")
    answer(open_one(member), convener)
    services.remind_officers(at=NOON + timedelta(days=19))
    assert [notice.recipient for notice in Notice.objects.all()] == [reviewer]


def test_the_night_makes_new_unions_recipients(world: World) -> None:
    selectors.Recipient.objects.all().delete()
    watch_clocks()
    watch_clocks()
    assert selectors.Recipient.objects.count() == 3


def test_expiry_needs_no_night(world: World, member: Member) -> None:
    consent = ConsentFactory(member=member, text=selectors.current_text("scoring", NOON))
    last = consent.valid_until - timedelta(microseconds=1)
    assert Consent.objects.live(last).exists()
    assert not Consent.objects.live(consent.valid_until).exists()
    assert not Disclosure.objects.exists()
    RecipientFactory()

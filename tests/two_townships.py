"""A district with two townships, each with a row of everything; the first one's rows are marked.

Whoever serves or belongs to the second must never meet a mark of the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models

from cooperative.accounts.models import User
from cooperative.farming.models import QueuedFact
from cooperative.ledger.services import reverse_entry
from cooperative.membership.models import Member, Roster, RosterRow, Union
from core import audit
from core.models import JobChunk, JobFailure, JobRun, StoredFile
from tests.factories import consent, farming, ledger, notices
from tests.factories.core import ParameterFactory
from tests.factories.membership import (
    BallotFactory,
    CooperativeFactory,
    DivisionFactory,
    HouseholdFactory,
    MemberFactory,
    MembershipFactory,
    OfficerUserFactory,
    PostFactory,
    UnionFactory,
    VillageFactory,
)
from tests.township_lending import lending_rows

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
ROLES = ("convener", "reviewer", "auditor", "administrator")

# First and last letter survive the masking of names, the middle stands in everything else.
FIRST, MIDDLE, LAST = "鬱", "QZQ", "龘"
PHONES = {"A": "166", "B": "137"}
MARKS = (FIRST, MIDDLE, LAST, "166****", "1660000")


@dataclass
class Township:
    """One grassroots union with its people; ``rows`` holds one row of each model by its label."""

    letter: str
    union: Union
    officers: dict[str, User] = field(default_factory=dict)
    member: Member | None = None
    rows: dict[str, Any] = field(default_factory=dict)
    _count: int = 0

    def name(self, what: str) -> str:
        """A text that says of which township it is."""
        return mark(self.letter, what)

    def phone(self) -> str:
        """The next phone number of this township."""
        self._count += 1
        return f"{PHONES[self.letter]}0000{self._count:04d}"

    def keep(self, *rows: models.Model) -> None:
        """Remember the last row of each model."""
        self.rows |= {row._meta.label_lower: row for row in rows}


def mark(letter: str, what: str) -> str:
    """A text of this township; only the first one's carry marks."""
    return f"{FIRST}{MIDDLE}{what}{LAST}" if letter == "A" else f"乙{what}村"


def two_townships() -> tuple[Township, Township]:
    """The whole world."""
    district = UnionFactory(code="SC", name="双城区总工会", level="district")
    return township("A", district), township("B", district)


def grow(here: Township, member: Member) -> None:
    """One more row of everything about another member of the township."""
    here.member = member
    _figures(here)
    _facts(here)
    _consents(here)
    _notices(here)
    _ledger(here)
    lending_rows(here, person(here, "邻"))
    _work(here)
    own = {"union": here.union, "cooperative": here.rows["membership.cooperative"]}
    applied = MembershipFactory(member=person(here, "再"), balloted=True, **own)
    audit.record("membership.applied", applied, by=member.user, at=NOON, scope=here.union.path)
    BallotFactory(membership=applied, made_by=OfficerUserFactory())
    PostFactory(union=here.union, role="auditor")
    HouseholdFactory(union=here.union, division=member.division)
    CooperativeFactory(union=here.union)


def township(letter: str, district: Union) -> Township:
    """A grassroots union under the district with a row of everything."""
    place = DivisionFactory(name=mark(letter, "镇"))
    union = UnionFactory(
        code=f"{MIDDLE if letter == 'A' else 'YY'}1",
        name=mark(letter, "工会"),
        parent=district,
        division=place,
        office_phone=f"0451-{MIDDLE if letter == 'A' else 5311}",
    )
    here = Township(letter, union)
    here.keep(union)
    _appoint(here)
    _people(here)
    _figures(here)
    _facts(here)
    _consents(here)
    _notices(here)
    _ledger(here)
    lending_rows(here, person(here, "邻"))
    _work(here)
    return here


def _appoint(here: Township) -> None:
    maker, checker = (OfficerUserFactory(name=here.name(word)) for word in ("任命", "任核"))
    for role in ROLES:
        user = OfficerUserFactory(
            username=f"{MIDDLE if here.letter == 'A' else 'yy'}-{role}", name=here.name(role)
        )
        post = PostFactory(
            user=user, union=here.union, role=role, made_by=maker, checked_by=checker
        )
        here.officers[role] = user
        here.keep(user, post)
    here.keep(
        PostFactory(
            union=here.union,
            user=OfficerUserFactory(name=here.name("候任"), username=here.name("x")),
            made_by=maker,
            unconfirmed=True,
        )
    )


def person(here: Township, what: str, **values: Any) -> Member:
    """A member with an account, a phone and a village."""
    member: Member = MemberFactory(
        with_account=True, name=here.name(what), contact_name=here.name("联系"), **values
    )
    member.user.set_phone(here.phone(), verified_at=NOON)
    member.user.name = member.name
    member.user.save()
    member.set_phone(member.user.phone)
    member.save()
    return member


def _people(here: Township) -> None:
    village = VillageFactory(parent=here.union.division, name=here.name("屯") + "村委会")
    household = HouseholdFactory(union=here.union, division=village, number=here.name("户"))
    cooperative = CooperativeFactory(union=here.union, name=here.name("合作社"))
    common = {"union": here.union, "cooperative": cooperative}
    place = {"division": village, "household": household}
    here.member = person(here, "秋", **place)
    admitted = MembershipFactory(member=here.member, reason=here.name("说明"), **common)
    applied = MembershipFactory(member=person(here, "申", **place), applied=True, **common)
    balloted = MembershipFactory(member=person(here, "决", **place), balloted=True, **common)
    suspended = MembershipFactory(member=person(here, "停", **place), suspended=True, **common)
    ballot = BallotFactory(
        membership=balloted, made_by=here.officers["convener"], remark=here.name("意见")
    )
    here.keep(household, cooperative, suspended, applied, admitted, ballot, here.member)
    for row in (admitted, ballot, here.member, applied):
        audit.record(
            "membership.applied",
            row,
            by=here.officers["convener"],
            at=NOON,
            scope=here.union.path,
            note=here.name("事实"),
        )
    here.keep(audit.trail_of(admitted).first())


def _figures(here: Township) -> None:
    here.keep(
        ParameterFactory(
            scope=here.union.path,
            source=here.name("依据"),
            starts_on=date(2000, 1, 1) + timedelta(days=here.member.pk),
            made_by=here.officers["administrator"],
            unconfirmed=True,
        )
    )


def _facts(here: Township) -> None:
    file = StoredFile.objects.create(
        purpose="farming_evidence",
        scope=here.union.path,
        path=f"files/{here.letter}{here.member.pk}",
        original_name=here.name("凭证") + ".jpg",
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
        uploaded_by=here.member.user,
        uploaded_at=NOON,
    )
    here.keep(file)
    common = {"member": here.member, "made_by": here.member.user}
    farming.CropFactory()
    for fact in (
        farming.PlotFactory(local_name=here.name("地"), **common),
        farming.SeasonPlanFactory(**common),
        farming.YearlyIncomeFactory(**common),
        farming.AssetFactory(name=here.name("农机"), **common),
    ):
        fact.evidence.add(file)
        here.keep(fact)
    plot = here.rows["farming.plot"]
    audit.record(
        "farming.stated", plot, by=here.member.user, at=NOON, scope=here.union.path, x=here.name("")
    )
    here.keep(QueuedFact.objects.get(key=f"plot-{plot.pk}"))


def _consents(here: Township) -> None:
    recipient = here.rows.get("consent.recipient") or consent.RecipientFactory(
        kind="union", union=here.union, name=here.name("接收"), contact=here.name("联系")
    )
    text = consent.ConsentText.objects.filter(purpose="scoring").first()
    text = text or consent.ConsentTextFactory(
        made_by=here.officers["administrator"], checked_by=OfficerUserFactory(name=here.name("发"))
    )
    sheet = consent.PaperConsentFactory(
        member=here.member,
        union=here.union,
        recipient=recipient,
        text=text,
        made_by=here.officers["convener"],
    )
    given = consent.ConsentFactory(
        member=here.member, recipient=recipient, text=text, valid_until=NOON + timedelta(days=3650)
    )
    here.keep(
        recipient,
        text,
        sheet,
        given,
        consent.DisclosureFactory(
            consent=None,
            member=here.member,
            basis="duty",
            recipient=None,
            purpose="office_work",
            categories=["name"],
            union=here.union,
            role="convener",
            by=here.officers["convener"],
        ),
        consent.DataRequestFactory(
            member=here.member, union=here.union, details=here.name("更正"), due_on=date(2026, 6, 9)
        ),
        consent.DocumentRecordFactory(scope=here.union.path),
    )


def _notices(here: Township) -> None:
    notice = notices.NoticeFactory(
        person=f"member:{here.member.pk}",
        recipient=here.member.user,
        scope=here.union.path,
        title=here.name("消息"),
        body=here.name("内容"),
    )
    delivery = notices.DeliveryFactory(
        notice=notice, phone=here.member.phone, text=here.name("短信"), failed=True
    )
    attempt = notices.AttemptFactory(
        delivery=delivery, ended_at=NOON, outcome="refused", code=here.name("码")
    )
    here.keep(notice, delivery, attempt)


def _ledger(here: Township) -> None:
    """An entry with evidence, and one taken back."""
    lines = ledger.delivery("1250.00", f"member:{here.member.pk}", f"member:{here.member.pk + 1}")
    given = {"lines": lines, "scope": here.union.path, "recorded_by": here.officers["convener"]}
    wrong = ledger.EntryFactory(**given)
    reverse_entry(entry=wrong, reason="twice", by=None, at=NOON)
    entry = ledger.EntryFactory(reference=here.name("单"), **given)
    ledger.EvidenceFactory(entry=entry, file=here.rows["core.storedfile"], by=here.member.user)
    here.keep(entry)


def _work(here: Township) -> None:
    run = JobRun.objects.create(
        kind="membership.roster",
        key=here.name(f"任务{here.member.pk}"),
        scope=here.union.path,
        size=3,
        state="done_with_failures",
        reason=here.name("原因"),
        requested_by=here.officers["convener"],
        queued_at=NOON,
        started_at=NOON,
        finished_at=NOON,
    )
    JobChunk.objects.create(run=run, first=0, last=3, state="done", ended_at=NOON)
    JobFailure.objects.create(run=run, item=1, code="x", reason=here.name("失败"), at=NOON)
    roster = Roster.objects.create(
        union=here.union,
        file=here.rows["core.storedfile"],
        file_name=here.name("名册") + ".xlsx",
        sha256="1" * 64,
        state="checked",
        row_count=1,
        titles=["姓名"],
        fields={"name": 0},
        extra=[here.name("列")],
        check_run=run,
        made_by=here.officers["convener"],
        made_at=NOON,
    )
    RosterRow.objects.create(
        roster=roster,
        position=0,
        number=2,
        cells="{}",
        verdict="bad",
        problems=[{"code": "x", "text": here.name("问题")}],
    )
    here.keep(run, roster)

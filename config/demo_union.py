"""The demo: a federation of co-operatives in Shuangcheng with officers, members and applicants.

Villages and divisions are real, people and organisations invented. Everything goes through the
services that the pages use, so the demo holds what a real union would hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from cooperative.accounts.demo import PASSWORD, make_officer, make_phone_accounts
from cooperative.accounts.models import User
from cooperative.consent import demo as consent_demo
from cooperative.consent.reference import ensure_recipients
from cooperative.consent.reference import load_reference as load_consent_reference
from cooperative.consent.vocabulary import SCORING
from cooperative.farming import demo as farming_demo
from cooperative.membership.demo import (
    Applicant,
    admit_applicants,
    import_sample,
    let_members_sign_in,
)
from cooperative.membership.models import Division, Membership, Post, Union
from cooperative.membership.parameters import REFERENCE
from cooperative.membership.services import officers, organisation
from cooperative.membership.services.telling import addressee_of
from cooperative.notices import demo as notices_demo
from core.dates import business_date
from core.parameters import load_reference_values
from credit.lending import demo as lending_demo
from credit.lending.reference import load_reference as load_lending_reference
from credit.scoring import demo as scoring_demo
from credit.scoring.reference import load_reference as load_scoring_reference

SEED = 20260520


@dataclass(frozen=True)
class DemoOfficer:
    """An officer of the demo: sign-in name, name, role, union code, authenticator secret (base32)."""

    username: str
    name: str
    role: str
    union: str
    secret: str


OFFICERS = [
    DemoOfficer("guanli", "周明远", "administrator", "23", "JBSWY3DPEHPK3PXA"),
    DemoOfficer("guanli2", "吴淑清", "administrator", "23", "JBSWY3DPEHPK3PXB"),
    DemoOfficer("jingban", "韩立春", "convener", "230113104", "JBSWY3DPEHPK3PXC"),
    DemoOfficer("fuhe", "董玉梅", "reviewer", "230113104", "JBSWY3DPEHPK3PXD"),
    DemoOfficer("jiandu", "高文正", "auditor", "230113", "JBSWY3DPEHPK3PXE"),
    DemoOfficer("dancheng", "关海涛", "convener", "230113105", "JBSWY3DPEHPK3PXF"),
    DemoOfficer("dancheng2", "佟丽华", "reviewer", "230113105", "JBSWY3DPEHPK3PXG"),
]

# code, parent, level, division, name
UNIONS = [
    ("23", "", "province", "23", "黑龙江省农民合作工会（示范）"),
    ("2301", "23", "city", "2301", "哈尔滨市农民合作工会（示范）"),
    ("230113", "2301", "district", "230113", "双城区农机合作社联合社工会（示范）"),
    ("230113104", "230113", "township", "230113104", "韩甸镇联合工会"),
    ("230113105", "230113", "township", "230113105", "单城镇联合工会"),
    ("230113216", "230113", "township", "230113216", "希勤满族乡联合工会"),
    ("HD01", "230113104", "grassroots", "230113104", "韩甸镇农机合作社工会"),
    ("HD02", "230113104", "grassroots", "230113104", "韩甸镇甜玉米合作社工会"),
    ("DC01", "230113105", "grassroots", "230113105", "单城镇蔬菜合作社工会"),
    ("XQ01", "230113216", "grassroots", "230113216", "希勤满族乡水稻合作社工会"),
]


def load(*, at: datetime, say: Callable[[str], object]) -> None:
    """Load everything that is not there yet.

    ``say`` gets a line for each step. Events of the past days are dated before ``at``.
    """
    if Union.objects.filter(code="HD01").exists():
        say("demo union is there already")
        return
    today = business_date(at)
    rng = Random(SEED)  # noqa: S311 - invented people, not secrets
    say(f"{organisation.load_divisions()} divisions")
    staff = {
        row.username: make_officer(username=row.username, name=row.name, secret=row.secret, at=at)
        for row in OFFICERS
    }
    first, second = staff["guanli"], staff["guanli2"]
    unions = _found_unions(first, second, at - timedelta(days=400))
    load_reference_values(REFERENCE, by=first, checked_by=second, at=at)
    load_consent_reference(by=first, checked_by=second, at=at - timedelta(days=450))
    load_lending_reference(by=first, checked_by=second, at=at - timedelta(days=450))
    load_scoring_reference(by=first, checked_by=second, at=at - timedelta(days=450))
    lending_demo.load_rates(by=first, checked_by=second, at=at)
    _appoint(staff, unions, at - timedelta(days=399))
    people = import_sample(
        union=unions["HD01"],
        elsewhere=unions["DC01"],
        convener=staff["jingban"],
        reviewer=staff["fuhe"],
        other_convener=staff["dancheng"],
        other_reviewer=staff["dancheng2"],
        administrator=first,
        at=at,
        rng=rng,
    )
    say(f"{people} members")
    ensure_recipients(at=at)  # the federation is registered by now
    members = let_members_sign_in(union=unions["HD01"], accounts=make_phone_accounts, at=at)
    say(f"{members} members with an account")
    applicants = admit_applicants(
        _applicants(unions, at), convener=staff["jingban"], reviewer=staff["fuhe"], at=at
    )
    say(f"{applicants} applicants")
    say(f"{farming_demo.load(today=today, rng=rng)} production facts")
    people = [(addressee_of(row.member), row.union.path) for row in _with_account()]
    say(f"{notices_demo.load(at=at, people=people)} members told of the week")
    consent_demo.load(today=today, rng=rng)
    say("consents, disclosures and requests")
    lending_demo.decide_basic_limit(union=unions["HD01"], by=first, checked_by=second, at=at)
    people = lending_demo.gather_people(union=unions["HD01"], accounts=make_phone_accounts, at=at)
    papers = consent_demo.paper_consents(
        unions["HD01"],
        SCORING,
        by=staff["jingban"],
        checked_by=staff["fuhe"],
        at=at - timedelta(days=60),
    )
    say(f"{papers} consents on paper")
    scoring_demo.load_scores(union=unions["HD01"], at=at - timedelta(days=32))
    loans = lending_demo.load(
        people=people, convener=staff["jingban"], reviewer=staff["fuhe"], at=at
    )
    say(f"{loans} mutual loans")
    reviews = scoring_demo.load_panels(union=unions["HD01"], convener=staff["jingban"], at=at)
    say(f"{reviews} panel reviews")
    notices_demo.send_past(at=at)
    say(f"{scoring_demo.load_scores(union=unions['HD01'], at=at)} credit scores")


def logins() -> list[str]:
    """One line for each kind of user: who, and how to sign in."""
    roles = dict(Post.Role.choices)
    lines = [
        "社员 member            手机号 13900000001，验证码在 /demo/inbox/",
        "出借人 lender         手机号 13900000011，验证码在 /demo/inbox/",
        "想入会 newcomer        任意手机号，例如 13900000099，验证码在 /demo/inbox/",
    ]
    for row in OFFICERS:
        place = next(union[4] for union in UNIONS if union[0] == row.union)
        lines.append(f"{roles[row.role]} {row.role:<14} {row.username}  （{place}）")
    lines.append(f"干部密码 officers' password  {PASSWORD}，动态码在 /demo/inbox/")
    return lines


def _with_account() -> Iterable[Membership]:
    rows = Membership.objects.filter(state="admitted", member__user__isnull=False)
    return rows.select_related("member__user", "union").order_by("pk")


def _found_unions(first: User, second: User, at: datetime) -> dict[str, Union]:
    places = Division.objects.in_bulk([row[3] for row in UNIONS])
    unions: dict[str, Union] = {}
    for code, parent, level, division, name in UNIONS:
        unions[code] = organisation.found_union(
            code=code,
            name=name,
            level=level,
            division=places[division],
            parent=unions.get(parent),
            by=first if parent else None,
            at=at,
            approval_number=f"示工发〔2025〕{len(unions)}号" if parent else "",
            approved_on=date(2025, 3, 1) if parent else None,
            office_phone="0451-00000000",
        )
        if not parent:
            officers.appoint_first_administrators(
                root=unions[code], first=first, second=second, at=at
            )
    return unions


def _appoint(staff: dict[str, User], unions: dict[str, Union], at: datetime) -> None:
    for row in OFFICERS:
        if row.role == "administrator":
            continue
        post = officers.appoint(
            user=staff[row.username],
            union=unions[row.union],
            role=row.role,
            starts_on=business_date(at),
            by=staff["guanli"],
            at=at,
        )
        officers.confirm_post(post_id=post.pk, by=staff["guanli2"], at=at)


def _applicants(unions: dict[str, Union], at: datetime) -> list[Applicant]:
    hd, dc = unions["HD01"], unions["DC01"]
    return [
        Applicant("13900000003", "赵庆丰", hd, "applied", at - timedelta(days=2)),
        Applicant("13900000004", "孙桂兰", hd, "balloted", at - timedelta(days=6)),
        Applicant("13900000005", "那振国", hd, "admitted", at - timedelta(days=9)),
        Applicant("13900000006", "郑守业", hd, "rejected", at - timedelta(days=15)),
        Applicant("13900000007", "傅秀英", hd, "applied", at - timedelta(days=1)),
        Applicant("13900000008", "陈大江", dc, "applied", at - timedelta(days=1)),
    ]

"""Members of the demo: the sample roster imported as officers would, accounts, applicants."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from stdnum.cn import ric, uscc

from cooperative.accounts.models import User
from cooperative.membership.models import Cooperative, Member, Membership, Roster, Union
from cooperative.membership.roster import sample
from cooperative.membership.roster.services import confirm_roster, upload_roster
from cooperative.membership.rules.joining import BallotCount
from cooperative.membership.selectors.joining import cooperatives_of, villages_of
from cooperative.membership.services import admission, joining, organisation
from core.jobs import run_job_now
from core.models import JobRun

_SAMPLE = Path(__file__).resolve().parent / "data" / "sample_roster.xlsx"
_OTHER_SEED = 7
_OTHER_ROWS = 36
_PHONES = {"13900000001": "past", "13900000002": "waiting"}


@dataclass(frozen=True)
class Applicant:
    """Someone who applied at ``at`` and has come to ``state``."""

    phone: str
    name: str
    union: Union
    state: str
    at: datetime


def import_sample(
    *,
    union: Union,
    elsewhere: Union,
    convener: User,
    reviewer: User,
    other_convener: User,
    other_reviewer: User,
    administrator: User,
    at: datetime,
    rng: Random,
) -> int:
    """Import the shipped roster into ``union`` and a small one into ``elsewhere``.

    A second roster of ``union`` is left waiting for its reviewer. Returns how many members.
    """
    codes = _credit_codes(rng)
    names = sorted(sample.COOPERATIVES)
    federation = _register(
        union, "双城区新农联农机合作社联合社", "federation", codes, administrator, at
    )
    for name in names:
        _register(union, name, "cooperative", codes, administrator, at, federation)
    _register(elsewhere, "双城区单城绿园蔬菜专业合作社", "cooperative", codes, administrator, at)
    _import(union, _SAMPLE.name, _SAMPLE.read_bytes(), convener, reviewer, at)
    small = _small_roster(elsewhere)
    _import(elsewhere, "单城镇社员名册.csv", small, other_convener, other_reviewer, at)
    again = upload_roster(
        union=union,
        upload=SimpleUploadedFile("韩甸镇补报名册.csv", _csv(_late_lines())),
        by=convener,
        at=at,
    )
    _work_off(again.check_run)
    return Membership.objects.filter(state="admitted").count()


def let_members_sign_in(
    *,
    union: Union,
    accounts: Callable[..., list[User]],
    at: datetime,
) -> int:
    """Give two members of the roster an account: one past the waiting period, one within it."""
    rows = Membership.objects.filter(union=union, state="admitted", member__kind="person")
    today = at.date()
    wanted = {
        "past": rows.filter(waiting_ends_on__lte=today).order_by("waiting_ends_on", "pk").first(),
        "waiting": rows.filter(waiting_ends_on__gt=today).order_by("pk").first()
        or rows.order_by("-admitted_on", "-pk").first(),
    }
    made = 0
    for phone, which in _PHONES.items():
        row = wanted[which]
        if row is None:
            continue
        member = Member.objects.get(pk=row.member_id)
        user = accounts([(phone, member.name)], at=at)[0]
        member.user = user
        member.set_phone(phone)
        member.save(update_fields=["user", "phone", "phone_index"])
        made += 1
    return made


def admit_applicants(
    applicants: Iterable[Applicant], *, convener: User, reviewer: User, at: datetime
) -> int:
    """Let applicants apply, be balloted on and be admitted or not, each as far as its state says."""
    count = 0
    for number, person in enumerate(applicants):
        _apply(person, number, convener, reviewer)
        count += 1
    return count


def _apply(person: Applicant, number: int, convener: User, reviewer: User) -> None:
    user = User.objects.with_phone(person.phone) or User(name=person.name)
    user.set_phone(person.phone, verified_at=person.at)
    user.set_unusable_password()
    user.save()
    body = f"23011319{70 + number}0{1 + number % 9}1580{number}"
    answers = joining.Answers(
        union=person.union.code,
        kind="person",
        name=person.name,
        identity_number=body + ric.calc_check_digit(body + "0"),
        division=villages_of(person.union)[number].code,
        cooperative=cooperatives_of(person.union).filter(kind="cooperative")[0].credit_code,
        ground="cooperative_member",
    )
    row = joining.apply_to_join(user=user, answers=answers, at=person.at)
    if person.state == "applied":
        return
    day = person.at + timedelta(days=1)
    in_favour = 131 if person.state != "rejected" else 96
    ballot = admission.record_ballot(
        membership_id=row.pk,
        held_on=day.date(),
        count=BallotCount(220, 158, in_favour, 158 - in_favour - 6, 6),
        by=convener,
        at=day,
    )
    if person.state in ("admitted", "rejected"):
        admission.confirm_ballot(ballot_id=ballot.pk, by=reviewer, at=day + timedelta(days=1))


def _register(
    union: Union,
    name: str,
    kind: str,
    codes: list[str],
    administrator: User,
    at: datetime,
    federation: Cooperative | None = None,
) -> Cooperative:
    return organisation.register_cooperative(
        name=name,
        kind=kind,
        credit_code=codes.pop(),
        union=union,
        division=union.division,
        federation=federation,
        by=administrator,
        at=at,
    )


def _import(
    union: Union, name: str, content: bytes, convener: User, reviewer: User, at: datetime
) -> None:
    roster = upload_roster(
        union=union, upload=SimpleUploadedFile(name, content), by=convener, at=at
    )
    _work_off(roster.check_run)
    confirmed = confirm_roster(roster_id=roster.pk, by=reviewer, at=at)
    _work_off(Roster.objects.select_related("import_run").get(pk=confirmed.pk).import_run)


def _work_off(run: JobRun | None) -> None:
    assert run is not None
    run_job_now(run)


def _small_roster(union: Union) -> bytes:
    """A list without mistakes of another township, so that its officers see only theirs."""
    made = sample.make_sample(_OTHER_ROWS, seed=_OTHER_SEED, mistakes=False)
    villages = [place.short_name for place in villages_of(union)]
    cooperative = cooperatives_of(union)[0].name
    _make_others(made.lines, 800)
    for number, line in enumerate(made.lines):
        line[5] = villages[number % len(villages)]
        line[6] = cooperative
        line[8] = f"D-{number // 2:03d}"
    return _csv(made.lines)


def _late_lines() -> list[list[Any]]:
    lines = sample.make_sample(8, seed=_OTHER_SEED + 1, mistakes=False).lines
    _make_others(lines, 700)
    return lines


def _make_others(lines: list[list[Any]], first: int) -> None:
    """Other persons than in the shipped sample: another sequence, another phone."""
    for number, line in enumerate(lines):
        day = date(1960, 3, 1) + timedelta(days=397 * number)
        body = f"230113{day:%Y%m%d}{first + number:03d}"
        line[3] = body + ric.calc_check_digit(body + "0")
        line[4] = f"19900{first + number:06d}"


def _csv(lines: list[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(sample.TITLES)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _credit_codes(rng: Random) -> list[str]:
    """Unified social credit codes of invented co-operatives (department 9, type 3)."""
    bodies = [f"93230113{rng.randrange(10**8, 10**9)}" for _number in range(12)]
    return [body + uscc.calc_check_digit(body) for body in bodies]

"""Whom an officer might ask for a request, with reasons: explained, never ranked by gain or assigned.

Members of the borrower's union with spare money that is free. The order is: who has nothing to be
looked at twice, then who knows the borrower, then who lent least often, so that helping goes round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cooperative.membership.models import Member, Membership
from core.dates import add_months
from core.exact import ZERO
from core.formats import format_day, format_yuan_short
from credit.lending.limit_words import warning_of
from credit.lending.models import LoanRequest, NightMark, Pledge, Share, SpareMoney
from credit.lending.rules import policy
from credit.lending.rules.eligibility import Standing, obstacle_to_lend
from credit.lending.rules.policy import Exposure, Limits
from credit.lending.selectors.limits import counted_since, exposures_of, limits_of
from credit.lending.selectors.parties import standings_of
from credit.lending.selectors.requests import missing_of
from credit.lending.selectors.spare import free_amounts


class Reason(StrEnum):
    """Why somebody is suggested, or looked at twice."""

    FREE = "free"
    DATES_FIT = "dates_fit"
    SAME_VILLAGE = "same_village"
    SAME_COOPERATIVE = "same_cooperative"
    PAID_BACK_BEFORE = "paid_back_before"
    KIN = "kin"
    DATES_SHORT = "dates_short"
    NOT_YET = "not_yet"
    LATE_BEFORE = "late_before"
    DECLINED = "declined"
    LIMIT = "limit"


@dataclass(frozen=True)
class Ground:
    """A reason with its numbers, and as it is read."""

    code: Reason
    text: str
    value: str = ""

    def as_json(self) -> dict[str, str]:
        """The code and the number, as a pledge keeps them."""
        return {"code": self.code.value, "value": self.value}


@dataclass(frozen=True)
class Candidate:
    """A member who could be asked. ``most``: what they may lend of what is missing."""

    membership: Membership
    spare: SpareMoney
    free_amount: Decimal
    most: Decimal
    loans: int
    reasons: list[Ground] = field(default_factory=list)
    warnings: list[Ground] = field(default_factory=list)


def candidates_for(request: LoanRequest, day: date) -> list[Candidate]:
    """Everybody who could be asked for a request today; a fixed number of queries.

    Left out: the borrower, who is invited already, who may not lend (I9, arrears), whose money is
    all promised, and whose limits are reached.
    """
    asked = Pledge.objects.filter(request=request).exclude(state=Pledge.State.DECLINED)
    spares = (
        SpareMoney.objects.filter(
            membership__union=request.membership.union_id, ended_at__isnull=True
        )
        .exclude(membership__member=request.membership.member_id)
        .exclude(membership__in=asked.values("membership"))
        .select_related("membership__member__division", "membership__cooperative")
        .order_by("pk")
    )
    return _weighed(request, list(spares), day)


def reasons_for(
    request: LoanRequest, memberships: Iterable[Membership], day: date
) -> dict[int, list[dict[str, str]]]:
    """What speaks for and against each of these, by membership, as a pledge keeps it."""
    spares = (
        SpareMoney.objects.filter(
            membership__in=[row.pk for row in memberships], ended_at__isnull=True
        )
        .select_related("membership__member__division", "membership__cooperative")
        .order_by("pk")
    )
    return {
        row.membership.pk: [ground.as_json() for ground in (*row.reasons, *row.warnings)]
        for row in _weighed(request, list(spares), day)
    }


def _weighed(request: LoanRequest, spares: list[SpareMoney], day: date) -> list[Candidate]:
    limits = limits_of(request.membership.union.path, day)
    members = [row.membership.member_id for row in spares]
    exposures = exposures_of(members, since=counted_since(limits, day), on=day)
    standings = standings_of([row.membership for row in spares], day)
    free = free_amounts(spares)
    missing = missing_of(request)
    between = _between(request.membership.member, members)
    declined = set(
        Pledge.objects.filter(request=request, state=Pledge.State.DECLINED)
        .order_by("pk")
        .values_list("membership", flat=True)
    )
    found = []
    for spare in spares:
        candidate = _candidate(
            request,
            spare,
            limits=limits,
            exposure=exposures[spare.membership.member_id],
            standing=standings[spare.membership_id],
            free=free[spare.pk],
            missing=missing,
            dealings=between.get(spare.membership.member_id, (0, 0)),
            has_declined=spare.membership_id in declined,
            day=day,
        )
        if candidate is not None:
            found.append(candidate)
    return sorted(found, key=_order)


def _order(row: Candidate) -> tuple[int, int, int, int]:
    """Few doubts first, then acquaintance, then who lent least often; never by what one earns."""
    knows = {Reason.SAME_VILLAGE, Reason.SAME_COOPERATIVE, Reason.PAID_BACK_BEFORE}
    near = sum(ground.code in knows for ground in row.reasons)
    return (len(row.warnings), -near, row.loans, row.membership.pk)


def _candidate(
    request: LoanRequest,
    spare: SpareMoney,
    *,
    limits: Limits,
    exposure: Exposure,
    standing: Standing,
    free: Decimal,
    missing: Decimal,
    dealings: tuple[int, int],
    has_declined: bool,
    day: date,
) -> Candidate | None:
    most = min(free, policy.room_of_lender(limits, exposure), missing)
    if obstacle_to_lend(standing, day) is not None or most <= ZERO:
        return None
    warnings = [*_doubts(request, spare, dealings, has_declined)]
    warnings += [
        Ground(Reason.LIMIT, warning_of(finding), finding.measure.value)
        for finding in policy.check_lender(limits, exposure, most)
    ]
    return Candidate(
        membership=spare.membership,
        spare=spare,
        free_amount=free,
        most=most,
        loans=exposure.loans,
        reasons=_reasons(request, spare, free, dealings),
        warnings=warnings,
    )


def _reasons(
    request: LoanRequest, spare: SpareMoney, free: Decimal, dealings: tuple[int, int]
) -> list[Ground]:
    borrower, lender = request.membership, spare.membership
    found = [
        Ground(
            Reason.FREE,
            _("余钱还能借 %(free)s 元") % {"free": format_yuan_short(free)},
            str(free),
        )
    ]
    if not _dates_short(request, spare) and spare.available_from <= request.wanted_on:
        found.append(Ground(Reason.DATES_FIT, _("钱用得上的日子对得上")))
    village = borrower.member.division_id
    if village is not None and village == lender.member.division_id:
        found.append(Ground(Reason.SAME_VILLAGE, _("同村")))
    shop = borrower.cooperative_id
    if shop is not None and shop == lender.cooperative_id:
        found.append(Ground(Reason.SAME_COOPERATIVE, _("同一个合作社")))
    settled, late = dealings
    if settled and not late:
        found.append(
            Ground(
                Reason.PAID_BACK_BEFORE,
                _("以前借过 %(times)s 次，都按时还清") % {"times": settled},
                str(settled),
            )
        )
    return found


def _doubts(
    request: LoanRequest, spare: SpareMoney, dealings: tuple[int, int], has_declined: bool
) -> list[Ground]:
    borrower, lender = request.membership.member, spare.membership.member
    found = []
    if borrower.household_id is not None and borrower.household_id == lender.household_id:
        found.append(Ground(Reason.KIN, _("和借款人是一家")))
    if spare.available_from > request.wanted_on:
        day = format_day(spare.available_from)
        found.append(
            Ground(
                Reason.NOT_YET,
                _("%(day)s起才能用") % {"day": day},
                spare.available_from.isoformat(),
            )
        )
    if _dates_short(request, spare) and spare.available_until is not None:
        day = format_day(spare.available_until)
        found.append(
            Ground(
                Reason.DATES_SHORT,
                _("%(day)s前要收回，借款还没到期") % {"day": day},
                spare.available_until.isoformat(),
            )
        )
    if dealings[1]:
        found.append(Ground(Reason.LATE_BEFORE, _("以前借给他有过逾期"), str(dealings[1])))
    if has_declined:
        found.append(Ground(Reason.DECLINED, _("这次已经说过不借")))
    return found


def _dates_short(request: LoanRequest, spare: SpareMoney) -> bool:
    """Whether the lender wants the money back before the loan ends."""
    ends_on = add_months(request.wanted_on, request.term_months)
    return spare.available_until is not None and spare.available_until < ends_on


def _between(borrower: Member, lenders: Iterable[int]) -> dict[int, tuple[int, int]]:
    """How many loans these lenders had back from the borrower, and how many went late or were
    written off; one query. Late is what the night marked as overdue."""
    was_late = NightMark.objects.filter(share=OuterRef("pk"), kind=NightMark.Kind.OVERDUE)
    late = Q(Exists(was_late)) | Q(state=Share.State.WRITTEN_OFF)
    rows = (
        Share.objects.filter(loan__membership__member=borrower, membership__member__in=lenders)
        .values("membership__member")
        .annotate(
            settled=Count("pk", filter=Q(state=Share.State.SETTLED)),
            late=Count("pk", filter=late),
        )
        .values_list("membership__member", "settled", "late")
        .order_by("membership__member")
    )
    return {lender: (settled, troubled) for lender, settled, troubled in rows}

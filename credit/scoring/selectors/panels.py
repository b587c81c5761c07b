"""Questions about panels: who may rate whom, how far it is, what is due, what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cooperative.consent.models import Consent
from cooperative.consent.vocabulary import SCORING
from cooperative.membership.models import Member, Membership, Union
from cooperative.membership.models.organisations import UnionQuerySet
from core.dates import add_months, business_date
from credit.scoring.conflicts import Conflict, Pair, conflicts_between
from credit.scoring.models import PanelRating, PanelReview, PanelSeat, PanelSubject
from credit.scoring.rules.panel import suggest

_BUSY_MONTHS = 12


@dataclass(frozen=True)
class Line:
    """One person on a rater's sheet, with what the rater said so far."""

    subject: PanelSubject
    rating: PanelRating | None


@dataclass(frozen=True)
class Progress:
    """How far a rater is: ``answered`` of ``asked`` people; never what was said."""

    seat: PanelSeat
    asked: int
    answered: int


@dataclass(frozen=True)
class Candidate:
    """A member who could rate: ``able`` are the subjects they may rate, ``ties`` why not the others."""

    membership: Membership
    able: tuple[int, ...]
    ties: tuple[Conflict, ...]
    recent: int
    same_village: int


def agreed_among(members: Collection[int], at: datetime) -> set[int]:
    """Those of the members who agree to being scored at a moment."""
    rows = Consent.objects.live(at).filter(purpose=SCORING, member__in=members)
    return set(rows.values_list("member", flat=True))


def under_review(members: Collection[int]) -> set[int]:
    """Those of the members whom a panel assesses that has not ended."""
    rows = PanelSubject.objects.filter(
        member__in=members, panel__state__in=[PanelReview.State.CALLED, PanelReview.State.OPEN]
    )
    return set(rows.values_list("member", flat=True))


def ties_of(panel: PanelReview) -> dict[Pair, Conflict]:
    """The excluded pairs (rater, subject) of a panel as things are now."""
    raters = panel.seats.values_list("member", flat=True)
    subjects = panel.subjects.values_list("member", flat=True)
    return conflicts_between(set(raters), set(subjects))


def sheet_of(seat: PanelSeat, at: datetime) -> list[Line]:
    """Whom a rater is asked about: no kin, no dealings, nobody who has ended their consent."""
    rows = PanelSubject.objects.filter(panel=seat.panel_id).select_related("member__division")
    subjects = {row.member_id: row for row in rows.order_by("pk")}
    tied = {pair[1] for pair in conflicts_between({seat.member_id}, set(subjects))}
    agreed = agreed_among(subjects, at)
    given = {row.subject_id: row for row in PanelRating.objects.filter(seat=seat)}
    return [
        Line(row, given.get(row.pk))
        for member, row in subjects.items()
        if member in agreed and member not in tied
    ]


def progress_of(panel: PanelReview, at: datetime) -> list[Progress]:
    """Each rater's progress in the order of seats; a fixed number of queries."""
    subjects = dict(panel.subjects.values_list("member", "pk"))
    agreed, ties = agreed_among(subjects, at), ties_of(panel)
    answers: dict[int, set[int]] = {}
    for place, subject in PanelRating.objects.filter(seat__panel=panel).values_list(
        "seat", "subject"
    ):
        answers.setdefault(place, set()).add(subject)
    found = []
    for seat in panel.seats.select_related("member__division").order_by("pk"):
        asked = {
            subject
            for member, subject in subjects.items()
            if member in agreed and (seat.member_id, member) not in ties
        }
        found.append(Progress(seat, len(asked), len(asked & answers.get(seat.pk, set()))))
    return found


def is_due(panel: PanelReview, today: date) -> bool:
    """Whether an open panel may be closed: its last day has passed, or all have answered."""
    if panel.state != PanelReview.State.OPEN:
        return False
    return panel.closes_on < today or not panel.seats.filter(finished_at__isnull=True).exists()


def due_panels(today: date) -> QuerySet[PanelReview]:
    """The open panels that may be closed."""
    unfinished = PanelSeat.objects.filter(panel=OuterRef("pk"), finished_at__isnull=True)
    rows = PanelReview.objects.filter(state=PanelReview.State.OPEN)
    return rows.filter(Q(closes_on__lt=today) | ~Exists(unfinished))


def with_progress(rows: QuerySet[PanelReview]) -> QuerySet[PanelReview]:
    """Panels annotated with ``raters``, ``finished`` and ``people``."""
    done = Count("seats", filter=Q(seats__finished_at__isnull=False), distinct=True)
    return rows.annotate(
        raters=Count("seats", distinct=True),
        finished=done,
        people=Count("subjects", distinct=True),
    )


def seats_of(member: Member) -> QuerySet[PanelSeat]:
    """A member's places on panels that were opened, the newest first."""
    rows = PanelSeat.objects.filter(member=member, panel__opened_at__isnull=False)
    return rows.select_related("panel__union").order_by("-panel__opened_at", "-pk")


def open_seats_of(member: Member, today: date) -> QuerySet[PanelSeat]:
    """Where the member may still rate, the most urgent first."""
    rows = PanelSeat.objects.filter(
        member=member, panel__state=PanelReview.State.OPEN, panel__closes_on__gte=today
    )
    return rows.select_related("panel__union").order_by("panel__closes_on", "pk")


def results_of(member: Member) -> QuerySet[PanelSubject]:
    """What panels found about a member, the newest first."""
    rows = PanelSubject.objects.filter(member=member).exclude(
        outcome__in=[PanelSubject.Outcome.WAITING, PanelSubject.Outcome.ERASED]
    )
    return rows.select_related("panel__union").order_by("-decided_on", "-pk")


def assessable(unions: UnionQuerySet, at: datetime) -> list[Membership]:
    """Members of some unions whom a panel could assess now: admitted, agreed, in no other panel."""
    rows = list(_admitted(unions))
    members = [row.member_id for row in rows]
    agreed, busy = agreed_among(members, at), under_review(members)
    return [row for row in rows if row.member_id in agreed - busy]


def candidates_for(
    union: Union, subjects: Collection[int], at: datetime, *, but: int | None = None
) -> list[Candidate]:
    """Who could rate these members, best first, a fixed number of queries.

    First who may rate the most of them, then who lives in the village of most (they know whom they
    judge), then who sat on the fewest panels of the last year (the work goes round). ``but``: the
    account that calls the panel.
    """
    rows = [row for row in _admitted([union]) if row.member.user_id not in (None, but)]
    ties = conflicts_between({row.member_id for row in rows}, set(subjects))
    homes = Member.objects.filter(pk__in=subjects, division__isnull=False)
    villages: list[Any] = list(homes.values_list("division", flat=True))
    recent = _recent_seats([row.member_id for row in rows], at)
    found = [_candidate(row, subjects, ties, villages, recent) for row in rows]
    return sorted(
        found, key=lambda one: (-len(one.able), -one.same_village, one.recent, one.membership.pk)
    )


def suggested(
    candidates: Iterable[Candidate], subjects: Collection[int], least: int
) -> list[Candidate]:
    """Whom to ask of them, so that everybody has raters enough."""
    by_member = {one.membership.member_id: one for one in candidates}
    able = {member: one.able for member, one in by_member.items()}
    return [by_member[member] for member in suggest(list(by_member), able, subjects, least)]


def _candidate(
    row: Membership,
    subjects: Collection[int],
    ties: dict[Pair, Conflict],
    villages: list[Any],
    recent: dict[int, int],
) -> Candidate:
    member = row.member_id
    return Candidate(
        membership=row,
        able=tuple(subject for subject in subjects if (member, subject) not in ties),
        ties=tuple(ties[member, subject] for subject in subjects if (member, subject) in ties),
        recent=recent.get(member, 0),
        same_village=villages.count(row.member.division_id) if row.member.division_id else 0,
    )


def _recent_seats(members: Collection[int], at: datetime) -> dict[int, int]:
    since = add_months(business_date(at), -_BUSY_MONTHS)
    rows = PanelSeat.objects.filter(member__in=members, panel__called_at__date__gte=since)
    return dict(rows.values_list("member").annotate(seats=Count("pk")))


def _admitted(unions: Iterable[Union]) -> QuerySet[Membership]:
    rows = Membership.objects.filter(
        union__in=unions, state=Membership.State.ADMITTED, member__erased_at__isnull=True
    )
    return rows.select_related("union", "member__division").order_by("member__name", "pk")

"""What a member has to do with lending: spare money, invitations, requests, loans, shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from cooperative.membership.models import Member, Membership
from core.exact import ZERO
from credit.lending.models import (
    Extension,
    ExtensionConsent,
    Loan,
    LoanRequest,
    Mediation,
    Pledge,
    Share,
    Signature,
    SpareMoney,
)
from credit.lending.models.shares import OPEN_SHARE_STATES

ASKING = ("submitted", "returned", "proposed", "convening", "covered", "contracted")
ENDED_LOANS = ("settled", "written_off", "cancelled")
ENDED_SHARES = ("settled", "written_off", "lapsed")


def open_spare_money(membership: Membership) -> SpareMoney | None:
    """What a member has registered and not withdrawn."""
    return SpareMoney.objects.filter(membership=membership, ended_at__isnull=True).first()


def invitations_of(member: Member) -> QuerySet[Pledge]:
    """Invitations that a member can still answer, or answer otherwise; the oldest first."""
    return (
        Pledge.objects.filter(membership__member=member, state__in=["invited", "pledged"])
        .filter(request__state__in=["convening", "covered"])
        .select_related("request__membership__member")
        .order_by("invited_at", "pk")
    )


def requests_of(member: Member) -> QuerySet[LoanRequest]:
    """All requests of a member, those still open first, then the newest."""
    is_open = Q(state__in=ASKING)
    return (
        LoanRequest.objects.filter(membership__member=member)
        .annotate(is_open=is_open)
        .order_by("-is_open", "-submitted_at", "-pk")
    )


def open_request_of(membership: Membership) -> LoanRequest | None:
    """The request under way, if there is one."""
    rows = LoanRequest.objects.filter(membership=membership, state__in=ASKING)
    return rows.order_by("-submitted_at", "-pk").first()


def answers_to(request: LoanRequest) -> list[Pledge]:
    """Everybody invited to help with a request, in the order of invitation."""
    rows = Pledge.objects.filter(request=request).select_related("membership__member")
    return list(rows.order_by("invited_at", "pk"))


def loan_of_request(request: LoanRequest) -> Loan | None:
    """The contract that a request led to, the newest one."""
    return Loan.objects.filter(request=request).order_by("-drawn_at", "-pk").first()


def loans_of(member: Member) -> QuerySet[Loan]:
    """Loans that a member borrowed, those still open first, with what is outstanding."""
    return (
        Loan.objects.filter(membership__member=member)
        .annotate(
            is_ended=Q(state__in=ENDED_LOANS),
            outstanding=Sum("shares__principal_outstanding"),
        )
        .order_by("is_ended", F("drawn_at").desc(), "-pk")
    )


def lent_shares_of(member: Member) -> QuerySet[Share]:
    """Shares that a member lends, those still open first, with the borrower."""
    return (
        Share.objects.filter(membership__member=member)
        .select_related("loan__membership__member")
        .annotate(is_ended=Q(state__in=ENDED_SHARES) | Q(loan__state="cancelled"))
        .order_by("is_ended", F("loan__drawn_at").desc(), "-pk")
    )


def shares_of(loan: Loan) -> list[Share]:
    """A loan's shares in the order of the contract, with their lenders."""
    rows = Share.objects.filter(loan=loan).select_related("membership__member", "slip")
    return list(rows.order_by("pk"))


def signatures_of(loan: Loan) -> list[Signature]:
    """Who has signed, in order."""
    rows = Signature.objects.filter(loan=loan).select_related("membership__member")
    return list(rows.order_by("signed_at", "pk"))


def mediations_of(loan: Loan) -> list[Mediation]:
    """Talks about an overdue loan, the newest first."""
    return list(Mediation.objects.filter(loan=loan).order_by("-held_at", "-pk"))


def extension_of(loan: Loan) -> Extension | None:
    """The last prolongation that was asked for."""
    return Extension.objects.filter(loan=loan).order_by("-asked_at", "-pk").first()


def consents_to(extension: Extension) -> dict[int, ExtensionConsent]:
    """The lenders' answers by share."""
    rows = ExtensionConsent.objects.filter(extension=extension).order_by("pk")
    return {row.share_id: row for row in rows}


def years_of(member: Member, today: date) -> list[int]:
    """The years of which a statement has something to tell, the newest first; this one always."""
    first = (
        Loan.objects.filter(
            Q(membership__member=member) | Q(shares__membership__member=member),
            signed_at__isnull=False,
        )
        .order_by("signed_at")
        .values_list("signed_at", flat=True)
        .first()
    )
    return list(range(today.year, (first.year if first else today.year) - 1, -1))


@dataclass(frozen=True)
class Dealings:
    """What a lender may know of a borrower before lending: counts and sums, no names."""

    together: int
    together_settled: int
    settled: int
    lenders: int
    outstanding: Decimal
    is_overdue: bool


def dealings_between(lender: Member, borrower: Member) -> Dealings:
    """How a borrower stands, and what there was between the two; one query."""
    shares = Share.objects.filter(loan__membership__member=borrower)
    running = Q(state__in=OPEN_SHARE_STATES)
    mine = Q(membership__member=lender)
    found = shares.aggregate(
        together=Count("pk", filter=mine & Q(delivered_on__isnull=False)),
        together_settled=Count("pk", filter=mine & Q(state="settled")),
        settled=Count("loan", filter=Q(loan__state="settled"), distinct=True),
        lenders=Count("membership__member", filter=running, distinct=True),
        formed=Sum("principal_outstanding", filter=Q(state="formed")),
        agreed=Sum("amount", filter=running & ~Q(state="formed")),
        overdue=Count("pk", filter=Q(state="formed", overdue_since__isnull=False)),
    )
    return Dealings(
        together=found["together"],
        together_settled=found["together_settled"],
        settled=found["settled"],
        lenders=found["lenders"],
        outstanding=(found["formed"] or ZERO) + (found["agreed"] or ZERO),
        is_overdue=bool(found["overdue"]),
    )


def lent_out_of(member: Member) -> Decimal:
    """What a member has lent or agreed to lend and not got back; one query."""
    found = Share.objects.filter(membership__member=member).aggregate(
        formed=Sum("principal_outstanding", filter=Q(state="formed")),
        agreed=Sum("amount", filter=Q(state__in=["agreed", "sent", "disputed"])),
    )
    return (found["formed"] or ZERO) + (found["agreed"] or ZERO)


def share_of(loan: Loan, member: Member) -> Share | None:
    """The member's own share of a loan, if they lend."""
    return Share.objects.filter(loan=loan, membership__member=member).first()

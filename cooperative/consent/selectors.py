"""Questions about consents, disclosures and requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from cooperative.consent.models import (
    Consent,
    ConsentText,
    DataRequest,
    Disclosure,
    PaperConsent,
    Recipient,
)
from cooperative.consent.rules.purposes import purpose_of, purposes
from cooperative.membership.models import Cooperative, Member, Membership, Union
from cooperative.membership.rules.joining import MembershipState

_BELONGS = [MembershipState.ADMITTED, MembershipState.SUSPENDED]


@dataclass(frozen=True)
class Offer:
    """A consent that a member could give now."""

    text: ConsentText
    recipient: Recipient


def recipients_for(member: Member) -> QuerySet[Recipient]:
    """The unions a member belongs to, and the federations of their co-operatives."""
    mine = Membership.objects.filter(member=member, state__in=_BELONGS)
    coops = Cooperative.objects.filter(pk__in=mine.values("cooperative"))
    return Recipient.objects.filter(
        Q(kind="union", union__in=mine.values("union"))
        | Q(kind="federation", cooperative__in=coops.values("federation"))
        | Q(kind="federation", cooperative__in=coops.values("pk"))
    ).order_by("pk")


def recipients_of_union(union: Union, kind: str) -> QuerySet[Recipient]:
    """Who of a kind may receive what the members of a union agree to."""
    mine = Cooperative.objects.filter(
        pk__in=Membership.objects.filter(union=union, state__in=_BELONGS).values("cooperative")
    )
    return (
        Recipient.objects.filter(kind=kind)
        .filter(
            Q(kind="union", union=union)
            | Q(kind="federation", cooperative__in=mine.values("federation"))
            | Q(kind="federation", cooperative__in=mine.values("pk"))
        )
        .order_by("pk")
    )


def members_within(recipient: Recipient, members: Iterable[Member]) -> set[int]:
    """Keys of those members whose own union or federation the recipient is."""
    rows = Membership.objects.filter(member__in=members, state__in=_BELONGS)
    if recipient.kind == Recipient.Kind.UNION:
        rows = rows.filter(union=recipient.union_id)
    else:
        rows = rows.filter(
            Q(cooperative=recipient.cooperative_id)
            | Q(cooperative__federation=recipient.cooperative_id)
        )
    return set(rows.values_list("member_id", flat=True))


def members_of(union: Union) -> QuerySet[Member]:
    """Who belongs to a union now and whose data is still there."""
    mine = Membership.objects.filter(union=union, state__in=_BELONGS)
    return Member.objects.filter(pk__in=mine.values("member"), erased_at__isnull=True)


def without_consent(
    members: QuerySet[Member], text: ConsentText, recipients: QuerySet[Recipient], at: datetime
) -> QuerySet[Member]:
    """Those who have neither given the consent of this text nor signed a sheet that waits."""
    given = Consent.objects.live(at).filter(text=text, recipient__in=recipients)
    waiting = PaperConsent.objects.filter(
        state=PaperConsent.State.PROPOSED, purpose=text.purpose, recipient__in=recipients
    )
    return members.exclude(pk__in=given.values("member")).exclude(pk__in=waiting.values("member"))


def offers_for(member: Member, at: datetime) -> list[Offer]:
    """What a member could agree to and has not, in the order of the purposes.

    A live consent to an older version of a text is offered again (PIPL 14).
    """
    texts = {text.purpose: text for text in ConsentText.objects.current(at)}
    given = {
        (consent.purpose, consent.recipient_id): consent.text_id
        for consent in Consent.objects.live(at).filter(member=member).order_by("pk")
    }
    return [
        Offer(text, recipient)
        for recipient in recipients_for(member)
        for text in _in_order(texts)
        if purpose_of(text.purpose).recipient_kind == recipient.kind
        and given.get((text.purpose, recipient.pk)) != text.pk
    ]


def _in_order(texts: dict[str, ConsentText]) -> list[ConsentText]:
    return [texts[purpose.code] for purpose in purposes() if purpose.code in texts]


def current_text(purpose: str, at: datetime) -> ConsentText | None:
    """The text in force for a purpose."""
    return ConsentText.objects.current(at).filter(purpose=purpose).first()


def live_consents(member: Member, at: datetime) -> QuerySet[Consent]:
    """A member's consents in force, the newest first."""
    rows = Consent.objects.live(at).filter(member=member)
    return rows.select_related("recipient", "text").order_by("-given_at", "-pk")


def waiting_papers(member: Member) -> QuerySet[PaperConsent]:
    """What a member signed on paper and a second officer has yet to confirm."""
    rows = PaperConsent.objects.filter(member=member, state=PaperConsent.State.PROPOSED)
    return rows.select_related("recipient", "text", "union").order_by("-made_at", "-pk")


def past_consents(member: Member, at: datetime) -> QuerySet[Consent]:
    """A member's consents that have ended, the newest first."""
    rows = Consent.objects.past(at).filter(member=member)
    return rows.select_related("recipient", "text").order_by("-given_at", "-pk")


def consents_of(member: Member) -> QuerySet[Consent]:
    """All consents of a member, live and ended, with recipient and text."""
    rows = Consent.objects.filter(member=member).select_related("recipient", "text")
    return rows.select_related("paper__made_by", "paper__checked_by", "evidence")


def waiting_requests(member: Member) -> QuerySet[DataRequest]:
    """A member's requests that are not answered yet."""
    return DataRequest.objects.waiting().filter(member=member)


def looks_at(member: Member) -> QuerySet[Disclosure]:
    """Every look at a member's data, the newest first."""
    rows = Disclosure.objects.filter(member=member)
    return rows.select_related("by", "union", "recipient", "consent__text").order_by("-at", "-pk")


def requests_of(member: Member) -> QuerySet[DataRequest]:
    """A member's requests, the newest first."""
    return (
        DataRequest.objects.filter(member=member)
        .select_related("union", "answered_by", "checked_by")
        .order_by("-opened_at", "-pk")
    )


def marked_members(members: Iterable[Member]) -> set[int]:
    """Keys of the members whose record is marked: a correction or an objection is waiting.

    Source: Credit Reporting Regulation art. 25.
    """
    kinds = [DataRequest.Kind.CORRECTION, DataRequest.Kind.OBJECTION]
    rows = DataRequest.objects.waiting().filter(member__in=members, kind__in=kinds)
    return set(rows.values_list("member_id", flat=True))


def clocks_running_out(today: date, within_days: int = 5) -> list[DataRequest]:
    """Waiting requests that are due within so many days or overdue, the most urgent first."""
    latest = today + timedelta(days=within_days)
    rows = DataRequest.objects.waiting().filter(due_on__lte=latest)
    return list(rows.select_related("union").order_by("due_on", "pk"))

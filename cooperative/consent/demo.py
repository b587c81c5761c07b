"""Consents, looks and requests of the demo's members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from cooperative.consent import selectors, services, vocabulary
from cooperative.consent.evidence import accept_sheet
from cooperative.consent.models import (
    Channel,
    Consent,
    ConsentText,
    Disclosure,
    PaperConsent,
    Recipient,
)
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.services.consents import scope_of
from cooperative.membership.models import Member, Membership, Post, Union
from cooperative.membership.roles import CONVENER, REVIEWER
from core import audit
from core.dates import add_months, business_date, start_of_day
from core.models import AuditRow, StoredFile

_LOOKED_AT = 80
_REASONS = (
    ("member_page", ["identity", "membership"]),
    ("roster", ["name", "village"]),
    ("fact_check", ["land", "crop"]),
    ("reveal_phone", ["phone"]),
)


@dataclass(frozen=True)
class _Story:
    """A consent given so many days ago; withdrawn or looked at so many days ago, if at all."""

    purpose: str
    given: int
    withdrawn: int | None = None
    looks: tuple[int, ...] = ()


_STORIES = (
    (
        _Story(vocabulary.SCORING, 118, looks=(90, 60, 30, 3)),
        _Story(vocabulary.JOINT_PURCHASING, 203, withdrawn=71, looks=(160, 95)),
        _Story(vocabulary.AWARD_POSTING, 402, looks=(380,)),
    ),
    (_Story(vocabulary.JOINT_PURCHASING, 26, looks=(12,)),),
)


def load(*, today: date, rng: Random) -> int:
    """Give demo members with an account their consents, everybody looks, and open two requests.

    Returns how many looks were written; doing it twice adds nothing.
    """
    if Disclosure.objects.exists():
        return 0
    admitted = Membership.objects.filter(state="admitted").select_related("member__user", "union")
    rows = list(admitted.order_by("pk"))
    signed_up = [row for row in rows if row.member.user_id is not None]
    looks = [
        look
        for row, stories in zip(signed_up, _STORIES, strict=False)
        for story in stories
        for look in _tell(row.member, story, today)
    ]
    Disclosure.objects.bulk_create(looks)
    for row, stories in zip(signed_up, _STORIES, strict=False):
        _withdraw(row.member, stories, today)
    chosen = [*signed_up, *rng.sample(rows, min(len(rows), _LOOKED_AT))]
    officers = _officers(today)
    duties = [look for row in chosen for look in _duty_looks(row, officers, today, rng)]
    Disclosure.objects.bulk_create(duties)
    _requests(signed_up, today)
    return len(looks) + len(duties)


def paper_consents(
    union: Union,
    purpose: str,
    *,
    by: Any,
    checked_by: Any,
    evidence: StoredFile | None = None,
    at: datetime,
) -> int:
    """Consents on paper of all admitted members of a union who have no account; how many were new.

    The rows and the trail are those of ``record_papers`` and ``confirm_papers``, written in bulk;
    no message goes out. ``by`` and ``checked_by`` are the two officers. Without ``evidence`` the
    list is printed and kept as it is. Who has already given the consent is left out, so that
    doing it twice adds nothing.
    """
    text = selectors.current_text(purpose, at)
    recipients = selectors.recipients_of_union(union, purpose_of(purpose).recipient_kind)
    recipient = recipients.first()
    if text is None or recipient is None:
        return 0
    members = selectors.members_of(union).filter(
        user__isnull=True, memberships__union=union, memberships__state="admitted"
    )
    rows = list(selectors.without_consent(members, text, recipients, at).order_by("pk"))
    if not rows:
        return 0
    with transaction.atomic():
        sheet = evidence or _printed_list(purpose, union, recipient, by=by, at=at)
        consents = Consent.objects.bulk_create(
            _paper_consent(member, recipient, text, sheet, by, at) for member in rows
        )
        papers = PaperConsent.objects.bulk_create(
            _paper(consent, union, by, checked_by) for consent in consents
        )
        AuditRow.objects.bulk_create(
            row for paper in papers for row in _trail(paper, union, by, checked_by, at)
        )
    return len(papers)


def _printed_list(
    purpose: str, union: Union, recipient: Recipient, *, by: Any, at: datetime
) -> StoredFile:
    """The list to sign as it comes out of the printer: the demo has no photographs."""
    pdf = services.issue_sheet(
        purpose=purpose, union=union, recipient=recipient, for_many=True, by=by, at=at
    )
    upload = SimpleUploadedFile("授权名单.pdf", pdf)
    return accept_sheet(upload=upload, scope=union.path, by=by, at=at)


def _paper_consent(
    member: Member,
    recipient: Recipient,
    text: ConsentText,
    sheet: StoredFile,
    by: Any,
    at: datetime,
) -> Consent:
    return Consent(
        member=member,
        recipient=recipient,
        purpose=text.purpose,
        text=text,
        categories=text.categories,
        given_at=at,
        given_by=by,
        given_channel=Channel.PAPER,
        evidence=sheet,
        valid_until=start_of_day(add_months(business_date(at), text.valid_months)),
    )


def _paper(consent: Consent, union: Union, by: Any, checked_by: Any) -> PaperConsent:
    return PaperConsent(
        member=consent.member,
        union=union,
        recipient=consent.recipient,
        purpose=consent.purpose,
        text=consent.text,
        categories=consent.categories,
        signed_on=business_date(consent.given_at),
        evidence=consent.evidence,
        state=PaperConsent.State.CONFIRMED,
        consent=consent,
        made_by=by,
        made_at=consent.given_at,
        checked_by=checked_by,
        checked_at=consent.given_at,
    )


def _trail(
    paper: PaperConsent, union: Union, by: Any, checked_by: Any, at: datetime
) -> Iterable[AuditRow]:
    consent = paper.consent
    assert consent is not None
    facts = {
        "member": paper.member_id,
        "recipient": paper.recipient_id,
        "purpose": paper.purpose,
        "version": paper.text.version,
    }
    given = facts | {"categories": consent.categories, "paper": paper.pk}
    for action, subject, who, scope, known in (
        ("paper_consent.recorded", paper, by, union.path, {"signed_on": paper.signed_on}),
        ("consent.given", consent, checked_by, scope_of(paper.recipient), given),
        ("paper_consent.confirmed", paper, checked_by, union.path, {"consent": consent.pk}),
    ):
        yield AuditRow(
            action=action,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            scope=scope,
            facts=facts | known,
            by=who,
            at=at,
        )


def _moment(today: date, days: int, minutes: int = 10 * 60) -> datetime:
    return start_of_day(today - timedelta(days=days)) + timedelta(minutes=minutes)


def _tell(member: Member, story: _Story, today: date) -> Iterable[Disclosure]:
    text = ConsentText.objects.filter(purpose=story.purpose, version=1).first()
    kind = purpose_of(story.purpose).recipient_kind
    recipient = selectors.recipients_for(member).filter(kind=kind).first()
    if text is None or recipient is None:
        return []
    consent = _consent(member, recipient, text, _moment(today, story.given))
    return [
        Disclosure(
            member=member,
            basis=Disclosure.Basis.CONSENT,
            consent=consent,
            recipient=recipient,
            purpose=story.purpose,
            categories=sorted(text.categories),
            digest=services.disclosures.digest_of({"day": days}),
            at=_moment(today, days, 2 * 60 + 15),
        )
        for days in story.looks
    ]


def _consent(member: Member, recipient: Recipient, text: ConsentText, at: datetime) -> Consent:
    consent = Consent.objects.create(
        member=member,
        recipient=recipient,
        purpose=text.purpose,
        text=text,
        categories=text.categories,
        given_at=at,
        given_by=member.user,
        given_address="10.8.0.21",
        valid_until=start_of_day(add_months(business_date(at), text.valid_months)),
    )
    scope = recipient.union.path if recipient.union else ""
    audit.record("consent.given", consent, by=member.user, at=at, scope=scope, purpose=text.purpose)
    return consent


def _withdraw(member: Member, stories: Iterable[_Story], today: date) -> None:
    for story in stories:
        if story.withdrawn is None:
            continue
        consent = Consent.objects.get(member=member, purpose=story.purpose)
        services.withdraw_consent(
            consent_id=consent.pk,
            member=member,
            by=member.user,
            at=_moment(today, story.withdrawn, 19 * 60 + 42),
            channel=Channel.PAGE,
        )


def _duty_looks(
    row: Membership, posts: Iterable[Post], today: date, rng: Random
) -> list[Disclosure]:
    """One to three looks by the officers of the member's own union, in office hours."""
    officers = [post for post in posts if row.union.path.startswith(post.union.path)]
    if not officers:
        return []
    looks = []
    for _look in range(rng.randint(1, 3)):
        purpose, categories = rng.choice(_REASONS)
        post = rng.choice(officers)
        looks.append(
            Disclosure(
                member=row.member,
                basis=Disclosure.Basis.DUTY,
                union=post.union,
                role=post.role,
                purpose=purpose,
                categories=sorted(categories),
                by=post.user,
                at=_moment(today, rng.randint(1, 150), 8 * 60 + rng.randint(5, 530)),
                address="10.8.0.5",
            )
        )
    return looks


def _officers(today: date) -> list[Post]:
    posts = Post.objects.in_force(today).filter(role__in=[CONVENER, REVIEWER])
    return list(posts.select_related("user", "union").order_by("pk"))


def _requests(signed_up: list[Membership], today: date) -> None:
    """One that waits for its answer with four days left, one that waits for the second officer."""
    if not signed_up:
        return
    first, last = signed_up[0], signed_up[-1]
    services.open_request(
        member=first.member,
        kind="correction",
        section="membership",
        details="入社日期记错了，我是三月十二日交的社费，收据还在。",
        by=first.member.user,
        at=_moment(today, 16),
    )
    moved = services.open_request(
        member=last.member,
        kind="correction",
        section="identity",
        details="我住的村写错了，请按户口本改过来。",
        by=last.member.user,
        at=_moment(today, 9),
    )
    conveners = [
        post
        for post in _officers(today)
        if post.role == CONVENER and last.union.path.startswith(post.union.path)
    ]
    if conveners:
        services.answer_request(
            request_id=moved.pk,
            outcome="granted",
            answer="已按户口本改好，您可以在“存了我的什么”里核对。",
            by=conveners[0].user,
            at=_moment(today, 2),
        )

"""Writing down what happened to a share, and what follows from it. Nothing else changes the amounts.

The caller holds the share's lock. An event is appended, the whole history replayed, and the row,
its instalments, the parts of its payments and the parties' books brought to what the replay says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from core.dates import business_date
from core.exact import ZERO
from credit.lending.models import Instalment, LoanEvent, Repayment, Share
from credit.lending.rules.books import Standing
from credit.lending.rules.overdue import Bucket
from credit.lending.rules.projection import Projection, share_terms, terms_to_json
from credit.lending.rules.terms import Terms
from credit.lending.selectors.replaying import (
    DELIVERED_STATES,
    as_of,
    events_of,
    histories_of,
    history_of,
)

BUCKETS = {
    Bucket.CURRENT: Share.Bucket.CURRENT,
    Bucket.UP_TO_30: Share.Bucket.DAYS_1_30,
    Bucket.UP_TO_60: Share.Bucket.DAYS_31_60,
    Bucket.UP_TO_90: Share.Bucket.DAYS_61_90,
    Bucket.OVER_90: Share.Bucket.OVER_90,
}
STANDING = tuple(Standing.__dataclass_fields__)
PARTS = ("costs", "overdue_interest", "interest", "principal", "unallocated")
LINE = (
    "from_on",
    "due_on",
    "principal",
    "interest",
    "principal_paid",
    "interest_paid",
    "settled_on",
)


def record_event(
    *,
    share: Share,
    kind: str,
    on: date,
    by: Any,
    at: datetime,
    amount: Decimal = ZERO,
    repayment: Repayment | None = None,
    facts: Mapping[str, Any] | None = None,
) -> LoanEvent:
    """Append the next event of a share whose lock the caller holds. Project it afterwards.

    Facts by kind: ``delivered`` has ``terms`` (use ``record_delivery``), ``extended`` has ``due``
    (new ISO day by number of instalment) and ``ends_on``, ``cost_added`` and ``cost_removed`` have
    ``cost``, the others need none.
    """
    return LoanEvent.objects.create(
        share=share,
        sequence=_next_sequence(share),
        kind=kind,
        on=on,
        amount=amount,
        repayment=repayment,
        facts=dict(facts or {}),
        by=by,
        at=at,
    )


def _next_sequence(share: Share) -> int:
    last: int = share.events.aggregate(last=Max("sequence"))["last"] or 0
    return last + 1


def record_delivery(*, share: Share, cap_rate: Decimal, by: Any, at: datetime) -> LoanEvent:
    """Append the delivery: from now on the share follows its own terms, frozen in this event.

    ``share.delivered_on`` and ``annual_rate`` are set; ``cap_rate`` is the legal ceiling of that
    day, a fraction a year. Its schedule is the contract's, with its own amount, day and rate.
    """
    loan = share.loan
    assert share.delivered_on is not None
    assert share.annual_rate is not None
    amounts = dict(loan.shares.order_by("pk").values_list("pk", "amount"))
    terms = share_terms(
        Terms.from_json(loan.terms),
        amounts=list(amounts.values()),
        position=list(amounts).index(share.pk),
        delivered_on=share.delivered_on,
        annual_rate=share.annual_rate,
        overdue_rate=loan.overdue_rate,
        cap_rate=cap_rate,
    )
    return record_event(
        share=share,
        kind=LoanEvent.Kind.DELIVERED,
        on=share.delivered_on,
        amount=share.amount,
        facts={"terms": terms_to_json(terms)},
        by=by,
        at=at,
    )


def project_share(share: Share, *, at: datetime) -> Projection:
    """Bring a delivered share, its instalments and the parts of its payments to what its events say.

    The caller holds the share's lock and posts to the ledger; state follows as well, its dates
    (``formed_at``, ``settled_on``) with it.
    """
    events = events_of(share)
    history = history_of(events)
    day = max(filter(None, (business_date(at), history.recorded_on, share.closed_on)))
    projection = history.projected(day)
    for name, value in _columns(projection, len(events)).items():
        setattr(share, name, value)
    share.save()
    _write_lines(share, projection)
    _write_parts(share, projection)
    return projection


def standing_of(share: Share) -> Standing:
    """What the row says is owed, was paid and was given up."""
    return Standing(**{name: getattr(share, name) for name in STANDING})


def _columns(projection: Projection, events: int) -> dict[str, Any]:
    standing = projection.standing
    return {
        **{name: getattr(standing, name) for name in STANDING},
        "state": projection.where.value,
        "next_due_on": projection.next_due_on,
        "overdue_since": projection.overdue_since,
        "bucket": BUCKETS[projection.bucket].value,
        "settled_on": projection.settled_on,
        "events_count": events,
    }


def _write_lines(share: Share, projection: Projection) -> None:
    stored = {row.number: row for row in share.instalments.order_by("number")}
    new: list[Instalment] = []
    changed: list[Instalment] = []
    for line in projection.lines:
        row = stored.get(line.number) or Instalment(share=share, number=line.number)
        values = {name: getattr(line, name) for name in LINE}
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            (new if row.pk is None else changed).append(row)
    Instalment.objects.bulk_create(new)
    if changed:
        Instalment.objects.bulk_update(changed, LINE)


def _write_parts(share: Share, projection: Projection) -> None:
    changed = []
    for row in _counted(share):
        parts = projection.parts.get(str(row.pk))
        values = {name: getattr(parts, name, ZERO) for name in PARTS}
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    if changed:
        Repayment.objects.bulk_update(changed, PARTS)


def _counted(share: Share) -> Any:
    """Payments that are, or were, part of the history."""
    return share.repayments.filter(state__in=["confirmed", "reversed"]).order_by("pk")


@dataclass(frozen=True)
class Difference:
    """A stored value that the events do not give."""

    share_id: int
    what: str
    stored: Any
    replayed: Any


def stored_equals_replay(share: Share) -> list[Difference]:
    """Where the stored share differs from its events replayed (I6); empty when all is well."""
    return list(differences_of([share]))


def differences_of(shares: Iterable[Share]) -> Iterator[Difference]:
    """The same for many shares in a fixed number of queries; those not delivered are passed over."""
    shares = [share for share in shares if share.state in DELIVERED_STATES]
    histories = histories_of(shares)
    lines: dict[int, list[Instalment]] = {}
    for row in Instalment.objects.filter(share__in=histories).order_by("share_id", "number"):
        lines.setdefault(row.share_id, []).append(row)
    payments: dict[int, list[Repayment]] = {}
    counted = Repayment.objects.filter(share__in=histories, state__in=["confirmed", "reversed"])
    for payment in counted.order_by("share_id", "pk"):
        payments.setdefault(payment.share_id, []).append(payment)
    for share in shares:
        history = histories.get(share.pk)
        if history is None:
            yield Difference(share.pk, "events", 0, "a delivery")
            continue
        projection = history.projected(as_of(share, history))
        yield from _compare(
            share, projection, lines.get(share.pk, []), payments.get(share.pk, []), history.count
        )


def _compare(
    share: Share,
    projection: Projection,
    lines: list[Instalment],
    payments: list[Repayment],
    events: int,
) -> Iterator[Difference]:
    for name, value in _columns(projection, events).items():
        if getattr(share, name) != value:
            yield Difference(share.pk, name, getattr(share, name), value)
    stored = {row.number: tuple(getattr(row, name) for name in LINE) for row in lines}
    replayed = {
        line.number: tuple(getattr(line, name) for name in LINE) for line in projection.lines
    }
    for number in sorted(stored.keys() | replayed.keys()):
        if stored.get(number) != replayed.get(number):
            yield Difference(
                share.pk, f"instalment {number}", stored.get(number), replayed.get(number)
            )
    for payment in payments:
        parts = projection.parts.get(str(payment.pk))
        for name in PARTS:
            if getattr(payment, name) != getattr(parts, name, ZERO):
                yield Difference(
                    share.pk,
                    f"repayment {payment.pk} {name}",
                    getattr(payment, name),
                    getattr(parts, name, ZERO),
                )

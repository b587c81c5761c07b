"""Limits as refusals: what stops is raised with rule, numbers and way on; what warns is returned.

Counted under the locks of the persons, and of the union for its total: the caller holds them when
the answer must still hold at commit (``docs/decisions/0021``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from cooperative.membership.models import Membership
from core.exact import ZERO
from credit.lending.limit_words import stop_of
from credit.lending.models import Pledge
from credit.lending.rules import policy
from credit.lending.rules.policy import Exposure, Finding, Limits
from credit.lending.selectors.limits import counted_since, exposures_of, union_total


def check_borrower_limits(
    membership: Membership,
    limits: Limits,
    amount: Decimal,
    today: date,
    *,
    lenders: Iterable[int] = (),
) -> list[Finding]:
    """The borrower's limits and the union's total, with ``amount`` more from ``lenders`` (members).

    Raises:
        Refused: ``limit_<measure>`` for the first that stops.
    """
    since = counted_since(limits, today)
    exposure = exposures_of([membership.member_id], since=since, on=today)[membership.member_id]
    return _or_stop(
        [
            *policy.check_borrower(limits, exposure, amount, lenders),
            *policy.check_union(limits, union_total(membership.union), amount),
        ]
    )


def check_lender_limits(
    membership: Membership,
    limits: Limits,
    amount: Decimal,
    today: date,
    *,
    promised: tuple[Decimal, int] = (ZERO, 0),
) -> list[Finding]:
    """The lender's limits, with ``amount`` more in one loan.

    ``promised``: sum and number of what they promised to other requests without a contract.

    Raises:
        Refused: ``limit_<measure>`` for the first that stops.
    """
    since = counted_since(limits, today)
    exposure = exposures_of([membership.member_id], since=since, on=today)[membership.member_id]
    sum_, count = promised
    counted = Exposure(lent=exposure.lent + sum_, loans=exposure.loans + count)
    return _or_stop(policy.check_lender(limits, counted, amount))


def promised_elsewhere(membership: Membership, request_id: int) -> tuple[Decimal, int]:
    """Sum and number of a person's promises to other requests that have no contract yet."""
    rows = Pledge.objects.filter(
        membership__member=membership.member_id, state=Pledge.State.PLEDGED
    ).exclude(request=request_id)
    amounts = list(rows.order_by("pk").values_list("amount", flat=True))
    return sum((amount or ZERO for amount in amounts), ZERO), len(amounts)


def check_term(limits: Limits, months: int) -> list[Finding]:
    """Whether a term is allowed.

    Raises:
        Refused: ``limit_term_months``.
    """
    return _or_stop(policy.check_term(limits, months))


def check_rate(limits: Limits, rate: Decimal, ceiling: Decimal) -> list[Finding]:
    """Whether a rate keeps under the legal ceiling of a day.

    Raises:
        Refused: ``limit_rate_percent``.
    Source: 法释〔2020〕17号 art. 25.
    """
    return _or_stop(policy.check_rate(limits, rate, ceiling))


def _or_stop(findings: list[Finding]) -> list[Finding]:
    for finding in findings:
        if finding.stops:
            raise stop_of(finding)
    return findings

"""The unions' figures at the close of a business date, one aggregate over the shares still owed."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.jobs import JobKind
from core.models import JobRun
from credit.lending.models import Loan
from credit.lending.selectors.nights import OVERDUE, UNION_DAYS
from credit.lending.services.nightly.steps import between_sql

CHUNK = 25

_COLUMNS = ", ".join(OVERDUE.values())
_SUMS = ", ".join(
    "coalesce(sum(owed.principal_outstanding) FILTER (WHERE "
    + between_sql("%(on)s::date - owed.next_due_on", bucket)
    + "), 0)"
    for bucket in OVERDUE
)
# Two shares of one member count once: the distinct pairs are few, so they are found before.
_WRITE = f"""
INSERT INTO lending_unionday (union_id, "on", loans, borrowers, lenders, outstanding, {_COLUMNS})
SELECT place.id, %(on)s, count(DISTINCT owed.loan_id), count(DISTINCT owed.borrower_id),
    count(DISTINCT owed.membership_id), coalesce(sum(owed.principal_outstanding), 0), {_SUMS}
FROM unnest(%(unions)s::bigint[]) AS place (id)
LEFT JOIN (
    SELECT loan.union_id, loan.membership_id AS borrower_id, share.loan_id, share.membership_id,
        share.principal_outstanding, share.next_due_on
    FROM lending_loan loan JOIN lending_share share ON share.loan_id = loan.id
    WHERE loan.union_id = ANY(%(unions)s::bigint[]) AND share.state = 'formed'
) owed ON owed.union_id = place.id
GROUP BY place.id
ON CONFLICT (union_id, "on") DO NOTHING
"""  # noqa: S608 - only constants of this module are put in


def plan(run: JobRun) -> int:
    """All unions that have lent, by key."""
    unions = sorted(set(Loan.objects.order_by().values_list("union_id", flat=True).distinct()))
    run.parameters |= {"unions": unions}
    run.save(update_fields=["parameters"])
    return len(unions)


def do_unions(run: JobRun, first: int, last: int) -> None:
    """Write the figures of some unions; the first figures of a date stay."""
    on = date.fromisoformat(run.parameters["on"])
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"on": on, "unions": run.parameters["unions"][first:last]})


def _union_named(run: JobRun, item: int) -> str:
    return _("工会 %(number)s") % {"number": run.parameters["unions"][item]}


KIND = JobKind(
    UNION_DAYS,
    gettext_lazy("工会每日借款数字"),
    CHUNK,
    plan,
    do_unions,
    describe_item=_union_named,
)

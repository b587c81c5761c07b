"""The unions' figures at the close of a business date, one aggregate over the shares still owed."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.membership.models import Union
from core.jobs import JobKind
from core.models import JobRun
from credit.lending.models import Loan
from credit.lending.selectors.nights import OVERDUE, UNION_DAYS
from credit.lending.services.nightly.steps import COMMIT_WITHOUT_WAITING, between_sql

CHUNK = 500

_COLUMNS = ", ".join(OVERDUE.values())
_SUMS = ", ".join(
    "sum(principal_outstanding) FILTER (WHERE "
    + between_sql("%(on)s::date - next_due_on", bucket)
    + f") AS {column}"
    for bucket, column in OVERDUE.items()
)
_TOTALS = ", ".join(f"coalesce(sum({column}), 0) AS {column}" for column in OVERDUE.values())
# A loan's lenders are members of its union, so shares are summed by their lenders: one after
# another in one union, which costs less than joining all shares to their loans.
_WRITE = f"""
INSERT INTO lending_unionday (union_id, "on", loans, borrowers, lenders, outstanding, {_COLUMNS})
SELECT place.id, %(on)s, loans, borrowers, lenders, outstanding, {_COLUMNS}
FROM unnest(%(unions)s::bigint[]) AS place (id)
CROSS JOIN LATERAL (
    SELECT count(*) AS loans, count(DISTINCT membership_id) AS borrowers
    FROM lending_loan WHERE union_id = place.id AND state = 'active'
) borrowed
CROSS JOIN LATERAL (
    SELECT count(*) AS lenders, coalesce(sum(outstanding), 0) AS outstanding, {_TOTALS}
    FROM (
        SELECT sum(principal_outstanding) AS outstanding, {_SUMS}
        FROM membership_membership member
        JOIN lending_share share ON share.membership_id = member.id AND share.state = 'formed'
        WHERE member.union_id = place.id GROUP BY member.id
    ) lender
) lent
ON CONFLICT (union_id, "on") DO NOTHING
"""  # noqa: S608 - only constants of this module are put in


def plan(run: JobRun) -> int:
    """All unions that have lent, by key."""
    lent = Exists(Loan.objects.filter(union=OuterRef("pk")))
    unions = list(Union.objects.filter(lent).order_by("pk").values_list("pk", flat=True))
    run.parameters |= {"unions": unions}
    run.save(update_fields=["parameters"])
    return len(unions)


def do_unions(run: JobRun, first: int, last: int) -> None:
    """Write the figures of some unions; the first figures of a date stay."""
    on = date.fromisoformat(run.parameters["on"])
    with connection.cursor() as cursor:
        cursor.execute(COMMIT_WITHOUT_WAITING)
        # The shares of some unions are looked up by their lenders; with the price of a disk that
        # turns, the planner would read the shares of all unions for each chunk.
        cursor.execute("SET LOCAL random_page_cost = 1.1")
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

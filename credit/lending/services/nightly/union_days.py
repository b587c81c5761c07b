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
from credit.lending.services.nightly.steps import between_sql

CHUNK = 50

_COLUMNS = ", ".join(OVERDUE.values())
_SUMS = ", ".join(
    "sum(principal_outstanding) FILTER (WHERE "
    + between_sql("%(on)s::date - next_due_on", bucket)
    + f") AS {column}"
    for bucket, column in OVERDUE.items()
)
_OR_ZERO = ", ".join(f"coalesce({column}, 0)" for column in OVERDUE.values())
# Loans and members are counted from the distinct pairs, which hash faster than count(DISTINCT) sorts.
_WRITE = f"""
WITH owed AS MATERIALIZED (
    SELECT loan.union_id, loan.membership_id AS borrower_id, share.loan_id,
        share.membership_id AS lender_id, share.principal_outstanding, share.next_due_on
    FROM lending_loan loan JOIN lending_share share ON share.loan_id = loan.id
    WHERE loan.union_id = ANY(%(unions)s::bigint[]) AND share.state = 'formed'
), sums AS (
    SELECT union_id, sum(principal_outstanding) AS outstanding, {_SUMS}
    FROM owed GROUP BY union_id
), heads AS (
    SELECT union_id, count(*) FILTER (WHERE what = 1) AS loans,
        count(*) FILTER (WHERE what = 2) AS borrowers, count(*) FILTER (WHERE what = 3) AS lenders
    FROM (
        SELECT DISTINCT union_id, 1 AS what, loan_id FROM owed
        UNION ALL SELECT DISTINCT union_id, 2, borrower_id FROM owed
        UNION ALL SELECT DISTINCT union_id, 3, lender_id FROM owed
    ) one GROUP BY union_id
)
INSERT INTO lending_unionday (union_id, "on", loans, borrowers, lenders, outstanding, {_COLUMNS})
SELECT place.id, %(on)s, coalesce(loans, 0), coalesce(borrowers, 0), coalesce(lenders, 0),
    coalesce(outstanding, 0), {_OR_ZERO}
FROM unnest(%(unions)s::bigint[]) AS place (id)
LEFT JOIN sums ON sums.union_id = place.id
LEFT JOIN heads ON heads.union_id = place.id
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
        # The shares of some unions are looked up by their loans; with the price of a disk that
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

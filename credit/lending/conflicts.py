"""Who must not rate whom on a panel: lender and borrower of a share that is not over."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit.lending.models import Share
from credit.scoring.conflicts import Pair, register_conflict

# A write-off frees nobody, so it does not end the tie either.
_OVER = (Share.State.SETTLED, Share.State.LAPSED)


def lend_to_each_other(raters: Collection[int], subjects: Collection[int]) -> Iterator[Pair]:
    """Pairs of whom one lends to the other, either way round; one query."""
    lends = Q(membership__member__in=raters, loan__membership__member__in=subjects)
    borrows = Q(membership__member__in=subjects, loan__membership__member__in=raters)
    rows = Share.objects.filter(lends | borrows).exclude(state__in=_OVER)
    for lender, borrower in rows.values_list(
        "membership__member", "loan__membership__member"
    ).distinct():
        yield lender, borrower
        yield borrower, lender


def register() -> None:
    """Called by ``registrations.register``."""
    register_conflict("mutual_loan", _("有借款往来"), lend_to_each_other)

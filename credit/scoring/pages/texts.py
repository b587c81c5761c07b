"""Words of the score's pages."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.formats import format_number
from credit.scoring.rules import Group

GROUP_TITLES = {
    Group.IDENTITY: gettext_lazy("根底"),
    Group.PRODUCTION: gettext_lazy("生产"),
    Group.SUPPLY: gettext_lazy("和合作社的往来"),
    Group.REPAYMENT: gettext_lazy("还款"),
    Group.BURDEN: gettext_lazy("负担"),
    Group.PEER: gettext_lazy("邻里和工会"),
}

# Where somebody mends or reads what a group looks at: the name of a page.
WAYS = {
    Group.IDENTITY: "my_membership",
    Group.PRODUCTION: "my_farm",
    Group.REPAYMENT: "my_lending",
    Group.BURDEN: "my_lending",
}


def signed(points: Decimal) -> str:
    """Points more or fewer.

    >>> signed(Decimal("2.00")), signed(Decimal("-0.50"))
    ('+2', '−0.5')
    """
    return f"{'+' if points > 0 else ''}{format_number(points)}"


def points_words(points: Decimal, best: Decimal) -> str:
    """What was earned of how much."""
    return _("得 %(points)s 分，满分 %(best)s 分") % {
        "points": format_number(points),
        "best": format_number(best),
    }

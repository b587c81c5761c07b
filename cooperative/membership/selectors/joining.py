"""What an applicant can choose from."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cooperative.membership.models import Cooperative, Division, Union

SHOWN_UNIONS = 12


def open_unions(query: str) -> QuerySet[Union]:
    """Grassroots unions that admit, found by their own, their place's or a co-operative's name."""
    unions = Union.objects.filter(level=Union.Level.GRASSROOTS, dissolved_on__isnull=True)
    if query:
        unions = unions.filter(
            Q(name__icontains=query)
            | Q(division__name__icontains=query)
            | Q(cooperatives__name__icontains=query)
        ).distinct()
    return unions.select_related("division").order_by("division_id", "code")


def union_with_code(code: str) -> Union | None:
    """The union of an answer, while there is one."""
    return Union.objects.filter(code=code).first()


def villages_of(union: Union) -> QuerySet[Division]:
    """The villages of the union's place, in the order of their codes."""
    return Division.objects.filter(
        level=Division.Level.VILLAGE, code__startswith=union.division_id
    ).order_by("code")


def cooperatives_of(union: Union) -> QuerySet[Cooperative]:
    """The co-operatives organised in a union."""
    return Cooperative.objects.filter(union=union).order_by("kind", "name", "pk")

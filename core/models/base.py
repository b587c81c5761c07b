"""Building blocks of models: querysets that lock in one order, four eyes."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

RowT = TypeVar("RowT", bound=models.Model)


class LockedQuerySet(models.QuerySet[RowT]):
    """A queryset that can lock its rows, always in the order of their keys."""

    def locked(self) -> Self:
        """Rows locked for update, ordered by key so that two services cannot deadlock."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class FourEyes(models.Model):
    """One person makes, another checks; the database refuses that they are the same."""

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("经办人"),
    )
    made_at = models.DateTimeField(_("经办时间"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("复核人"),
    )
    checked_at = models.DateTimeField(_("复核时间"), null=True, blank=True)

    class Meta:
        abstract = True


def four_eyes_constraints(prefix: str) -> list[models.BaseConstraint]:
    """Constraints every ``FourEyes`` table carries; ``prefix`` is ``<app>_<model>``."""
    return [
        models.CheckConstraint(
            name=f"{prefix}_maker_is_not_checker",
            condition=~models.Q(checked_by=models.F("made_by")),
            violation_error_message=_("经办和复核必须是两个人。"),
        ),
        both_or_neither(prefix, "checked_at", "checked_by"),
    ]


def both_or_neither(prefix: str, *fields: str) -> models.CheckConstraint:
    """A check that either all of the fields are set or none."""
    unset: dict[str, Any] = {f"{field}__isnull": True for field in fields}
    given: dict[str, Any] = {f"{field}__isnull": False for field in fields}
    return models.CheckConstraint(
        name=f"{prefix}_{fields[-1]}_paired",
        condition=models.Q(**unset) | models.Q(**given),
        violation_error_message=_("时间和经手人要一起填写。"),
    )

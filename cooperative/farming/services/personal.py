"""Removing what is stored about a member's farm."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cooperative.farming.models import KINDS, Plot
from cooperative.farming.selectors import scope_of
from cooperative.membership.models import Member
from core import audit
from core.files import remove_file
from core.models import StoredFile


@transaction.atomic
def erase_farm(*, member: Member, by: Any, at: datetime) -> None:
    """Remove all facts about a member and the files that proved them.

    The audit keeps that something was erased, not what. Facts refer to each other (what corrects
    what), so the rows of one table go in one statement.
    """
    list(Plot.objects.locked().filter(member=member))  # plots before plans, as everybody
    files: set[int] = set()
    counts = {}
    for kind in reversed(KINDS):
        model = KINDS[kind]
        through = model.evidence.through
        links = through.objects.filter(**{f"{model._meta.model_name}__member": member})
        files |= set(links.order_by("pk").values_list("storedfile_id", flat=True))
        links.delete()
        with connection.cursor() as cursor:
            table = model._meta.db_table
            cursor.execute(f"DELETE FROM {table} WHERE member_id = %s", [member.pk])  # noqa: S608
            counts[kind] = cursor.rowcount
    for file in StoredFile.objects.filter(pk__in=files).order_by("pk"):
        remove_file(file)
    audit.record("farm.erased", member, by=by, at=at, scope=scope_of(member), **counts)

"""A panel list as a workbook: the rows and columns that the officer sees, filtered and masked alike."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from cooperative.membership.access import posts_of
from cooperative.membership.roles import allows
from core import audit
from core.dates import business_date
from core.errors import Refused
from core.formats import format_number
from core.workbooks import write_table

MOST_ROWS = 20_000


def export_list(panel: Any, request: Any, *, at: datetime) -> bytes:
    """The filtered list of an ``OfficerAdmin`` as .xlsx, and a row in the trail that it was taken.

    Raises:
        Refused: ``export_too_long``, more than ``MOST_ROWS`` rows.
    """
    shown = panel.get_changelist_instance(request)
    rows = shown.queryset
    total = rows.count()
    if total > MOST_ROWS:
        raise Refused(
            "export_too_long",
            _("这张表有 %(total)s 行，一次最多导出 %(most)s 行。")
            % {"total": format_number(total), "most": format_number(MOST_ROWS)},
            way_on=_("请先用筛选缩小范围。"),
        )
    columns = [name for name in shown.list_display if name != "action_checkbox"]
    titles = [str(label_for_field(name, panel.model, panel)) for name in columns]
    file = io.BytesIO()
    with transaction.atomic():
        write_table(
            file,
            title=str(panel.opts.verbose_name_plural),
            columns=titles,
            rows=_values(panel, columns, rows),
        )
        record_export(panel, request, rows=total, at=at)
    return file.getvalue()


def record_export(panel: Any, request: Any, *, rows: int, at: datetime) -> None:
    """Note who took a table of the panel; in the transaction that wrote it."""
    audit.record(
        "panel.exported",
        request.user,
        by=request.user,
        at=at,
        scope=_scope(panel, request, at),
        model=panel.opts.label_lower,
        rows=rows,
    )


def _values(panel: Any, columns: list[str], rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    # Not ``iterator()``: it would leave out what the list prefetches.
    for row in rows:
        yield [_value(panel, name, row) for name in columns]


def _value(panel: Any, name: str, row: Any) -> Any:
    """What a cell of the list says: the words of a choice, the text of a label."""
    try:
        field, _attribute, value = lookup_field(name, row, panel)
    except ObjectDoesNotExist:
        return None
    if field is not None:
        if field.flatchoices:
            return dict(field.flatchoices).get(value, value)
        return str(getattr(row, name)) if field.remote_field and value is not None else value
    if isinstance(value, tuple):  # an unfold label: (code, words)
        value = value[1]
    return strip_tags(value) if isinstance(value, str) else value


def _scope(panel: Any, request: Any, at: datetime) -> str:
    """The highest union in which the officer may see the list: its officers read of the export."""
    paths = [
        post.union.path
        for post in posts_of(request.user, business_date(at))
        if allows(post.role, panel.view_permission)
    ]
    return min(paths, key=len)

"""What htmx puts into a page is what a full reload would show."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from core.models import JobRun
from tests.factories.membership import resident_id
from tests.factories.roster import checked, place, workbook
from tests.htmx import after_swap, asking, tree_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("done", [160, 200])
def test_progress_of_a_roster_equals_a_reload(signed_in: Any, done: int) -> None:
    here = place()
    roster = checked(here, workbook([["王秋实", resident_id(1)]]))
    run = roster.check_run
    assert run is not None
    run.chunks.all().delete()
    JobRun.objects.filter(pk=run.pk).update(state="running", finished_at=None, size=320)
    type(roster).objects.filter(pk=roster.pk).update(state="checking")
    client = signed_in(here.convener, second_factor=True)
    url = reverse("admin:membership_roster_change", args=[roster.pk])
    before = client.get(url).content.decode()
    run.chunks.create(first=0, last=done, state="done")
    swapped, reloaded = after_swap(before, client), tree_of(client.get(url).content.decode())
    assert asking(swapped) == asking(reloaded)
    assert str(done) in str(asking(swapped))
    assert asking(tree_of(before)) != asking(reloaded)

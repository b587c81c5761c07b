"""The one lock order names every table that anybody locks."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

from core.models.base import LockedQuerySet

PACKAGES = ("core", "cooperative", "credit", "supply")


def order() -> list[str]:
    """The models of the numbered list, from the first to the last."""
    text = (Path(settings.BASE_DIR) / "docs" / "locks.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\d+\. (.*)$", text, re.MULTILINE)
    return [name for line in lines for name in re.findall(r"`(\w+)`", line)]


def test_every_model_with_a_lock_stands_in_the_order():
    locked = {
        model.__name__
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        and model._meta.managed
        and isinstance(model._default_manager.all(), LockedQuerySet)
    }
    assert locked - set(order()) == set()


def test_order_names_each_table_once_and_none_that_is_gone():
    names = order()
    assert len(names) == len(set(names))
    assert set(names) <= {model.__name__ for model in apps.get_models()}

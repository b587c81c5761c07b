"""Where notices and waiting lines lead officers."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def panel_list(model: str, query: str = "") -> str:
    """The panel's list of a model of lending; the panel's front page where it has no such list."""
    try:
        address = reverse(f"admin:lending_{model}_changelist")
    except NoReverseMatch:
        return reverse("admin:index")
    return f"{address}?{query}" if query else address


def panel_row(model: str, pk: int) -> str:
    """The panel's page of a row; the panel's front page where there is none."""
    try:
        return reverse(f"admin:lending_{model}_change", args=[pk])
    except NoReverseMatch:
        return reverse("admin:index")

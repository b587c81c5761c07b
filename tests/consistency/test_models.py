"""What every model owes the house: a factory, a decision about the panel, safe keys, no ordering."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models
from factory.django import DjangoModelFactory

import tests.factories
from tests.consistency.test_constraints import VIOLATIONS

OURS = ("config.", "core.", "cooperative.", "credit.", "supply.")
MODELS = [model for model in apps.get_models() if model.__module__.startswith(OURS)]
TESTS = Path(settings.BASE_DIR) / "tests"

# A database view of rows that have factories of their own.
WITHOUT_FACTORY = {"farming.QueuedFact"}

# Models that no officer opens on a page of their own, and why.
WITHOUT_PAGE = {
    "core.StoredFile": "opened from the row that it proves, never as a list of files",
    "core.JobChunk": "counted on the page of its run",
    "core.JobFailure": "shown with its run, and in the error report",
    "core.DocumentRecord": "answers the public page of verification",
    "membership.Division": "the state's list, shipped with the product",
    "membership.JoiningDraft": "what somebody is still writing is nobody's business",
    "lending.RequestDraft": "what somebody is still writing is nobody's business",
    "membership.RosterRow": "sealed personal data; shown as the error report of its roster",
    "farming.Crop": "shipped with the product",
    "farming.Plot": "one queue shows all facts: farming.QueuedFact",
    "farming.SeasonPlan": "one queue shows all facts: farming.QueuedFact",
    "farming.Asset": "one queue shows all facts: farming.QueuedFact",
    "farming.YearlyIncome": "one queue shows all facts: farming.QueuedFact",
    "ledger.Account": "shown with the entries on it",
    "ledger.Chain": "only binds the entries of one subject",
    "ledger.Posting": "shown with its entry",
    "ledger.Evidence": "shown with its entry",
    "lending.ContractCopy": "handed out from the page of its loan",
    "lending.NightMark": "what a share's dates say anyway; the panel shows the shares",
    "lending.ExtensionConsent": "shown on the page of its extension",
    "lending.Instalment": "shown as the schedule on the page of its loan",
    "lending.LoanEvent": "shown on the page of its share",
    "lending.Mediation": "shown on the page of its loan",
    "lending.Signature": "shown on the page of its loan",
    "notices.Attempt": "shown with its message",
    "scoring.PanelRating": "a panel is blind: no officer sees a single grade",
    "scoring.PanelSeat": "shown on the page of its panel",
    "scoring.PanelSubject": "shown on the page of its panel",
    "notices.DemoMessage": "the demo's own inbox shows them",
}

# Keys that do not protect the row they point to, and why.
NOT_PROTECTING = {
    "core.JobChunk.run": (models.CASCADE, "a part of its run"),
    "core.JobFailure.run": (models.CASCADE, "a part of its run"),
    "membership.JoiningDraft.user": (models.CASCADE, "a draft goes with the account"),
    "lending.RequestDraft.membership": (models.CASCADE, "a draft goes with the membership"),
    "lending.Instalment.share": (models.CASCADE, "a part of its share"),
    "lending.UnionDay.union": (models.CASCADE, "figures of its union"),
    "membership.RosterRow.roster": (models.CASCADE, "a part of its roster"),
    "membership.Roster.file": (models.SET_NULL, "the upload is removed once its rows are staged"),
    "notices.Delivery.notice": (models.CASCADE, "a part of its notice"),
    "notices.Attempt.delivery": (models.CASCADE, "a part of its message"),
    "farming.QueuedFact.*": (models.DO_NOTHING, "a view of the database holds no keys"),
}


# Authors that may be empty beside a moment that is always there, and why.
NOBODY = {
    "core.StoredFile.uploaded_by": "made by a job",
    "ledger.Entry.recorded_by": "posted by a job",
    "ledger.Evidence.added_by": "added by a job",
}


def label(model: Any) -> str:
    return str(model._meta.label)


@pytest.fixture(scope="module")
def factories() -> set[str]:
    found = set()
    for info in pkgutil.iter_modules(tests.factories.__path__):
        module = importlib.import_module(f"tests.factories.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, DjangoModelFactory):
                model = value._meta.get_model_class()
                if model is not None:
                    found.add(label(model))
    return found


def test_every_model_has_a_factory(factories):
    missing = {label(model) for model in MODELS} - factories - WITHOUT_FACTORY
    assert not missing


def test_every_model_has_a_decision_about_the_panel():
    for model in MODELS:
        registered = admin.site.is_registered(model)
        assert registered != (label(model) in WITHOUT_PAGE), (
            f"{label(model)}: register it, or say in WITHOUT_PAGE why not"
        )


def test_the_panel_shows_only_models_of_the_house():
    foreign = [label(model) for model in admin.site._registry if model not in MODELS]
    assert not foreign


def test_no_table_of_exceptions_is_stale():
    known = {label(model) for model in MODELS}
    assert set(WITHOUT_PAGE) <= known
    assert set(WITHOUT_FACTORY) <= known
    assert {name.rpartition(".")[0] for name in NOT_PROTECTING} <= known


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_keys_protect_what_they_point_to(model):
    for field in model._meta.concrete_fields:
        if not field.is_relation:
            continue
        on_delete = field.remote_field.on_delete
        allowed = NOT_PROTECTING.get(
            f"{label(model)}.{field.name}", NOT_PROTECTING.get(f"{label(model)}.*")
        )
        assert on_delete is (allowed[0] if allowed else models.PROTECT), field.name


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_no_model_sorts_by_itself(model):
    """An ordering in ``Meta`` sorts queries that never asked for it."""
    assert not model._meta.ordering


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_who_and_when_are_given_together(model):
    """``x_at`` beside ``x_by``: both are set or neither, and the database says so."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    paired = {c.name for c in model._meta.constraints}
    for name, field in fields.items():
        other = fields.get(f"{name.removesuffix('_at')}_by") if name.endswith("_at") else None
        if other is None or not model._meta.managed:
            continue
        if f"{label(model)}.{other.name}" in NOBODY:
            continue
        if field.null or other.null:
            start = f"{model._meta.app_label}_{model._meta.model_name}_"
            assert f"{start}{other.name}_paired" in paired, f"{name} and {other.name} stand alone"


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_names_of_constraints_say_whose_they_are(model):
    start = f"{model._meta.app_label}_{model._meta.model_name}_"
    for constraint in model._meta.constraints:
        assert constraint.name.startswith(start), constraint.name


def test_every_constraint_has_a_violating_test():
    """Some test names it; the parametrized ones stand in ``test_constraints.py``."""
    texts = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = set(re.findall(r"\b[a-z]+_[a-z_]+\b", texts)) | set(VIOLATIONS)
    unproven = {
        constraint.name
        for model in MODELS
        for constraint in model._meta.constraints
        if constraint.name not in named
    }
    assert not unproven, sorted(unproven)

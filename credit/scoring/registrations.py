"""What scoring registers when the site starts."""

from __future__ import annotations

from core.audit_words import register_words
from core.jobs import register_job
from credit.scoring.indicators import register_source
from credit.scoring.services import nightly
from credit.scoring.sources import SOURCES
from credit.scoring.words import AUDIT_WORDS


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    for source in SOURCES:
        register_source(source)
    register_job(nightly.KIND)
    register_words(AUDIT_WORDS)

"""What scoring registers when the site starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cooperative.consent.ending import register_end
from cooperative.consent.rules.purposes import DataCategory, register_category
from cooperative.consent.vocabulary import SCORING
from cooperative.notices.kinds import register_kind as register_notice_kind
from core.audit_words import register_words
from core.documents.register import register_kind as register_document_kind
from core.jobs import register_job
from credit.scoring import correcting, paneling, parameters
from credit.scoring.indicators import register_source
from credit.scoring.services import nightly
from credit.scoring.services.ending import end_score
from credit.scoring.services.moved import MOVED, TITLE
from credit.scoring.services.reports import REPORT, SCORE
from credit.scoring.sources import SOURCES
from credit.scoring.words import AUDIT_WORDS


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    for source in SOURCES:
        register_source(source)
    register_job(nightly.KIND)
    register_words(AUDIT_WORDS)
    register_category(DataCategory(SCORE, _("信用分、等级和额度")))
    register_document_kind(REPORT, _("信用报告"))
    register_notice_kind(MOVED, TITLE)
    register_end(SCORING, end_score)
    parameters.register()
    paneling.register()
    correcting.register()
